"""The peer of `npm run bench`: the train step of a network in PyTorch.

Arguments: architecture (resnet20), batch size, pixels of a side, threads, memory format (nchw or channels_last).
Writes its version and is ready; then answers each line, a number of seconds, with the images a second it made.
With the arguments --export, architecture, pixels and a file it writes the untrained network as ONNX instead.
"""

import statistics
import sys
import time

import torch
from torch.nn import functional

from pytorchNetworks import network_of


def export(arch, size, file):
    network = network_of(arch, size)
    trainable = {"training": torch.onnx.TrainingMode.PRESERVE, "do_constant_folding": False}
    axes = {"images": {0: "batch"}}
    images = torch.randn(2, 3, size, size)
    torch.onnx.export(network, (images,), file, dynamo=False, input_names=["images"], dynamic_axes=axes, **trainable)


def measure(arch, batch, size, threads, memory_format):
    torch.set_num_threads(threads)
    torch.manual_seed(1)
    layout = torch.channels_last if memory_format == "channels_last" else torch.contiguous_format
    network = network_of(arch, size).to(memory_format=layout)
    images = torch.randn(batch, 3, size, size).to(memory_format=layout)
    labels = torch.randint(0, 10, (batch,))
    optimizer = torch.optim.SGD(network.parameters(), lr=0.01, momentum=0.9, nesterov=True, weight_decay=5e-4)

    def step():
        optimizer.zero_grad(set_to_none=True)
        functional.cross_entropy(network(images), labels).backward()
        optimizer.step()

    for _ in range(3):
        step()
    print(torch.__version__, flush=True)
    for line in sys.stdin:
        durations, end = [], time.perf_counter() + float(line)
        while len(durations) < 2 or time.perf_counter() < end:
            begin = time.perf_counter()
            step()
            durations.append(time.perf_counter() - begin)
        print(batch / statistics.median(durations), flush=True)


if sys.argv[1] == "--export":
    export(sys.argv[2], int(sys.argv[3]), sys.argv[4])
else:
    measure(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4]), sys.argv[5])
