# SPDX-License-Identifier: GPL-3.0-or-later
"""Dumps on the command line: shards, merge, convert, summarize."""
import importlib.util
import json
import shutil
import unittest

from program import BERT, ROOT, ProgramTest

LAYOUTS, ODD = ROOT / "tests/golden/layouts", ROOT / "tests/golden/odd"


def without_places(report):
    """The numbers of a report, without what names its file."""
    return json.dumps(report["layers"], sort_keys=True)


class Dumps(ProgramTest):
    def report(self, dump):
        out = self.folder / "report"
        self.run_program("report", dump, "--out", out, "--formats", "json", "--quiet")
        return json.loads((out / "report.json").read_text())

    def test_a_merge_of_chunks_shows_what_the_folder_shows(self):
        merged = self.folder / "merged.h5"
        self.assertEqual(self.run_json("merge", LAYOUTS / "chunks", "-o", merged)["layers"], 2)
        self.assertEqual(without_places(self.report(merged)), without_places(self.report(LAYOUTS / "chunks")))
        twice = self.folder / "twice.h5"
        self.run_program("merge", *sorted((LAYOUTS / "chunks").iterdir()), LAYOUTS / "chunks", "-o", twice)
        self.assertEqual(without_places(self.report(twice)), without_places(self.report(merged)))

    def test_convert_makes_a_dump_of_a_foreign_file(self):
        converted = self.folder / "run.h5"
        self.run_program("convert", LAYOUTS / "transformer_lens.h5", "-o", converted)
        found = self.run_json("inspect", converted)
        self.assertEqual(found["source"]["format"], "normscope-dump")
        self.assertEqual([layer["name"] for layer in found["layers"]],
                         ["blocks.0.ln1", "blocks.0.ln2", "blocks.1.ln1", "blocks.1.ln2", "ln_final"])

    def test_a_summary_gives_the_same_numbers(self):
        small = self.folder / "small.h5"
        self.run_program("summarize", LAYOUTS / "chunks", "-o", small)
        whole, summary = self.report(LAYOUTS / "chunks"), self.report(small)
        for a, b in zip(whole["layers"], summary["layers"], strict=True):
            self.assertEqual(a["points"], b["points"])
            self.assertEqual(a["input"], b["input"])
            for fit, again in zip(a["fits"], b["fits"], strict=True):
                self.assertAlmostEqual(fit["A_alpha"], again["A_alpha"], places=9)
        again = self.folder / "again.h5"
        self.run_program("summarize", BERT, "-o", again)
        self.assertEqual(self.report(again)["layers"][3]["input"], self.report(BERT)["layers"][3]["input"])

    @unittest.skipUnless(importlib.util.find_spec("h5py"), "needs h5py")
    def test_h5py_reads_every_value_that_is_written(self):
        import h5py
        import numpy as np
        converted, small = self.folder / "run.h5", self.folder / "small.h5"
        self.run_program("convert", LAYOUTS / "filters.h5", "-o", converted)
        self.run_program("summarize", LAYOUTS / "filters.h5", "-o", small)
        with h5py.File(converted) as file, h5py.File(small) as summary:
            layers = file["/entry/layers"]
            self.assertEqual(len(layers), 60)
            for name, layer in layers.items():
                x = layer["input"][:].reshape(-1, 8)
                expected = np.arange(len(x), dtype=np.float32)[:, None] + np.arange(8, dtype=np.float32) / 8
                np.testing.assert_array_equal(x, expected)
                np.testing.assert_array_equal(layer["output"][:].reshape(-1, 8), -expected)
                stats = summary["/entry/layers"][name]["stats/input"].attrs
                self.assertEqual(stats["count"], x.size)
                self.assertAlmostEqual(stats["mean"], x.mean(dtype=np.float64), places=12)
                self.assertAlmostEqual(stats["std"], x.std(dtype=np.float64), places=12)

    @unittest.skipUnless(importlib.util.find_spec("silx"), "needs silx")
    def test_silx_finds_the_default_plot(self):
        import silx.io
        from silx.io.nxdata import get_default
        small = self.folder / "small.h5"
        self.run_program("summarize", BERT, "-o", small)
        with silx.io.open(str(small)) as file:
            plot = get_default(file)
            self.assertIsNotNone(plot)
            self.assertTrue(plot.is_valid)
            layer = file["/entry/layers/encoder.layer.0.output.LayerNorm"]
            for name in ("scatter", "density", "fit", "histogram_input_grad"):
                self.assertTrue(get_default(layer[name]).is_valid, name)

    def test_a_group_of_a_file_opens_by_itself(self):
        found = self.run_json("inspect", f"{LAYOUTS / 'filters.h5'}::/entry/layers/zstd.float16")
        self.assertEqual([layer["name"] for layer in found["layers"]], ["zstd.float16"])
        self.assert_fails(3, "inspect", f"{LAYOUTS / 'filters.h5'}::/entry/none", says=["none"])

    def test_pairs_of_datasets_open_any_layout_and_are_remembered(self):
        unknown, saved = LAYOUTS / "unknown.h5", self.folder / "mappings.json"
        listed = self.run_json("inspect", unknown)
        self.assertEqual((listed["layers"], len(listed["tensors"])), ([], 15))
        self.assert_fails(3, "convert", unknown, "-o", self.folder / "run.h5", says=["--pair"])
        block = "step_1000/block_0/attention"
        pairs = ["--pair", f"{block}/before,{block}/after,name=first,kind=LayerNorm,eps=1e-5",
                 "--pair", "step_1000/cloud"]
        self.assertEqual(self.run_json("convert", unknown, *pairs, "-o", self.folder / "run.h5")["layers"], 2)
        layers = self.report(self.folder / "run.h5")["layers"]
        self.assertEqual([(layer["name"], layer["kind"], layer["points"]) for layer in layers],
                         [("first", "LayerNorm", 4 * 12 * 32), ("step_1000/cloud", "unknown", 400)])
        self.assertEqual(layers[0]["eps_source"], "user")
        self.assertGreater(layers[1]["fits"][0]["r2_points"], 0.999)  # the golden cloud is a tanh
        self.run_program("inspect", unknown, *pairs, "--mappings", saved)
        again = self.run_json("inspect", unknown, "--mappings", saved)
        self.assertEqual([layer["name"] for layer in again["layers"]], ["first", "step_1000/cloud"])
        self.assert_fails(3, "convert", unknown, "--pair", f"{block}/before,step_1000/cloud", "-o",
                          self.folder / "no.h5", says=["shape"])
        self.assert_fails(2, "inspect", unknown, "--pair", "a,b,kind=layernorm", says=["kind=layernorm"])

    def test_a_member_that_cannot_be_read_leaves_the_rest(self):
        for name, layers in (("members.h5", ["good", "partly"]), ("foreign_members.h5", ["good"])):
            found = self.run_json("inspect", ODD / name)
            self.assertEqual([layer["name"] for layer in found["layers"]], layers)
            self.assertTrue(any("dangling" in line for line in found["warnings"]), found["warnings"])
            report = self.report(ODD / name)
            self.assertEqual(report["layers"][0]["points"], 3 * 5 * 8)
            self.assertTrue(any("dangling" in line for line in report["warnings"]), report["warnings"])

    def test_files_of_other_programs_are_listed_and_no_layer_is_made_of_coordinates(self):
        for name, count in (("netcdf.h5", 2), ("anndata.h5", 2), ("keras.h5", 2)):
            found = self.run_json("inspect", ODD / name)
            self.assertEqual((found["layers"], len(found["tensors"])), ([], count), name)

    def test_values_that_are_not_finite_are_counted_as_in_pytorch(self):
        layers = {layer["name"]: layer for layer in self.report(ODD / "not_finite.h5")["layers"]}
        # Of six rows of eight values torch gives NaN for all of a row with NaN or Inf, but RMSNorm only for the Inf itself.
        self.assertEqual([layers["LayerNorm"]["output"][what] for what in ("nan", "inf")], [40, 0])
        self.assertEqual([layers["RMSNorm"]["output"][what] for what in ("nan", "inf")], [1 + 1 + 8 + 8 + 2, 0])
        wide = next(layer for layer in self.report(ODD / "values.h5")["layers"] if layer["name"] == "wide")
        self.assertTrue(any("float32" in line for line in wide["warnings"]), wide["warnings"])

    def test_channels_on_the_first_axis_are_paired(self):
        file = ODD / "values.h5::/entry/layers/reversed"
        layers = self.run_json("inspect", file, "--pair", "input,output,channel_axis=0")["layers"]
        self.assertEqual(layers[0]["channels"], 8)

    def test_what_cannot_be_opened_is_named(self):
        self.assert_fails(3, "convert", LAYOUTS / "unknown_filter.h5", "-o", self.folder / "x.h5",
                          says=["/a/x", "32024"])
        listed = self.run_program("inspect", LAYOUTS / "unknown_filter.h5")
        self.assertIn("32024", listed.stderr)
        self.assertIn("a/y", listed.stdout)
        for name in ("elsewhere.h5", "source_0.h5", "raw.bin"):
            shutil.copy(LAYOUTS / name, self.folder)
        found = self.run_json("inspect", self.folder / "elsewhere.h5")
        self.assertEqual([layer["name"] for layer in found["layers"]], ["raw"])
        self.assertIn("source_1.h5", found["warnings"][0])
        for head, words in ((b"MATLAB 5.0 MAT-file, Platform", "-v7.3"), (b"CDF\1", "nccopy"), (b"CDF\5", "nccopy")):
            (self.folder / "old.h5").write_bytes(head + bytes(200))
            self.assert_fails(3, "inspect", self.folder / "old.h5", says=[words])
        (self.folder / "old.h5").unlink()
        self.assert_fails(3, "merge", self.folder / "none*.h5", "-o", self.folder / "x.h5", says=["none*.h5"])
        self.assert_fails(5, "convert", LAYOUTS / "flat.h5", "-o", self.folder / "no/folder.h5", says=["folder.h5"])
        self.assertEqual(self.files(), ["elsewhere.h5", "raw.bin", "source_0.h5"])


if __name__ == "__main__":
    unittest.main()
