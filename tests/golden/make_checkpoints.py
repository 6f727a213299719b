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
              "views": {name: numbers(value) for name, value in strided.items()}}
    (HERE / "values.json").write_text(json.dumps(values, indent=1) + "\n")


if __name__ == "__main__":
    main()
