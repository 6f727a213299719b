# SPDX-License-Identifier: GPL-3.0-or-later
"""Mergeable statistics of streams of float32 values, kept on the device where the values are.

Every class has `add` (a block of values) and `merge` (another of its kind); how the data were split does not show in
counts at all and in moments to rounding. The grids are those of docs/file-format.md.
"""
import math
from dataclasses import dataclass

import numpy as np
import torch


@dataclass
class Moments:
    """Count, mean, central second moment and extremes of the finite values; NaN and infinities are counted apart."""

    count: int = 0
    nan: int = 0
    inf: int = 0
    zero: int = 0
    mean: float = 0.0
    m2: float = 0.0  # Σ (x − mean)²
    min: float = math.inf
    max: float = -math.inf

    @property
    def finite(self):
        return self.count - self.nan - self.inf

    @property
    def all_finite(self):
        return self.finite == self.count

    @property
    def largest(self):
        """max |x|, 0 where nothing was finite."""
        return max(abs(self.min), abs(self.max)) if self.finite else 0.0

    @property
    def std(self):
        return math.sqrt(self.m2 / self.finite) if self.finite else math.nan

    @property
    def sum_square(self):
        return self.m2 + self.finite * self.mean**2

    @property
    def rms(self):
        return math.sqrt(self.sum_square / self.finite) if self.finite else math.nan

    @property
    def l2(self):
        return math.sqrt(self.sum_square)

    @classmethod
    def of(cls, values):
        """Those of one float32 block; one wait for the device."""
        values = values.reshape(-1)
        if values.numel() == 0:
            return cls()
        low, high = torch.aminmax(values)  # NaN wins both, so these two tell whether all is finite
        exact = values.double()
        mean = exact.mean()
        exact.sub_(mean)
        m2 = sum(torch.dot(part, part) for part in exact.split(1 << 30))  # CUDA's takes fewer than 2^31 values
        told = torch.stack([low.double(), high.double(), mean, m2]).tolist()
        if not (math.isfinite(told[0]) and math.isfinite(told[1])):
            return cls._of_finite_ones(values)
        zero = 0 if told[0] > 0 or told[1] < 0 else values.numel() - int(torch.count_nonzero(values))
        return cls(values.numel(), 0, 0, zero, told[2], told[3], told[0], told[1])

    @classmethod
    def _of_finite_ones(cls, values):
        moments = cls.of(values[torch.isfinite(values)])
        moments.nan = int(torch.isnan(values).sum())
        moments.inf = int(torch.isinf(values).sum())
        moments.count = values.numel()
        return moments

    def merge(self, other):
        """Chan, Golub & LeVeque's parallel update."""
        n, m = self.finite, other.finite
        if m > 0:
            delta = other.mean - self.mean
            self.m2 += other.m2 + delta * delta * n * m / (n + m)
            self.mean += delta * m / (n + m)
        for name in ("count", "nan", "inf", "zero"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.min = min(self.min, other.min)
        self.max = max(self.max, other.max)


class LogHistogram:
    """Histogram of log10|v|: 128 bins of 1/8 decade over [1e-14, 1e2); zeros and what lies outside counted apart."""

    BINS = 128
    EDGES = np.arange(BINS + 1) * 0.125 - 14.0  # log10
    _NOT_FINITE = BINS + 2  # slots: underflow (with the zeros), the bins, overflow, not finite
    _tables = {}

    def __init__(self):
        self.counts = np.zeros(self.BINS, np.int64)
        self.zeros = self.underflow = self.overflow = 0

    @classmethod
    def _table(cls, device):
        """The upper 16 bits of a float name a span of under 1 %, in which at most one edge lies: for each of them the
        slot below that edge, and the lower bits from which on a value is above it."""
        if device not in cls._tables:
            starts = (np.arange(1 << 15, dtype=np.uint32) << 16).view(np.float32)
            edges = (10.0**cls.EDGES).astype(np.float32)
            slot = np.searchsorted(edges, starts, side="right").astype(np.int32)
            slot[~np.isfinite(starts)] = cls._NOT_FINITE
            threshold = np.full(1 << 15, 1 << 16, np.int32)
            bits = edges.view(np.uint32)
            inside = (bits & 0xFFFF) != 0
            threshold[bits[inside] >> 16] = bits[inside] & 0xFFFF
            cls._tables[device] = torch.from_numpy(slot).to(device), torch.from_numpy(threshold).to(device)
        return cls._tables[device]

    def add(self, values, zeros):
        """`values` float32; `zeros` is how many of them are exactly 0 (Moments knows)."""
        slot, threshold = self._table(values.device)
        bits = values.reshape(-1).view(torch.int32)
        key = (bits & 0x7FFFFFFF) >> 16
        found = slot.index_select(0, key) + ((bits & 0xFFFF) >= threshold.index_select(0, key))
        counts = torch.bincount(found, minlength=self._NOT_FINITE + 1).cpu().numpy()
        self.counts += counts[1 : self.BINS + 1]
        self.zeros += zeros
        self.underflow += int(counts[0]) - zeros
        self.overflow += int(counts[self.BINS + 1])

    def merge(self, other):
        self.counts += other.counts
        self.zeros += other.zeros
        self.underflow += other.underflow
        self.overflow += other.overflow
