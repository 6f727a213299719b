# SPDX-License-Identifier: GPL-3.0-or-later
"""Uniform samples without replacement that do not depend on how the data were split: those members are kept whose
hashed running index is smallest (bottom-k), so samples of shards merge."""
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import torch

IN_CACHE = 1 << 15  # indices hashed at once: a third of the time of all at once


def hashed(index, seed):
    """splitmix64 (Steele, Lea & Flood 2014): a bijection, so no two indices share a key."""
    with np.errstate(over="ignore"):
        z = index.astype(np.uint64) + np.uint64((seed + 1) * 0x9E3779B97F4A7C15 & 0xFFFFFFFFFFFFFFFF)
        z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        return z ^ (z >> np.uint64(31))


@lru_cache(maxsize=8)  # layers of one width meet the same indices
def _small_keys(start, stop, seed, bound):
    """The indices of [start, stop) whose key is below `bound`, and their keys."""
    found = []
    for first in range(start, stop, IN_CACHE):
        index = np.arange(first, min(first + IN_CACHE, stop), dtype=np.int64)
        keys = hashed(index, seed)
        small = np.flatnonzero(keys < np.uint64(bound))
        found.append((index[small], keys[small]))
    return tuple(np.concatenate(parts) for parts in zip(*found))


@dataclass
class Places:
    """What the rows of one call are: rows = samples · tokens, unless `told` says which sample and token each row is."""

    rows: int
    tokens: int
    first_sample: int
    samples: int
    valid: np.ndarray | None = None  # (rows,) bool: not padding
    told: tuple | None = None  # (sample from first_sample on, token) of each row

    def samples_of(self, row):
        return self.first_sample + (row // self.tokens if self.told is None else self.told[0][row])

    def tokens_of(self, row):
        return row % self.tokens if self.told is None else self.told[1][row]


class BottomK:
    """Which members of a stream to keep. Every kept one has a slot below `capacity`, where its owner keeps it."""

    def __init__(self, capacity, seed=0):
        self.capacity, self.seed = capacity, seed
        self.keys = np.zeros(0, np.uint64)  # by slot
        self.index = np.zeros(0, np.int64)  # by slot: its place in the stream

    def offer(self, first_row, places, channels=1):
        """The members of some rows, `channels` of each, in the order of the stream; of padding none may be kept.
        Returns (place, slot) of those that are now kept; a slot that was taken before lost its member."""
        start, stop = first_row * channels, (first_row + places.rows) * channels
        n = stop - start if places.valid is None else int(places.valid.sum()) * channels
        if n == 0 or self.capacity == 0:
            return np.zeros(0, np.int64), np.zeros(0, np.int64)
        # The k-th smallest of n keys is near 2^64·k/n; twice that and a little more nearly always suffices.
        everything = (1 << 64) - 1
        bound = min(everything, (2 * self.capacity + 100) * (1 << 64) // n)
        if self.full:
            bound = min(bound, 1 << int(self.keys.max()).bit_length())  # a power of two, so that layers share it
        index, keys = self._valid((start, stop, bound), places.valid, channels)
        if len(index) < min(n, self.capacity) and not self.full:
            index, keys = self._valid((start, stop, everything), places.valid, channels)
        slots, chosen = self.take(index, keys)
        return index[chosen] - start, slots

    @property
    def full(self):
        return len(self.keys) == self.capacity

    def _valid(self, span, valid, channels):
        start, stop, bound = span
        index, keys = _small_keys(start, stop, self.seed, bound)
        if valid is None:
            return index, keys
        kept = valid[(index - start) // channels]
        return index[kept], keys[kept]

    def take(self, index, keys):
        """Offers members by their keys. Returns the slots of those that are now kept, and which they are."""
        held = len(self.keys)
        both = np.concatenate([self.keys, keys])
        if len(both) > self.capacity:
            kept = np.argpartition(both, self.capacity - 1)[: self.capacity]
        else:
            kept = np.arange(len(both))
        chosen = np.sort(kept[kept >= held]) - held
        staying = np.zeros(held, bool)
        staying[kept[kept < held]] = True
        grown = min(self.capacity, held + len(chosen))
        free = np.concatenate([np.flatnonzero(~staying), np.arange(held, grown)])[: len(chosen)]
        self.keys = np.concatenate([self.keys, np.zeros(grown - held, np.uint64)])
        self.index = np.concatenate([self.index, np.zeros(grown - held, np.int64)])
        self.keys[free], self.index[free] = keys[chosen], index[chosen]
        return free, chosen

    def order(self):
        """The slots in the order of the stream."""
        return np.argsort(self.index)


class PointSample:
    """A sample of points (x, y) with their channel, token and sample, for the scatter of a summary."""

    CAPACITY = 5000
    FIELDS = {"x": np.float32, "y": np.float32, "channel": np.int32, "token": np.int32, "sample": np.int32}

    def __init__(self, seed=0):
        self.chosen = BottomK(self.CAPACITY, seed)
        self.values = {name: np.zeros(0, dtype) for name, dtype in self.FIELDS.items()}

    def choose(self, first_row, channels, places):
        """Chooses among the points of some rows. Returns (place, slot) of those whose values `fill` wants."""
        place, slot = self.chosen.offer(first_row, places, channels)
        self._grow()
        row = place // channels
        self.values["channel"][slot] = place % channels
        self.values["token"][slot] = places.tokens_of(row)
        self.values["sample"][slot] = places.samples_of(row)
        return place, slot

    def fill(self, chosen, first, x, y):
        """The chosen points among those of rows from the `first` of the call on; x and y are (rows, channels) tensors."""
        place, slot = chosen
        span = slice(*np.searchsorted(place, [first * x.shape[1], (first + len(x)) * x.shape[1]]))
        at = torch.from_numpy(place[span] - first * x.shape[1]).to(x.device)
        self.values["x"][slot[span]] = x.reshape(-1)[at].cpu().numpy()
        self.values["y"][slot[span]] = y.reshape(-1)[at].cpu().numpy()

    def _grow(self):
        more = len(self.chosen.keys) - len(self.values["x"])
        if more > 0:
            self.values = {name: np.pad(values, (0, more)) for name, values in self.values.items()}

    def merge(self, other, first_sample=0):
        slot, chosen = self.chosen.take(other.chosen.index, other.chosen.keys)
        self._grow()
        for name, values in self.values.items():
            values[slot] = other.values[name][chosen]
        self.values["sample"][slot] += first_sample

    def points(self):
        """The points that are finite, in the order of the stream."""
        order = self.chosen.order()
        finite = np.isfinite(self.values["x"][order]) & np.isfinite(self.values["y"][order])
        return {name: values[order][finite] for name, values in self.values.items()}
