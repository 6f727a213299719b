# SPDX-License-Identifier: GPL-3.0-or-later
"""What is recorded opens elsewhere: in h5py, silx and NormScope; and the joined file records as the package does."""
import json
import os
import subprocess
import sys
import unittest

import h5py
import numpy as np
import torch
from common import RECORDER, RecorderTest, layer, names, stack
from torch import nn

import normscope

try:
    import silx.io
    from silx.io import nxdata
except ImportError:
    silx = None

PROGRAM = os.environ.get("NORMSCOPE")


class ReadersTest(RecorderTest):
    def setUp(self):
        super().setUp()
        self.model = stack()
        with normscope.record(self.model, self.path):
            for _ in range(2):
                self.model(torch.randn(4, 10, 32)).square().mean().backward()

    def test_the_layout_is_that_of_version_1(self):
        with h5py.File(self.path, "r") as file:
            self.assertEqual(dict(file.attrs).items() >= {"NX_class": "NXroot", "default": "entry",
                                                          "format": "normscope-dump", "format_version": "1.0"}.items(),
                             True)
            classes = {"entry": "NXentry", "entry/model": "NXcollection", "entry/run": "NXcollection",
                       "entry/layers": "NXcollection", "entry/layers/0.norm1": "NXsubentry",
                       "entry/layers/0.norm1/density": "NXdata", "entry/gradient_flow": "NXdata"}
            for place, expected in classes.items():
                self.assertEqual(file[place].attrs["NX_class"], expected)
            self.assertEqual(set(file["entry"]), {"model", "run", "layer_names", "layers", "gradient_flow"})
            tensor = file["entry/layers/0.norm1/input"]
            self.assertEqual((tensor.maxshape, tensor.compression, tensor.dtype), ((None, 10, 32), None, np.float32))
            flow = file["entry/gradient_flow"]
            for index, name in enumerate(names(self.path)):
                gradient = file[f"entry/layers/{name}/input_grad"][:].astype(np.float64)
                self.assertAlmostEqual(flow["input_grad_rms"][index] / np.sqrt((gradient**2).mean()), 1, places=6)

    @unittest.skipUnless(silx, "needs silx")
    def test_silx_finds_the_plots(self):
        with silx.io.open(str(self.path)) as file:
            default = nxdata.get_default(file, validate=True)
            self.assertTrue(default.is_valid, default.issues)
            self.assertTrue(default.is_scatter)
            for name in names(self.path):
                for plot in ("scatter", "density", "histogram_input_grad", "histogram_output_grad"):
                    found = nxdata.NXdata(file[f"entry/layers/{name}/{plot}"])
                    self.assertTrue(found.is_valid, f"{name}/{plot}: {found.issues}")
                self.assertTrue(nxdata.NXdata(file[f"entry/layers/{name}/density"]).is_image)
            self.assertTrue(nxdata.NXdata(file["entry/gradient_flow"]).is_curve)

    def test_the_joined_file_records_the_same(self):
        script = RECORDER / "make_single_file.py"
        single = self.folder / "normscope.py"
        subprocess.run([sys.executable, script, single], check=True)
        self.assertEqual(single.read_text(), subprocess.check_output([sys.executable, script], text=True))
        program = (f"import sys; sys.path[:0] = [{str(self.folder)!r}]; import normscope, torch\n"
                   "assert normscope.__file__.endswith('normscope.py')\n"
                   "torch.set_num_threads(1); torch.manual_seed(3); model = torch.nn.Sequential(torch.nn.LayerNorm(8))\n"
                   f"with normscope.record(model, {str(self.folder / 'single.h5')!r}):\n"
                   "    model(torch.randn(2, 5, 8)).square().sum().backward()\n")
        subprocess.run([sys.executable, "-c", program], check=True)
        torch.manual_seed(3)
        model = nn.Sequential(nn.LayerNorm(8))
        with normscope.record(model, self.path):
            model(torch.randn(2, 5, 8)).square().sum().backward()
        values, wanted = layer(self.folder / "single.h5", "0")[0], layer(self.path, "0")[0]
        self.assertEqual(set(values), set(wanted))
        for name in wanted:
            np.testing.assert_array_equal(values[name], wanted[name])


