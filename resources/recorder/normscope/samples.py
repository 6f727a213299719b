# SPDX-License-Identifier: GPL-3.0-or-later
"""Uniform samples without replacement that do not depend on how the data were split: those members are kept whose
hashed running index is smallest (bottom-k), so samples of shards merge."""
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


class BottomK:
    """Which members of a stream to keep. Every kept one has a slot below `capacity`, where its owner keeps it."""

    def __init__(self, capacity, seed=0):
        self.capacity, self.seed = capacity, seed
        self.keys = np.zeros(0, np.uint64)  # by slot
        self.index = np.zeros(0, np.int64)  # by slot: its place in the stream

    def offer(self, start, stop, valid=None):
        """Members start … stop−1 of the stream, of which `valid` (bool) may be kept. Returns (place, slot) of those
        that are now kept; a slot that was taken before lost its member."""
        n = stop - start if valid is None else int(valid.sum())
        if n == 0 or self.capacity == 0:
            return np.zeros(0, np.int64), np.zeros(0, np.int64)
        # The k-th smallest of n keys is near 2^64·k/n; twice that and a little more nearly always suffices.
        everything = (1 << 64) - 1
        bound = min(everything, (2 * self.capacity + 100) * (1 << 64) // n)
        if self.full:
            bound = min(bound, 1 << int(self.keys.max()).bit_length())  # a power of two, so that layers share it
        index, keys = self._valid(start, stop, bound, valid)
        if len(index) < min(n, self.capacity) and not self.full:
            index, keys = self._valid(start, stop, everything, valid)
        slots, chosen = self.take(index, keys)
        return index[chosen] - start, slots

    @property
    def full(self):
        return len(self.keys) == self.capacity

    def _valid(self, start, stop, bound, valid):
        index, keys = _small_keys(start, stop, self.seed, bound)
        if valid is None:
            return index, keys
        kept = valid[index - start]
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
        self.values = {name: np.zeros(self.CAPACITY, dtype) for name, dtype in self.FIELDS.items()}

    def add(self, first_row, rows, x, y, places):
        """x and y are (rows, channels) tensors, `places` what a row is: (first sample, tokens a sample, valid rows)."""
        channels = x.shape[1]
        first_sample, tokens, valid = places
        if valid is not None:
            valid = np.repeat(valid, channels)
        place, slot = self.chosen.offer(first_row * channels, (first_row + rows) * channels, valid)
        row = place // channels
        at = (row, place % channels)
        on_device = tuple(torch.from_numpy(indices).to(x.device) for indices in at)
        self.values["x"][slot] = x[on_device].cpu().numpy()
        self.values["y"][slot] = y[on_device].cpu().numpy()
        self.values["channel"][slot] = at[1]
        self.values["token"][slot] = row % tokens
        self.values["sample"][slot] = first_sample + row // tokens

    def merge(self, other, first_sample=0):
        slot, chosen = self.chosen.take(other.chosen.index, other.chosen.keys)
        for name, values in self.values.items():
            values[slot] = other.values[name][chosen]
        self.values["sample"][slot] += first_sample

    def points(self):
        """The points that are finite, in the order of the stream."""
        order = self.chosen.order()
        finite = np.isfinite(self.values["x"][order]) & np.isfinite(self.values["y"][order])
        return {name: values[order][finite] for name, values in self.values.items()}
