# SPDX-License-Identifier: GPL-3.0-or-later
"""What the recorder's tests share. Run them all with: ./dev recorder"""
import sys
import tempfile
import unittest
from pathlib import Path

RECORDER = Path(__file__).parents[2] / "resources" / "recorder"
sys.path.insert(0, str(RECORDER))

import h5py  # noqa: E402
import numpy as np  # noqa: E402
import torch  # noqa: E402
from torch import nn  # noqa: E402


class RecorderTest(unittest.TestCase):
    def setUp(self):
        torch.manual_seed(0)
        torch.set_num_threads(1)
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.path = self.folder / "run.h5"


class Block(nn.Module):
    """A residual block with two norms, as in most transformers."""

    def __init__(self, width, norm=nn.LayerNorm):
        super().__init__()
        self.norm1, self.norm2 = norm(width), norm(width)
        self.first, self.second = nn.Linear(width, width), nn.Linear(width, width)

    def forward(self, x):
        x = x + self.first(self.norm1(x)).relu()
        return x + self.second(self.norm2(x)).tanh()


def stack(width=32, depth=2, norm=nn.LayerNorm):
    return nn.Sequential(*(Block(width, norm) for _ in range(depth)), norm(width))


class DyT(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.alpha = nn.Parameter(torch.ones(1) * 0.7)
        self.weight, self.bias = nn.Parameter(torch.randn(width)), nn.Parameter(torch.randn(width))

    def forward(self, x):
        return self.weight * torch.tanh(self.alpha * x) + self.bias


def layer(path, name):
    """Everything in a layer's group: {name of dataset: array}, attributes."""
    with h5py.File(path, "r") as file:
        group = file["entry/layers"][name]
        values = {}
        group.visititems(lambda at, found: values.update({at: found[()]}) if isinstance(found, h5py.Dataset) else None)
        return values, dict(group.attrs)


def attributes(path, place):
    with h5py.File(path, "r") as file:
        return dict(file["entry"][place].attrs)


def names(path):
    with h5py.File(path, "r") as file:
        return [name.decode() for name in file["entry/layer_names"][:]]


def full_density(path, name):
    """The counts of a density on its whole grid, and its exponents."""
    with h5py.File(path, "r") as file:
        plot = file["entry/layers"][name]["density"]
        counts = plot["counts_exact" if "counts_exact" in plot else "counts"][:].astype(np.int64)
        grid = np.zeros((1024, 1024), np.int64)
        y, x = plot.attrs["y_first"], plot.attrs["x_first"]
        grid[y : y + counts.shape[0], x : x + counts.shape[1]] = counts
        return grid, (plot.attrs["x_exponent"], plot.attrs["y_exponent"])
