# SPDX-License-Identifier: GPL-3.0-or-later
"""A norm that works in place: its input is what came in, its gradients and the run's are those without the recorder."""
import unittest

import numpy as np
import torch
from common import RecorderTest, layer
from torch import nn

import normscope


class InPlaceRMSNorm(nn.Module):
    """Its statistics are constants of the graph, which is what an autograd graph in place allows."""

    def __init__(self, width):
        super().__init__()
        self.weight, self.eps = nn.Parameter(torch.randn(width)), 1e-6

    def forward(self, x):
        with torch.no_grad():
            scale = torch.rsqrt(x.square().mean(-1, keepdim=True) + self.eps)
        return x.mul_(scale).mul_(self.weight)


class HiddenInPlaceRMSNorm(InPlaceRMSNorm):
    """No counter of PyTorch sees this change."""

    def forward(self, x):
        values = x.detach().numpy()
        values *= 1 / np.sqrt((values**2).mean(-1, keepdims=True) + self.eps) * self.weight.detach().numpy()
        return x


class Model(nn.Module):
    """The changed tensor is used again beside the norm's output."""

    def __init__(self, first, norm=InPlaceRMSNorm):
        super().__init__()
        self.first, self.norm, self.last = first, norm(16), nn.Linear(16, 16)

    def forward(self, x):
        x = self.first(x)
        y = self.norm(x)
        return self.last(y) + 3 * x


class InPlaceTest(RecorderTest):
    def test_without_gradients(self):
        for mode in (torch.no_grad, torch.inference_mode):
            for norm in (InPlaceRMSNorm, HiddenInPlaceRMSNorm):
                model, x = Model(nn.Linear(16, 16), norm), torch.randn(3, 5, 16)
                with mode():
                    wanted, result = model.first(x).numpy(), model(x)
                    with normscope.record(model, self.path):
                        np.testing.assert_array_equal(model(x), result)
                values, told = layer(self.path, "norm")
                np.testing.assert_array_equal(values["input"], wanted)
                self.assertEqual((told["kind"], told["eps"]), ("RMSNorm", 1e-6))

    def test_with_gradients(self):
        """Also where nothing before the norm needs one, so that the recorder begins the graph."""
        for first in (nn.Linear(16, 16), nn.Identity()):
            model, x = Model(first), torch.randn(3, 5, 16)
            kept = {}

            def keep(_, inputs):
                kept.update(input=inputs[0].detach().clone())
                if inputs[0].requires_grad:
                    inputs[0]._base.register_hook(lambda gradient: kept.update(input_grad=gradient.view(3, 5, 16).clone()))

            before = model.norm.register_forward_pre_hook(keep)
            model(x.clone()).square().sum().backward()
            before.remove()
            wanted = {name: parameter.grad.clone() for name, parameter in model.named_parameters()}
            for gradient in ("norm", "both", "total"):
                model.zero_grad()
                with normscope.record(model, self.path, gradient=gradient):
                    for _ in range(2):
                        model(x.clone()).square().sum().backward()
                for name, parameter in model.named_parameters():
                    torch.testing.assert_close(parameter.grad, 2 * wanted[name])
                values, _ = layer(self.path, "norm")
                np.testing.assert_array_equal(values["input"][:3], kept["input"].numpy())
                if gradient == "total":
                    continue
                if "input_grad" in kept:
                    wanted_path = kept["input_grad"].numpy()
                else:
                    scale = torch.rsqrt(kept["input"].square().mean(-1, keepdim=True) + 1e-6).numpy()
                    wanted_path = values["output_grad"][:3] * scale * values["weight"]
                for call in (values["input_grad"][:3], values["input_grad"][3:]):
                    np.testing.assert_allclose(call, wanted_path, rtol=1e-5, atol=1e-5)


if __name__ == "__main__":
    unittest.main()
