# SPDX-License-Identifier: GPL-3.0-or-later
"""The statistics of a run equal numpy's over all its values at once."""
import unittest

import numpy as np
import torch
from common import DyT, RecorderTest, attributes, full_density, layer, names, stack
from torch import nn

import normscope
from normscope.samples import hashed


@np.errstate(invalid="ignore")
def normalized(x, kind, eps):
    x = x.astype(np.float64)
    centred = x if kind == "RMSNorm" else x - x.mean(-1, keepdims=True)
    return (centred / np.sqrt((centred**2).mean(-1, keepdims=True) + eps)).astype(np.float32)


def bins_of(x, top):
    """The bin of each x in a profile (docs/file-format.md)."""
    key = (np.abs(x).view(np.int32) >> 13) - (top + 127 - 31) * 1024 + 1
    return np.where(x < 0, -1, 1) * np.maximum(key, 0)


class StatisticsTest(RecorderTest):
    def record(self, model, batches, **options):
        with normscope.record(model, self.path, **options):
            for batch in batches:
                model(batch).square().mean().backward()

    def assert_moments(self, told, values):
        finite = values[np.isfinite(values)].astype(np.float64)
        self.assertEqual(told["count"], values.size)
        self.assertEqual(told["nan"], np.isnan(values).sum())
        self.assertEqual(told["inf"], np.isinf(values).sum())
        self.assertEqual(told["zero"], (values == 0).sum())
        self.assertEqual((told["min"], told["max"]), (finite.min(), finite.max()))
        np.testing.assert_allclose(told["mean"], finite.mean(), rtol=0, atol=1e-12 * np.abs(finite).max())
        np.testing.assert_allclose(told["std"], finite.std(), rtol=1e-12)
        np.testing.assert_allclose(told["m2"], finite.var() * finite.size, rtol=1e-12)
        np.testing.assert_allclose(told["rms"], np.sqrt((finite**2).mean()), rtol=1e-12)

    def assert_summary(self, name):
        values, told = layer(self.path, name)
        x = values["input"]
        y = normalized(x, told["kind"], told["eps"])
        for quantity, expected in (("input", x), ("output", y), ("input_grad", values["input_grad"]),
                                   ("output_grad", values["output_grad"])):
            self.assert_moments(attributes(self.path, f"layers/{name}/stats/{quantity}"), expected)
        x, y = x.ravel(), y.ravel()
        finite = np.isfinite(x) & np.isfinite(y)
        x, y = x[finite], y[finite]
        self.assert_density(name, x, y)
        self.assert_profile(name, x, y)
        for quantity in ("input_grad", "output_grad"):
            self.assert_histogram(name, quantity, values[quantity])

    def assert_density(self, name, x, y):
        counts, exponents = full_density(self.path, name)
        cells = []
        for values, exponent in zip((x, y), exponents):
            self.assertEqual(exponent, np.frexp(np.abs(values).max())[1] - 9)
            cells.append(np.floor(values.astype(np.float64) / 2.0**exponent).astype(int) + 512)
        expected = np.bincount(cells[1] * 1024 + cells[0], minlength=1024**2).reshape(1024, 1024)
        np.testing.assert_array_equal(counts, expected)

    def assert_profile(self, name, x, y):
        values, _ = layer(self.path, name)
        top = attributes(self.path, f"layers/{name}/profile")["top_exponent"]
        self.assertEqual(top, np.frexp(np.abs(x).max())[1])
        _, index = np.unique(bins_of(x, top), return_inverse=True)
        exact = y.astype(np.float64)
        for column, weights in (("count", None), ("sum_x", x.astype(np.float64)), ("sum_y", exact),
                                ("sum_yy", exact**2)):
            np.testing.assert_allclose(values[f"profile/{column}"], np.bincount(index, weights), rtol=1e-12,
                                       atol=1e-12 * np.abs(x).max())

    def assert_histogram(self, name, quantity, gradient):
        values, _ = layer(self.path, name)
        told = attributes(self.path, f"layers/{name}/histogram_{quantity}")
        magnitude = np.abs(gradient[np.isfinite(gradient)])
        edges = (10.0 ** (np.arange(129) * 0.125 - 14)).astype(np.float32)
        bins = np.searchsorted(edges, magnitude[magnitude > 0], side="right") - 1
        inside = bins[(bins >= 0) & (bins < 128)]
        np.testing.assert_array_equal(values[f"histogram_{quantity}/counts"], np.bincount(inside, minlength=128))
        self.assertEqual(told["zeros"], (magnitude == 0).sum())
        self.assertEqual(told["underflow"], (bins < 0).sum())
        self.assertEqual(told["overflow"], (bins >= 128).sum())

    def test_several_batches_of_growing_values_equal_numpy(self):
        for norm in (nn.LayerNorm, nn.RMSNorm):
            batches = [torch.randn(4, 10, 32) * scale for scale in (1e-3, 3.0, 900.0, 0.1)]
            batches[0][0, 0] = 0.0
            self.record(stack(norm=norm), batches)
            for name in names(self.path):
                self.assert_summary(name)

    def test_values_that_are_not_finite_are_counted_apart(self):
        model = nn.Sequential(nn.LayerNorm(16), nn.Linear(16, 16))
        x = torch.randn(3, 5, 16)
        x[0, 0, 0], x[1, 2, 3], x[2, 4, 4] = torch.nan, torch.inf, -torch.inf
        with normscope.record(model, self.path):
            model(x).nan_to_num().sum().backward()
        self.assert_summary("0")

    def test_gradients_of_every_size_fall_into_their_bins(self):
        model = nn.Sequential(nn.Identity(), nn.LayerNorm(64))
        scale = torch.logspace(-44, 4, 64)
        with normscope.record(model, self.path):
            (model(torch.randn(9, 7, 64)) * scale).sum().backward()
        values, _ = layer(self.path, "1")
        self.assert_histogram("1", "output_grad", values["output_grad"])
        edges = torch.from_numpy((10.0 ** (np.arange(129) * 0.125 - 14)).astype(np.float32))
        edge = torch.cat([edges, torch.nextafter(edges, torch.tensor(0.0)), torch.nextafter(edges, torch.tensor(1e9))])
        with normscope.record(nn.Sequential(nn.LayerNorm(387)), self.path) as recorder:
            (recorder.model(torch.randn(2, 387)) * edge).sum().backward()
        values, _ = layer(self.path, "0")
        self.assert_histogram("0", "output_grad", values["output_grad"])

    def test_a_dyt_is_summed_up_before_its_affine_part(self):
        model = stack(norm=DyT)
        self.record(model, [torch.randn(4, 10, 32)])
        values, told = layer(self.path, "0.norm1")
        self.assertEqual(told["kind"], "DyT")
        expected = np.tanh(values["alpha"] * values["input"].astype(np.float64))
        found = attributes(self.path, "layers/0.norm1/stats/output")
        np.testing.assert_allclose(found["std"], expected.std(), rtol=1e-6)
        np.testing.assert_allclose(values["alpha_grad"], model[0].norm1.alpha.grad, rtol=1e-5)

    def test_a_sample_keeps_the_tokens_of_the_smallest_hashes_and_statistics_of_all(self):
        batches = [torch.randn(4, 10, 32) for _ in range(3)]
        model = stack()
        self.record(model, batches, seed=5)
        everything = {name: layer(self.path, name)[0] for name in names(self.path)}
        self.record(model, batches, sample=25, seed=5)
        chosen = np.sort(np.argsort(hashed(np.arange(120), 5))[:25])
        for name, whole in everything.items():
            values, _ = layer(self.path, name)
            np.testing.assert_array_equal(values["token_samples"], chosen // 10)
            np.testing.assert_array_equal(values["token_positions"], chosen % 10)
            for quantity in ("input", "output", "input_grad", "output_grad"):
                np.testing.assert_array_equal(values[quantity][0], whole[quantity].reshape(120, 32)[chosen])
            np.testing.assert_array_equal(values["density/counts"], whole["density/counts"])

    def test_the_scatter_is_the_sample_of_the_smallest_hashes(self):
        self.record(stack(), [torch.randn(4, 40, 32) for _ in range(2)])
        values, _ = layer(self.path, "0.norm2")
        chosen = np.sort(np.argsort(hashed(np.arange(values["input"].size), 0))[:5000])
        np.testing.assert_array_equal(values["scatter/x"], values["input"].ravel()[chosen])
        np.testing.assert_array_equal(values["scatter/channel"], chosen % 32)
        np.testing.assert_array_equal(values["scatter/token"], chosen // 32 % 40)
        np.testing.assert_array_equal(values["scatter/sample"], chosen // 32 // 40)

    def test_padding_is_left_out(self):
        class Model(nn.Module):
            def __init__(self):
                super().__init__()
                self.body = stack()

            def forward(self, x, attention_mask=None):
                return self.body(x)

        mask = torch.arange(10)[None] < torch.tensor([10, 3, 7, 1])[:, None]
        for kind in (torch.bool, torch.int64, torch.int32, torch.uint8, torch.float32):  # tokenizers give int64
            with self.subTest(kind), normscope.record(Model(), self.path, mask="attention_mask") as recorder:
                (recorder.model(torch.randn(4, 10, 32), attention_mask=mask.to(kind)) * mask[..., None]).sum().backward()
            values, _ = layer(self.path, "body.0.norm1")
            self.assert_moments(attributes(self.path, "layers/body.0.norm1/stats/input"), values["input"][mask.numpy()])
            self.assertEqual(attributes(self.path, "layers/body.0.norm1/density")["population"], 21 * 32)
        for wrong in ((~mask).float() * -1e9, mask[:, None, None], torch.tensor(3)):
            with self.assertRaisesRegex(ValueError, "mask: expected"), normscope.record(Model(), self.path, mask="attention_mask") as recorder:
                recorder.model(torch.randn(4, 10, 32), attention_mask=wrong)

    def test_moments_alone_write_moments_alone(self):
        self.record(stack(), [torch.randn(4, 10, 32)], sample=0, statistics="moments")
        values, _ = layer(self.path, "0.norm1")
        self.assertEqual(set(values), {"weight", "bias", "weight_grad", "bias_grad"})
        self.assertEqual(attributes(self.path, "layers/0.norm1/stats/input")["count"], 1280)


if __name__ == "__main__":
    unittest.main()
