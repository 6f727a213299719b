# SPDX-License-Identifier: GPL-3.0-or-later
"""Which modules are norm layers, of which kind, and what they compute before their affine part."""
import re

import torch
from torch import nn
from torch.nn import functional

NORM_TYPE = re.compile(r"LayerNorm|RMSNorm|^DyT|DynamicTanh|^Derf|DynamicErf", re.IGNORECASE)
OTHER_NORM_TYPE = re.compile(r"Norm|Derf|DyT", re.IGNORECASE)  # found when named by a pattern
PARAMETERS = {
    "weight": ("weight", "gamma", "scale", "g"),
    "bias": ("bias", "beta", "b"),
    "alpha": ("alpha",),
    "shift": ("shift", "s"),
}
EPS = ("eps", "variance_epsilon", "epsilon", "norm_eps")
WRAPPERS = re.compile(r"(^|\.)(_orig_mod|_fsdp_wrapped_module|_checkpoint_wrapped_module)(?=\.|$)")


def unwrapped(model):
    """The module inside torch.compile's and DistributedDataParallel's wrappers."""
    while True:
        if isinstance(model, nn.DataParallel):
            raise ValueError("expected one process for each device, found nn.DataParallel, whose copies of the layers "
                             "run out of sight; use DistributedDataParallel, or record model.module")
        inner = getattr(model, "_orig_mod", None)
        if inner is None and isinstance(model, nn.parallel.DistributedDataParallel):
            inner = model.module
        if inner is None:
            return model
        model = inner


def named_leaves(model):
    """(name, module) of every module without children, by the names that the model's own code gives."""
    for name, module in model.named_modules():
        if isinstance(module, torch.jit.ScriptModule):
            raise ValueError(f"expected Python modules, found the TorchScript program {name or type(model).__name__}, "
                             "in which no hook runs; record the Python model, or open the program in NormScope")
        if next(module.children(), None) is None:
            yield WRAPPERS.sub("", name).lstrip("."), module


def find_layers(model, wanted=None):
    """{name: module}. `wanted`: None for all LayerNorms, RMSNorms, DyTs and their like; a regular expression, searched
    in the names of these and of other normalizations (GroupNorm, BatchNorm …); or a list of such expressions and of
    exact names, which may name any module that maps a tensor to one of its shape."""
    leaves = dict(named_leaves(model))
    if wanted is None:
        found = {name: module for name, module in leaves.items() if NORM_TYPE.search(type(module).__name__)}
        if not found:
            kinds = sorted({type(m).__name__ for m in leaves.values() if OTHER_NORM_TYPE.search(type(m).__name__)})
            others = f"; name others by layers= (there are {', '.join(kinds)})" if kinds else ""
            raise ValueError(f"expected a LayerNorm, RMSNorm, DyT or their like in {type(model).__name__}, "
                             f"found none{others}")
        return found
    found = {}
    for item in [wanted] if isinstance(wanted, str) else wanted:
        found.update(_matching(model, leaves, item))
    return found


def _matching(model, leaves, item):
    exact = {WRAPPERS.sub("", name).lstrip("."): module for name, module in model.named_modules() if name}
    if item in exact:
        return {item: exact[item]}
    norms = {name: module for name, module in leaves.items() if OTHER_NORM_TYPE.search(type(module).__name__)}
    matching = {name: module for name, module in norms.items() if re.search(item, name)}
    if not matching:
        raise ValueError(f"layers: no normalization layer matches {item!r}; there are {', '.join(norms) or 'none'}")
    return matching


def first_tensor(values, shape=None):
    """The first floating-point tensor of arguments, a tuple, a list or a dict; of a shape, where one is asked for."""
    if isinstance(values, torch.Tensor):
        fits = values.is_floating_point() and (shape is None or values.shape == shape)
        return values if fits else None
    if isinstance(values, dict):
        values = values.values()
    if isinstance(values, (list, tuple, type({}.values()))):
        return next((found for value in values if (found := first_tensor(value, shape)) is not None), None)
    return None


def _size(module, attribute):
    value = getattr(module, attribute, None)
    return value.numel() if isinstance(value, torch.Tensor) else None


