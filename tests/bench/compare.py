#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs the benchmarks and their Python peers in turns and prints the ratios that docs/developing.md states: the median of
the rounds, with the smallest and the largest.

    ./dev bench                # everything
    ./dev bench --only fit     # fit, density, report or capture
"""
import argparse
import json
import os
import pathlib
import statistics
import subprocess
import tempfile

import fast_histogram
import h5py
import numpy
from scipy.optimize import curve_fit

from rounds import in_turns, ratio_text, timed


def cloud(points):
    random = numpy.random.default_rng(1)
    x = (4 * random.standard_normal(points)).astype(numpy.float32)
    return x, (8 * numpy.tanh(x / 4) + 0.1 * random.standard_normal(points)).astype(numpy.float32)


def google(program, name):
    """Measures one benchmark once: its real time in seconds."""
    out = subprocess.run([program, f"--benchmark_filter=^{name}", "--benchmark_format=json"], check=True,
                         capture_output=True, text=True).stdout
    for row in json.loads(out)["benchmarks"]:
        return row["real_time"] * {"ns": 1e-9, "us": 1e-6, "ms": 1e-3, "s": 1}[row["time_unit"]]
    raise SystemExit(f"{program} has no benchmark {name}")


def model(x, a, alpha, c):
    return a * numpy.tanh(alpha * x) + c


def scipy_fit(x, y):
    return curve_fit(model, x, y, p0=(8, 0.25, 0))


def compare(what, works, rounds, wanted):
    """Our work is the first, its peers follow. A ratio is how often ours goes into the peer's time."""
    times = in_turns(works, rounds)
    ours = next(iter(works))
    print(what)
    for name in works:
        beside = "" if name == ours else f"   {ratio_text(times, name, ours)}, wanted {wanted[name]}"
        print(f"    {name:28} {statistics.median(times[name]) * 1e3:9.1f} ms{beside}", flush=True)


def bench_fit(build):
    x, y = cloud(5_000_000)
    compare("fit of 5 million points, binning included",
            {"normscope": lambda: google(build / "tests/bench/normscope_bench", "fit_with_binning"),
             "scipy curve_fit": timed(lambda: scipy_fit(x, y))}, 5, {"scipy curve_fit": ">= 100x"})


def bench_density(build):
    x, y = cloud(10_000_000)
    limits = [[-32, 32], [-16, 16]]
    compare("density of 10 million points, 1024 x 1024",
            {"normscope": lambda: google(build / "tests/bench/normscope_bench", "density"),
             "numpy histogram2d": timed(lambda: numpy.histogram2d(x, y, 1024, limits)),
             "fast-histogram": timed(lambda: fast_histogram.histogram2d(x, y, 1024, limits))}, 5,
            {"numpy histogram2d": ">= 50x", "fast-histogram": ">= 2x"})


def bench_report(build):
    """The whole program against SciPy's bare fit of the same points."""
    tokens, channels = 13_021, 384
    random = numpy.random.default_rng(2)
    x = (random.standard_normal((1, tokens, channels)) * numpy.exp2(3 * random.standard_normal((1, tokens, 1)))).astype(numpy.float32)
    y = (x - x.mean(-1, keepdims=True)) / numpy.sqrt(x.var(-1, keepdims=True) + 1e-6)
    flat_x, flat_y = x.ravel().astype(numpy.float64), y.ravel().astype(numpy.float64)
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "layer.h5"
        with h5py.File(path, "w") as file:
            file.attrs.update(format="normscope-dump", format_version="1.0")
            layer = file.create_group("entry/layers/norm")
            layer.attrs.update(kind="LayerNorm", eps=1e-6)
            layer["input"], layer["output"] = x, y
        command = [build / "app/normscope", "report", path, "--out", f"{folder}/out", "--formats", "json", "--quiet"]
        compare("report of a 5-million-point dump, process included",
                {"normscope": timed(lambda: subprocess.run(command, check=True, stdout=subprocess.DEVNULL)),
                 "scipy curve_fit": timed(lambda: curve_fit(model, flat_x, flat_y, p0=(2.0, 0.5, 0.0)))}, 5,
                {"scipy curve_fit": ">= 2x"})


def write_vit_base(path):
    """A ViT-B/16 of random float32 weights under timm's keys, as safetensors."""
    width, depth = 768, 12
    shapes = {"cls_token": (1, 1, width), "pos_embed": (1, 197, width), "patch_embed.proj.weight": (width, 3, 16, 16),
              "patch_embed.proj.bias": (width,), "norm.weight": (width,), "norm.bias": (width,),
              "head.weight": (1000, width), "head.bias": (1000,)}
    for block in range(depth):
        for name, shape in {"norm1": (width,), "norm2": (width,), "attn.qkv": (3 * width, width), "attn.proj": (width, width),
                            "mlp.fc1": (4 * width, width), "mlp.fc2": (width, 4 * width)}.items():
            shapes[f"blocks.{block}.{name}.weight"] = shape
            shapes[f"blocks.{block}.{name}.bias"] = shape[:1]
    header, offset = {}, 0
    for name, shape in shapes.items():
        size = 4 * int(numpy.prod(shape))
        header[name] = {"dtype": "F32", "shape": shape, "data_offsets": [offset, offset + size]}
        offset += size
    text = json.dumps(header).encode()
    random = numpy.random.default_rng(3)
    with open(path, "wb") as file:
        file.write(len(text).to_bytes(8, "little") + text)
        for name, shape in shapes.items():
            values = 0.02 * random.standard_normal(shape).astype(numpy.float32)
            file.write((values + ("norm" in name and name.endswith("weight"))).astype(numpy.float32).tobytes())


def bench_capture(build):
    program = build / "tests/bench/capture_bench"
    with tempfile.TemporaryDirectory() as folder:
        os.environ["NORMSCOPE_BENCH_VIT"] = f"{folder}/vit.safetensors"
        write_vit_base(os.environ["NORMSCOPE_BENCH_VIT"])
        compare("capture of the 25 norm layers of a ViT-B/16 with gradients, batch 4",
                {"normscope": lambda: google(program, "capture_all"),
                 "forward and backward alone": lambda: google(program, "forward_backward")}, 9,
                {"forward and backward alone": ">= 0.87x"})


def main():
    benches = {"fit": bench_fit, "density": bench_density, "report": bench_report, "capture": bench_capture}
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", type=pathlib.Path, required=True)
    parser.add_argument("--only", choices=benches)
    options = parser.parse_args()
    for name, run in benches.items():
        if options.only in (None, name):
            run(options.build)


if __name__ == "__main__":
    main()
