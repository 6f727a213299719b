# SPDX-License-Identifier: GPL-3.0-or-later
"""What networks are run on: folders of pictures, arrays and labels as people bring them."""
import shutil
import struct
import zlib

from program import ROOT, SAMPLE, ProgramTest

VIT = SAMPLE / "vit-layernorm.safetensors"
ARRAYS = ROOT / "tests/golden/arrays"
PICTURES = ROOT / "tests/golden/pictures"


def npy(dtype, shape, data):
    header = f"{{'descr': '{dtype}', 'fortran_order': False, 'shape': {shape}, }}".ljust(117) + "\n"
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header.encode() + data


class InputTest(ProgramTest):
    def capture(self, source, *more):
        return self.run_json("capture", VIT, "--input", source, "--no-grad", "-o", self.folder / "o.h5", *more)

    def refused(self, code, source, *more, says=()):
        (self.folder / "o.h5").unlink(missing_ok=True)
        self.assert_fails(code, "capture", VIT, "--input", source, "--no-grad", "-o", self.folder / "o.h5", *more, says=says)
        self.assertFalse((self.folder / "o.h5").exists())

    def write(self, name, data):
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        return path


class Arrays(InputTest):
    def test_whole_numbers_are_refused_unless_their_scale_is_told(self):
        kinds = {"|u1": 1, "|b1": 1, "<i2": 2, "<i4": 4, ">i8": 8}
        for dtype, size in kinds.items():
            with self.subTest(dtype):
                path = self.write("pixels.npy", npy(dtype, (1, 1, 28, 28), bytes(784 * size)))
                self.refused(4, path, says=["pixels.npy", "scale=255", "token ids"])
                self.assertEqual(self.capture(path, "--set", "scale=255")["samples"], 1)

    def test_scaled_pixels_are_the_network_s_input_as_pictures_are(self):
        picture = SAMPLE / "images/0000.png"
        path = self.write("pixels.npy", npy("|u1", (1, 1, 28, 28), self.pixels_of(picture)))
        run = lambda source, *more: self.run_json("capture", VIT, "--input", source, "-o", self.folder / "o.h5", *more)
        self.assertEqual(run(path, "--set", "scale=255")["loss"], run(picture)["loss"])

    def pixels_of(self, picture):
        """The pixels of an 8-bit grey PNG, its row filters (PNG, section 9) undone."""
        data, at, packed = picture.read_bytes(), 8, b""
        while at < len(data):
            length = int.from_bytes(data[at:at + 4], "big")
            if data[at + 4:at + 8] == b"IHDR":
                width, height = struct.unpack(">II", data[at + 8:at + 16])
            if data[at + 4:at + 8] == b"IDAT":
                packed += data[at + 8:at + 8 + length]
            at += length + 12
        raw, rows, before = zlib.decompress(packed), b"", bytes(width)
        for y in range(height):
            kind, row = raw[y * (width + 1)], bytearray(raw[y * (width + 1) + 1:(y + 1) * (width + 1)])
            for x in range(width):
                left, up, corner = (row[x - 1] if x else 0), before[x], (before[x - 1] if x else 0)
                guess = left + up - corner
                paeth = min((left, up, corner), key=lambda v: abs(guess - v))
                row[x] = (row[x] + [0, left, up, (left + up) // 2, paeth][kind]) % 256
            rows, before = rows + bytes(row), row
        return rows

    def test_of_several_arrays_one_is_named(self):
        self.refused(3, ARRAYS / "several.npz", says=["several.npz", "labels (2)", "images (2, 2, 3, 4) float32", "::labels"])
        self.refused(4, f"{ARRAYS}/several.npz::images", says=["several.npz::images", "(samples, 1, 28, 28)"])
        self.refused(3, f"{ARRAYS}/several.npz::nothing", says=["several.npz", "nothing"])

    def test_arrays_are_told_by_content(self):
        for name in ("WRONG.PNG", "unnamed", "big_endian.npy", "packed.npz", "several.h5::/group/images"):
            with self.subTest(name):
                self.refused(4, f"{ARRAYS}/{name}", says=[name, "found (2, 2, 3, 4)"])


class Pictures(InputTest):
    def test_class_folders_and_what_is_left_out(self):
        for name in ("cat/a.png", "dog/sub/b.PNG"):
            self.write(f"classes/{name}", (SAMPLE / "images/0000.png").read_bytes())
        self.write("classes/__MACOSX/readme", b"text")
        done = self.run_program("capture", VIT, "--input", self.folder / "classes", "--no-grad", "-o", self.folder / "o.h5")
        self.assertIn("2 samples", done.stdout)
        self.assertIn("1 folder (__MACOSX) without images", done.stderr)

    def test_half_a_picture_is_refused_in_one_line(self):
        for path in sorted(PICTURES.glob("*_half.*")):
            with self.subTest(path.name):
                self.refused(3, path, says=[path.name])
        self.refused(3, self.write("nothing.png", b""), says=["nothing.png", "empty"])

    def test_preprocessing_that_nothing_does_is_refused_by_name(self):
        for setting in ("interpolation=random", "crop_mode=corner"):
            self.refused(2, SAMPLE / "images", "--set", setting, says=setting.split("="))
        shutil.copy(VIT, self.folder / "vit.safetensors")
        self.write("config.json", b'{"num_heads": 4, "pretrained_cfg": {"interpolation": "random", "mean": 0.3, "std": 0.4}}')
        self.assert_fails(3, "capture", self.folder / "vit.safetensors", "--input", SAMPLE / "images", "-o", self.folder / "o.h5",
                          says=["interpolation", "random"])


class Labels(InputTest):
    def test_labels_as_editors_write_them(self):
        text = "".join(f" {line}\r\n" for line in (SAMPLE / "labels.txt").read_text().split())
        plain = self.capture(SAMPLE / "images", "--labels", SAMPLE / "labels.txt")
        marked = self.write("marked.txt", b"\xef\xbb\xbf" + text.encode() + b"\r\n")
        self.assertEqual(self.capture(SAMPLE / "images", "--labels", marked), plain)

    def test_labels_that_are_wrong_are_named_with_their_line(self):
        good = (SAMPLE / "labels.txt").read_text().split()
        for wrong in ("cat", "10", "-1", ""):
            lines = [*good[:6], wrong, *good[7:]]
            path = self.write("wrong.txt", "\n".join(lines).encode())
            self.refused(3, SAMPLE / "images", "--labels", path, says=["wrong.txt, line 7"])
        self.refused(3, SAMPLE / "images", "--labels", self.write("few.txt", b"1\n"), says=["few.txt", "64 labels"])
