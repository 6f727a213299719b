#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes pictures/: one small picture of each kind that is found in data sets, whole and cut, and what Pillow makes of it.

    pip install numpy==2.4.6 pillow==13.0.0 && python tests/golden/make_pictures.py

pictures.txt has a line a picture: its name, width, height, and the CRC-32 of the bytes of convert("RGB") and of
convert("L"); or its name and `refused` where Pillow raises.
"""
import pathlib
import struct
import zlib

import numpy
from PIL import Image

HERE = pathlib.Path(__file__).parent
FOLDER = HERE / "pictures"
SIDE = 12


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def save_png(name, colour, depth, rows, palette=b"", transparency=b""):
    """PNGs of depths that Pillow reads and does not write."""
    header = struct.pack(">IIBBBBB", SIDE, SIDE, depth, colour, 0, 0, 0)
    (FOLDER / name).write_bytes(
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + (chunk(b"PLTE", palette) if palette else b"")
        + (chunk(b"tRNS", transparency) if transparency else b"")
        + chunk(b"IDAT", zlib.compress(b"".join(b"\0" + row for row in rows))) + chunk(b"IEND", b""))


def rows_of(random, bits):
    return [random.integers(0, 256, (SIDE * bits + 7) // 8, numpy.uint8).tobytes() for _ in range(SIDE)]


def make():
    random = numpy.random.default_rng(5)
    yy, xx = numpy.mgrid[0:SIDE, 0:SIDE + 3]
    rgb = Image.fromarray(numpy.stack([(xx * 13 + yy * 5) % 256, (yy * 17 + 30) % 256, (xx * yy + xx) % 256], -1)
                          .astype(numpy.uint8))
    noise = Image.fromarray(random.integers(0, 256, (SIDE, SIDE + 3, 3), numpy.uint8))
    grey, bits, palette = rgb.convert("L"), rgb.convert("1"), rgb.quantize(17)
    alpha = Image.fromarray(random.integers(0, 256, (SIDE, SIDE + 3), numpy.uint8))
    rgba, la = rgb.copy(), grey.copy()
    rgba.putalpha(alpha)
    la.putalpha(alpha)
    deep = Image.fromarray(random.integers(0, 600, (SIDE, SIDE + 3)).astype(numpy.uint16))

    def save(image, name, **options):
        image.save(FOLDER / name, **options)

    for depth in (1, 2, 4, 8):
        save_png(f"grey{depth}_trns.png", 0, depth, rows_of(random, depth), transparency=b"\0\1")
    some = random.integers(0, 256, 48, numpy.uint8).tobytes()
    save_png("palette_trns.png", 3, 4, rows_of(random, 4), palette=some, transparency=b"\x00\x80\xff\x03")
    for colour, channels in ((0, 1), (2, 3), (4, 2), (6, 4)):
        save_png(f"deep{colour}.png", colour, 16, rows_of(random, 16 * channels))
    rows = rows_of(random, 48)
    save_png("deep2_trns.png", 2, 16, rows, transparency=rows[0][:6])
    save(deep, "grey16.png")
    save(rgb, "rgb_trns.png", transparency=rgb.getpixel((3, 3)))
    save(la, "grey_alpha.png")
    save(noise, "animated.png", save_all=True, append_images=[rgb])

    save(palette, "palette.gif", transparency=3)
    save(noise.quantize(256), "interlaced.gif", interlace=1)
    save(grey, "grey.gif")
    save(palette, "animated.gif", save_all=True, append_images=[noise.quantize(64)])
    frame = (FOLDER / "palette.gif").read_bytes()  # a first frame smaller than the canvas
    (FOLDER / "canvas.gif").write_bytes(frame[:6] + struct.pack("<HH", SIDE + 9, SIDE + 4) + frame[10:])

    for name, image in (("rgb", rgb), ("grey", grey), ("bits", bits), ("palette", palette), ("rgba", rgba)):
        save(image, name + ".bmp")
    pixels = b"".join(bytes([SIDE + 3, y]) + b"\0\0" for y in range(SIDE)) + b"\0\1"
    table = bytes(random.integers(0, 256, 4 * SIDE, numpy.uint8))
    info = struct.pack("<IiiHHIIiiII", 40, SIDE + 3, SIDE, 1, 8, 1, len(pixels), 0, 0, SIDE, 0)
    begin = 14 + 40 + len(table)
    (FOLDER / "rle.bmp").write_bytes(struct.pack("<2sIHHI", b"BM", begin + len(pixels), 0, 0, begin) + info + table + pixels)

    save(rgb, "rgb.ppm")
    save(grey, "grey.pgm")
    save(bits, "bits.pbm")
    (FOLDER / "plain.ppm").write_text("P3 # plain\n2 2\n255\n1 2 3 40 50 60\n7 8 9 100 110 255\n")

    for name, image in (("rgb", rgb), ("grey", grey), ("bits", bits), ("palette", palette), ("cmyk", rgb.convert("CMYK")),
                        ("grey16", deep)):
        save(image, name + ".tif")
    for method in ("tiff_lzw", "tiff_adobe_deflate", "packbits"):
        save(rgb, method + ".tif", compression=method)
    exif = Image.Exif()
    exif[0x0112] = 6
    save(rgb, "turned.tif", exif=exif)
    save(rgb, "pages.tif", save_all=True, append_images=[noise])

    save(rgba, "lossless.webp", lossless=True, exact=True)
    save(rgb, "lossy.webp", quality=80)
    save(noise, "animated.webp", save_all=True, append_images=[rgb], lossless=True)

    save(rgb, "rgb.jpg", quality=90)
    save(rgb, "turned.jpg", quality=90, exif=exif)
    save(rgb.convert("CMYK"), "cmyk.jpg", quality=90)
    save(grey, "grey.jpg", quality=90)

    sizes = rgb.resize((16, 16)), noise.resize((24, 24))
    save(sizes[1], "largest.ico", sizes=[(16, 16), (24, 24)], append_images=[sizes[0]])
    save(sizes[0], "bitmap.ico", sizes=[(16, 16)], bitmap_format="bmp")

    for name in ("palette.gif", "rgb.bmp", "rle.bmp", "rgb.ppm", "plain.ppm", "rgb.tif", "tiff_lzw.tif", "lossy.webp",
                 "rgb.jpg", "largest.ico"):
        whole = (FOLDER / name).read_bytes()
        stem, ending = name.rsplit(".", 1)
        (FOLDER / f"{stem}_half.{ending}").write_bytes(whole[:len(whole) // 2])
        (FOLDER / f"{stem}_most.{ending}").write_bytes(whole[:len(whole) * 9 // 10])


def seen(path):
    try:
        rgb = Image.open(path).convert("RGB")
        return f"{rgb.width} {rgb.height} {zlib.crc32(rgb.tobytes()):08x} {zlib.crc32(Image.open(path).convert('L').tobytes()):08x}"
    except Exception:
        return "refused"


def main():
    FOLDER.mkdir(exist_ok=True)
    for old in FOLDER.iterdir():
        old.unlink()
    make()
    lines = [f"{path.name} {seen(path)}\n" for path in sorted(FOLDER.iterdir())]
    (HERE / "pictures.txt").write_text("".join(lines))


if __name__ == "__main__":
    main()
