# SPDX-License-Identifier: GPL-3.0-or-later
"""A dump appears whole or not at all, whatever ends its writer."""
import importlib.util
import json
import pathlib
import resource
import shutil
import signal
import subprocess
import time
import unittest

from program import BERT, IMAGES, PROGRAM, SAMPLE, ProgramTest

CHECKPOINT = SAMPLE / "vit-layernorm.safetensors"
LONG = ["--input", *sorted((SAMPLE / "images").rglob("*.png")) * 4, "--batch-size", "1", "--threads", "1"]
SAMPLES = len(LONG) - 5
OLD = BERT.read_bytes()  # a dump, as the one that is written
TOKENS, ONE_SAMPLE = 17, 25 * 4 * 17 * 64 * 4  # bytes of 25 layers' 4 tensors of (17, 64) float32


class Writing(ProgramTest):
    def setUp(self):
        super().setUp()
        self.out = self.folder / "run.h5"

    def samples_in(self, part):
        """How many samples a file shows that is being written or was; 0 while it has none."""
        if subprocess.run([PROGRAM, "inspect", part], capture_output=True).returncode != 0:
            self.assert_fails(3, "inspect", part, says=["expected a sample, found none yet"])
            return 0
        found = self.run_json("report", part, "--out", self.folder / "report", "--formats", "json")
        shutil.rmtree(self.folder / "report")
        points = [layer["points"] for layer in found["layers"]]
        self.assertEqual(len(points), 25)
        return min(points) // (TOKENS * 64)

    def start(self):
        """A capture of one sample after the other, and its `.part` once it opens."""
        work = subprocess.Popen([PROGRAM, "capture", CHECKPOINT, *map(str, LONG), "-o", self.out],
                                stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        self.addCleanup(work.stderr.close)
        while work.poll() is None:
            for part in self.folder.glob("*.part"):
                if subprocess.run([PROGRAM, "inspect", part], capture_output=True).returncode == 0:
                    return work, part
            time.sleep(0.01)
        self.fail(f"it ended before it was seen: {work.stderr.read().decode()}")

    def test_an_interrupt_ends_the_run_and_leaves_the_old_file_and_no_part(self):
        self.out.write_bytes(OLD)
        work, _ = self.start()
        work.send_signal(signal.SIGINT)
        self.assertEqual(work.wait(timeout=30), 130)  # a run that goes on to its end exits with 0
        self.assertEqual(self.files(), ["run.h5"])
        self.assertEqual(self.out.read_bytes(), OLD)

    def test_after_a_kill_the_part_opens_with_what_was_flushed(self):
        work, part = self.start()
        work.kill()
        work.wait()
        self.assertEqual(self.files(), [part.name])  # and no file of the final name
        samples = self.samples_in(part)
        self.assertTrue(1 <= samples < SAMPLES, samples)
        found = self.run_json("report", part, "--out", self.folder / "report", "--formats", "json")
        points = {layer["points"] for layer in found["layers"]}  # a flush that was interrupted had come to some layers
        self.assertLessEqual(points, {samples * TOKENS * 64, (samples + 1) * TOKENS * 64})
        self.assertEqual((found["layers"][0]["kind"], found["layers"][0]["eps"]), ("LayerNorm", 1e-6))
        self.assertEqual(found["run"]["loss"], "prediction")

    @unittest.skipUnless(importlib.util.find_spec("h5py"), "needs h5py")
    def test_after_a_kill_h5py_reads_the_values_of_the_whole_run(self):
        import h5py
        import numpy as np
        work, part = self.start()
        work.kill()
        work.wait()
        self.run_program("capture", CHECKPOINT, *LONG, "-o", self.out)
        with h5py.File(part, swmr=True) as killed, h5py.File(self.out) as whole:
            for name, layer in killed["/entry/layers"].items():
                for tensor in ("input", "output", "input_grad", "output_grad"):
                    samples = len(layer[tensor])
                    self.assertGreaterEqual(samples, 1)
                    np.testing.assert_array_equal(layer[tensor][:], whole["/entry/layers"][name][tensor][:samples])

    def test_a_kill_at_any_moment_leaves_a_part_that_opens_or_the_dump(self):
        for milliseconds in (0, 3, 10, 25, 60, 150):
            work, part = self.start()
            time.sleep(milliseconds / 1000)
            work.kill()
            work.wait()
            left = self.files()
            self.assertEqual(len(left), 1)
            self.assertGreaterEqual(self.samples_in(self.folder / left[0]), 1)
            (self.folder / left[0]).unlink()

    def test_a_full_disk_leaves_the_old_file_and_no_part(self):
        self.out.write_bytes(OLD)
        for size in (1_000, 100_000, 5 * ONE_SAMPLE, 60 * ONE_SAMPLE):
            done = self.run_program("capture", CHECKPOINT, *IMAGES, "--batch-size", 8, "-o", self.out, code=5,
                                    preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (size, size)))
            self.assertIn("run.h5", done.stderr)
            self.assertEqual(len(done.stderr.splitlines()), 1, done.stderr)
            self.assertEqual(self.files(), ["run.h5"])
            self.assertEqual(self.out.read_bytes(), OLD)

    def test_a_run_beyond_the_memory_budget_is_shown_from_a_temporary_file(self):
        before = set(pathlib.Path("/var/tmp").iterdir())
        numbers = []
        for memory in ("1G", "8M"):  # the tensors take 28 MB
            done = self.run_program("report", CHECKPOINT, *IMAGES, "--batch-size", 8, "--memory", memory, "--formats", "json",
                                    "--out", self.folder)
            self.assertEqual("temporary file" in done.stderr, memory == "8M", done.stderr)
            numbers.append([(layer["input"], layer["output"], layer["fits"], layer["input_grad"])
                            for layer in json.loads((self.folder / "report.json").read_text())["layers"]])
        self.assertEqual(numbers[0], numbers[1])
        self.assertEqual(set(pathlib.Path("/var/tmp").iterdir()), before)

    @unittest.skipUnless(importlib.util.find_spec("h5py"), "needs h5py")
    def test_streaming_writes_what_a_run_in_memory_writes(self):
        import h5py
        import numpy as np
        for more in ([], ["--sample", 100], ["--gradient", "both", "--layers", "norm1"]):
            run = [CHECKPOINT, *IMAGES, "--batch-size", 7, *more]
            self.run_program("capture", *run, "-o", self.out)
            self.run_program("report", *run, "--formats", "h5", "--out", self.folder / "report")
            with h5py.File(self.out) as a, h5py.File(self.folder / "report/recording.h5") as b:
                names, others = [], []
                a.visit(names.append)
                b.visit(others.append)
                self.assertEqual(names, others)
                for name in names:
                    self.assertEqual(set(a[name].attrs), set(b[name].attrs), name)
                    if isinstance(a[name], h5py.Dataset):
                        self.assertEqual((a[name].dtype, a[name].chunks, a[name].maxshape),
                                         (b[name].dtype, b[name].chunks, b[name].maxshape), name)
                        np.testing.assert_array_equal(a[name][()], b[name][()], err_msg=name)


if __name__ == "__main__":
    unittest.main()
