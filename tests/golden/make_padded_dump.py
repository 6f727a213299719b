# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes tests/golden/padded.h5: a dump with padding, as the recorder and people's own h5py scripts write it.

numpy 2.4, h5py 3.16; run from anywhere: python make_padded_dump.py
3 samples of 5, 2 and 4 tokens, padded to 5. Every layer holds them in another shape. Values are below 10 where a token is
and 1e6 where none is, so a single padded row that counts shows.
"""
from pathlib import Path

import h5py
import numpy as np

S, T, H, C = 3, 5, 2, 8
mask = np.arange(T) < np.array([5, 2, 4])[:, None]
values = np.where(mask[:, :, None], np.arange(S * T)[:, None].reshape(S, T, 1) / 2 + np.arange(C) / 16, 1e6)
heads = np.repeat(values[:, :, None], H, axis=2)
shapes = {
    "samples_tokens": values,
    "flat": values.reshape(S * T, C),
    "tokens_samples": values.swapaxes(0, 1),
    "tokens_heads": heads,
    "heads_tokens": heads.swapaxes(1, 2),
    "other": values[:, :4],  # no rows that the mask knows
}

with h5py.File(Path(__file__).parent / "padded.h5", "w") as file:
    file["/entry/run/mask"] = mask.astype(np.uint8)
    file["/entry/run"].attrs["n_samples"] = S
    for index, (name, x) in enumerate(shapes.items()):
        layer = file.create_group(f"/entry/layers/{name}")
        layer["input"] = x.astype(np.float32)
        layer["output"] = np.tanh(x).astype(np.float32)
        layer["alpha"] = np.ones(1, np.float32)
        layer.attrs.update(kind="DyT", index=index + 1)

    # Gemma's: the weight is stored about 0.
    x = np.where(mask[:, :, None], np.random.default_rng(1).standard_normal((S, T, C)), 1e6)
    weight = np.linspace(-0.5, 0.5, C)
    layer = file.create_group("/entry/layers/offset")
    layer["input"] = x.astype(np.float32)
    layer["output"] = (x / np.sqrt((x**2).mean(-1, keepdims=True) + 1e-6) * (1 + weight)).astype(np.float32)
    layer["weight"] = weight.astype(np.float32)
    layer.attrs.update(kind="RMSNorm", eps=1e-6, weight_offset=1.0, index=len(shapes) + 1)

    # A sample of the tokens, drawn by the recorder.
    layer = file.create_group("/entry/layers/drawn")
    drawn = values[mask][[0, 6, 8]][None]
    layer["input"] = drawn.astype(np.float32)
    layer["output"] = np.tanh(drawn).astype(np.float32)
    layer["alpha"] = np.ones(1, np.float32)
    layer["token_positions"] = np.array([0, 1, 1], np.int32)
    layer["token_samples"] = np.array([0, 1, 2], np.int32)
    layer.attrs.update(kind="DyT", index=len(shapes) + 2)
