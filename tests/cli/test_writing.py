# SPDX-License-Identifier: GPL-3.0-or-later
"""A dump appears whole or not at all, whatever ends its writer."""
import importlib.util
import resource
import signal
import subprocess
import time
import unittest

from program import IMAGES, PROGRAM, SAMPLE, ProgramTest

CHECKPOINT = SAMPLE / "vit-layernorm.safetensors"
SAMPLES, ONE_SAMPLE = 64, 25 * 4 * 17 * 64 * 4  # images; bytes of 25 layers' 4 tensors of (17, 64) float32


class Writing(ProgramTest):
    def setUp(self):
        super().setUp()
        self.out = self.folder / "run.h5"

    def start(self, *more):
        """A capture of one sample after the other, seen when some of them are in its `.part`."""
        work = subprocess.Popen([PROGRAM, "capture", CHECKPOINT, *map(str, IMAGES), "--batch-size", "1", "--threads", "1",
                                 "-o", self.out, *more], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        self.addCleanup(work.stderr.close)
        while work.poll() is None:
            for part in self.folder.glob("*.part"):
                if part.stat().st_size > 5 * ONE_SAMPLE:
                    return work, part
            time.sleep(0.002)
        self.fail(f"it ended before it was seen: {work.stderr.read().decode()}")

    def test_a_cancel_leaves_the_old_file_and_no_part(self):
        self.out.write_text("the old file")
        work, _ = self.start()
        work.send_signal(signal.SIGINT)
        self.assertEqual(work.wait(timeout=30), 130)
        self.assertEqual(self.files(), ["run.h5"])
        self.assertEqual(self.out.read_text(), "the old file")

    def test_after_a_kill_the_part_opens_with_what_was_flushed(self):
        work, part = self.start()
        work.kill()
        work.wait()
        self.assertEqual(self.files(), [part.name])  # and no file of the final name
        found = self.run_json("inspect", part)
        self.assertEqual(len(found["layers"]), 25)
        samples = found["layers"][0]["points"] // (17 * 64)
        self.assertTrue(4 <= samples < SAMPLES, samples)
        self.assertEqual({layer["points"] for layer in found["layers"]}, {samples * 17 * 64})
        self.assertEqual((found["layers"][0]["kind"], found["layers"][0]["eps"]), ("LayerNorm", 1e-6))
        self.assertEqual(found["run"]["loss"], "labels")
        self.run_program("report", part, "--out", self.folder / "report", "--formats", "json")

    @unittest.skipUnless(importlib.util.find_spec("h5py"), "needs h5py")
    def test_after_a_kill_h5py_reads_the_values_of_the_whole_run(self):
        import h5py
        import numpy as np
        work, part = self.start()
        work.kill()
        work.wait()
        self.run_program("capture", CHECKPOINT, *IMAGES, "--batch-size", 1, "--threads", 1, "-o", self.out)
        with h5py.File(part, swmr=True) as killed, h5py.File(self.out) as whole:
            for name, layer in killed["/entry/layers"].items():
                for tensor in ("input", "output", "input_grad", "output_grad"):
                    samples = len(layer[tensor])
                    self.assertGreaterEqual(samples, 4)
                    np.testing.assert_array_equal(layer[tensor][:], whole["/entry/layers"][name][tensor][:samples])

    def test_a_kill_at_any_moment_leaves_a_part_that_opens_or_the_dump(self):
        for milliseconds in (0, 3, 10, 25, 60, 150):
            work, part = self.start()
            time.sleep(milliseconds / 1000)
            work.kill()
            work.wait()
            left = self.files()
            self.assertEqual(len(left), 1)
            self.assertGreaterEqual(self.run_json("inspect", self.folder / left[0])["layers"][24]["points"], 4 * 17 * 64)
            (self.folder / left[0]).unlink()

    def test_a_full_disk_leaves_the_old_file_and_no_part(self):
        self.out.write_text("the old file")
        for size in (1_000, 100_000, 5 * ONE_SAMPLE, 60 * ONE_SAMPLE):
            done = self.run_program("capture", CHECKPOINT, *IMAGES, "--batch-size", 8, "-o", self.out, code=5,
                                    preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (size, size)))
            self.assertIn("run.h5", done.stderr)
            self.assertEqual(len(done.stderr.splitlines()), 1, done.stderr)
            self.assertEqual(self.files(), ["run.h5"])
            self.assertEqual(self.out.read_text(), "the old file")

    def test_a_place_that_cannot_be_written_is_told_before_the_run(self):
        self.assert_fails(5, "capture", CHECKPOINT, *IMAGES, "-o", self.folder / "no/run.h5", says=["no/run.h5"])

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
