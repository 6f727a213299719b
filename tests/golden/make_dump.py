# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes tests/golden/dump.h5: what people's own h5py scripts put into a dump, one habit per layer.

numpy 2.4, h5py 3.16; run from anywhere: python make_dump.py
Value of every tensor at row r (over all axes but the channels) and channel c: r + c / 8, exact in every type here.
"""
from pathlib import Path

import h5py
import numpy as np

B, N, C = 3, 5, 8
rows = np.arange(B * N).reshape(B, N, 1)
x = (rows + np.arange(C) / 8).astype(np.float32)
y = -x


def bfloat16(values):
    return (values.astype(np.float32).view(np.uint32) >> 16).astype(np.uint16)


def bfloat16_dataset(group, name, values):
    group.create_dataset(name, data=bfloat16(values)).attrs["torch_dtype"] = "bfloat16"


with h5py.File(Path(__file__).parent / "dump.h5", "w") as file:
    # Three lines, no attribute at all.
    file["/entry/layers/plain/input"] = x
    file["/entry/layers/plain/output"] = y

    half = file.create_group("/entry/layers/half")
    half["input"] = x.astype(np.float16)
    half["output"] = y.astype(">f2")  # the other byte order
    half.attrs["kind"] = np.bytes_(b"LayerNorm")  # text of fixed length
    half.attrs["eps"] = np.float32(2.0**-20)
    half.attrs["index"] = 3
    half["weight"] = np.arange(C, dtype=np.float16)
    half["bias"] = np.zeros(C)

    brain = file.create_group("/entry/layers/brain")
    bfloat16_dataset(brain, "input", x)
    bfloat16_dataset(brain, "output", y)
    bfloat16_dataset(brain, "input_grad", 2 * x)
    brain.attrs["kind"] = "DyT"
    brain.attrs["index"] = 2
    brain["alpha"] = np.float32(0.5)  # of no axis

    images = file.create_group("/entry/layers/images")  # (B, C, H, W)
    picture = np.moveaxis(np.stack([x] * 2, axis=1), -1, 1).astype(np.float64)
    picture += 1000 * np.arange(2).reshape(1, 1, 2, 1)
    images.create_dataset("input", data=picture, chunks=(1, C, 2, N), maxshape=(None, C, 2, N), compression="gzip",
                          shuffle=True)
    images["output"] = -picture
    images.attrs["kind"] = "LayerNorm2d"
    images.attrs["channel_axis"] = np.array([1])
    images.attrs["index"] = 4

    lzf = file.create_group("/entry/layers/lzf")
    lzf.create_dataset("input", data=x, compression="lzf")
    lzf.create_dataset("output", data=y, compression="lzf", shuffle=True)
    lzf.attrs["index"] = 5

with h5py.File(Path(__file__).parent / "foreign_dump.h5", "w") as file:
    for layer in (10, 2):
        file[f"blocks/{layer}/ln/x"] = x.reshape(-1, C)
        file[f"blocks/{layer}/ln/y"] = y.reshape(-1, C)
    file["head.input"] = x
    file["head.output"] = y
    file["blocks/2/ln"].attrs["kind"] = "RMSNorm"
    file["blocks/again"] = file["blocks"]  # a cycle of hard links
    file["blocks/2/up"] = file["blocks"]
