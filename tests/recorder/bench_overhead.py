# SPDX-License-Identifier: GPL-3.0-or-later
"""What recording costs: a ViT-B's forward and backward with and without it, and beside plain hooks with torch.save.

    python tests/recorder/bench_overhead.py [--batch 4] [--threads 2] [--batches 6] [--rounds 3] [--device cpu]

Every variant runs the same batches in the same process, in turns; the time is that of the whole job (opening the file,
every batch, closing the file), the best of the rounds, as a ratio to the bare job. Processor time stands beside the time
of the clock: with one thread it is the number to trust on a machine that others use too.
"""
import argparse
import contextlib
import json
import os
import sys
import tempfile
import time
from pathlib import Path

import torch
from torch import nn
from torch.nn import functional

sys.path.insert(0, str(Path(__file__).parents[2] / "resources" / "recorder"))
import normscope  # noqa: E402


class Block(nn.Module):
    def __init__(self, width, heads):
        super().__init__()
        self.heads = heads
        self.norm1, self.norm2 = nn.LayerNorm(width, eps=1e-6), nn.LayerNorm(width, eps=1e-6)
        self.qkv, self.proj = nn.Linear(width, 3 * width), nn.Linear(width, width)
        self.fc1, self.fc2 = nn.Linear(width, 4 * width), nn.Linear(4 * width, width)

    def forward(self, x):
        q, k, v = self.qkv(self.norm1(x)).unflatten(-1, (3, self.heads, -1)).permute(2, 0, 3, 1, 4)
        x = x + self.proj(functional.scaled_dot_product_attention(q, k, v).transpose(1, 2).flatten(2))
        return x + self.fc2(functional.gelu(self.fc1(self.norm2(x))))


class VisionTransformer(nn.Module):
    """ViT-B/16 at 224 × 224: 12 blocks of width 768, 197 tokens, 25 LayerNorms, 86 million parameters."""

    def __init__(self, width=768, depth=12, heads=12):
        super().__init__()
        self.patches = nn.Conv2d(3, width, 16, 16)
        self.cls = nn.Parameter(torch.randn(1, 1, width) * 0.02)
        self.position = nn.Parameter(torch.randn(1, 197, width) * 0.02)
        self.blocks = nn.Sequential(*(Block(width, heads) for _ in range(depth)))
        self.norm, self.head = nn.LayerNorm(width, eps=1e-6), nn.Linear(width, 1000)

    def forward(self, images):
        x = self.patches(images).flatten(2).transpose(1, 2)
        x = torch.cat([self.cls.expand(len(x), -1, -1), x], 1) + self.position
        return self.head(self.norm(self.blocks(x))[:, 0])


@contextlib.contextmanager
def plain_hooks(model, path):
    """What people write by hand: the four tensors of every norm in a list, saved with torch.save batch by batch."""
    kept, handles, batches = {}, [], []

    def keep(name):
        def forward(_, inputs, output):
            kept[name + ".input"], kept[name + ".output"] = inputs[0].detach().clone(), output.detach().clone()

        def backward(_, input_gradients, output_gradients):
            kept[name + ".input_grad"] = input_gradients[0].detach().clone()
            kept[name + ".output_grad"] = output_gradients[0].detach().clone()

        return forward, backward

    def save(*_):
        if kept:
            torch.save(dict(kept), f"{path}.{len(batches)}")
            batches.append(len(batches))
            kept.clear()

    for name, module in model.named_modules():
        if isinstance(module, nn.LayerNorm):
            forward, backward = keep(name)
            handles += [module.register_forward_hook(forward), module.register_full_backward_hook(backward)]
    handles.append(model.register_forward_pre_hook(save))
    yield
    save()
    for handle in handles:
        handle.remove()


VARIANTS = {
    "bare": lambda model, path: contextlib.nullcontext(),
    "moments": lambda model, path: normscope.record(model, path, sample=0, statistics="moments"),
    "full statistics": lambda model, path: normscope.record(model, path, sample=0),
    "plain hooks, torch.save": plain_hooks,
    "tensors": lambda model, path: normscope.record(model, path, statistics=False),
    "tensors, full statistics": lambda model, path: normscope.record(model, path),
}


def job(model, variant, batches):
    with tempfile.TemporaryDirectory() as folder:
        began = time.perf_counter(), time.process_time()
        with VARIANTS[variant](model, os.path.join(folder, "run.h5")):
            for images, labels in batches:
                functional.cross_entropy(model(images), labels).backward()
                model.zero_grad()
        if batches[0][0].is_cuda:
            torch.cuda.synchronize()
        return time.perf_counter() - began[0], time.process_time() - began[1]


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--batch", type=int, default=4)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--batches", type=int, default=6, help="in one job")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--device", default="cpu")
    arguments = parser.parse_args()
    torch.manual_seed(0)
    torch.set_num_threads(arguments.threads)
    torch.set_default_device(arguments.device)
    model = VisionTransformer()
    batches = [(torch.randn(arguments.batch, 3, 224, 224), torch.randint(1000, (arguments.batch,)))
               for _ in range(arguments.batches)]
    for variant in VARIANTS:
        job(model, variant, batches[:1])
    seconds = {variant: [] for variant in VARIANTS}
    for _ in range(arguments.rounds):
        for variant in VARIANTS:
            seconds[variant].append(job(model, variant, batches))
    result = {"arguments": vars(arguments), "threads": torch.get_num_threads()}
    for number, clock in enumerate(("clock", "processor")):
        best = {variant: min(times[number] for times in seconds[variant]) for variant in VARIANTS}
        result[clock] = {variant: {"seconds": [times[number] for times in seconds[variant]],
                                   "over_bare": best[variant] / best["bare"],
                                   "over_plain_hooks": best[variant] / best["plain hooks, torch.save"]}
                         for variant in VARIANTS}
        for variant, found in result[clock].items():
            print(f"{clock:10}{variant:26}{best[variant] / arguments.batches:7.3f} s a batch   "
                  f"{found['over_bare']:.3f} × bare   {found['over_plain_hooks']:.3f} × plain hooks", file=sys.stderr)
    print(json.dumps(result))


if __name__ == "__main__":
    main()
