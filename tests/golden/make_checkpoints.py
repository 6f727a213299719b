# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes the small checkpoints of tests/golden/checkpoints, and values.json: what PyTorch reads from them.

Made with Python 3.11, torch 2.13.0, numpy 2.4, safetensors 0.8:  python make_checkpoints.py
"""

import argparse
import collections
import json
import os
import pathlib
import zipfile

import torch
from safetensors.torch import save_file

HERE = pathlib.Path(__file__).parent / "checkpoints"
torch.manual_seed(0)

FLOATS = ["float64", "float32", "float16", "bfloat16", "float8_e4m3fn", "float8_e5m2"]
INTEGERS = ["int64", "int32", "int16", "int8", "uint8", "uint16", "uint32", "uint64"]


def every_dtype():
    """One tensor a dtype; the floats hold zeros of both signs, subnormals, and what is not finite."""
    tensors = {}
    special = torch.tensor([0.0, -0.0, 1.0, -1.5, 0.3, -240.0, 2.0**-9, float("nan"), float("inf"), -float("inf")])
    for name in FLOATS:
        tensors[name] = special.to(getattr(torch, name))
    for name in INTEGERS:
        low = 0 if name.startswith("u") else -100
        tensors[name] = torch.tensor([low, 1, 2, 127]).to(getattr(torch, name))
    tensors["bool"] = torch.tensor([[True, False], [False, True]])
    tensors["scalar"] = torch.tensor(0.5)
    tensors["empty"] = torch.zeros(0, 3)
    return tensors


def views():
    """Views that share one storage, as torch.save keeps them."""
    base = torch.arange(2 * 3 * 4, dtype=torch.float32).reshape(2, 3, 4)
    return {
        "base": base,
        "transposed": base.transpose(0, 2),
        "permuted": base.permute(1, 0, 2),
        "sliced": base[:, 1:, ::2],
        "one": base[1, 2, 3],
        "broadcast": base[0, 0].expand(3, 4),
        "broadcast_column": base[0, :, :1].expand(3, 4),
        "overlapping": base.flatten().as_strided((3, 3), (1, 1)),
    }


def negated():
    """Views with PyTorch's neg bit, each on a storage of its own, and one that is left out: it is complex."""
    def base():
        return torch.complex(torch.arange(24.0).reshape(2, 3, 4) - 5, torch.arange(24.0).reshape(2, 3, 4) * 0.5 - 3).conj()

    half = torch.complex(torch.arange(6.0), torch.tensor([0.0, -0.0, 1.5, float("inf"), float("nan"), 7.0])).to(torch.complex32)
    return {
        "imaginary": base().imag,
        "transposed": base().imag.transpose(0, 2),
        "sliced": base().imag[:, 1:, ::2],
        "one": base().imag[1, 2, 3],
        "broadcast": base().imag[0, 0].expand(3, 4),
        "strided": base().imag.as_strided((3, 2), (2, 8), 5),
        "half": half.conj().imag,
        "parameter": torch.nn.Parameter(base().imag),
        "real": base().real,
        "double": torch.complex(torch.ones(3).double(), torch.arange(3).double()).conj().imag,
        "negative_real": torch._neg_view(torch.arange(4.0)),
        "conjugate": base(),
    }


def unread():
    """What has no plain numbers, beside a norm."""
    return {
        "norm.weight": torch.ones(4),
        "norm.bias": torch.zeros(4),
        "scale": torch.ones(4).to(torch.float8_e8m0fnu),
        "other": torch.ones(4).to(torch.float8_e4m3fnuz),
        "wave": torch.ones(2, dtype=torch.complex128),
        "quantized": torch.quantize_per_tensor(torch.ones(4), 0.1, 0, torch.qint8),
        "sparse": torch.eye(2).to_sparse(),
    }


class Shared(torch.nn.Module):
    """A block in two places, a weight in two places, a buffer that is not saved."""

    def __init__(self):
        super().__init__()
        block = torch.nn.Sequential(torch.nn.LayerNorm(2), torch.nn.Linear(2, 2))
        self.blocks = torch.nn.ModuleList([block, torch.nn.Sequential(torch.nn.LayerNorm(2)), block])
        self.embed = torch.nn.Embedding(3, 2)
        self.head = torch.nn.Linear(2, 3, bias=False)
        self.head.weight = self.embed.weight
        self.register_buffer("kept", torch.arange(2.0))
        self.register_buffer("unsaved", torch.arange(3.0), persistent=False)


