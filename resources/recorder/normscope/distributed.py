# SPDX-License-Identifier: GPL-3.0-or-later
"""Recording in several processes: a shard for each rank, or summaries merged into the file of rank 0."""
from pathlib import Path

import torch
from torch import distributed

from .grids import Density, Profile


def rank_and_world():
    """(0, 1) where torch.distributed is not in use."""
    if distributed.is_available() and distributed.is_initialized():
        return distributed.get_rank(), distributed.get_world_size()
    return 0, 1


def shard_path(path, rank):
    """run.h5 of rank 3 is run.rank0003.h5."""
    path = Path(path)
    return path.with_name(f"{path.stem}.rank{rank:04d}{path.suffix}")


def _device():
    """Where the backend's collectives want their tensors."""
    nccl = distributed.get_backend() == distributed.Backend.NCCL
    return torch.device("cuda", torch.cuda.current_device()) if nccl else torch.device("cpu")


def _gathered(value):
    """The values of all ranks on rank 0, nothing elsewhere."""
    rank, world = rank_and_world()
    values = [None] * world if rank == 0 else None
    distributed.gather_object(value, values, dst=0)
    return values or []


def _all_names(stores):
    """The names of the layers of all ranks, those of rank 0 first, the same list on every rank."""
    lists = [None] * rank_and_world()[1]
    distributed.all_gather_object(lists, list(stores))
    return list(dict.fromkeys(name for names in lists for name in names))


def _reduce_grids(summary):
    """Counts and sums of all ranks into those of rank 0, on the largest grid of any."""
    device = _device()
    density, profile = summary.grids.settle() if summary else (Density(), Profile())
    told = [*density.exponents, profile.top, density.total]
    largest = torch.tensor(told[:3], dtype=torch.int64, device=device)
    total = torch.tensor(told[3:], dtype=torch.int64, device=device)
    distributed.all_reduce(largest, distributed.ReduceOp.MAX)
    distributed.all_reduce(total)
    if int(total) == 0:
        return
    *exponents, top = largest.tolist()
    density.reserve(*exponents, device)
    profile.reserve(top, device)
    counts, sums = density.counts.to(device, torch.int64), profile.sums.to(device, copy=True)
    distributed.reduce(counts, dst=0)
    distributed.reduce(sums, dst=0)
    if rank_and_world()[0] == 0:
        density.counts, density.total, profile.sums = counts, int(total), sums


def reduce_stores(stores, adopt):
    """Merges the stores of all ranks into those of rank 0, layer by layer; counts stay exact. `adopt(store)` is asked on
    rank 0 to take a layer that only others have. Every rank must call this. Returns how many samples all ranks took."""
    rank, _ = rank_and_world()
    samples = _gathered(max((store.samples for store in stores.values()), default=0))
    for name in _all_names(stores):
        store = stores.get(name)
        told = _gathered(store.description() if store else None)
        if rank == 0 and store is None:
            store = adopt(next(description for description in told if description))
        summary = store.summary if store else None
        _reduce_grids(summary)
        first_sample = samples[0] if samples else 0
        for other, of_rank in zip(told[1:], samples[1:]):
            if other:
                store.merge(other, first_sample)
            first_sample += of_rank
    return sum(samples)
