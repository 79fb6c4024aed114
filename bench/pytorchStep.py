"""The peer of `npm run bench`: the train step of a CIFAR ResNet in PyTorch, as its users write it.

Arguments: architecture (resnet20), batch size, threads, memory format (nchw or channels_last).
Writes its version and is ready; then answers each line, a number of seconds, with the images a second it made.
"""

import statistics
import sys
import time

import torch
from torch import nn
from torch.nn import functional


class Block(nn.Module):
    def __init__(self, channels_in, channels, stride):
        super().__init__()
        self.conv1 = nn.Conv2d(channels_in, channels, 3, stride, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(channels)
        self.conv2 = nn.Conv2d(channels, channels, 3, 1, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(channels)
        self.stride = stride
        self.appended = channels - channels_in

    def forward(self, x):
        out = functional.relu(self.bn1(self.conv1(x)))
        out = self.bn2(self.conv2(out))
        if self.appended:
            x = functional.pad(x[:, :, :: self.stride, :: self.stride], (0, 0, 0, 0, 0, self.appended))
        return functional.relu(out + x)


class ResNet(nn.Module):
    def __init__(self, depth):
        super().__init__()
        blocks, channels_in = [], 16
        for channels, first_stride in ((16, 1), (32, 2), (64, 2)):
            for block in range((depth - 2) // 6):
                blocks.append(Block(channels_in, channels, 1 if block else first_stride))
                channels_in = channels
        self.stem = nn.Sequential(nn.Conv2d(3, 16, 3, 1, 1, bias=False), nn.BatchNorm2d(16), nn.ReLU())
        self.blocks = nn.Sequential(*blocks)
        self.classifier = nn.Linear(64, 10)

    def forward(self, x):
        return self.classifier(self.blocks(self.stem(x)).mean((2, 3)))


def main():
    arch, batch, threads, memory_format = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), sys.argv[4]
    torch.set_num_threads(threads)
    torch.manual_seed(1)
    layout = torch.channels_last if memory_format == "channels_last" else torch.contiguous_format
    network = ResNet(int(arch.removeprefix("resnet"))).to(memory_format=layout)
    images = torch.randn(batch, 3, 32, 32).to(memory_format=layout)
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


main()
