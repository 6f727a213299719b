#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes images/: small pictures of every mode, and what Pillow makes of them, as .npy.

    pip install numpy==2.4.6 pillow==13.0.0 && python tests/golden/make_images.py

NAME.png is the picture, NAME.WxH.C.npy its bicubic resize to W x H in C channels (1: convert("L"), 3: convert("RGB")).
"""
import pathlib

import numpy
from PIL import Image

HERE = pathlib.Path(__file__).parent / "images"


def pictures():
    random = numpy.random.default_rng(0)
    yy, xx = numpy.mgrid[0:37, 0:53]
    smooth = numpy.stack([xx * 4, yy * 6, (xx * yy) % 256], -1).astype(numpy.uint8)
    yield "smooth", Image.fromarray(smooth)
    yield "noise", Image.fromarray(random.integers(0, 256, (29, 31), numpy.uint8))
    yield "alpha", Image.fromarray(random.integers(0, 256, (19, 23, 4), numpy.uint8), "RGBA")
    yield "palette", Image.fromarray(smooth).quantize(17)
    yield "stripes", Image.fromarray(numpy.uint8(255 * (numpy.mgrid[0:64, 0:64][1] % 2)))


def main():
    HERE.mkdir(exist_ok=True)
    for name, image in pictures():
        image.save(HERE / f"{name}.png")
        for width, height in ((16, 16), (80, 60), (7, 90)):
            for mode, channels in (("L", 1), ("RGB", 3)):
                resized = image.convert(mode).resize((width, height), Image.Resampling.BICUBIC)
                numpy.save(HERE / f"{name}.{width}x{height}.{channels}.npy", numpy.asarray(resized))


if __name__ == "__main__":
    main()
