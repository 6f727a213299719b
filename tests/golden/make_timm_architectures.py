#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes core/model/timm_architectures.cpp: what the names of timm's architectures tell that no key of a checkpoint does.

    pip install torch==2.13.0 timm==1.0.31
    python tests/golden/make_timm_architectures.py

Every model of timm's registry is built without memory (device meta). Those of the class VisionTransformer with the keys that
NormScope runs are grouped by their settings. Of the others the names are kept whose keys look alike: they must not be run.
"""
import collections
import pathlib
import textwrap

import timm
import torch
from timm.models.vision_transformer import VisionTransformer

OUT = pathlib.Path(__file__).parent.parent.parent / "core/model/timm_architectures.cpp"
ACTS = {"GELU": "gelu", "GELUTanh": "gelu_tanh", "QuickGELU": "quick_gelu", "SiLU": "silu", "ReLU": "relu"}
NORMS = {"LayerNorm": "layernorm", "RmsNorm": "rmsnorm"}
BLOCKS = {"Block": "pre-norm", "ResPostBlock": "post-norm"}
# Names of the masked autoencoders' own code (facebookresearch/mae, models_vit.py and models_mae.py): pooling is an option there.
MAE = {f"{before}{name}{after}": heads for name, heads in (("vit_base_patch16", 12), ("vit_large_patch16", 16), ("vit_huge_patch14", 16))
       for before, after in (("", ""), ("mae_", ""), ("mae_", "_dec512d8b"))}


def looks_like_vit(keys):
    return {"patch_embed.proj.weight", "blocks.0.attn.qkv.weight", "blocks.0.norm1.weight"} <= keys


def settings(model):
    """KEY=VALUE of what differs from timm's defaults, and the heads; None for a variant that NormScope does not run."""
    block = model.blocks[0]
    norms = [m for m in model.modules() if hasattr(m, "eps")]
    kinds, eps = {type(m).__name__ for m in norms}, {m.eps for m in norms}
    if len(kinds) != 1 or len(eps) != 1 or type(block).__name__ not in BLOCKS or type(block.attn).__name__ != "Attention":
        return None
    told = {"heads": block.attn.num_heads, "act": ACTS[type(block.mlp.act).__name__], "eps": f"{eps.pop():.0e}".replace("e-0", "e-"),
            "norm": NORMS[kinds.pop()], "block": BLOCKS[type(block).__name__], "pool": model.global_pool,
            "pool_include_prefix": str(model.pool_include_prefix).lower()}
    if all(isinstance(norm, torch.nn.Identity) for norm in (model.norm, model.fc_norm)):
        told["final_norm"] = "false"
    if type(block.mlp).__name__ in ("SwiGLU", "GluMlp"):
        told["gate"] = "last" if getattr(block.mlp, "gate_last", False) else "first"
    defaults = {"act": "gelu", "eps": "1e-6", "norm": "layernorm", "block": "pre-norm", "pool": "token", "pool_include_prefix": "false"}
    return " ".join(f"{key}={value}" for key, value in told.items() if defaults.get(key) != value)


def groups():
    found = collections.defaultdict(list)
    for name in timm.list_models():
        with torch.device("meta"):
            model = timm.create_model(name)
        if looks_like_vit(set(model.state_dict())):
            found[isinstance(model, VisionTransformer) and settings(model) or ""].append(name)
        elif isinstance(model, VisionTransformer):
            found[""].append(name)
    for name, heads in MAE.items():
        found[f"heads={heads} pool="].append(name)
    return found


def row(told, names):
    lines = textwrap.wrap(" ".join(sorted(names)), 108)
    text = "\n".join(f'     "{line}{" " if line is not lines[-1] else ""}"' for line in lines)
    return f'    {{"{told}",\n{text}}},'


def main():
    found = groups()
    OUT.write_text(f"""// SPDX-License-Identifier: GPL-3.0-or-later
// Made by tests/golden/make_timm_architectures.py from timm {timm.__version__}; make it again instead of editing it.
// clang-format off
#include "core/model/architectures.h"

namespace normscope {{

const std::vector<ArchitectureGroup>& timm_architectures() {{
    static const std::vector<ArchitectureGroup> groups{{
{chr(10).join(row(told, found[told]) for told in sorted(found))}
    }};
    return groups;
}}

}} // namespace normscope
""")


if __name__ == "__main__":
    main()
