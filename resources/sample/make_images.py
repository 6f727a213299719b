#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes the sample's images: the first 64 test images of Fashion-MNIST as PNG, and their labels.

    python resources/sample/make_images.py    # needs Debian's package dataset-fashion-mnist, and pillow==13.0.0
"""
import gzip
import pathlib

from PIL import Image

DATA = pathlib.Path("/usr/share/datasets/fashion-mnist")
HERE = pathlib.Path(__file__).parent
COUNT, SIDE = 64, 28

pixels = gzip.open(DATA / "t10k-images-idx3-ubyte.gz").read()[16:]
labels = gzip.open(DATA / "t10k-labels-idx1-ubyte.gz").read()[8:]
(HERE / "images").mkdir(exist_ok=True)
for i in range(COUNT):
    Image.frombytes("L", (SIDE, SIDE), pixels[i * SIDE**2 : (i + 1) * SIDE**2]).save(HERE / f"images/{i:04}.png")
(HERE / "labels.txt").write_text("".join(f"{label}\n" for label in labels[:COUNT]))
