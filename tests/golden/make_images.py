#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes images/: small pictures of every mode, and what Pillow makes of them, as .npy.

    pip install numpy==2.4.6 pillow==13.0.0 && python tests/golden/make_images.py

NAME.png is the picture, NAME.WxH.C.npy its bicubic resize to W x H in C channels (1: convert("L"), 3: convert("RGB")),
NAME.WxH.C.fit.npy the centre W x H after a resize to size/0.875, by the formulas of torchvision 0.24 (square sizes:
Resize(int), CenterCrop) and timm 1.0 (others: ResizeKeepRatio). smooth.jpg and smooth.jpg.npy: a JPEG and its pixels.
"""
import math
import pathlib
import struct
import zlib

import numpy
from PIL import Image

HERE = pathlib.Path(__file__).parent / "images"
CROP = 0.875


def pictures():
    random = numpy.random.default_rng(0)
    yy, xx = numpy.mgrid[0:37, 0:53]
    smooth = numpy.stack([xx * 4, yy * 6, (xx * yy) % 256], -1).astype(numpy.uint8)
    yield "smooth", Image.fromarray(smooth)
    yield "noise", Image.fromarray(random.integers(0, 256, (29, 31), numpy.uint8))
    yield "alpha", Image.fromarray(random.integers(0, 256, (19, 23, 4), numpy.uint8), "RGBA")
    yield "palette", Image.fromarray(smooth).quantize(17)
    yield "stripes", Image.fromarray(numpy.uint8(255 * (numpy.mgrid[0:64, 0:64][1] % 2)))
    yield "grey_alpha", Image.fromarray(random.integers(0, 256, (24, 11, 2), numpy.uint8), "LA")
    yield "tall", Image.fromarray(random.integers(0, 256, (90, 30, 3), numpy.uint8))
    yield "bits", Image.fromarray(random.integers(0, 2, (13, 40), numpy.uint8) > 0)


def save_16_bit(path, pixels):
    """A colour PNG of 16 bits a channel, which Pillow reads (upper 8 bits) but does not write."""

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    height, width, _ = pixels.shape
    rows = b"".join(b"\0" + row.astype(">u2").tobytes() for row in pixels)
    header = struct.pack(">IIBBBBB", width, height, 16, 2, 0, 0, 0)
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b""))


def fit(image, width, height):
    wide, high = math.floor(width / CROP), math.floor(height / CROP)
    if wide == high:
        short, long = sorted(image.size)
        other = int(wide * long / short)
        size = (wide, other) if image.width <= image.height else (other, wide)
    else:
        ratio = min(image.width / wide, image.height / high)
        size = round(image.width / ratio), round(image.height / ratio)
    left, top = int(round((size[0] - width) / 2.0)), int(round((size[1] - height) / 2.0))
    return image.resize(size, Image.Resampling.BICUBIC).crop((left, top, left + width, top + height))


def save(name, pixels):
    numpy.save(HERE / f"{name}.npy", numpy.asarray(pixels))


def main():
    HERE.mkdir(exist_ok=True)
    for name, image in pictures():
        image.save(HERE / f"{name}.png")
    save_16_bit(HERE / "deep.png", numpy.random.default_rng(1).integers(0, 65536, (17, 22, 3)))
    for path in sorted(HERE.glob("*.png")):
        for mode, channels in (("L", 1), ("RGB", 3)):
            image = Image.open(path).convert(mode)
            for width, height in ((16, 16), (80, 60), (7, 90)):
                resized = image.resize((width, height), Image.Resampling.BICUBIC)
                save(f"{path.stem}.{width}x{height}.{channels}", resized)
            for width, height in ((21, 21), (12, 30)):
                save(f"{path.stem}.{width}x{height}.{channels}.fit", fit(image, width, height))
    Image.open(HERE / "smooth.png").save(HERE / "smooth.jpg", quality=90)
    save("smooth.jpg", Image.open(HERE / "smooth.jpg"))


if __name__ == "__main__":
    main()
