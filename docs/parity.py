"""Repeats a run of SFP Lab in PyTorch from its initial weights and compares the losses. See parity.md.

    sfp export RUN --what initial --out initial.safetensors
    sfp export RUN --what final --out final.safetensors
    python parity.py RUN_FOLDER initial.safetensors cifar-10-binary.tar.gz --final final.safetensors
"""

import argparse
import json
import math
import pathlib
import struct
import tarfile

import torch
from torch import nn
from torch.nn import functional

MEAN, STD = (125.3, 123.0, 113.9), (63.0, 62.1, 66.7)


class Block(nn.Module):
    def __init__(self, inputs, filters, stride):
        super().__init__()
        self.stride, self.appended = stride, filters - inputs
        self.conv1 = nn.Conv2d(inputs, filters, 3, stride, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(filters)
        self.conv2 = nn.Conv2d(filters, filters, 3, 1, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(filters)

    def forward(self, images):
        output = functional.relu(self.bn1(self.conv1(images)))
        output = self.bn2(self.conv2(output))
        # Shortcut of type A: every second row and column, then channels of zeros.
        shortcut = images[:, :, :: self.stride, :: self.stride]
        return functional.relu(output + functional.pad(shortcut, (0, 0, 0, 0, 0, self.appended)))


class ResNet(nn.Module):
    def __init__(self, depth, classes=10):
        super().__init__()
        self.stem = nn.ModuleDict({"conv": nn.Conv2d(3, 16, 3, 1, 1, bias=False), "bn": nn.BatchNorm2d(16)})
        inputs = 16
        for stage, filters in enumerate((16, 32, 64), start=1):
            blocks = nn.ModuleDict()
            for block in range((depth - 2) // 6):
                blocks[f"block{block + 1}"] = Block(inputs, filters, 2 if stage > 1 and block == 0 else 1)
                inputs = filters
            setattr(self, f"stage{stage}", blocks)
        self.classifier = nn.Linear(64, classes)

    def forward(self, images):
        output = functional.relu(self.stem["bn"](self.stem["conv"](images)))
        for stage in (self.stage1, self.stage2, self.stage3):
            for block in stage.values():
                output = block(output)
        return self.classifier(output.mean((2, 3)))


def read_safetensors(path):
    """A file of float32 tensors, and what its header says."""
    content = bytearray(pathlib.Path(path).read_bytes())
    (length,) = struct.unpack("<Q", content[:8])
    header = json.loads(content[8 : 8 + length])
    about = header.pop("__metadata__", {})
    tensors = {}
    for name, entry in header.items():
        begin, end = entry["data_offsets"]
        values = torch.frombuffer(content, dtype=torch.float32, count=(end - begin) // 4, offset=8 + length + begin)
        tensors[name] = values.reshape(entry["shape"]).clone()
    return tensors, about


def read_images(archive, count):
    """The first training images of the official binary archive, normalised, and their labels."""
    content = bytearray()
    with tarfile.open(archive) as files:
        for batch in range(1, 6):
            content += files.extractfile(f"cifar-10-batches-bin/data_batch_{batch}.bin").read()
    records = torch.frombuffer(content, dtype=torch.uint8).reshape(-1, 3073)[:count]
    images = records[:, 1:].reshape(-1, 3, 32, 32).double()
    mean, std = (torch.tensor(values, dtype=torch.float64).reshape(1, 3, 1, 1) for values in (MEAN, STD))
    return ((images - mean) / std).float(), records[:, 0].long()


def prune(network, criterion, rate):
    """Zeroes the floor(N * rate) filters of lowest norm of every convolution; of equal ones the first."""
    with torch.no_grad():
        for module in network.modules():
            if isinstance(module, nn.Conv2d):
                norms = module.weight.double().flatten(1).norm(p=int(criterion[1]), dim=1)
                count = math.floor(len(norms) * rate + 1e-9)
                module.weight[norms.sort(stable=True).indices[:count]] = 0


def learning_rate(training, epoch):
    begun = [step["learningRate"] for step in training["learningRateSchedule"] if step["epoch"] <= epoch]
    return begun[-1] if begun else training["optimizer"]["learningRate"]


def repeat(network, config, images, labels):
    """The losses of each epoch's steps; prunes before the first epoch, after every `everyEpochs` and after the last."""
    training, pruning = config["training"], config["pruning"]
    sgd, batch = training["optimizer"], training["batchSize"]
    optimizer = torch.optim.SGD(
        network.parameters(),
        lr=1,
        momentum=sgd["momentum"],
        nesterov=sgd["nesterov"],
        weight_decay=sgd["weightDecay"],
    )
    prune(network, pruning["criterion"], pruning["rate"])
    for epoch in range(training["epochs"]):
        for group in optimizer.param_groups:
            group["lr"] = learning_rate(training, epoch)
        losses = []
        for start in range(0, len(images) - batch + 1, batch):
            optimizer.zero_grad()
            loss = functional.cross_entropy(network(images[start : start + batch]), labels[start : start + batch])
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
        if epoch % pruning["everyEpochs"] == 0 or epoch == training["epochs"] - 1:
            prune(network, pruning["criterion"], pruning["rate"])
        yield losses


def report(what, ours, theirs):
    print(f"{what:>16}  {theirs:.7f}  {ours:.7f}  {abs(ours - theirs) / abs(theirs):.1e}")


def compare_weights(network, path):
    final, about = read_safetensors(path)
    differences, other_filters = {}, 0
    for name, values in network.state_dict().items():
        if name not in final:
            continue  # num_batches_tracked
        differences[name] = ((values - final[name]).abs().max() / final[name].abs().max()).item()
        if values.dim() == 4:
            other_filters += (zero_filters(values) != zero_filters(final[name])).sum().item()
    worst = max(differences, key=differences.get)
    print(f"Weights of {about['checkpoint']}: worst is {worst}, max |a - b| / max |b| = {differences[worst]:.1e}")
    print(f"Filters that are zero in one of the two only: {other_filters}")


def zero_filters(weights):
    return (weights == 0).flatten(1).all(1)


def main():
    parser = argparse.ArgumentParser(description="Repeat a run of SFP Lab in PyTorch.")
    parser.add_argument("run", type=pathlib.Path, help="the run's folder")
    parser.add_argument("initial", help="sfp export RUN --what initial --out FILE")
    parser.add_argument("archive", help="cifar-10-binary.tar.gz")
    parser.add_argument("--final", help="sfp export RUN --what final --out FILE")
    parser.add_argument("--float64", action="store_true", help="compute in double precision")
    arguments = parser.parse_args()
    config = json.loads((arguments.run / "run.json").read_text())["config"]
    data = config["data"]
    if data.get("shuffle", True) or data["augment"] != "none" or data["dataset"] != "cifar10":
        parser.error('the run must have "dataset": "cifar10", "augment": "none", "shuffle": false')
    if config["pruning"]["layers"]:
        parser.error("rates by layer are not repeated here")
    events = [json.loads(line) for line in (arguments.run / "events.jsonl").read_text().splitlines()]
    epochs = [event for event in events if event["type"] == "epoch"]

    dtype = torch.float64 if arguments.float64 else torch.float32
    network = ResNet(int(config["model"]["arch"].removeprefix("resnet")))
    network.load_state_dict(read_safetensors(arguments.initial)[0])
    network.to(dtype)
    images, labels = read_images(arguments.archive, data["limit"] or 50_000)
    print(f"{'loss of':>16}  {'SFP Lab':9}  {'PyTorch':9}  relative difference")
    for told, losses in zip(epochs, repeat(network, config, images.to(dtype), labels)):
        for step, (theirs, ours) in enumerate(zip(told.get("firstLosses", []), losses)):
            report(f"step {step}", ours, theirs)
        report(f"epoch {told['epoch']}, mean", sum(losses) / len(losses), told["training"]["loss"])
    if arguments.final:
        compare_weights(network, arguments.final)


if __name__ == "__main__":
    main()
