# SPDX-License-Identifier: GPL-3.0-or-later
"""What `report` writes: every file there, of the promised form, size and content."""
import csv
import json
import struct
import xml.etree.ElementTree
import zlib

from program import BERT, ProgramTest


def png_size_and_text(path):
    """Width, height and the text chunks, compressed or not, by keyword."""
    data, at, texts = path.read_bytes(), 8, {}
    while at < len(data):
        length, kind = struct.unpack(">I4s", data[at : at + 8])
        keyword, _, text = data[at + 8 : at + 8 + length].partition(b"\0")
        if kind == b"tEXt":
            texts[keyword.decode()] = text.decode("latin-1")
        if kind == b"zTXt":
            texts[keyword.decode()] = zlib.decompress(text[1:]).decode("latin-1")
        if kind == b"iTXt":
            texts[keyword.decode()] = text[2:].split(b"\0", 2)[2].decode()
        at += length + 12
    return struct.unpack(">II", data[16:24]), texts


class Exports(ProgramTest):
    def test_the_whole_set(self):
        self.run_program("report", BERT, "--out", self.folder, "--formats", "png,svg,pdf,csv,json,h5", "--dpi", 100)
        files = set(self.files())
        names = [layer["name"] for layer in json.loads((self.folder / "report.json").read_text())["layers"]]
        for name in names:
            for ending in ("scatter.png", "scatter.svg", "gradients.png", "gradients.svg", "points.csv", "curve.csv"):
                self.assertIn(f"layers/{name}.{ending}", files)
        for name in ("overview.png", "overview.svg", "depth.png", "depth.svg", "report.pdf", "layers.csv", "fits.csv",
                     "report.json", "recording.h5", "provenance.txt"):
            self.assertIn(name, files)
        self.assertEqual([name for name in files if "part" in name or "staged" in name], [])
        for path in self.folder.rglob("*.svg"):
            self.assertLess(path.stat().st_size, 2_000_000, path.name)
            xml.etree.ElementTree.parse(path)
        self.assertLess((self.folder / "report.pdf").stat().st_size, 20_000_000)
        self.assertTrue((self.folder / "report.pdf").read_bytes().startswith(b"%PDF"))
        self.check_tables(names)
        again = self.run_json("report", self.folder / "recording.h5", "--out", self.folder / "again", "--formats", "json")
        self.assertEqual([layer["name"] for layer in again["layers"]], names)

    def check_tables(self, names):
        with open(self.folder / "layers.csv", newline="") as file:
            self.assertEqual([row["name"] for row in csv.DictReader(file)], names)
        with open(self.folder / "fits.csv", newline="") as file:
            rows = list(csv.DictReader(file))
        self.assertEqual(len(rows), 2 * len(names))
        report = json.loads((self.folder / "report.json").read_text())
        self.assertEqual(float(rows[0]["alpha"]), report["layers"][0]["fits"][0]["alpha"])
        with open(self.folder / f"layers/{names[0]}.points.csv", newline="") as file:
            points = list(csv.DictReader(file))
        self.assertGreater(len(points), 100)
        self.assertEqual(list(points[0]), ["x", "y", "channel", "token", "sample", "outlier"])

    def test_size_and_provenance_of_a_picture(self):
        self.run_program("report", BERT, "--out", self.folder, "--formats", "png", "--size", "1200x700", "--dpi", 150)
        size, texts = png_size_and_text(self.folder / "layers/encoder.layer.0.output.LayerNorm.scatter.png")
        self.assertEqual(size, (1200, 700))
        self.assertIn("all-minilm-l6-v2", " ".join(texts.values()))

    def test_layers_are_chosen_by_name_in_a_dump_too(self):
        report = self.run_json("report", BERT, "--out", self.folder, "--formats", "json", "--layers", r"layer\.[01]\.output")
        self.assertEqual([layer["index"] for layer in report["layers"]], [3, 5])

    def test_other_files_in_the_folder_stay(self):
        (self.folder / "notes.txt").write_text("mine")
        (self.folder / "report.json").write_text("{}")
        self.run_program("report", BERT, "--out", self.folder, "--formats", "json")
        self.assertEqual((self.folder / "notes.txt").read_text(), "mine")
        self.assertNotEqual((self.folder / "report.json").read_text(), "{}")

    def test_tables_show_the_curve_that_was_asked_for(self):
        for curves, weighting, shown in (("erf", "both", "erf"), ("isru,tanh", "points", "tanh"), ("arctan", "bins", "arctan")):
            with self.subTest(curves=curves, weighting=weighting):
                said = self.run_program("report", BERT, "--out", self.folder, "--formats", "json,csv", "--curve", curves,
                                        "--weighting", weighting).stdout
                report = json.loads((self.folder / "report.json").read_text())
                with open(self.folder / "layers.csv", newline="") as file:
                    rows = list(csv.DictReader(file))
                for row, layer, line in zip(rows, report["layers"], said.splitlines()[1:], strict=True):
                    self.assertEqual(row["curve"], shown)
                    self.assertIn(shown, line)
                    for by in ("points", "bins"):
                        fits = [fit for fit in layer["fits"] if (fit["curve"], fit["weighting"]) == (shown, by)]
                        for column, number in (("alpha_" + by, "alpha"), ("r2_" + by, "r2_" + by)):
                            self.assertEqual(row[column] and float(row[column]), fits[0][number] if fits else "")

    def test_x_and_gradients_do_not_depend_on_the_output_shown(self):
        """The dump keeps 48 of 463 tokens, and sums of all of them before the affine part."""
        before, after = (
            self.run_json("report", BERT, "--out", self.folder, "--formats", "json,csv", "--affine", affine)["layers"]
            for affine in ("before", "after")
        )
        for one, other in zip(before, after, strict=True):
            for key in ("points", "input", "input_grad", "output_grad", "gradient_path"):
                self.assertEqual(one[key], other[key], f"{key} of {one['name']}")
            self.assertEqual((one["fitted_points"], other["fitted_points"]), (463 * 384, 48 * 384))
        # From the sums in the file by h5py: √((m2 + count·mean²)/count) of stats/input_grad, std of stats/input.
        self.assertAlmostEqual(after[1]["input_grad"]["rms"], 0.41998127451, 9)
        self.assertAlmostEqual(after[1]["input"]["std"], 0.53565648774, 9)
        with open(self.folder / "layers.csv", newline="") as file:
            row = list(csv.DictReader(file))[1]
        self.assertEqual((row["points"], row["fitted_points"]), ("177792", "18432"))

    def test_every_curve_and_the_affine_view(self):
        report = self.run_json("report", BERT, "--out", self.folder, "--formats", "json", "--curve", "all", "--weighting",
                               "points")
        self.assertEqual(len(report["layers"][0]["fits"]), 7)
        after = self.run_json("report", BERT, "--out", self.folder, "--formats", "json", "--affine", "after")
        self.assertEqual(after["layers"][0]["view"], "after the affine part")


if __name__ == "__main__":
    import unittest

    unittest.main()
