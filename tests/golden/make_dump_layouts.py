# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes the dumps under tests/golden/layouts: every filter with every dtype, data in other files, foreign layouts.

numpy 2.4, h5py 3.16, hdf5plugin 6; run from anywhere: python make_dump_layouts.py
Value of every tensor at row r (over all axes but the channels) and channel c: r + c / 8, outputs the negative.
"""
from pathlib import Path

import h5py
import hdf5plugin
import numpy as np

HERE = Path(__file__).parent / "layouts"
(HERE / "chunks").mkdir(parents=True, exist_ok=True)


def values(*shape):
    rows = np.arange(np.prod(shape[:-1])).reshape(*shape[:-1], 1)
    return (rows + np.arange(shape[-1]) / 8).astype(np.float32)


def bfloat16(array):
    return (array.view(np.uint32) >> 16).astype(np.uint16)


def put(group, name, array, dtype, **how):
    if dtype == "bfloat16":
        group.create_dataset(name, data=bfloat16(array), **how).attrs["torch_dtype"] = "bfloat16"
    else:
        group.create_dataset(name, data=array.astype(dtype), **how)


FILTERS = {
    "contiguous": {}, "chunked": {"chunks": (1, 3, 7)},
    "gzip": {"chunks": (1, 3, 7), "compression": "gzip", "shuffle": True},
    "lzf": {"chunks": (1, 3, 7), "compression": "lzf"},
    "fletcher": {"chunks": (1, 3, 7), "fletcher32": True},
    "zstd": {"chunks": (1, 3, 7), **hdf5plugin.Zstd()},
    "lz4": {"chunks": (1, 3, 7), **hdf5plugin.LZ4()},
    "bitshuffle": {"chunks": (1, 3, 7), **hdf5plugin.Bitshuffle(cname="none")},
    "bitshuffle_lz4": {"chunks": (1, 3, 7), **hdf5plugin.Bitshuffle(cname="lz4")},
    "bitshuffle_zstd": {"chunks": (1, 3, 7), **hdf5plugin.Bitshuffle(cname="zstd")},
    **{f"blosc_{name}": {"chunks": (1, 3, 7), **hdf5plugin.Blosc(cname=name, shuffle=2 if name == "zstd" else 1)}
       for name in ("blosclz", "lz4", "zlib", "zstd")},
}
with h5py.File(HERE / "filters.h5", "w") as file:
    x = values(3, 5, 8)
    for name, how in FILTERS.items():
        for dtype in ("float16", "bfloat16", "float32", "float64"):
            layer = file.create_group(f"/entry/layers/{name}.{dtype}")
            put(layer, "input", x, dtype, **how)
            put(layer, "output", -x, dtype)
    # Chunks of several blocks: 2,048 float32 for bitshuffle, 64 values for LZ4 here.
    long = values(600, 8)
    for name, how in {"bitshuffle": hdf5plugin.Bitshuffle(cname="none"), "bitshuffle_lz4": hdf5plugin.Bitshuffle(),
                      "bitshuffle_zstd": hdf5plugin.Bitshuffle(cname="zstd"),
                      "lz4": hdf5plugin.LZ4(nbytes=256)}.items():
        layer = file.create_group(f"/entry/layers/long.{name}")
        put(layer, "input", long, "float32", chunks=long.shape, **how)
        put(layer, "output", -long, "float32")
with h5py.File(HERE / "unknown_filter.h5", "w") as file:
    file.create_dataset("a/x", data=x, chunks=x.shape, **hdf5plugin.SZ3(absolute=0.1))
    file["a/y"] = -x

# Data in other files of the same folder: a virtual dataset, a raw file, a link.
for part in range(2):
    with h5py.File(HERE / f"source_{part}.h5", "w") as file:
        file["deep/x"] = values(4, 5, 8)[2 * part:2 * part + 2]
        file["deep/y"] = -values(4, 5, 8)
virtual = h5py.VirtualLayout((4, 5, 8), np.float32)
for part in range(2):
    virtual[2 * part:2 * part + 2] = h5py.VirtualSource(f"source_{part}.h5", "deep/x", (2, 5, 8))
with h5py.File(HERE / "elsewhere.h5", "w") as file:
    layer = file.create_group("/entry/layers/virtual")
    layer.create_virtual_dataset("input", virtual)
    layer["output"] = h5py.ExternalLink("source_1.h5", "/deep/y")
    layer = file.create_group("/entry/layers/raw")
    layer.create_dataset("input", (4, 5, 8), np.float32, external=[("raw.bin", 0, 4 * 5 * 8 * 4)])
    layer["output"] = -values(4, 5, 8)
values(4, 5, 8).tofile(HERE / "raw.bin")

# Foreign layouts.
for part in range(2):
    with h5py.File(HERE / "chunks" / f"chunk_{part}.h5", "w") as file:
        for layer in (0, 1):
            file[f"layer_{layer}/inputs"] = values(4, 5, 8)[2 * part:2 * part + 2].reshape(-1, 8)
            file[f"layer_{layer}/targets"] = -values(4, 5, 8)[2 * part:2 * part + 2].reshape(-1, 8)
with h5py.File(HERE / "transformer_lens.h5", "w") as file:
    for block in range(2):
        file[f"blocks.{block}.hook_resid_pre"] = values(4, 5, 8)
        file[f"blocks.{block}.hook_resid_mid"] = values(4, 5, 8)
        file[f"blocks.{block}.ln1.hook_normalized"] = -values(4, 5, 8)
        file[f"blocks.{block}.ln2.hook_normalized"] = -values(4, 5, 8)
        file[f"blocks.{block}.hook_resid_post"] = values(4, 5, 8) + 100 * (1 - block)
    file["ln_final.hook_normalized"] = -values(4, 5, 8)
with h5py.File(HERE / "flat.h5", "w") as file:
    for layer in ("a.ln", "b.ln"):
        file[f"{layer}.input"], file[f"{layer}.output"] = values(4, 5, 8), -values(4, 5, 8)
    file["last_in"], file["last_out"] = values(4, 5, 8), -values(4, 5, 8)

# A layout that nobody knows: the user pairs its datasets.
with h5py.File(HERE / "unknown.h5", "w") as file:
    rng = np.random.default_rng(1)
    for block in range(3):
        for place in ("attention", "feedforward"):
            x = (rng.standard_normal((4, 12, 32)) * (1 + block)).astype(np.float32)
            x[..., 0] *= 8
            y = (x - x.mean(-1, keepdims=True)) / np.sqrt(x.var(-1, keepdims=True) + 1e-5)
            group = file.create_group(f"step_1000/block_{block}/{place}")
            group["before"], group["after"] = x, y.astype(np.float32)
    cloud = rng.standard_normal((400, 2)).astype(np.float32)
    cloud[:, 1] = np.tanh(cloud[:, 0])
    file["step_1000/cloud"] = cloud
    file["tokens/ids"] = np.arange(48).reshape(4, 12)
    file["tokens/text"] = "an example"
