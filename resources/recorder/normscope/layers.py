# SPDX-License-Identifier: GPL-3.0-or-later
"""Which modules are norm layers."""
import re

import torch
from torch import nn

NORM_TYPE = re.compile(r"LayerNorm|RMSNorm|^DyT|DynamicTanh|^Derf|DynamicErf", re.IGNORECASE)
OTHER_NORM_TYPE = re.compile(r"Norm|Derf|DyT", re.IGNORECASE)  # found when named by a pattern
PARAMETERS = {
    "weight": ("weight", "gamma", "scale", "g"),
    "bias": ("bias", "beta", "b"),
    "alpha": ("alpha",),
    "shift": ("shift", "s"),
}
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


def named_modules(model):
    """(name, module) of every module, by the names that the model's own code gives."""
    for name, module in model.named_modules():
        if isinstance(module, torch.jit.ScriptModule):
            raise ValueError(f"expected Python modules, found the TorchScript program {name or type(model).__name__}, "
                             "in which no hook runs; record the Python model, or open the program in NormScope")
        if "parametrizations" not in name.split("."):  # what computes a parameter
            yield WRAPPERS.sub("", name).lstrip("."), module


def norms_in(model, is_norm):
    """{name: module} of the norms in a model. A module that has other modules is one where none of these is: a norm with
    an activation, a parametrization or an adapter is; a block, or a wrapper around a norm, is not."""
    return {name: module for name, module in named_modules(model)
            if is_norm(module) and not any(is_norm(inner) for _, inner in named_modules(module) if inner is not module)}


def is_recorded(module):
    """A LayerNorm, RMSNorm, DyT or their like, by its class or a class that it is made from."""
    return _is_named(module, NORM_TYPE)


def is_normalization(module):
    return _is_named(module, OTHER_NORM_TYPE)


def _is_named(module, pattern):
    """By the name of its class, or of PyTorch's own that it is made from. The name of a module that has others may tell
    of what it has (`NoLayerNormConvLayer`): it must end so, or have a scale of its own."""
    if any(pattern.search(made_from.__name__) for made_from in type(module).__mro__[1:]
           if made_from.__module__.startswith("torch.nn.modules")):
        return True
    name = type(module).__name__
    found = pattern.search(name)
    return bool(found) and (next(module.children(), None) is None or name.endswith(found.group())
                            or any(parameter is not None for parameter in module._parameters.values()))


def find_layers(model, wanted=None):
    """{name: module}. `wanted`: None for all LayerNorms, RMSNorms, DyTs and their like; a regular expression, searched
    in the names of these and of other normalizations (GroupNorm, BatchNorm …); or a list of such expressions and of
    exact names, which may name any module that maps a tensor to one of its shape."""
    if wanted is None:
        found = norms_in(model, is_recorded)
        if not found:
            kinds = sorted({type(module).__name__ for module in norms_in(model, is_normalization).values()})
            others = f"; name others by layers= (there are {', '.join(kinds)})" if kinds else ""
            raise ValueError(f"expected a LayerNorm, RMSNorm, DyT or their like in {type(model).__name__}, "
                             f"found none{others}")
        return found
    found = {}
    for item in [wanted] if isinstance(wanted, str) else wanted:
        found.update(_matching(model, item))
    return found


def _matching(model, item):
    exact = {name: module for name, module in named_modules(model) if name}
    if item in exact:
        return {item: exact[item]}
    norms = norms_in(model, is_normalization)
    matching = {name: module for name, module in norms.items() if re.search(item, name)}
    if not matching:
        raise ValueError(f"layers: no normalization layer matches {item!r}; there are {', '.join(norms) or 'none'}")
    return matching
