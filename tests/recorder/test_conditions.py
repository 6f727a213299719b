# SPDX-License-Identifier: GPL-3.0-or-later
"""How the recorder fares with what PyTorch offers, with what it cannot record, and with a process that dies."""
import os
import subprocess
import sys
import textwrap
import unittest
import warnings

import h5py
import numpy as np
import torch
from common import RECORDER, DyT, RecorderTest, attributes, layer, names, stack
from torch import nn
from torch.utils.checkpoint import checkpoint

import normscope


class Checkpointed(nn.Module):
    def __init__(self, reentrant):
        super().__init__()
        self.body, self.reentrant = stack(), reentrant

    def forward(self, x):
        for part in self.body:
            x = checkpoint(part, x, use_reentrant=self.reentrant)
        return x


class ConditionsTest(RecorderTest):
    def run_and_record(self, model, x, path=None, **options):
        with normscope.record(model, path or self.path, **options):
            model(x).square().mean().backward()

    def assert_same_tensors(self, other, prefix=""):
        self.assertEqual(names(self.path), [prefix + name for name in names(other)])
        for name in names(other):
            values, wanted = layer(self.path, prefix + name)[0], layer(other, name)[0]
            for quantity in ("input", "output", "input_grad", "output_grad", "weight_grad"):
                np.testing.assert_array_equal(values[quantity], wanted[quantity], f"{name} {quantity}")
            np.testing.assert_array_equal(values["density/counts"], wanted["density/counts"])

    def test_checkpointing_records_every_layer_once(self):
        for reentrant in (False, True):
            model, x = Checkpointed(reentrant), torch.randn(4, 10, 32, requires_grad=True)
            self.run_and_record(model.body, x, self.folder / "plain.h5")
            self.run_and_record(model, x)
            self.assert_same_tensors(self.folder / "plain.h5", "body.")

    def test_a_layer_that_runs_twice_under_a_reentrant_checkpoint_is_refused(self):
        class Twice(nn.Module):
            def __init__(self):
                super().__init__()
                self.norm = nn.LayerNorm(8)

            def forward(self, x):
                return checkpoint(lambda x: self.norm(self.norm(x) + 1), x, use_reentrant=True)

        with self.assertRaisesRegex(RuntimeError, "norm: .*use_reentrant=False"):
            self.run_and_record(Twice(), torch.randn(2, 3, 8, requires_grad=True))

    def test_a_compiled_model_is_recorded_as_it_runs_uncompiled(self):
        model, x = stack(), torch.randn(4, 10, 32)
        self.run_and_record(model, x, self.folder / "plain.h5")
        compiled = torch.compile(model, backend="aot_eager")
        compiled(x)
        self.run_and_record(compiled, x)
        self.assert_same_tensors(self.folder / "plain.h5")
        with normscope.record(model, self.path):
            torch.compile(model, backend="aot_eager")(x).square().mean().backward()
        self.assert_same_tensors(self.folder / "plain.h5")
        in_place = stack()
        in_place.load_state_dict(model.state_dict())
        in_place.compile(backend="aot_eager")
        in_place(x)
        self.run_and_record(in_place, x)
        self.assert_same_tensors(self.folder / "plain.h5")

    def test_autocast_is_recorded_in_the_types_that_run(self):
        model, x, kept = stack(), torch.randn(4, 10, 32), {}
        handle = model[1].norm1.register_forward_hook(lambda _, inputs, output: kept.update(x=inputs[0], y=output))
        with normscope.record(model, self.path), torch.autocast("cpu", torch.bfloat16):
            model(x).float().square().mean().backward()
        handle.remove()
        values, told = layer(self.path, "1.norm1")
        np.testing.assert_array_equal(values["input"], kept["x"].detach().float().numpy())
        np.testing.assert_array_equal(values["output"], kept["y"].detach().float().numpy())
        self.assertEqual(told["kind"], "LayerNorm")

    def test_a_bfloat16_model_is_stored_exactly_in_two_bytes(self):
        model, kept = stack(norm=nn.RMSNorm).bfloat16(), {}
        handle = model[0].norm1.register_forward_hook(lambda _, inputs, output: kept.update(x=inputs[0], y=output))
        self.run_and_record(model, torch.randn(4, 10, 32).bfloat16(), dtype="bfloat16")
        handle.remove()
        values, told = layer(self.path, "0.norm1")
        self.assertEqual(told["kind"], "RMSNorm")
        for quantity, tensor in (("input", kept["x"]), ("output", kept["y"])):
            bits = tensor.detach().contiguous().view(torch.int16).numpy().view(np.uint16)
            np.testing.assert_array_equal(values[quantity], bits)
        self.assertEqual(attributes(self.path, "layers/0.norm1/input")["torch_dtype"], "bfloat16")

    def test_half_precision_files_hold_rounded_values(self):
        model, x = stack(), torch.randn(4, 10, 32)
        self.run_and_record(model, x, dtype="float16")
        values, _ = layer(self.path, "0.norm1")
        np.testing.assert_array_equal(values["input"], x.numpy().astype(np.float16))

    def test_tuples_repeated_calls_and_keyword_arguments(self):
        class FusedRMSNorm(nn.Module):
            def __init__(self, width):
                super().__init__()
                self.weight, self.eps = nn.Parameter(torch.randn(width)), 1e-6

            def forward(self, residual=None, *, hidden):
                norm = hidden * torch.rsqrt(hidden.square().mean(-1, keepdim=True) + self.eps) * self.weight
                return norm, hidden

        class Model(nn.Module):
            def __init__(self):
                super().__init__()
                self.norm = FusedRMSNorm(16)

            def forward(self, x):
                first, x = self.norm(hidden=x)
                return self.norm(hidden=x + first)[0]

        for batches in (1, 2):
            with normscope.record(Model(), self.path) as recorder:
                for _ in range(batches):
                    recorder.model(torch.randn(3, 5, 16)).square().sum().backward()
            self.assertEqual(names(self.path), ["norm", "norm#1"])
            values, told = layer(self.path, "norm#1")
            self.assertEqual((told["kind"], told["call"], told["index"]), ("RMSNorm", 1, 2))
            self.assertEqual(values["input_grad"].shape, (3 * batches, 5, 16))

    def test_a_class_is_believed_by_what_it_computes(self):
        class T5LayerNorm(nn.Module):  # an RMSNorm in truth, as in T5
            def __init__(self, width):
                super().__init__()
                self.weight, self.variance_epsilon = nn.Parameter(torch.rand(width)), 1e-6

            def forward(self, x):
                return self.weight * x * torch.rsqrt(x.square().mean(-1, keepdim=True) + self.variance_epsilon)

        class LayerNorm2d(nn.LayerNorm):
            def forward(self, x):
                return super().forward(x.permute(0, 2, 3, 1)).permute(0, 3, 1, 2)

        class StrangeLayerNorm(nn.LayerNorm):
            def forward(self, x):
                return super().forward(x).exp()

        class GemmaRMSNorm(T5LayerNorm):
            def forward(self, x):
                return x * torch.rsqrt(x.square().mean(-1, keepdim=True) + self.variance_epsilon) * (1 + self.weight)

        expected = ((T5LayerNorm(6), "RMSNorm", -1), (LayerNorm2d(6), "LayerNorm2d", 1), (DyT(6), "DyT", -1),
                    (StrangeLayerNorm(6), "StrangeLayerNorm", -1), (GemmaRMSNorm(6), "RMSNorm", -1))
        for module, kind, axis in expected:
            x = torch.randn(2, 6, 5, 7) if axis == 1 else torch.randn(2, 5, 6) + 1
            self.run_and_record(nn.Sequential(module), x)
            values, told = layer(self.path, "0")
            self.assertEqual((told["kind"], told["channel_axis"]), (kind, axis))
            self.assertEqual(values["input"].shape, tuple(x.shape))

    def test_gradients_that_come_late_or_never_find_their_batch(self):
        model = stack()
        batches = [torch.randn(2, 10, 32) for _ in range(3)]
        with normscope.record(model, self.path):
            first, _, third = (model(x).square().mean() for x in batches)
            (first + third).backward()
        values, _ = layer(self.path, "0.norm2")
        self.assertTrue(np.isnan(values["input_grad"][2:4]).all())
        for position in (0, 2):
            self.run_and_record(model, batches[position], self.folder / "one.h5")
            wanted, _ = layer(self.folder / "one.h5", "0.norm2")
            np.testing.assert_array_equal(values["input_grad"][2 * position : 2 * position + 2], wanted["input_grad"])

    def test_defaults_of_pytorch_do_not_matter(self):
        model, batches = stack(), [torch.randn(2, 10, 32) for _ in range(2)]
        recorded = []
        for device, dtype in (("cpu", torch.float32), ("meta", torch.bfloat16)):
            self.addCleanup(torch.set_default_dtype, torch.get_default_dtype())
            with torch.device(device), normscope.record(model, self.path, sample=15):
                torch.set_default_dtype(dtype)
                for x in batches:
                    model(x).square().mean().backward()
            recorded.append(layer(self.path, "0.norm2")[0])
        for name, values in recorded[0].items():
            np.testing.assert_array_equal(recorded[1][name], values)

    def test_recording_without_gradients_writes_none(self):
        with torch.inference_mode(), normscope.record(stack(), self.path) as recorder:
            recorder.model(torch.randn(2, 10, 32))
        values, _ = layer(self.path, "0.norm1")
        self.assertNotIn("input_grad", values)
        self.assertNotIn("stats/input_grad", values)
        self.assertEqual(values["input"].shape, (2, 10, 32))

    def test_what_cannot_be_recorded_is_refused_in_words(self):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            scripted = torch.jit.trace(stack(), torch.randn(1, 2, 32))

        class ShrinkingLayerNorm(nn.LayerNorm):
            def forward(self, x):
                return super().forward(x)[:, :1]

        cases = ((ValueError, "TorchScript program", scripted, {}),
                 (ValueError, "nn.DataParallel", nn.DataParallel(stack()), {}),
                 (ValueError, "found none; name others by layers= .*GroupNorm", nn.Sequential(nn.GroupNorm(2, 8)), {}),
                 (ValueError, "no normalization layer matches 'x9'", stack(), {"layers": ["x9"]}),
                 (ValueError, "gradient: expected one of", stack(), {"gradient": "yes"}),
                 (ValueError, "sample: expected", stack(), {"sample": -1}),
                 (ValueError, "something to record", stack(), {"sample": 0, "statistics": False}),
                 (TypeError, "0: expected an output of shape", nn.Sequential(ShrinkingLayerNorm(32)), {}))
        for error, message, model, options in cases:
            with warnings.catch_warnings(), self.assertRaisesRegex(error, message):
                warnings.simplefilter("ignore")
                self.run_and_record(model, torch.randn(2, 10, 32), **options)

    def test_batches_of_different_lengths_are_refused_unless_sampled(self):
        model, batches = stack(), [torch.randn(2, length, 32) for length in (10, 7)]
        with self.assertRaisesRegex(ValueError, r"expected samples of shape \(10, 32\).*sample=0"):
            with normscope.record(model, self.path):
                for x in batches:
                    model(x)
        with normscope.record(model, self.path, sample=8):
            for x in batches:
                model(x).sum().backward()
        self.assertEqual(attributes(self.path, "layers/0.norm1/stats/input")["count"], 2 * 17 * 32)

    def test_hooks_are_gone_afterwards_also_after_an_error(self):
        model = stack()
        with self.assertRaisesRegex(KeyError, "mine"), normscope.record(model, self.path):
            model(torch.randn(2, 10, 32))
            raise KeyError("mine")
        self.assertFalse(any(module._forward_hooks or module._forward_pre_hooks for module in model.modules()))
        self.assertEqual(layer(self.path, "0.norm1")[0]["input"].shape, (2, 10, 32))

    def test_a_process_that_dies_leaves_what_was_flushed(self):
        script = f"""
            import os, sys
            sys.path[:0] = [{str(RECORDER)!r}, {os.path.dirname(__file__)!r}]
            import torch, normscope
            from common import stack
            torch.manual_seed(0)
            model = stack()
            recorder = normscope.record(model, {str(self.path)!r})
            recorder.__enter__()
            for number in range(200):
                model(torch.randn(4, 10, 32) * 1.05**number).square().mean().backward()
                if number == 150:
                    model[1].norm1.register_forward_hook(lambda *_: os._exit(9))
        """
        died = subprocess.run([sys.executable, "-c", textwrap.dedent(script)])
        self.assertEqual(died.returncode, 9)
        with h5py.File(self.path, "r") as file:  # every object can be read
            file.visititems(lambda _, found: found[()] if isinstance(found, h5py.Dataset) else None)
        self.assertEqual(len(names(self.path)), 5)
        values, _ = layer(self.path, "2")
        self.assertEqual(values["input"].shape, (4 * 151, 10, 32))
        self.assertEqual(values["input_grad"].shape, (4 * 151, 10, 32))
        self.assertTrue(np.isfinite(values["input_grad"]).all())
        self.assertEqual(values["density/counts"].sum() % (4 * 10 * 32), 0)

    def test_another_process_reads_the_file_while_it_is_written(self):
        model = stack()
        script = "import h5py, sys; print(h5py.File(sys.argv[1])['entry/layers/2/output_grad'].shape[0])"
        with normscope.record(model, self.path):
            for number in range(4):
                model(torch.randn(4, 10, 32)).square().mean().backward()
                if number:
                    found = subprocess.check_output([sys.executable, "-c", script, self.path])
                    self.assertEqual(int(found), 4 * number)


if __name__ == "__main__":
    unittest.main()
