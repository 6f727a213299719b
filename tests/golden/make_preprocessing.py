#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes preprocessing.txt: what timm's transform for evaluation makes of the pictures in images/.

    pip install torch==2.13.0 torchvision==0.28.0 timm==1.0.31 pillow==13.0.0 && python tests/golden/make_preprocessing.py

A line a case: picture, channels, height, width, crop_pct, crop_mode, interpolation, and the CRC-32 of the float32 values
(channels, height, width) of timm.data.create_transform(**resolve_data_config(pretrained_cfg=…), is_training=False).
"""
import itertools
import pathlib
import zlib

from PIL import Image
from timm.data import create_transform, resolve_data_config

HERE = pathlib.Path(__file__).parent
MEAN, STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)
PICTURES = ["smooth.png", "noise.png", "tall.png", "grey_alpha.png", "bits.png"]
SIZES = [(24, 24, 0.9), (16, 16, 1.0), (20, 32, 0.875), (96, 96, 0.95)]
MODES = ["center", "squash", "border"]
FILTERS = ["bilinear", "bicubic", "nearest", "lanczos", "hamming", "box"]


def main():
    lines = []
    for picture, channels, (height, width, crop), mode, interpolation in itertools.product(
            PICTURES, (3, 1), SIZES, MODES, FILTERS):
        config = dict(input_size=(channels, height, width), crop_pct=crop, crop_mode=mode, interpolation=interpolation,
                      mean=MEAN[:channels], std=STD[:channels])
        transform = create_transform(**resolve_data_config(pretrained_cfg=config), is_training=False)
        values = transform(Image.open(HERE / "images" / picture).convert("RGB" if channels == 3 else "L"))
        lines.append(f"{picture} {channels} {height} {width} {crop} {mode} {interpolation} "
                     f"{zlib.crc32(values.contiguous().numpy().tobytes()):08x}\n")
    (HERE / "preprocessing.txt").write_text("".join(lines))


if __name__ == "__main__":
    main()