class Tiny(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.norm = torch.nn.LayerNorm(3)
        self.alpha = torch.nn.Parameter(torch.ones(1) * 0.5)
        self.register_buffer("steps", torch.tensor([7]))


class RunsCode:
    """Unpickling it would make the file `marker`."""

    def __reduce__(self):
        return os.system, ("touch normscope_ran_code",)


def training_checkpoint():
    model = Tiny()
    optimizer = torch.optim.AdamW(model.parameters())
    sum(p.sum() for p in model.parameters()).backward()
    optimizer.step()
    args = argparse.Namespace(num_heads=4, lr=1e-3, model="vit_tiny", depths=(3, 3, 9), ema=False, resume=None)
    average = {"module." + name: value * 2 for name, value in model.state_dict().items()}
    return {
        "optimizer": optimizer.state_dict(),
        "model_ema": average,
        "model": collections.OrderedDict(("module." + name, value) for name, value in model.state_dict().items()),
        "epoch": 3,
        "args": args,
        "rng_state": torch.arange(4),
    }


def numbers(tensor):
    """The values as double, with strings for what JSON lacks."""
    return [value if value == value and abs(value) != float("inf") else str(value)
            for value in tensor.to(torch.float64).flatten().tolist()]


def repack(name, source, method, change=lambda entry, data: data):
    """A zip with the same entries, changed and compressed as told."""
    with zipfile.ZipFile(HERE / source) as old:
        entries = {entry: change(entry, old.read(entry)) for entry in old.namelist()}
    with zipfile.ZipFile(HERE / name, "w", method) as new:
        for entry, data in entries.items():
            if data is not None:
                new.writestr(zipfile.ZipInfo(entry), data, method)


def main():
    HERE.mkdir(exist_ok=True)
    dtypes, strided = every_dtype(), views()
    torch.save(dtypes, HERE / "dtypes.pt")
    torch.save(dtypes, HERE / "dtypes_legacy.pt", _use_new_zipfile_serialization=False)
    save_file(dtypes, HERE / "dtypes.safetensors", metadata={"model": "tiny", "note": "α"})
    torch.save(strided, HERE / "views.pt")
    torch.save(strided, HERE / "views_legacy.pt", _use_new_zipfile_serialization=False)
    torch.save(training_checkpoint(), HERE / "training.pt")
    torch.save(Tiny(), HERE / "whole_module.pt")
    for protocol in (1, 3, 4, 5):
        torch.save(dtypes, HERE / f"dtypes_legacy_{protocol}.pt", pickle_protocol=protocol, _use_new_zipfile_serialization=False)
    for protocol in (1, 5):
        torch.save(dtypes, HERE / f"dtypes_{protocol}.pt", pickle_protocol=protocol)
    torch.save(Tiny(), HERE / "whole_module_1.pt", pickle_protocol=1)
    negative, shared = negated(), Shared()
    torch.save(negative, HERE / "negated.pt")
    torch.save(negative, HERE / "negated_legacy.pt", _use_new_zipfile_serialization=False)
    torch.save(unread(), HERE / "unread.pt")
    torch.save(unread(), HERE / "unread_legacy.pt", _use_new_zipfile_serialization=False)
    torch.save(shared, HERE / "shared_module.pt")
    torch.save(torch.arange(6.0).reshape(2, 3), HERE / "bare_tensor.pt")
    torch.save({"weight": torch.ones(2)}, HERE / "small.pt")
    torch.save({"weight": torch.ones(2), "hook": RunsCode()}, HERE / "runs_code.pt")
    torch.save(RunsCode(), HERE / "runs_code_only.pt")
    torch.jit.script(torch.nn.LayerNorm(2)).save(str(HERE / "torchscript.pt"))
    # Without the debug files, which hold the paths of the machine.
    repack("torchscript.pt", "torchscript.pt", zipfile.ZIP_STORED,
           lambda entry, data: None if entry.endswith("debug_pkl") else data)
    repack("compressed.pt", "small.pt", zipfile.ZIP_DEFLATED)
    repack("bomb.pt", "small.pt", zipfile.ZIP_DEFLATED, lambda entry, data: bytes(1 << 20) if "data/0" in entry else data)
    repack("big_endian.pt", "small.pt", zipfile.ZIP_STORED, lambda entry, data: b"big" if "byteorder" in entry else data)
    values = {"dtypes": {name: numbers(value) for name, value in dtypes.items()},
              "views": {name: numbers(value) for name, value in strided.items()},
              "negated": {name: numbers(value) for name, value in negative.items() if not value.is_complex()},
              "shared_module": {name: numbers(value) for name, value in shared.state_dict().items()}}
    (HERE / "values.json").write_text(json.dumps(values, indent=1) + "\n")


if __name__ == "__main__":
    main()
