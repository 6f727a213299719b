#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Trains the three Vision Transformers of the sample on Fashion-MNIST.

    python resources/sample/train.py --out resources/sample            # all three, about 20 minutes each on one core
    python resources/sample/train.py --out resources/sample --norm dyt # one of them

The three share one architecture, one recipe and one seed; only the norm layer differs. Parameters are stored as float16
under timm's key names; the accuracy in the metadata is that of the stored float16 numbers on all 10,000 test images.
Needs torch, numpy, safetensors and Debian's package dataset-fashion-mnist.
"""
import argparse
import gzip
import json
import math
import pathlib
import time

import numpy
import torch
import torch.nn.functional as F
from safetensors.torch import save_file
from torch import nn

DATA = pathlib.Path("/usr/share/datasets/fashion-mnist")
CLASSES = ["T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot"]
WIDTH, DEPTH, HEADS, MLP_RATIO, PATCH, SIZE = 64, 12, 4, 2, 7, 28
MEAN, STD, EPS = 0.286, 0.353, 1e-6  # of the 60,000 training images; timm's eps


class RMSNorm(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(width))

    def forward(self, x):
        return F.rms_norm(x, self.weight.shape, self.weight, EPS)


class DyT(nn.Module):
    """Dynamic Tanh, arXiv 2503.10622 section 4."""

    def __init__(self, width, alpha=0.5):
        super().__init__()
        self.alpha = nn.Parameter(torch.full((1,), alpha))
        self.weight = nn.Parameter(torch.ones(width))
        self.bias = nn.Parameter(torch.zeros(width))

    def forward(self, x):
        return self.weight * torch.tanh(self.alpha * x) + self.bias


NORMS = {"layernorm": lambda width: nn.LayerNorm(width, eps=EPS), "rmsnorm": RMSNorm, "dyt": DyT}


class Attention(nn.Module):
    def __init__(self):
        super().__init__()
        self.qkv = nn.Linear(WIDTH, 3 * WIDTH)
        self.proj = nn.Linear(WIDTH, WIDTH)

    def forward(self, x):
        b, n, c = x.shape
        q, k, v = self.qkv(x).reshape(b, n, 3, HEADS, c // HEADS).permute(2, 0, 3, 1, 4)
        return self.proj(F.scaled_dot_product_attention(q, k, v).transpose(1, 2).reshape(b, n, c))


class Mlp(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc1 = nn.Linear(WIDTH, MLP_RATIO * WIDTH)
        self.fc2 = nn.Linear(MLP_RATIO * WIDTH, WIDTH)

    def forward(self, x):
        return self.fc2(F.gelu(self.fc1(x)))


class Block(nn.Module):
    def __init__(self, norm):
        super().__init__()
        self.norm1, self.attn, self.norm2, self.mlp = norm(WIDTH), Attention(), norm(WIDTH), Mlp()

    def forward(self, x):
        x = x + self.attn(self.norm1(x))
        return x + self.mlp(self.norm2(x))


class PatchEmbed(nn.Module):
    def __init__(self):
        super().__init__()
        self.proj = nn.Conv2d(1, WIDTH, PATCH, PATCH)

    def forward(self, x):
        return self.proj(x).flatten(2).transpose(1, 2)


class VisionTransformer(nn.Module):
    """timm's VisionTransformer in the configuration of the sample, with its key names."""

    def __init__(self, norm):
        super().__init__()
        self.cls_token = nn.Parameter(torch.randn(1, 1, WIDTH) * 0.02)
        self.pos_embed = nn.Parameter(torch.randn(1, (SIZE // PATCH) ** 2 + 1, WIDTH) * 0.02)
        self.patch_embed = PatchEmbed()
        self.blocks = nn.ModuleList(Block(norm) for _ in range(DEPTH))
        self.norm = norm(WIDTH)
        self.head = nn.Linear(WIDTH, len(CLASSES))
        for module in self.modules():
            if isinstance(module, nn.Linear):
                nn.init.trunc_normal_(module.weight, std=0.02)
                nn.init.zeros_(module.bias)

    def forward(self, x):
        x = torch.cat([self.cls_token.expand(len(x), -1, -1), self.patch_embed(x)], 1) + self.pos_embed
        for block in self.blocks:
            x = block(x)
        return self.head(self.norm(x)[:, 0])


def load(split):
    def idx(kind, header):
        with gzip.open(DATA / f"{split}-{kind}-ubyte.gz") as file:
            return numpy.frombuffer(file.read(), numpy.uint8, offset=header)

    images = torch.from_numpy(idx("images-idx3", 16).reshape(-1, 1, SIZE, SIZE).copy())
    return images, torch.from_numpy(idx("labels-idx1", 8).astype(numpy.int64))


def normalise(images):
    return (images.float() / 255 - MEAN) / STD


def augment(images, generator):
    """Flips half of the images."""
    flip = torch.rand(len(images), generator=generator) < 0.5
    return torch.where(flip[:, None, None, None], images.flip(3), images)


@torch.no_grad()
def accuracy(model, images, labels):
    model.eval()
    hits = sum((model(normalise(x)).argmax(1) == y).sum().item() for x, y in zip(images.split(1000), labels.split(1000)))
    return hits / len(labels)


def train(name, epochs, batch=128, peak=2e-3):
    torch.manual_seed(0)
    generator = torch.Generator().manual_seed(0)
    model = VisionTransformer(NORMS[name])
    images, labels = load("train")
    test_images, test_labels = load("t10k")
    decay = [p for p in model.parameters() if p.ndim >= 2]
    rest = [p for p in model.parameters() if p.ndim < 2]
    optimizer = torch.optim.AdamW([{"params": decay, "weight_decay": 0.05}, {"params": rest, "weight_decay": 0.0}], lr=peak)
    steps = epochs * (len(images) // batch)
    warmup = steps // 20
    schedule = lambda s: (s + 1) / warmup if s < warmup else 0.5 * (1 + math.cos(math.pi * (s - warmup) / (steps - warmup)))
    scheduler = torch.optim.lr_scheduler.LambdaLR(optimizer, schedule)
    start = time.time()
    for epoch in range(epochs):
        model.train()
        for rows in torch.randperm(len(images), generator=generator).split(batch)[: len(images) // batch]:
            loss = F.cross_entropy(model(augment(normalise(images[rows]), generator)), labels[rows])
            optimizer.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
            scheduler.step()
        print(f"{name} epoch {epoch + 1}/{epochs} loss {loss.item():.3f} "
              f"test {accuracy(model, test_images, test_labels):.4f} {time.time() - start:.0f} s", flush=True)
    state = {key: value.half().contiguous() for key, value in model.state_dict().items()}
    model.load_state_dict({key: value.float() for key, value in state.items()})
    return state, accuracy(model, test_images, test_labels)


def main():
    torch.set_flush_denormal(True)  # subnormal gradients of saturated tanh would cost four times the time
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=pathlib.Path, required=True)
    parser.add_argument("--norm", choices=NORMS, action="append")
    parser.add_argument("--epochs", type=int, default=14)
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    for name in options.norm or NORMS:
        state, reached = train(name, options.epochs)
        metadata = {
            "family": "vit", "dataset": "Fashion-MNIST", "licence": "MIT", "epochs": str(options.epochs), "seed": "0",
            "norm": name, "test_accuracy": f"{reached:.4f}", "classes": json.dumps(CLASSES),
        }
        save_file(state, options.out / f"vit-{name}.safetensors", metadata=metadata)
        print(f"{name}: test accuracy {reached:.4f}", flush=True)


if __name__ == "__main__":
    main()
