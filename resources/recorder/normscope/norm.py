# SPDX-License-Identifier: GPL-3.0-or-later
"""What a norm layer computes before its affine part: kind, ε, channel axis, parameters."""
import itertools
import re

import torch
from torch import nn
from torch.nn import functional

from .epsilon import chosen_epsilon, epsilons_to_try, stored_epsilon
from .layers import PARAMETERS

BLOCK = {False: 1 << 20, True: 1 << 24}  # values at once, by whether they are on a GPU, where each block is waited for
VALUES_TRIED = 1 << 17  # enough to tell a kind


def _size(module, attribute):
    value = getattr(module, attribute, None)
    return value.numel() if isinstance(value, torch.Tensor) else None


class Norm:
    """What one module computes: its kind, ε, channel axis and parameters, told from its class and its first call."""

    def __init__(self, module, x, y):
        self.kind, self.channel_axis, self.weight_offset = type(module).__name__, -1, 0.0
        self.normalized_shape = self._shape(module, x)
        self.channels = int(torch.Size(self.normalized_shape).numel())
        self.eps = stored_epsilon(module, x.dtype)
        self.eps_source = "module"
        self.module, self.attribute_of = module, {}
        for name, names in PARAMETERS.items():
            sizes = {self.channels} if name in ("weight", "bias") else {1, self.channels}
            found = [attribute for attribute in names if _size(module, attribute) in sizes]
            self.attribute_of.update({name: attribute for attribute in found[:1]})
        self.parameters = {name: self._now(name).clone() for name in self.attribute_of}
        if type(module) in (nn.LayerNorm, getattr(nn, "RMSNorm", None)):
            return
        self._recognise(x, y)

    def __getstate__(self):
        """Without the module, for sending to another rank."""
        parameters = {name: values.cpu() for name, values in self.parameters.items()}
        return {**self.__dict__, "module": None, "parameters": parameters}

    def owned(self):
        """{name: parameter of the module}"""
        return {name: getattr(self.module, attribute) for name, attribute in self.attribute_of.items()}

    def _now(self, name):
        """A parameter as it is now, flat; training changes it."""
        return getattr(self.module, self.attribute_of[name]).detach().reshape(-1).float()

    @staticmethod
    def _shape(module, x):
        shape = getattr(module, "normalized_shape", None)
        if isinstance(shape, int):
            shape = (shape,)
        if shape is not None and x.shape[-len(shape):] == torch.Size(shape):
            return tuple(shape)
        weight = next((value for name in PARAMETERS["weight"] + ("num_features", "num_channels")
                       if (value := getattr(module, name, None)) is not None), None)
        size = weight.numel() if isinstance(weight, torch.Tensor) else weight
        if x.dim() > 1 and isinstance(size, int) and size != x.shape[-1] and size == x.shape[1]:
            return (size,)
        return (x.shape[-1],)

    def _recognise(self, x, y):
        """The class' name may promise what its code does not do: a kind is believed when it gives the output."""
        x, y = x[:4], y[:4]
        half = torch.float32 not in (x.dtype, y.dtype) and torch.float64 not in (x.dtype, y.dtype)
        low = min(torch.finfo(x.dtype).bits, torch.finfo(y.dtype).bits) < 32
        tolerance = 0.05 if half else 0.02 if low else 1e-3
        axes = [axis for axis in (-1, 1) if x.dim() > -axis and x.shape[axis] == self.channels]
        if len(self.normalized_shape) > 1 or not axes:
            axes = [-1]
        fits = self._fits(x, y, axes)
        if fits and min(fits)[0] <= tolerance:
            _, self.kind, self.channel_axis, self.weight_offset, *_ = min(fits)
            if self.kind in ("LayerNorm", "RMSNorm"):
                self._choose_epsilon([fit for fit in fits if fit[1:4] == min(fits)[1:4]])
            if self.kind == "LayerNorm" and self.channel_axis == 1:
                self.kind = "LayerNorm2d"
        elif -1 not in axes or re.search(r"(Batch|Group|Instance)Norm", self.kind):
            self.channel_axis = 1 if x.dim() > 1 and x.shape[1] == self.channels else -1

    def _fits(self, x, y, axes):
        """(weighted error, kind, axis, offset, place of ε among those tried, ε, error) of everything that is tried."""
        hint, fits = self.kind.lower(), []
        for axis, kind, offset in itertools.product(axes, self._possible_kinds(hint), (0.0, 1.0)):
            for place, eps in enumerate(epsilons_to_try(self.eps) if kind in ("LayerNorm", "RMSNorm") else (None,)):
                error = self._error(x, y, (kind, axis, offset, eps))
                preferred = ("rms" in hint) == (kind == "RMSNorm") and offset == 0.0
                fits.append((error * (0.5 if preferred else 1.0), kind, axis, offset, place, eps, error))
        return fits

    def _choose_epsilon(self, fits):
        if self.eps is None:
            self.eps, self.eps_source = chosen_epsilon([(eps, error) for *_, eps, error in fits])

    def _possible_kinds(self, hint):
        if "alpha" in self.parameters:
            return ("Derf", "DyT") if "erf" in hint else ("DyT", "Derf")
        return () if "batch" in hint else ("LayerNorm", "RMSNorm")

    def _error(self, x, y, trial):
        kind, self.channel_axis, offset, eps = trial
        weight, bias = self.parameters.get("weight"), self.parameters.get("bias")
        if weight is None and offset:
            return float("inf")
        rows = self.rows(x)
        some = slice(None, None, 1 + rows.numel() // VALUES_TRIED)
        found = self.normalized(rows[some].float(), kind, eps)
        predicted = found * (1.0 if weight is None else weight + offset) + (0.0 if bias is None else bias)
        y = self.rows(y)[some].float()
        finite = torch.isfinite(predicted) & torch.isfinite(y)
        self.channel_axis = -1
        if not finite.any():
            return float("inf")
        return float((predicted - y)[finite].abs().max() / y[finite].abs().max().clamp(min=1.0))

    @property
    def can_normalize(self):
        if self.kind in ("DyT", "Derf"):
            return "alpha" in self.parameters
        return self.kind in ("LayerNorm", "LayerNorm2d", "RMSNorm") and self.eps is not None

    def of_rows(self, shaped, table):
        """What a (samples, tokens) tensor tells of each row, as numpy; None where rows like these are not its tokens."""
        if table is None or self.channel_axis == 1:
            return None
        table, leading = table.cpu(), tuple(shaped.shape[:-1])
        samples, tokens = table.shape
        if leading == (samples, tokens) or leading == (samples * tokens,):
            return table.reshape(-1).numpy()
        if leading == (tokens, samples):
            return table.T.reshape(-1).numpy()
        if len(leading) == 3 and leading[:2] == (samples, tokens):  # tokens, heads
            return table[:, :, None].expand(leading).reshape(-1).numpy()
        if len(leading) == 3 and leading[::2] == (samples, tokens):  # heads, tokens
            return table[:, None, :].expand(leading).reshape(-1).numpy()
        return None

    def shaped(self, tensor):
        """The tensor as it is stored: a sample on the first axis, the channels on theirs."""
        if len(self.normalized_shape) > 1:
            tensor = tensor.flatten(-len(self.normalized_shape))
        return tensor.reshape(1, 1, -1) if tensor.dim() == 1 else tensor

    def rows(self, tensor):
        """(rows, channels) of the tensor's own type; rows = samples · tokens."""
        tensor = self.shaped(tensor.detach())
        if self.channel_axis == 1 and tensor.dim() > 2:
            tensor = tensor.movedim(1, -1)
        return tensor.reshape(-1, tensor.shape[-1])

    def row_blocks(self, *tensors):
        """(first row, rows of each tensor …) with rows (n, channels) float32, some at a time: what is computed from them
        takes many times their memory."""
        tensors = [self.shaped(tensor.detach()) for tensor in tensors]
        samples = len(tensors[0])
        many = BLOCK[tensors[0].is_cuda]
        step = max(1, many * samples // max(1, tensors[0].numel()))
        row = 0
        for sample in range(0, max(1, samples), step):
            rows = [self.rows(tensor[sample : sample + step]) for tensor in tensors]
            length = max(1, many // max(1, rows[0].shape[1]))
            for first in range(0, max(1, len(rows[0])), length):
                yield row + first, *(part[first : first + length].float().contiguous() for part in rows)
            row += len(rows[0])

    def normalized(self, x, kind=None, eps=None):
        """The value before the affine part of (rows, channels) float32; statistics run in double."""
        kind, eps = kind or self.kind, self.eps if eps is None else eps
        if kind in ("DyT", "Derf"):
            inner = self._now("alpha") * x + (self._now("shift") if "shift" in self.attribute_of else 0.0)
            return torch.tanh(inner) if kind == "DyT" else torch.erf(inner)
        exact = x.double()
        if kind == "RMSNorm":
            scale = torch.linalg.vector_norm(exact, dim=-1, keepdim=True).square_().div_(x.shape[-1]).add_(eps)
            return exact.mul_(scale.rsqrt_()).float()
        return functional.layer_norm(exact, exact.shape[-1:], eps=eps).float()
