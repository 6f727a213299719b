#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes arrays/: the same small numbers in every container and byte order that arrays come in.

    pip install numpy==2.4.6 h5py==3.16.0 torch==2.13.0 safetensors==0.8.0 && python tests/golden/make_arrays.py

`images` is arange(48) / 8 as float32 (2, 2, 3, 4), `labels` is arange(2), `pixels` arange(48) as uint8 of the shape of
images, `mask` its parity as bool.
"""
import pathlib

import h5py
import numpy
import torch
from safetensors.numpy import save_file

FOLDER = pathlib.Path(__file__).parent / "arrays"


def main():
    FOLDER.mkdir(exist_ok=True)
    shape = (2, 2, 3, 4)
    images = (numpy.arange(48, dtype=numpy.float32) / 8).reshape(shape)
    pixels, labels = numpy.arange(48, dtype=numpy.uint8).reshape(shape), numpy.arange(2)
    mask = numpy.arange(48).reshape(shape) % 2 == 1
    numpy.save(FOLDER / "big_endian.npy", images.astype(">f4"))
    numpy.save(FOLDER / "big_endian_fortran.npy", numpy.asfortranarray(images.astype(">f8")))
    numpy.savez(FOLDER / "one.npz", images)
    numpy.savez_compressed(FOLDER / "packed.npz", images)
    several = dict(labels=labels, pixels=pixels, mask=mask, images=images)
    numpy.savez_compressed(FOLDER / "several.npz", **several)
    numpy.savez(FOLDER / "alike.npz", train=images + 1, test=images)
    save_file(several, FOLDER / "several.safetensors")
    torch.save({name: torch.from_numpy(array) for name, array in several.items()}, FOLDER / "several.pt")
    with h5py.File(FOLDER / "several.h5", "w") as file:
        for name, array in several.items():
            file[f"group/{name}"] = array
    (FOLDER / "unnamed").write_bytes((FOLDER / "one.npz").read_bytes())
    (FOLDER / "WRONG.PNG").write_bytes((FOLDER / "big_endian.npy").read_bytes())


if __name__ == "__main__":
    main()
