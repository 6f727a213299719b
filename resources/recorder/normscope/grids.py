# SPDX-License-Identifier: GPL-3.0-or-later
"""Exact joint counts of input-output points, and output against input, on grids that grow by powers of two.

The grids depend on the largest magnitude alone, never on the order of the data, so any two of them merge.
"""
import math

import numpy as np
import torch


def float_exponent(largest):
    """The least e with largest < 2^e."""
    return math.frexp(largest)[1]


def add_at(sums, index, weights=None):
    """sums[index] += weights (1 where there are none), also where an index comes twice. On a GPU bincount would wait for
    the device, and refuse where deterministic algorithms are wanted; on the processor it is the faster."""
    if sums.is_cuda:
        sums.index_add_(0, index, sums.new_ones(()).expand_as(index) if weights is None else weights)
    else:
        sums += torch.bincount(index, weights, minlength=len(sums))


class Density:
    """Counts of points (x, y) on 1024 × 1024 cells; cell i of an axis spans [(i−512)·2^e, (i−511)·2^e)."""

    CELLS = 1024
    HALF = CELLS // 2
    SMALLEST = -100  # exponent of the cells before the first value
    _MOST_IN_INT32 = 2**31 - 1

    def __init__(self):
        self.exponents = [self.SMALLEST, self.SMALLEST]  # of x, y
        self.counts = None  # (y, x), flat; int32 until one cell could hold more
        self.total = 0

    @classmethod
    def exponent_for(cls, largest):
        return max(float_exponent(largest) - 9, cls.SMALLEST) if largest > 0 else cls.SMALLEST

    def reserve(self, x_exponent, y_exponent, device="cpu"):
        """Makes the cells at least as wide as 2^exponent, joining neighbours."""
        grow = [max(0, wanted - own) for wanted, own in zip((x_exponent, y_exponent), self.exponents)]
        self.exponents = [own + more for own, more in zip(self.exponents, grow)]
        if self.counts is None:
            self.counts = torch.zeros(self.CELLS**2, dtype=torch.int32, device=device)
        elif any(grow):
            grid = self.counts.view(self.CELLS, self.CELLS)
            for axis, doublings in ((1, grow[0]), (0, grow[1])):
                cell = torch.arange(self.CELLS, device=grid.device)
                moved = ((cell - self.HALF) >> min(doublings, 31)) + self.HALF
                grid = torch.zeros_like(grid).index_add_(axis, moved, grid)
            self.counts = grid.reshape(-1)

    def _count(self, population):
        self.total += population
        if self.total > self._MOST_IN_INT32:
            self.counts = self.counts.long()

    def add(self, x, y, x_largest, y_largest):
        """float32 values, all finite, flat, of one length; the largest |x| and |y| are known already."""
        if x.numel() == 0:
            return
        self.reserve(self.exponent_for(x_largest), self.exponent_for(y_largest), x.device)
        self._count(x.numel())
        cell = self.cells_of(x, y, self.exponents)
        one = torch.ones((), dtype=self.counts.dtype, device=cell.device)
        self.counts.scatter_add_(0, cell, one.expand_as(cell))

    @classmethod
    def cells_of(cls, x, y, exponents):
        column, row = (torch.mul(v, 2.0**-e).floor_() for v, e in zip((x, y), exponents))
        return row.mul_(cls.CELLS).add_(column).add_(cls.HALF * (cls.CELLS + 1)).long()  # exact: below 2^24

    def occupied(self):
        """(cells, their counts), in the order of the cells, as numpy int64."""
        counts = self.counts.cpu().numpy()
        cells = np.flatnonzero(counts)
        return cells, counts[cells].astype(np.int64)

    def merge(self, other):
        if other.counts is None:
            return
        self.reserve(*other.exponents, other.counts.device)
        aligned = Density()
        aligned.counts, aligned.exponents = other.counts, list(other.exponents)
        aligned.reserve(*self.exponents)
        self._count(other.total)
        self.counts += aligned.counts.to(self.counts.device)


