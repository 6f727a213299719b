#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes tests/golden/norm_layers.txt: the keys of many architectures, and the norm layers that really run in them.

    pip install torch==2.13.0 transformers==5.24.0 timm==1.0.31 torchvision==0.28.0 safetensors
    python tests/golden/make_norm_layers.py [NAME …]     # prints the named ones; without names writes the file

Every architecture is built tiny, with random parameters, and run once under forward hooks. A norm layer is a module
without children whose class is a normalization; its kind is told by its arithmetic on the input that it saw (whether a
shift of the input changes the output), its width by its parameters. The file holds per architecture

    = NAME
    KEY SHAPE           the keys in module order, as `save_pretrained` (or else state_dict) writes them
    > KIND WIDTH LAYER  the norm layers in the order in which they first ran

A line that begins with `N.` repeats the first N parts of the path before it.
"""
import pathlib
import sys
import tempfile

import torch
from safetensors.torch import load_file

import norm_layer_networks as networks

OUT = pathlib.Path(__file__).with_name("norm_layers.txt")
NAMED = {"DyT": "DyT", "GroupNorm": "GroupNorm", "BatchNorm": "BatchNorm", "InstanceNorm": "InstanceNorm", "GRN": "GRN",
         "GlobalResponseNorm": "GRN", "NoNorm": "NoNorm", "Affine": "NoNorm"}
GAINS = ("weight", "gamma", "g", "a_2", "scale", "alpha")


def owned(module):
    """DETR's frozen BatchNorm holds its gain in a buffer."""
    return dict([*module.named_parameters(recurse=False), *module.named_buffers(recurse=False)])


def is_norm(module):
    own = owned(module)
    inner = any(True for child in module.children() for _ in child.parameters())
    named = any(word in type(module).__name__ for word in ("Norm", "DyT", "GRN", "Affine"))
    return named and not inner and any(name in own for name in GAINS)


def kind_of(module, arguments, given):
    """By name where it says so; else LayerNorm ignores a shift of its input, RMSNorm a scale alone."""
    name = type(module).__name__
    for word, kind in NAMED.items():
        if word in name:
            return kind
    x, *rest = arguments
    x = torch.randn_like(x) * 100  # ε makes no difference
    y, scaled, shifted = (module(z, *rest, **given) for z in (x, 3 * x, x + 50))
    near = lambda a, b: torch.allclose(a, b, rtol=1e-3, atol=1e-3)
    assert near(y, scaled), f"{name} normalises nothing"
    if not near(y, shifted):
        return "RMSNorm"
    channels_first = "2d" in name.lower() or getattr(module, "data_format", "") == "channels_first"
    return "LayerNorm2d" if channels_first else "LayerNorm"


def width_of(module):
    own = owned(module)
    value = next(own[name] for name in GAINS if name in own)
    per_head = value.dim() == 2 and "bias" not in own  # Cohere's queries and keys: one row of gains a head
    return value.shape[-1] if per_head else value.numel()


def saved(model):
    """The state dict as the library writes it into a file, and the module path of each of its layers."""
    own = model.state_dict()
    if not hasattr(model, "save_pretrained"):
        return own, {}
    with tempfile.TemporaryDirectory() as folder:
        model.save_pretrained(folder)
        written = load_file(folder + "/model.safetensors")
    content = lambda t: (tuple(t.shape), t.float().contiguous().numpy().tobytes())
    path = {content(value): key for key, value in own.items() if value.numel() > 1}
    alias = {}
    for key, value in written.items():
        if content(value) in path:
            alias[path[content(value)].rsplit(".", 1)[0]] = key.rsplit(".", 1)[0]
    place = {key: i for i, key in enumerate(own)}
    order = sorted(written, key=lambda key: place.get(path.get(content(written[key]), key), len(place)))
    return {key: written[key] for key in order}, alias


def measure(build):
    """Keys with shapes, and (kind, width, layer) in order of execution."""
    torch.manual_seed(0)
    model, keywords = build()
    model = model.eval().float()
    for value in [*model.parameters(), *model.buffers()]:
        if value.is_floating_point():
            value.data = torch.rand_like(value) + 0.1 if value.dim() < 2 else torch.randn_like(value) * 0.1
    state, alias = saved(model)
    ran = {}

    def hook(name):
        def note(module, inputs, given, _):
            if name not in ran and not measure.busy:
                measure.busy = True
                ran[name] = (kind_of(module, inputs, given), width_of(module))
                measure.busy = False
        return note

    measure.busy = False
    modules = {name: module for name, module in model.named_modules() if is_norm(module)}
    for name, module in modules.items():
        module.register_forward_hook(hook(name), with_kwargs=True)
    with torch.no_grad():
        model(**keywords)
    assert len(ran) == len(modules), "norms that never ran"
    return state, [(kind, width, alias.get(name, name)) for name, (kind, width) in ran.items()]


class Folded:
    """Lines whose common beginning with the line before is written as a count of path parts."""

    def __init__(self):
        self.before = []

    def __call__(self, path):
        parts = path.split(".")
        same = 0
        while same < min(len(parts), len(self.before)) - 1 and parts[same] == self.before[same]:
            same += 1
        self.before = parts
        return ".".join([str(same), *parts[same:]])


def text(name, state, layers):
    fold = Folded()
    lines = ["= " + name]
    lines += [" ".join([fold(key), *map(str, value.shape)]) for key, value in state.items()]
    fold = Folded()
    lines += [f"> {kind} {width} {fold(layer)}" for kind, width, layer in layers]
    return "\n".join(lines) + "\n"


def main():
    wanted = sys.argv[1:] or networks.BUILDERS
    pages = []
    for name in wanted:
        pages.append(text(name, *measure(networks.BUILDERS[name])))
    if sys.argv[1:]:
        print(*pages, sep="\n")
    else:
        OUT.write_text("".join(pages))


if __name__ == "__main__":
    main()
