"""The networks that `npm run bench` compares, as PyTorch's users write them."""

import sys

import torch
from torch import nn
from torch.nn import functional


def convolved(channels_in, channels, size=3, stride=1, groups=1, bias=False, activation=nn.ReLU):
    convolution = nn.Conv2d(channels_in, channels, size, stride, size // 2, groups=groups, bias=bias)
    layers = [convolution, nn.BatchNorm2d(channels)]
    return layers + ([activation(inplace=True)] if activation else [])


class CifarBlock(nn.Module):
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


class CifarResNet(nn.Module):
    def __init__(self, depth):
        super().__init__()
        blocks, channels_in = [], 16
        for channels, first_stride in ((16, 1), (32, 2), (64, 2)):
            for block in range((depth - 2) // 6):
                blocks.append(CifarBlock(channels_in, channels, 1 if block else first_stride))
                channels_in = channels
        self.stem = nn.Sequential(*convolved(3, 16))
        self.blocks = nn.Sequential(*blocks)
        self.classifier = nn.Linear(64, 10)

    def forward(self, x):
        return self.classifier(self.blocks(self.stem(x)).mean((2, 3)))


class BasicBlock(nn.Module):
    def __init__(self, channels_in, channels, stride):
        super().__init__()
        self.body = nn.Sequential(
            *convolved(channels_in, channels, stride=stride), *convolved(channels, channels, activation=None)
        )
        projected = stride != 1 or channels_in != channels
        projection = convolved(channels_in, channels, 1, stride, activation=None) if projected else []
        self.shortcut = nn.Sequential(*projection)

    def forward(self, x):
        return functional.relu(self.body(x) + self.shortcut(x))


def resnet18(small):
    blocks, channels_in = [], 64
    for stage in range(4):
        for block in range(2):
            channels = 64 * 2**stage
            blocks.append(BasicBlock(channels_in, channels, 2 if stage and not block else 1))
            channels_in = channels
    stem = convolved(3, 64) if small else [*convolved(3, 64, 7, 2), nn.MaxPool2d(3, 2, 1)]
    return nn.Sequential(*stem, *blocks, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(512, 10))


def vgg16(_small):
    layers, channels_in = [], 3
    for count, channels in ((2, 64), (2, 128), (3, 256), (3, 512), (3, 512)):
        for _ in range(count):
            layers += convolved(channels_in, channels, bias=True)
            channels_in = channels
        layers.append(nn.MaxPool2d(2))
    return nn.Sequential(*layers, nn.Flatten(), nn.Linear(512, 10))


class InvertedResidual(nn.Module):
    def __init__(self, channels_in, channels, expansion, stride):
        super().__init__()
        width = expansion * channels_in
        expand = convolved(channels_in, width, 1, activation=nn.ReLU6) if expansion > 1 else []
        self.body = nn.Sequential(
            *expand,
            *convolved(width, width, stride=stride, groups=width, activation=nn.ReLU6),
            *convolved(width, channels, 1, activation=None),
        )
        self.residual = stride == 1 and channels_in == channels

    def forward(self, x):
        return x + self.body(x) if self.residual else self.body(x)


def mobilenetv2(small):
    stages = ((1, 16, 1, 1), (6, 24, 2, 2), (6, 32, 3, 2), (6, 64, 4, 2), (6, 96, 3, 1), (6, 160, 3, 2), (6, 320, 1, 1))
    layers, channels_in = convolved(3, 32, stride=1 if small else 2, activation=nn.ReLU6), 32
    for index, (expansion, channels, count, stride) in enumerate(stages):
        for block in range(count):
            own = 1 if block or (small and index == 1) else stride
            layers.append(InvertedResidual(channels_in, channels, expansion, own))
            channels_in = channels
    layers += convolved(320, 1280, 1, activation=nn.ReLU6)
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Dropout(0.2), nn.Linear(1280, 10))


class DenseLayer(nn.Module):
    def __init__(self, channels_in, growth):
        super().__init__()
        self.norm1 = nn.BatchNorm2d(channels_in)
        self.conv1 = nn.Conv2d(channels_in, 4 * growth, 1, bias=False)
        self.norm2 = nn.BatchNorm2d(4 * growth)
        self.conv2 = nn.Conv2d(4 * growth, growth, 3, 1, 1, bias=False)

    def forward(self, x):
        new = self.conv1(functional.relu(self.norm1(x)))
        new = self.conv2(functional.relu(self.norm2(new)))
        return torch.cat([x, new], 1)


def densenet(_small, growth=12, layers=6):
    """DenseNet-BC of 40 layers for CIFAR (Huang et al., CVPR 2017)."""
    channels = 2 * growth
    modules = [nn.Conv2d(3, channels, 3, 1, 1, bias=False)]
    for stage in range(3):
        if stage:
            modules += [nn.BatchNorm2d(channels), nn.ReLU(), nn.Conv2d(channels, channels // 2, 1, bias=False)]
            modules.append(nn.AvgPool2d(2))
            channels //= 2
        for _ in range(layers):
            modules.append(DenseLayer(channels, growth))
            channels += growth
    head = [nn.BatchNorm2d(channels), nn.ReLU(), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(channels, 10)]
    return nn.Sequential(*modules, *head)


def network_of(arch, size):
    built = {"resnet18": resnet18, "vgg16": vgg16, "mobilenetv2": mobilenetv2, "densenet": densenet}.get(arch)
    if built:
        return built(size <= 64)
    depth = int(arch.removeprefix("resnet"))
    if (depth - 2) % 6:
        sys.exit(f"There is no {arch} among the networks in PyTorch that are compared with.")
    return CifarResNet(depth)
