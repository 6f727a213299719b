# SPDX-License-Identifier: GPL-3.0-or-later
"""What recording takes of memory is in proportion to what is recorded."""
import os
import subprocess
import sys
import textwrap
import unittest

import numpy as np
import torch
from common import RECORDER, RecorderTest, full_density, layer, names
from torch import nn

import normscope
from normscope.grids import Density, Grids, Profile


class Loop(nn.Module):
    """A recurrent network: one norm, called again and again."""

    def __init__(self, calls):
        super().__init__()
        self.norm, self.calls = nn.LayerNorm(16), calls

    def forward(self, x):
        for _ in range(self.calls):
            x = self.norm(x) + 0.1 * x
        return x


class MemoryTest(RecorderTest):
    @unittest.skipUnless(sys.platform == "linux", "reads /proc")
    def megabytes(self, lines):
        """What the lines add to the largest memory of a process."""
        script = f"""
            import sys
            sys.path[:0] = [{str(RECORDER)!r}, {os.path.dirname(__file__)!r}]
            import torch, normscope
            from torch import nn
            from test_memory import Loop
            torch.set_num_threads(1)
            path = {str(self.path)!r}
            def largest():
                return int(open("/proc/self/status").read().split("VmHWM:")[1].split()[0]) / 1024
            def record(model, x, **options):
                with normscope.record(model, path, **options), torch.no_grad():
                    model(x)
            record(nn.Sequential(nn.LayerNorm(64)), torch.randn(64, 1024, 64), sample=0)
            x = torch.randn(1024, 1024, 64)  # 256 MB
            y = nn.LayerNorm(64)(x[:1])
            before = largest()
        """
        script = textwrap.dedent(script) + textwrap.dedent(lines) + "\nprint(largest() - before)"
        return float(subprocess.check_output([sys.executable, "-c", script], text=True))

    def test_a_layer_called_300_times(self):
        """The two grids of a call would take 6 MB, together 1800."""
        self.assertLess(self.megabytes("record(Loop(300), torch.randn(2, 5, 16), sample=0)"), 200)
        self.assertEqual(len(names(self.path)), 300)

    def test_statistics_of_a_large_tensor(self):
        """256 MB in, 256 MB out; all at once the statistics would take 9 times the tensor more."""
        model = "record(nn.Sequential(nn.LayerNorm(64)), x, sample=0)"
        self.assertLess(self.megabytes(model), 256 + 100)
        self.assertLess(self.megabytes(model.replace("sample=0", "sample=5000")), 256 + 100)

    def test_few_points_and_many_give_the_same_grids(self):
        few, many = Grids(), (Density(), Profile())
        for scale in (0.1, 40.0, 3.0):
            x = torch.randn(5000) * scale
            y = torch.tanh(x)
            largest = [float(values.abs().max()) for values in (x, y)]
            few.add(x, y, *largest)
            many[0].add(x, y, *largest)
            many[1].add(x, y, largest[0])
        (exponents, *found), wanted = few.cells(), many[0].occupied()
        self.assertEqual(exponents, many[0].exponents)
        for of_few, of_many in zip(found, wanted):
            np.testing.assert_array_equal(of_few, of_many)
        self.assertEqual(few.bins()[0], many[1].top)
        np.testing.assert_allclose(few.bins()[1], many[1].occupied(), rtol=1e-12, atol=1e-12)
        settled = few.settle()
        np.testing.assert_array_equal(settled[0].counts, many[0].counts)
        self.assertEqual((few.total, few.pieces), (15000, []))

    def test_blocks_leave_no_trace(self):
        """A run larger than a block, with padding, in both orders of the axes: the counts of the stored tensors."""
        model = nn.Sequential(nn.LayerNorm(384))
        x = torch.randn(6, 1500, 384)
        mask = torch.arange(1500)[None] < torch.tensor([1500, 3, 700, 1500, 1, 999])[:, None]
        with normscope.record(model, self.path, mask=mask), torch.no_grad():
            model(x)
        values, _ = layer(self.path, "0")
        counts, exponents = full_density(self.path, "0")
        kept = values["input"][mask.numpy()].astype(np.float64)
        y = ((kept - kept.mean(-1, keepdims=True)) / np.sqrt(kept.var(-1, keepdims=True) + 1e-5)).astype(np.float32)
        cells = [np.floor(v.ravel() / 2.0**e).astype(int) + 512 for v, e in zip((kept, y.astype(np.float64)), exponents)]
        wanted = np.bincount(cells[1] * 1024 + cells[0], minlength=1024**2).reshape(1024, 1024)
        np.testing.assert_array_equal(counts, wanted)
        at = tuple(values[f"scatter/{name}"] for name in ("sample", "token", "channel"))
        np.testing.assert_array_equal(values["scatter/x"], values["input"][at])
        self.assertTrue(mask.numpy()[at[:2]].all())


if __name__ == "__main__":
    unittest.main()
