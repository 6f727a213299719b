# SPDX-License-Identifier: GPL-3.0-or-later
"""The main job on the sample: what a new user does first must keep working, with the numbers the docs state."""
import json
import math
import shutil
import subprocess

from program import BERT, IMAGES, PROGRAM, SAMPLE, ProgramTest


class MainJob(ProgramTest):
    def test_inspect_tells_kind_eps_and_where_it_came_from(self):
        for norm, kind in {"layernorm": "LayerNorm", "rmsnorm": "RMSNorm", "dyt": "DyT"}.items():
            found = self.run_json("inspect", SAMPLE / f"vit-{norm}.safetensors")
            self.assertEqual([layer["kind"] for layer in found["layers"]], [kind] * 25)
            self.assertEqual(found["layers"][0]["name"], "blocks.0.norm1")
            self.assertEqual(found["layers"][24]["name"], "norm")
            self.assertEqual(found["source"]["family"], "vit")
            self.assertEqual(found["source"]["tensors"], len(found["tensors"]))
            self.assertEqual(found["warnings"], [])
            self.assertNotIn("family default", [told["source"] for told in found["assumed"]])
            if norm == "dyt":
                self.assertGreater(found["layers"][0]["trained_alpha"], 0)
            else:
                self.assertEqual((found["layers"][0]["eps"], found["layers"][0]["eps_source"]), (1e-6, "config"))

    def test_inspect_of_an_unknown_family_guesses_the_order_and_says_so(self):
        shapes = {"decoder.layers.0.norm1": [8], "encoder.layers.0.norm1": [8], "encoder.norm": [8], "stem.group_norm": [8]}
        header, end = {}, 0
        for name in [key for norm in shapes for key in (norm + ".bias", norm + ".weight")]:
            header[name] = {"dtype": "F32", "shape": [8], "data_offsets": [end, end + 32]}
            end += 32
        text = json.dumps(header).encode()
        path = self.folder / "unknown.safetensors"
        path.write_bytes(len(text).to_bytes(8, "little") + text + bytes(end))
        found = self.run_json("inspect", path)
        self.assertEqual([(layer["name"], layer["kind"]) for layer in found["layers"]],
                         [("stem.group_norm", "GroupNorm"), ("encoder.layers.0.norm1", "LayerNorm"),
                          ("encoder.norm", "LayerNorm"), ("decoder.layers.0.norm1", "LayerNorm")])
        self.assertEqual(len([line for line in found["warnings"] if "order is a guess" in line]), 1)

    def test_what_nothing_tells_is_said_in_one_line_and_written(self):
        alone = self.folder / "alone.safetensors"
        shutil.copy(SAMPLE / "vit-layernorm.safetensors", alone)
        done = self.run_program("report", alone, "--input", "random", "--set", "heads=4", "--no-grad", "--out", self.folder / "r", "--formats", "json")
        assumed = {"act": "gelu", "block": "pre-norm", "eps": "1e-6", "pool": "token", "rotary": "none"}
        (line,) = [line for line in done.stderr.splitlines() if "assumed" in line]
        for key, value in assumed.items():
            self.assertIn(f"{key}={value}", line)
        self.assertNotIn("heads", line)
        told = {told["key"]: told for told in json.loads((self.folder / "r/report.json").read_text())["run"]["assumed"]}
        self.assertEqual({key: told[key]["value"] for key in assumed}, assumed)
        self.assertEqual({told[key]["source"] for key in assumed}, {"family default"})
        self.assertEqual(told["heads"], {"key": "heads", "value": "4", "source": "user"})

    def test_a_dump_gives_the_same_results_as_the_run_it_holds(self):
        checkpoint, dump = SAMPLE / "vit-layernorm.safetensors", self.folder / "run.h5"
        direct = self.run_json("report", checkpoint, *IMAGES, "--out", self.folder / "a", "--formats", "json")
        self.run_program("capture", checkpoint, *IMAGES, "-o", dump)
        again = self.run_json("report", dump, "--out", self.folder / "b", "--formats", "json")
        self.assertEqual(len(direct["layers"]), 25)
        for a, b in zip(direct["layers"], again["layers"]):
            self.assertEqual(a["points"], 64 * 17 * 64)
            for part in ("name", "kind", "eps", "input", "output", "input_grad", "output_grad", "fits"):
                self.assertEqual(a[part], b[part], (a["name"], part))
        self.assertEqual(direct["run"]["loss"], "labels")

    def test_a_gpu_gives_the_numbers_of_the_processor(self):
        """Where there is one. In TF32 they would differ by 1e-3, in float32 by 1e-6."""
        network = ["report", SAMPLE / "vit-dyt.safetensors", *IMAGES, "--formats", "json", "--json", "--out"]
        gpu = subprocess.run([PROGRAM, *map(str, network), self.folder / "gpu", "--device", "cuda"], capture_output=True, text=True)
        if gpu.returncode == 4 and "--device cpu" in gpu.stderr:
            self.skipTest("needs a GPU")
        for a, b in zip(json.loads(gpu.stdout)["layers"], self.run_json(*network[:-2], "--out", self.folder)["layers"]):
            for part, measure in (("input", "std"), ("input", "max"), ("output", "std"), ("input_grad", "rms"), ("output_grad", "rms")):
                self.assertAlmostEqual(a[part][measure] / b[part][measure], 1, delta=1e-4, msg=(a["name"], part, measure))

    def test_every_layer_keeps_its_hard_bound(self):
        for norm, bound in {"layernorm": math.sqrt(63), "rmsnorm": 8.0, "dyt": 1.0}.items():
            report = self.run_json("report", SAMPLE / f"vit-{norm}.safetensors", *IMAGES, "--out", self.folder,
                                   "--formats", "json")
            for layer in report["layers"]:
                self.assertLessEqual(max(layer["output"]["max"], -layer["output"]["min"]), bound * (1 + 1e-6))
                self.assertEqual([w for w in layer["warnings"] if "bound" in w], [])

    def test_the_bert_shows_its_s(self):
        report = self.run_json("report", BERT, "--out", self.folder, "--formats", "json")
        self.assertEqual(len(report["layers"]), 13)
        layer = next(l for l in report["layers"] if l["name"] == "encoder.layer.0.output.LayerNorm")
        tanh = next(f for f in layer["fits"] if f["weighting"] == "points")
        self.assertLess(layer["line_r2"], 0.6)  # a straight line does not explain it
        self.assertGreater(tanh["r2_points"], 0.95)  # a tanh does
        self.assertEqual(tanh["flags"], [])

    def test_sampling_keeps_the_statistics_of_every_point(self):
        checkpoint = SAMPLE / "vit-rmsnorm.safetensors"
        for name, more in {"all": [], "few": ["--sample", 100]}.items():
            self.run_program("capture", checkpoint, *IMAGES, "-o", self.folder / f"{name}.h5", *more)
        every, few = (self.run_json("report", self.folder / f"{name}.h5", "--out", self.folder / name, "--formats", "json")
                      for name in ("all", "few"))
        self.assertLess((self.folder / "few.h5").stat().st_size, (self.folder / "all.h5").stat().st_size / 2)
        for a, b in zip(every["layers"], few["layers"]):
            self.assertEqual((a["points"], a["input"]["min"]), (b["points"], b["input"]["min"]))
            for weighting in (0, 1):
                # the summary's values are computed in float32 by the run, the tensors' in double afterwards
                self.assertAlmostEqual(a["fits"][weighting]["r2_points"], b["fits"][weighting]["r2_points"], delta=1e-4)

    def test_gradients_do_not_depend_on_the_batch_size(self):
        reports = [self.run_json("report", SAMPLE / "vit-dyt.safetensors", *IMAGES, "--out", self.folder, "--formats", "json",
                                 "--batch-size", size) for size in (64, 7)]
        for a, b in zip(reports[0]["layers"], reports[1]["layers"]):
            self.assertAlmostEqual(a["input_grad"]["rms"] / b["input_grad"]["rms"], 1, delta=1e-4)  # float32 sums


if __name__ == "__main__":
    import unittest

    unittest.main()
