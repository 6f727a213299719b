# SPDX-License-Identifier: GPL-3.0-or-later
"""Streams a large dump: normscope against h5py that reads it and fast-histogram that makes the density alone.

Needs h5py, numpy and fast-histogram, and `./dev build bench`:
python tests/bench/dump_stream.py [--build build/bench] [--gigabytes 4] [--channels 2048]
The first look is at the dump as it lies on the disk, nothing of it in memory. A pass adds up moments, density,
histograms and the sums of the fit. `summarize` takes two, the second for the outliers. Works are measured in turns.
"""
import argparse
import os
import pathlib
import statistics
import subprocess
import tempfile
import time

import h5py
import numpy as np
from fast_histogram import histogram2d

from rounds import in_turns, ratio_text

BLOCK = 1 << 12  # rows


def make_dump(path, rows, channels, dtype):
    random = np.random.default_rng(1)
    block = random.standard_normal((BLOCK, channels), np.float32)
    with h5py.File(path, "w") as file:
        layer = file.create_group("/entry/layers/blocks.0.norm1")
        layer.attrs.update(kind="LayerNorm", eps=1e-6)
        for name in ("input", "output"):
            layer.create_dataset(name, (rows, channels), dtype)
        for first in range(0, rows, BLOCK):
            x = block * np.float32(1 + first / rows)
            y = (x - x.mean(1, keepdims=True)) / np.sqrt(x.var(1, keepdims=True) + np.float32(1e-6))
            layer["input"][first:first + BLOCK] = x.astype(dtype)
            layer["output"][first:first + BLOCK] = y.astype(dtype)


def run(*arguments, **environment):
    """Seconds and peak memory in MiB of a process."""
    started = time.perf_counter()
    process = subprocess.Popen(list(map(str, arguments)), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                               env={**os.environ, **environment})
    _, status, usage = os.wait4(process.pid, 0)
    if status != 0:
        raise SystemExit(f"{arguments}: status {status}")
    return time.perf_counter() - started, usage.ru_maxrss / 1024


def forget(path):
    """Takes a file out of the page cache."""
    with open(path, "rb") as file:
        os.fsync(file.fileno())
        os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


def peer(path):
    """h5py reads all blocks, fast-histogram adds up the density over a range that it is given."""
    started = time.perf_counter()
    total = np.zeros((1024, 1024))
    with h5py.File(path) as file:
        x, y = (file[f"/entry/layers/blocks.0.norm1/{name}"] for name in ("input", "output"))
        for first in range(0, x.shape[0], BLOCK):
            total += histogram2d(x[first:first + BLOCK].ravel(), y[first:first + BLOCK].ravel(), 1024,
                                 [[-16, 16], [-8, 8]])
    assert total.sum() > 0
    return time.perf_counter() - started


def our_works(path, program, bench):
    """Works that return their seconds, by name, and the peaks of memory that they leave behind."""
    peaks = {}

    def measured(name, *command, **environment):
        def work():
            seconds, peaks[name] = run(*command, **environment)
            return seconds
        return work

    return {"one pass": measured("one pass", bench, "--benchmark_filter=^stream_dump", NORMSCOPE_BENCH_DUMP=str(path)),
            "summarize": measured("summarize", program, "summarize", path, "-o", path.with_suffix(".out.h5"), "--quiet")}, peaks


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", type=pathlib.Path, default="build/bench")
    parser.add_argument("--gigabytes", type=float, default=4)
    parser.add_argument("--channels", type=int, default=2048)
    parser.add_argument("--folder", default=tempfile.gettempdir())
    parser.add_argument("--first-look", action="store_true", help="nothing else")
    options = parser.parse_args()
    rows = int(options.gigabytes * 2**30 / (2 * 4 * options.channels) // BLOCK * BLOCK)
    values = 2 * rows * options.channels
    program, bench = options.build / "app/normscope", options.build / "tests/bench/normscope_bench"
    with tempfile.TemporaryDirectory(dir=options.folder) as folder:
        times = {}
        for dtype in ("float32", "float16"):
            path = pathlib.Path(folder, f"{dtype}.h5")
            make_dump(path, rows, options.channels, dtype)
            forget(path)
            seconds, memory = run(bench, "--benchmark_filter=^first_look", NORMSCOPE_BENCH_DUMP=str(path))
            print(f"{dtype} first look: {seconds:6.2f} s  {memory:.0f} MiB", flush=True)
            if options.first_look:
                return
            run("cat", path)  # into the page cache, for all
            works, peaks = our_works(path, program, bench)
            if dtype == "float32":
                works["h5py + fast-histogram"] = lambda: peer(path)
            times[dtype] = in_turns(works, 3)
            for name, seconds in times[dtype].items():
                middle = statistics.median(seconds)
                memory = f"  {peaks[name]:.0f} MiB" if name in peaks else ""
                print(f"{dtype} {name}: {middle:6.2f} s  {1e9 * middle / values:.2f} ns a value{memory}", flush=True)
            if dtype == "float32":
                beside = ratio_text(times[dtype], "h5py + fast-histogram", "one pass")
                print(f"h5py + fast-histogram against one pass: {beside}, wanted > 1", flush=True)
            path.unlink()
        halves, whole = (statistics.median(times[dtype]["one pass"]) for dtype in ("float16", "float32"))
        print(f"float16 / float32, one pass: {halves / whole:.2f} (wanted <= 1.5)")


if __name__ == "__main__":
    main()
