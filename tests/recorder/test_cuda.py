# SPDX-License-Identifier: GPL-3.0-or-later
"""What is recorded on a GPU is what plain hooks give there, and its statistics are those of the processor."""
import os
import unittest

import numpy as np
import torch
from common import DyT, RecorderTest, attributes, full_density, layer, names, stack
from test_against_hooks import plain_hooks
from test_conditions import Checkpointed
from test_distributed import launch
from torch import distributed, nn

import normscope

TENSORS = ("input", "output", "input_grad", "output_grad")


@unittest.skipUnless(torch.cuda.is_available(), "needs a GPU")
class CudaTest(RecorderTest):
    def setUp(self):
        super().setUp()
        self.x = torch.randn(4, 10, 32, device="cuda")

    def record(self, model, path=None, cast=None, **options):
        with normscope.record(model, path or self.path, **options):
            for scale in (1.0, 30.0):
                with torch.autocast("cuda", cast, enabled=cast is not None):
                    loss = model(self.x * scale).float().square().mean()
                loss.backward()

    def assert_tensors(self, kept, order):
        self.assertEqual(names(self.path), order)
        for name in order:
            values, _ = layer(self.path, name)
            for quantity in TENSORS:
                np.testing.assert_array_equal(values[quantity], kept[name][quantity].float().cpu().numpy(),
                                              f"{name} {quantity}")

    def test_plain_hooks_give_the_same_also_under_autocast(self):
        for cast in (None, torch.bfloat16, torch.float16):
            for norm in (nn.LayerNorm, nn.RMSNorm, DyT):
                model, x = stack(norm=norm).cuda(), self.x.requires_grad_()
                kept, order, handles = plain_hooks(model, {name: module for name, module in model.named_modules()
                                                           if isinstance(module, norm)})

                def run():
                    with torch.autocast("cuda", cast, enabled=cast is not None):
                        loss = model(x).float().square().mean()
                    loss.backward()

                run()
                for handle in handles:
                    handle.remove()
                with normscope.record(model, self.path):
                    run()
                self.assert_tensors(kept, order)
                self.assertEqual(attributes(self.path, "run")["device"], "cuda")

    def test_statistics_are_those_of_the_processor(self):
        """Counts are equal, sums but for their order: the same tensors are given to both."""
        model = nn.Sequential(nn.LayerNorm(32))
        self.record(model.cuda())
        values, _ = layer(self.path, "0")
        x = torch.from_numpy(values["input"])
        self.x, other = x[:4], self.folder / "cpu.h5"
        with normscope.record(model.cpu(), other):
            for batch in x.split(4):
                model(batch).square().mean().backward()
        wanted, _ = layer(other, "0")
        for found, expected in zip(full_density(self.path, "0"), full_density(other, "0")):
            self.assertLess(np.abs(np.subtract(found, expected)).sum(), 3)  # y is rounded elsewhere
        np.testing.assert_array_equal(values["profile/count"], wanted["profile/count"])
        for column in ("sum_x", "sum_y", "sum_yy"):
            np.testing.assert_allclose(values[f"profile/{column}"], wanted[f"profile/{column}"], rtol=1e-6, atol=1e-6)
        found, expected = (attributes(path, "layers/0/stats/input") for path in (self.path, other))
        for measure in ("count", "zero", "min", "max"):
            self.assertEqual(found[measure], expected[measure])
        np.testing.assert_allclose(found["m2"], expected["m2"], rtol=1e-12)
        np.testing.assert_array_equal(values["scatter/x"], wanted["scatter/x"])

    def test_every_option(self):
        options = ({"gradient": "both"}, {"sample": 15}, {"sample": 0}, {"statistics": "moments"}, {"dtype": "bfloat16"},
                   {"dtype": "float16"}, {"mask": torch.arange(10, device="cuda").expand(4, 10) < 7},
                   {"mask": torch.arange(10, device="cuda").expand(4, 10) < 7, "sample": 15})
        for option in options:
            self.record(stack().cuda(), **option)
            self.assertEqual(len(names(self.path)), 5)
            rows = 2 * 4 * (7 if "mask" in option else 10)
            self.assertEqual(attributes(self.path, "layers/1.norm1/stats/input_grad")["count"], rows * 32)

    def test_compiled_and_checkpointed_models(self):
        model, plain = stack().cuda(), self.folder / "plain.h5"
        self.record(model, plain)
        compiled = torch.compile(model)
        compiled(self.x)
        checkpointed = [Checkpointed(reentrant).cuda() for reentrant in (False, True)]
        for other in checkpointed:
            other.body = model
        self.x.requires_grad_()
        for other, prefix in ((compiled, ""), (checkpointed[0], "body."), (checkpointed[1], "body.")):
            self.record(other)
            for name in names(plain):
                values, wanted = layer(self.path, prefix + name)[0], layer(plain, name)[0]
                for quantity in TENSORS:
                    np.testing.assert_array_equal(values[quantity], wanted[quantity], f"{prefix}{name} {quantity}")

    def test_defaults_and_deterministic_algorithms(self):
        model = stack().cuda()
        self.record(model, self.folder / "plain.h5", sample=15)
        self.addCleanup(torch.use_deterministic_algorithms, torch.are_deterministic_algorithms_enabled())
        os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")
        torch.use_deterministic_algorithms(True)
        with torch.device("cuda"):
            self.record(model, sample=15)
        for name in names(self.path):
            values, wanted = layer(self.path, name)[0], layer(self.folder / "plain.h5", name)[0]
            np.testing.assert_array_equal(values["input"], wanted["input"])
            np.testing.assert_array_equal(values["density/counts"], wanted["density/counts"])
            np.testing.assert_allclose(values["profile/sum_yy"], wanted["profile/sum_yy"], rtol=1e-12)

    def test_one_rank_under_nccl_merges_itself(self):
        model = stack().cuda()
        self.record(model, self.folder / "alone.h5", sample=15)
        os.environ.update(MASTER_ADDR="127.0.0.1", MASTER_PORT="29533")
        distributed.init_process_group("nccl", rank=0, world_size=1)
        self.addCleanup(distributed.destroy_process_group)
        with normscope.record(model, self.path, sample=15) as recorder:
            recorder.reduces = True  # one rank alone has nothing to merge with
            for scale in (1.0, 30.0):
                model(self.x * scale).square().mean().backward()
        for name in names(self.path):
            values, wanted = layer(self.path, name)[0], layer(self.folder / "alone.h5", name)[0]
            self.assertEqual(set(values), set(wanted))
            for quantity in (*TENSORS, "density/counts", "profile/count"):
                np.testing.assert_array_equal(values[quantity], wanted[quantity], quantity)

    def test_two_ranks_that_share_a_gpu(self):
        launch(self.path, "cuda", reduce=True, sample=15)
        self.assertEqual(attributes(self.path, "run")["n_samples"], 8)
        self.assertEqual(attributes(self.path, "layers/0.norm1/stats/input")["count"], 8 * 10 * 32)
        self.assertEqual(full_density(self.path, "0.norm1")[0].sum(), 8 * 10 * 32)


if __name__ == "__main__":
    unittest.main()