class Norm:
    """What one module computes: its kind, ε, channel axis and parameters, told from its class and its first call."""

    def __init__(self, module, x, y):
        kind = type(module).__name__
        self.kind, self.channel_axis, self.weight_offset = kind, -1, 0.0
        self.normalized_shape = self._shape(module, x)
        self.channels = int(torch.Size(self.normalized_shape).numel())
        self.eps = next((getattr(module, name) for name in EPS if hasattr(module, name)), None)
        if self.eps is None and hasattr(module, "eps"):  # torch's RMSNorm: that of the type
            self.eps = torch.finfo(x.dtype).eps
        self.eps = float(self.eps) if isinstance(self.eps, (int, float, torch.Tensor)) else None
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
        hint = self.kind.lower()
        trials = []
        for axis in axes:
            for kind in self._possible_kinds(hint):
                for offset in (0.0, 1.0):
                    error = self._error(x, y, (kind, axis, offset))
                    preferred = ("rms" in hint) == (kind == "RMSNorm") and offset == 0.0
                    trials.append((error * (0.5 if preferred else 1.0), kind, axis, offset))
        if trials and min(trials)[0] <= tolerance:
            _, self.kind, self.channel_axis, self.weight_offset = min(trials)
            if self.kind == "LayerNorm" and self.channel_axis == 1:
                self.kind = "LayerNorm2d"
        elif -1 not in axes or re.search(r"(Batch|Group|Instance)Norm", self.kind):
            self.channel_axis = 1 if x.dim() > 1 and x.shape[1] == self.channels else -1

    def _possible_kinds(self, hint):
        if "alpha" in self.parameters:
            return ("Derf", "DyT") if "erf" in hint else ("DyT", "Derf")
        return ("LayerNorm", "RMSNorm") if self.eps is not None and "batch" not in hint else ()

    def _error(self, x, y, trial):
        kind, self.channel_axis, offset = trial
        found = self.normalized(self.rows(x), kind)
        weight, bias = self.parameters.get("weight"), self.parameters.get("bias")
        if weight is None and offset:
            return float("inf")
        predicted = found * (1.0 if weight is None else weight + offset) + (0.0 if bias is None else bias)
        y = self.rows(y)
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

    def valid_rows(self, shaped, mask):
        """Which rows are no padding, as numpy bools; None where that is not told for rows like these."""
        if mask is None or self.channel_axis == 1:
            return None
        mask, leading = mask.to(torch.bool).cpu(), tuple(shaped.shape[:-1])
        samples, tokens = mask.shape
        if leading == (samples, tokens) or leading == (samples * tokens,):
            return mask.reshape(-1).numpy()
        if leading == (tokens, samples):
            return mask.T.reshape(-1).numpy()
        if len(leading) == 3 and leading[:2] == (samples, tokens):  # tokens, heads
            return mask[:, :, None].expand(leading).reshape(-1).numpy()
        if len(leading) == 3 and leading[::2] == (samples, tokens):  # heads, tokens
            return mask[:, None, :].expand(leading).reshape(-1).numpy()
        return None

    def shaped(self, tensor):
        """The tensor as it is stored: a sample on the first axis, the channels on theirs."""
        if len(self.normalized_shape) > 1:
            tensor = tensor.flatten(-len(self.normalized_shape))
        return tensor.reshape(1, 1, -1) if tensor.dim() == 1 else tensor

    def rows(self, tensor):
        """(rows, channels) float32; rows = samples · tokens."""
        tensor = self.shaped(tensor.detach())
        if self.channel_axis == 1 and tensor.dim() > 2:
            tensor = tensor.movedim(1, -1)
        return tensor.reshape(-1, tensor.shape[-1]).float().contiguous()

    def normalized(self, x, kind=None):
        """The value before the affine part of (rows, channels); statistics run in double."""
        kind = kind or self.kind
        if kind in ("DyT", "Derf"):
            inner = self._now("alpha") * x + (self._now("shift") if "shift" in self.attribute_of else 0.0)
            return torch.tanh(inner) if kind == "DyT" else torch.erf(inner)
        exact = x.double()
        if kind == "RMSNorm":
            scale = torch.linalg.vector_norm(exact, dim=-1, keepdim=True).square_().div_(x.shape[-1]).add_(self.eps)
            return exact.mul_(scale.rsqrt_()).float()
        return functional.layer_norm(exact, exact.shape[-1:], eps=self.eps).float()
