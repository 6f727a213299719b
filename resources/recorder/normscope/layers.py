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
