#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes tests/golden/vit: tiny Vision Transformers and what PyTorch computes with them; numbers of the sample's three.

    pip install torch==2.13.0 numpy safetensors
    python tests/golden/make_vit.py           # everything; the sample's need resources/sample/vit-*.safetensors

NAME.safetensors holds the parameters (float16, timm's key names), NAME.golden.safetensors the input, the logits, and for
every norm layer its input, output and gradients of the cross-entropy with the network's own prediction, the mean over
the samples: input_grad of the norm path alone, input_grad_total of the residual stream, and those of its parameters. The
order of execution is in the metadata. sample-NAME.golden.safetensors holds the logits of the 64 first test images of
Fashion-MNIST, and of the norm layers two rows and the root mean square of every tensor.
The reference is written here with torch.nn, after the semantics of timm's VisionTransformer 1.0.
"""
import argparse
import gzip
import json
import pathlib

import numpy
import torch
import torch.nn.functional as F
from safetensors.torch import load_file, save_file
from torch import nn

HERE = pathlib.Path(__file__).parent
SAMPLE = HERE.parent.parent / "resources/sample"
FASHION = pathlib.Path("/usr/share/datasets/fashion-mnist")
EPS = 1e-6


class DyT(nn.Module):
    def __init__(self, width, alpha=(1,), bias=True):
        super().__init__()
        self.alpha = nn.Parameter(torch.full(alpha, 0.8))
        self.weight = nn.Parameter(torch.ones(width))
        self.bias = nn.Parameter(torch.zeros(width)) if bias else None

    def forward(self, x):
        y = self.weight * torch.tanh(self.alpha * x)
        return y if self.bias is None else y + self.bias


NORMS = {
    "layernorm": lambda width: nn.LayerNorm(width, eps=EPS),
    "rmsnorm": lambda width: nn.RMSNorm(width, eps=EPS),
    "dyt": DyT,
    "dyt-channel": lambda width: DyT(width, (width,), bias=False),
    "dyt-scalar": lambda width: DyT(width, ()),
}
ACTS = {
    "gelu": F.gelu, "silu": F.silu, "relu": F.relu, "sigmoid": torch.sigmoid,
    "gelu_tanh": lambda x: F.gelu(x, approximate="tanh"),
    "quick_gelu": lambda x: x * torch.sigmoid(1.702 * x),
}


def norm_if(wanted, o, width):
    return NORMS[o["norm"]](width) if wanted else nn.Identity()


class Attention(nn.Module):
    def __init__(self, o):
        super().__init__()
        width = o["width"]
        self.heads = o["heads"]
        self.qkv = nn.Linear(width, 3 * width, bias=o["qkv_bias"])
        self.q_norm = norm_if(o["qk_norm"], o, width // self.heads)
        self.k_norm = norm_if(o["qk_norm"], o, width // self.heads)
        self.norm = norm_if(o["scale_norm"], o, width)
        self.proj = nn.Linear(width, width)

    def forward(self, x):
        b, n, c = x.shape
        q, k, v = self.qkv(x).reshape(b, n, 3, self.heads, c // self.heads).permute(2, 0, 3, 1, 4)
        q, k = self.q_norm(q), self.k_norm(k)
        weights = (q @ k.transpose(-2, -1) * (c // self.heads) ** -0.5).softmax(-1)
        return self.proj(self.norm((weights @ v).transpose(1, 2).reshape(b, n, c)))


class Mlp(nn.Module):
    def __init__(self, o, plain=False):
        super().__init__()
        width, self.kind, self.act = o["width"], "plain" if plain else o["mlp"], ACTS[o["act"]]
        self.gate_last = o["gate_last"]
        hidden = 2 * width
        if self.kind == "swiglu":
            self.fc1_g, self.fc1_x = nn.Linear(width, hidden), nn.Linear(width, hidden)
        else:
            self.fc1 = nn.Linear(width, 2 * hidden if self.kind == "packed" else hidden)
        self.norm = norm_if(o["scale_norm"] and not plain, o, hidden)
        self.fc2 = nn.Linear(hidden, width)

    def forward(self, x):
        if self.kind == "swiglu":
            x = self.act(self.fc1_g(x)) * self.fc1_x(x)
        elif self.kind == "packed":
            gate, value = self.fc1(x).chunk(2, -1)[:: -1 if self.gate_last else 1]
            x = self.act(gate) * value
        else:
            x = self.act(self.fc1(x))
        return self.fc2(self.norm(x))


class LayerScale(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.gamma = nn.Parameter(torch.ones(width))

    def forward(self, x):
        return x * self.gamma


class Block(nn.Module):
    def __init__(self, o):
        super().__init__()
        scale = lambda: LayerScale(o["width"]) if o["layer_scale"] else nn.Identity()
        self.norm1, self.attn, self.ls1 = norm_if(True, o, o["width"]), Attention(o), scale()
        self.norm2, self.mlp, self.ls2 = norm_if(True, o, o["width"]), Mlp(o), scale()

        self.post_norm = o["post_norm"]

    def forward(self, x):
        if self.post_norm:
            x = x + self.norm1(self.attn(x))
            return x + self.norm2(self.mlp(x))
        x = x + self.ls1(self.attn(self.norm1(x)))
        return x + self.ls2(self.mlp(self.norm2(x)))


class AttentionPool(nn.Module):
    def __init__(self, o):
        super().__init__()
        width, self.heads = o["width"], o["heads"]
        self.latent = nn.Parameter(torch.randn(1, 1, width))
        self.q, self.kv, self.proj = nn.Linear(width, width), nn.Linear(width, 2 * width), nn.Linear(width, width)
        self.norm, self.mlp = norm_if(True, o, width), Mlp(o, plain=True)

    def forward(self, x):
        b, n, c = x.shape
        split = lambda t: t.reshape(b, -1, self.heads, c // self.heads).transpose(1, 2)
        k, v = self.kv(x).chunk(2, -1)
        weights = (split(self.q(self.latent.expand(b, -1, -1))) @ split(k).transpose(-2, -1) * (c // self.heads) ** -0.5)
        x = self.proj((weights.softmax(-1) @ split(v)).transpose(1, 2).reshape(b, 1, c))
        return (x + self.mlp(self.norm(x)))[:, 0]


class PatchEmbed(nn.Module):
    def __init__(self, o):
        super().__init__()
        self.proj = nn.Conv2d(o["channels"], o["width"], o["patch"], o["patch"], bias=not o["norm_pre"])

    def forward(self, x):
        return self.proj(x).flatten(2).transpose(1, 2)


class VisionTransformer(nn.Module):
    def __init__(self, **options):
        super().__init__()
        self.o = o = {**DEFAULTS, **options}
        width, (height, breadth), patch = o["width"], o["size"], o["patch"]
        token = lambda count: nn.Parameter(torch.randn(1, count, width)) if count else None
        self.patch_embed = PatchEmbed(o)
        self.cls_token, self.dist_token, self.reg_token = token(o["class"]), token(o["distilled"]), token(o["registers"])
        self.prefix = o["class"] + o["distilled"] + o["registers"]
        self.pos_embed = token((height // patch[0]) * (breadth // patch[1]) + self.prefix * (not o["no_embed_class"]))
        self.norm_pre = norm_if(o["norm_pre"], o, width)
        self.blocks = nn.Sequential(*[Block(o) for _ in range(o["depth"])])
        self.norm = norm_if(not o["fc_norm"], o, width)
        self.attn_pool = AttentionPool(o) if o["pool"] == "map" else None
        self.fc_norm = norm_if(o["fc_norm"], o, width)
        self.head = nn.Linear(width, o["classes"]) if o["classes"] else nn.Identity()
        self.head_dist = nn.Linear(width, o["classes"]) if o["distilled"] else None

    def forward(self, x):
        x = self.patch_embed(x)
        prefix = [t.expand(len(x), -1, -1) for t in (self.cls_token, self.dist_token, self.reg_token) if t is not None]
        if self.o["no_embed_class"]:
            x = torch.cat(prefix + [x + self.pos_embed], 1)
        else:
            x = torch.cat(prefix + [x], 1) + self.pos_embed
        x = self.norm(self.blocks(self.norm_pre(x)))
        if self.head_dist is not None:
            return (self.head(x[:, 0]) + self.head_dist(x[:, 1])) / 2
        patches, pool = x[:, self.prefix:], self.o["pool"]
        if pool == "map":
            x = self.attn_pool(patches)
        elif pool == "token":
            x = x[:, 0]
        else:
            x = {"avg": patches.mean(1), "max": patches.amax(1), "avgmax": 0.5 * (patches.amax(1) + patches.mean(1))}[pool]
        return self.head(self.fc_norm(x))


DEFAULTS = {
    "width": 8, "depth": 2, "heads": 2, "size": (8, 8), "patch": (4, 4), "channels": 1, "classes": 3, "norm": "layernorm",
    "act": "gelu", "mlp": "plain", "pool": "token", "class": 1, "distilled": 0, "registers": 0, "no_embed_class": False,
    "qkv_bias": True, "qk_norm": False, "scale_norm": False, "norm_pre": False, "fc_norm": False, "layer_scale": False,
    "post_norm": False, "gate_last": False,
}
# name: (options, metadata that tells what the keys cannot)
VARIANTS = {
    "layernorm": ({}, {}),
    "rmsnorm": ({"norm": "rmsnorm"}, {}),
    "dyt": ({"norm": "dyt"}, {}),
    "dyt-channel": ({"norm": "dyt-channel", "classes": 0}, {}),
    "dyt-scalar": ({"norm": "dyt-scalar", "distilled": 1}, {}),
    "average": ({"fc_norm": True, "pool": "avg", "class": 0, "channels": 3}, {}),
    "avgmax": ({"pool": "avgmax", "act": "relu"}, {"global_pool": "avgmax", "act_layer": "relu"}),
    "norms": ({"qk_norm": True, "scale_norm": True, "qkv_bias": False, "depth": 1}, {}),
    "scaled": ({"layer_scale": True, "norm_pre": True, "act": "quick_gelu"}, {"act": "quick_gelu"}),
    "registers": ({"registers": 2, "no_embed_class": True, "mlp": "swiglu", "act": "silu"}, {}),
    "packed": ({"mlp": "packed", "act": "silu", "norm": "rmsnorm"}, {}),
    "map": ({"pool": "map", "class": 0, "act": "gelu_tanh"}, {"act": "gelu_tanh"}),
    "post-norm": ({"post_norm": True, "qk_norm": True, "mlp": "packed", "act": "sigmoid", "gate_last": True},
                  {"block_fn": "ResPostBlock", "act": "sigmoid", "gate": "last"}),
    "oblong": ({"size": (10, 12), "patch": (2, 12)}, {"img_size": "10, 12"}),
}


def captured(model, x, is_norm=lambda m: isinstance(m, (nn.LayerNorm, nn.RMSNorm, DyT))):
    """Runs forward and backward; all tensors by name, and the norm layers in the order of execution."""
    tensors, order = {"input": x}, []

    def watch(name, module):
        def before(_, args):
            (x,) = args
            order.append(name)
            if not x.requires_grad:
                x.requires_grad_(True)
            alias = x.view_as(x)
            tensors[f"{name}.input"] = x.detach().clone()
            x.register_hook(lambda g: tensors.__setitem__(f"{name}.input_grad_total", g.clone()))
            alias.register_hook(lambda g: tensors.__setitem__(f"{name}.input_grad", g.clone()))
            return (alias,)

        def after(_, args, y):
            tensors[f"{name}.output"] = y.detach().clone()
            y.register_hook(lambda g: tensors.__setitem__(f"{name}.output_grad", g.clone()))

        module.register_forward_pre_hook(before)
        module.register_forward_hook(after)

    norms = {name: module for name, module in model.named_modules() if is_norm(module)}
    for name, module in norms.items():
        watch(name, module)
    for p in model.parameters():
        p.grad = None
    logits = model(x)
    F.cross_entropy(logits, logits.argmax(1)).backward()
    for name, module in norms.items():
        for parameter, p in module.named_parameters(recurse=False):
            tensors[f"{name}.{parameter}_grad"] = p.grad
    tensors["logits"] = logits.detach()
    return {key: value.detach().float().contiguous() for key, value in tensors.items()}, order


def randomise(model):
    """Parameters with which no term of the formulas vanishes."""
    with torch.no_grad():
        for name, p in model.named_parameters():
            vector = p.ndim == 1 and "norm" in name
            p.copy_(p + 0.2 * torch.randn_like(p) if vector or p.ndim == 0 else 0.4 * torch.randn_like(p))
            p.copy_(p.half().float())


def save_variant(out, name, options, metadata):
    torch.manual_seed(sum(map(ord, name)))
    model = VisionTransformer(**options)
    randomise(model)
    x = torch.randn(2, model.o["channels"], *model.o["size"])
    state = {key: value.half() for key, value in model.state_dict().items()}
    save_file(state, out / f"{name}.safetensors", metadata={"num_heads": str(model.o["heads"]), **metadata})
    tensors, order = captured(model, x)
    save_file(tensors, out / f"{name}.golden.safetensors", metadata={"layers": json.dumps(order)})


def fashion_images(count):
    with gzip.open(FASHION / "t10k-images-idx3-ubyte.gz") as file:
        pixels = numpy.frombuffer(file.read(), numpy.uint8, offset=16)[: count * 784]
    return (torch.from_numpy(pixels.reshape(count, 1, 28, 28).copy()).float() / 255 - 0.286) / 0.353


def save_sample(out, name, rows=(0, 700)):
    """Layers 1, 7, 13, 19 and 25 with two rows (the class token of image 0, another token of image 41); all with rms."""
    model = VisionTransformer(width=64, depth=12, heads=4, size=(28, 28), patch=(7, 7), classes=10, norm=name)
    model.load_state_dict({key: value.float() for key, value in load_file(SAMPLE / f"vit-{name}.safetensors").items()})
    tensors, order = captured(model, fashion_images(64))
    kept = {"logits": tensors["logits"]}
    for quantity in ("input", "output", "input_grad", "output_grad"):
        every = [tensors[f"{layer}.{quantity}"] for layer in order]
        kept[f"rms.{quantity}"] = torch.tensor([t.double().square().mean().sqrt() for t in every]).float()
        for layer, t in list(zip(order, every))[::6]:
            kept[f"{layer}.{quantity}"] = t.flatten(0, 1)[list(rows)].contiguous()
    save_file(kept, out / f"sample-{name}.golden.safetensors", metadata={"layers": json.dumps(order), "rows": json.dumps(rows)})


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=pathlib.Path, default=HERE / "vit")
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    for name, (architecture, metadata) in VARIANTS.items():
        save_variant(options.out, name, architecture, metadata)
    for name in ("layernorm", "rmsnorm", "dyt"):
        if (SAMPLE / f"vit-{name}.safetensors").exists():
            save_sample(options.out, name)
        else:
            print(f"resources/sample/vit-{name}.safetensors is not there: its numbers were not made")


if __name__ == "__main__":
    main()