class Profile:
    """Count, Σx, Σy, Σy² per bin of x. Bins are signed and logarithmic, 1024 to the octave over the 31 octaves below
    2^top (the upper bits of the float are the index), with all smaller |x| in the middle bin."""

    PER_OCTAVE = 1024
    OCTAVES = 31
    BINS = 2 * PER_OCTAVE * OCTAVES + 1
    MIDDLE = BINS // 2
    SMALLEST = -126
    _DROPPED = 13  # bits of the fraction: 23 − 10

    def __init__(self):
        self.top = self.SMALLEST
        self.sums = None  # float64 (4, BINS): count, Σx, Σy, Σy²

    @classmethod
    def top_for(cls, largest):
        return max(float_exponent(largest), cls.SMALLEST) if largest > 0 else cls.SMALLEST

    def reserve(self, top, device="cpu"):
        """Makes room for all |x| < 2^top."""
        octaves = min(max(0, top - self.top), self.OCTAVES + 1)
        self.top = max(self.top, top)
        if self.sums is None:
            self.sums = torch.zeros(4, self.BINS, dtype=torch.float64, device=device)
        elif octaves:
            side = torch.arange(self.BINS, device=self.sums.device) - self.MIDDLE
            slot = (side.abs() - octaves * self.PER_OCTAVE).clamp_(min=0)
            self.sums = torch.zeros_like(self.sums).index_add_(1, slot * side.sign() + self.MIDDLE, self.sums)

    def add(self, x, y, x_largest):
        """float32 values, all finite, flat, of one length; the largest |x| is known already."""
        if x.numel() == 0:
            return
        self.reserve(self.top_for(x_largest), x.device)
        index = self.bins_of(x, self.top)
        exact = y.double()
        for sums, weights in zip(self.sums, (None, x.double(), exact, exact.square())):
            add_at(sums, index, weights)

    @classmethod
    def bins_of(cls, x, top):
        bits = x.view(torch.int32)
        first = (top + 127 - cls.OCTAVES) * cls.PER_OCTAVE
        slot = ((bits & 0x7FFFFFFF) >> cls._DROPPED).sub_(first - 1).clamp_(min=0)
        sign = bits >> 31  # −1 for negative x
        return slot.bitwise_xor_(sign).sub_(sign).add_(cls.MIDDLE)

    def occupied(self):
        """The sums of the bins that hold something, as numpy (4, bins)."""
        sums = self.sums.cpu().numpy()
        return sums[:, sums[0] > 0]

    def merge(self, other):
        if other.sums is None:
            return
        self.reserve(other.top, other.sums.device)
        aligned = Profile()
        aligned.sums, aligned.top = other.sums, other.top
        aligned.reserve(self.top)
        self.sums += aligned.sums.to(self.sums.device)


class Grids:
    """Density and profile of the same points. Few points are kept as they are: the two take 6 MB however few there are."""

    FEW = 1 << 19  # points, of 8 bytes
    PIECES = 256

    def __init__(self):
        self.pieces, self.waiting = [], 0  # tensors (2, points): x, y
        self.settled = None  # (Density, Profile) of the points that do not wait

    @property
    def total(self):
        return self.waiting + (self.settled[0].total if self.settled else 0)

    def add(self, x, y, x_largest, y_largest):
        """float32 values, all finite, flat, of one length; the largest |x| and |y| are known already."""
        if not self.settled and self.waiting + x.numel() <= self.FEW:
            self.pieces.append(torch.stack([x, y]))
            self.waiting += x.numel()
            if len(self.pieces) > self.PIECES:
                self._points()
            return
        density, profile = self.settle()
        density.add(x, y, x_largest, y_largest)
        profile.add(x, y, x_largest)

    def _points(self):
        self.pieces = [torch.cat(self.pieces, 1)]
        return self.pieces[0]

    def settle(self):
        """(Density, Profile), which later points go into at once."""
        if not self.settled:
            self.settled = Density(), Profile()
            if self.waiting:
                x, y = self._points()
                largest = [float(values.abs().max()) for values in (x, y)]
                self.settled[0].add(x, y, *largest)
                self.settled[1].add(x, y, largest[0])
            self.pieces, self.waiting = [], 0
        return self.settled

    def cells(self):
        """(exponents, cells, counts) of the density, as Density.occupied."""
        if self.settled:
            return self.settled[0].exponents, *self.settled[0].occupied()
        x, y = self._points()
        exponents = [Density.exponent_for(float(values.abs().max())) for values in (x, y)]
        return exponents, *np.unique(Density.cells_of(x, y, exponents).cpu().numpy(), return_counts=True)

    def bins(self):
        """(top exponent, sums) of the profile, as Profile.occupied."""
        if self.settled:
            return self.settled[1].top, self.settled[1].occupied()
        x, y = self._points()
        top = Profile.top_for(float(x.abs().max()))
        _, place = np.unique(Profile.bins_of(x, top).cpu().numpy(), return_inverse=True)
        x, y = (values.double().cpu().numpy() for values in (x, y))
        return top, np.stack([np.bincount(place, weights).astype(np.float64) for weights in (None, x, y, y * y)])
