# SPDX-License-Identifier: GPL-3.0-or-later
"""A disk that takes no more ends the recording, and nothing else: the run goes on, what was flushed can be read."""
import errno
import os
import subprocess
import sys
import textwrap
import unittest
import warnings
from unittest import mock

import h5py
import numpy as np
import torch
from common import RECORDER, RecorderTest, layer, names, stack

import normscope
from normscope.bytes_on_disk import BytesOnDisk

TENSORS = ("input", "output", "input_grad", "output_grad")


class FullDiskTest(RecorderTest):
    def setUp(self):
        super().setUp()
        self.batches = [torch.randn(4, 10, 32) * (batch + 1) for batch in range(3)]

    def record(self, writes, **options):
        """Trains three steps on a disk where the file may grow so many times, and may be written over where it is.
        Returns (the error, the steps that ran)."""
        took, steps, model = BytesOnDisk._write_all, [], stack()

        def write(on_disk, data):
            nonlocal writes
            writes -= on_disk.disk.tell() + len(data) > on_disk.end
            if writes < 0:
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            took(on_disk, data)

        error = None
        with mock.patch.object(BytesOnDisk, "_write_all", write), warnings.catch_warnings(record=True) as told:
            warnings.simplefilter("always")
            try:
                with normscope.record(model, self.path, **options):
                    for x in self.batches:
                        model(x).square().mean().backward()
                        steps.append(x)
            except OSError as failed:
                error = failed
        self.assertLessEqual(len(told), 1)
        self.assertFalse(any(module._forward_hooks or module._forward_pre_hooks for module in model.modules()))
        self.assertFalse(any(parameter._backward_hooks for parameter in model.parameters()))
        return error, steps

    def test_every_write_may_be_the_last(self):
        """With whole tensors: after each write that fails, all layers that were flushed hold the same samples."""
        model, kept = stack(), []
        handle = model[0].norm1.register_forward_hook(lambda _, inputs, __: kept.append(inputs[0].detach()))
        for x in self.batches:
            model(x)
        handle.remove()
        wanted, found = torch.cat(kept).numpy(), set()
        for writes in range(0, 1000, 13):
            torch.manual_seed(0)
            error, steps = self.record(writes)
            if error is None:
                break
            self.assertIn(str(self.path), str(error))
            if len(steps) == 0:  # not even an empty recording could be made
                self.assertFalse(self.path.exists())
                continue
            self.assertEqual(len(steps), 3)
            with h5py.File(self.path, "r") as file:
                layers = file["entry/layers"]
                samples = {len(group[name]) for group in layers.values() for name in TENSORS if name in group}
                self.assertLessEqual(len(samples), 1, writes)
                file.visititems(lambda _, item: item[()] if isinstance(item, h5py.Dataset) else None)
                if "0.norm1" in layers:
                    at = len(layers["0.norm1/input"])
                    np.testing.assert_array_equal(layers["0.norm1/input"][:], wanted[:at])
                    self.assertTrue(np.abs(layers["0.norm1/output_grad"][:]).max(axis=(1, 2)).min() > 0)
                    found.add(at)
        self.assertIsNone(error)
        self.assertLessEqual({4, 8}, found)

    def test_summaries_are_those_of_the_last_flush(self):
        for options in ({"sample": 0}, {"sample": 0, "statistics": "moments"}, {"sample": 20}):
            for writes in range(40, 1000, 61):
                error, steps = self.record(writes, **options)
                if error is None:
                    break
                if not steps:
                    continue
                with h5py.File(self.path, "r") as file:
                    for group in file["entry/layers"].values():
                        self.assertEqual(group["stats/input"].attrs["count"] % 1280, 0)
                    file.visititems(lambda _, item: item[()] if isinstance(item, h5py.Dataset) else None)
            self.assertIsNone(error)

    @unittest.skipUnless(sys.platform == "linux", "needs a limit on the size of files")
    def test_a_process_with_a_full_disk_ends_as_it_would_without_recording(self):
        script = f"""
            import resource, sys
            sys.path[:0] = [{str(RECORDER)!r}, {os.path.dirname(__file__)!r}]
            import torch, normscope
            from common import stack
            torch.manual_seed(0)
            model = stack(256)
            resource.setrlimit(resource.RLIMIT_FSIZE, (8 << 20, 8 << 20))
            recorder = normscope.record(model, {str(self.path)!r})
            try:
                with recorder:
                    for step in range(10):
                        model(torch.randn(4, 64, 256)).square().mean().backward()
            except OSError as error:
                print(step, error.errno)
            normscope.record(model, {str(self.folder / "left.h5")!r}).__enter__()  # and never leaves
            model(torch.randn(4, 64, 256))
            model(torch.randn(4, 64, 256))
        """
        ended = subprocess.run([sys.executable, "-c", textwrap.dedent(script)], capture_output=True, text=True)
        self.assertEqual((ended.returncode, ended.stdout), (0, f"9 {errno.EFBIG}\n"), ended.stderr)
        self.assertEqual(len([line for line in ended.stderr.splitlines() if "Warning" in line]), 1, ended.stderr)
        self.assertEqual(layer(self.path, "2")[0]["input"].shape, (4, 64, 256))
        self.assertEqual(layer(self.folder / "left.h5", "2")[0]["input"].shape, (8, 64, 256))

    def test_an_exception_of_the_run_is_the_one_that_is_raised(self):
        model = stack()
        full = OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        with warnings.catch_warnings(), self.assertRaisesRegex(KeyError, "mine"):
            warnings.simplefilter("ignore")
            with normscope.record(model, self.path), mock.patch.object(BytesOnDisk, "_write_all", side_effect=full):
                model(self.batches[0])
                raise KeyError("mine")

    def test_files_that_are_open_or_no_files_are_kept(self):
        model = stack()
        with normscope.record(model, self.path):
            model(self.batches[0])
            with self.assertRaisesRegex(OSError, "run.h5: .*another recorder"), normscope.record(model, self.path):
                model(self.batches[0])
        with h5py.File(self.path, "r"), self.assertRaisesRegex(OSError, "run.h5: .*open in this process"):
            normscope.record(model, self.path).__enter__()
        self.assertEqual(len(names(self.path)), 5)
        fifo = self.folder / "fifo"
        os.mkfifo(fifo)
        with self.assertRaisesRegex(OSError, "fifo: expected a file"):
            normscope.record(model, fifo).__enter__()

    def test_a_dump_is_replaced_and_a_file_of_another_kind_is_kept(self):
        model, checkpoint, foreign = stack(), self.folder / "model.pt", self.folder / "keras.h5"
        torch.save(model.state_dict(), checkpoint)
        with h5py.File(foreign, "w") as file:
            file["weights"] = [1.0, 2.0]
        for path in (checkpoint, foreign):
            before = path.read_bytes()
            with self.assertRaisesRegex(OSError, f"{path.name}: .*of another kind"), normscope.record(model, path):
                model(self.batches[0])
            self.assertEqual(path.read_bytes(), before)
        self.path.touch()  # nothing is lost of an empty file
        for _ in range(2):
            with normscope.record(model, self.path):
                model(self.batches[0])
        self.assertEqual(len(names(self.path)), 5)


if __name__ == "__main__":
    unittest.main()