@unittest.skipUnless(PROGRAM, "needs NORMSCOPE, the path of the program")
class ProgramTest(RecorderTest):
    def run_program(self, *arguments):
        found = subprocess.run([PROGRAM, *map(str, arguments)], capture_output=True, text=True,
                               env={**os.environ, "QT_QPA_PLATFORM": "offscreen"})
        self.assertEqual(found.returncode, 0, found.stderr)
        return found.stdout

    def record(self, **options):
        torch.manual_seed(0)
        model = stack()
        with normscope.record(model, self.path, **options):
            for scale in (1.0, 30.0):
                model(torch.randn(4, 10, 32) * scale).square().mean().backward()

    def test_the_program_opens_every_kind_of_recording_without_a_warning(self):
        kinds = {"tensors": {"statistics": False}, "both": {}, "sampled": {"sample": 20}, "summaries": {"sample": 0},
                 "bfloat16": {"dtype": "bfloat16"}, "half": {"dtype": "float16"}, "total": {"gradient": "both"}}
        for kind, options in kinds.items():
            self.record(**options)
            told = json.loads(self.run_program("inspect", self.path, "--json"))
            self.assertEqual(told["warnings"], [], kind)
            self.assertEqual([found["name"] for found in told["layers"]], names(self.path))
            self.assertEqual([found["eps"] for found in told["layers"]], [1e-5] * 5)
            self.run_program("report", self.path, "--out", self.folder / kind, "--formats", "json")
            report = json.loads((self.folder / kind / "report.json").read_text())
            self.assertEqual([found["warnings"] for found in report["layers"]], [[]] * 5, kind)

    @unittest.skipUnless(silx, "needs silx")
    def test_silx_plots_what_the_program_captures(self):
        sample = RECORDER.parent / "sample"
        self.run_program("capture", sample / "vit-dyt.safetensors", "--input", sample / "images", "-o", self.path)
        with silx.io.open(str(self.path)) as file:
            default = nxdata.get_default(file, validate=True)
            self.assertTrue(default.is_valid and default.is_scatter, default.issues)
            self.assertLessEqual(np.abs(default.axes[1][()]).max(), 1)  # before the affine part, a tanh

    def test_the_program_shows_the_numbers_of_numpy(self):
        self.record()
        whole = {name: layer(self.path, name)[0] for name in names(self.path)}
        for number, options in enumerate(({}, {"statistics": False}, {"sample": 20}, {"sample": 0})):
            self.record(**options)
            out = self.folder / f"report{number}"
            self.run_program("report", self.path, "--out", out, "--formats", "json")
            report = json.loads((out / "report.json").read_text())
            self.assertEqual(report["warnings"], [])
            self.assertEqual(len(report["layers"]), 5)
            for found in report["layers"]:
                self.assert_numbers(found, whole[found["name"]])

    def assert_numbers(self, found, values):
        x, gradients = values["input"].astype(np.float64), {q: values[q].astype(np.float64)
                                                            for q in ("input_grad", "output_grad")}
        y = (x - x.mean(-1, keepdims=True)) / np.sqrt(x.var(-1, keepdims=True) + 1e-5)
        self.assertEqual((found["points"], found["warnings"]), (x.size, []))
        for quantity, expected in (("input", x), ("output", y)):
            for measure in ("mean", "std", "min", "max"):
                np.testing.assert_allclose(found[quantity][measure], getattr(expected, measure)(), rtol=1e-6, atol=1e-8)
        for quantity, expected in gradients.items():
            np.testing.assert_allclose(found[quantity]["rms"], np.sqrt((expected**2).mean()), rtol=1e-9)
            np.testing.assert_allclose(found[quantity]["l2"], np.sqrt((expected**2).sum()), rtol=1e-9)


if __name__ == "__main__":
    unittest.main()
