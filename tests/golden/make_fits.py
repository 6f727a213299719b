#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes fits.json: SciPy's fit of point clouds that the C++ tests make again from the same integers.

    pip install numpy==2.4.6 scipy==1.17.1 && python tests/golden/make_fits.py

Each cloud is tokens of a LayerNorm: x = scale(token)·u with u from a 64-bit linear congruential generator, y = x
standardised per token in double precision. curve_fit starts at the optimum of a scan over α, as the C++ search does.
"""
import json
import pathlib

import numpy
import scipy
from scipy.optimize import curve_fit

MULTIPLIER, INCREMENT = 6364136223846793005, 1442695040888963407


def uniforms(count, seed):
    """The same numbers as tests/unit/analysis/clouds.h."""
    state, out = seed, numpy.empty(count)
    for i in range(count):
        state = (state * MULTIPLIER + INCREMENT) % 2**64
        out[i] = (state >> 40) / 2**24
    return out


def cloud(tokens, channels, spread, outlier, seed):
    u = uniforms(tokens * channels, seed).reshape(tokens, channels)
    scale = 2.0 ** (spread * uniforms(tokens, seed + 1) - spread / 2)
    x = numpy.float32((u + numpy.roll(u, 1, 1) + numpy.roll(u, 2, 1) - 1.5) * 2 * scale[:, None])
    x[:, 0] *= numpy.float32(8)
    x[0] *= numpy.float32(outlier)
    x64 = x.astype(numpy.float64)
    y = (x64 - x64.mean(1, keepdims=True)) / numpy.sqrt(x64.var(1, keepdims=True) + 1e-6)
    return x.ravel(), numpy.float32(y).ravel()


def model(x, a, alpha, c):
    return a * numpy.tanh(alpha * x) + c


def scan(x, y, sigma):
    w = 1 / sigma**2
    best = None
    for alpha in numpy.geomspace(0.01 / abs(x).max(), 30 / numpy.median(abs(x[x != 0])), 400):
        t = numpy.tanh(alpha * x)
        tm, ym = numpy.average(t, weights=w), numpy.average(y, weights=w)
        a = (w * (t - tm) * (y - ym)).sum() / (w * (t - tm) ** 2).sum()
        rss = (w * (y - a * t - (ym - a * tm)) ** 2).sum()
        if best is None or rss < best[0]:
            best = (rss, a, alpha, ym - a * tm)
    return best[1:]


def fit(x, y, weighting):
    x, y = x.astype(numpy.float64), y.astype(numpy.float64)
    sigma = numpy.ones_like(x)
    if weighting == "bins":
        edges = numpy.linspace(x.min(), x.max(), 257)
        index = numpy.clip(numpy.digitize(x, edges) - 1, 0, 255)
        sigma = numpy.sqrt(numpy.bincount(index, minlength=256)[index])
    start = scan(x, y, sigma)
    p, cov = curve_fit(model, x, y, p0=start, sigma=sigma, xtol=1e-12, ftol=1e-12, gtol=1e-12, maxfev=10000)
    residual = y - model(x, *p)
    line = numpy.polyfit(x, y, 1)
    return {
        "A": p[0], "alpha": p[1], "offset": p[2],
        "A_error": cov[0, 0] ** 0.5, "alpha_error": cov[1, 1] ** 0.5, "offset_error": cov[2, 2] ** 0.5,
        "r2_points": 1 - (residual**2).sum() / ((y - y.mean()) ** 2).sum(),
        "r2_line": 1 - ((y - numpy.polyval(line, x)) ** 2).sum() / ((y - y.mean()) ** 2).sum(),
        "rmse": (residual**2).mean() ** 0.5, "max_residual": abs(residual).max(),
    }


CASES = [
    {"tokens": 200, "channels": 64, "spread": 4, "outlier": 1, "seed": 1},
    {"tokens": 400, "channels": 96, "spread": 6, "outlier": 100, "seed": 2},
    {"tokens": 64, "channels": 384, "spread": 2, "outlier": 1, "seed": 3},
    {"tokens": 100, "channels": 32, "spread": 8, "outlier": 1000, "seed": 4},
]


def main():
    results = []
    for case in CASES:
        x, y = cloud(**case)
        results.append({**case, "points": fit(x, y, "points"), "bins": fit(x, y, "bins")})
    made_by = {"numpy": numpy.__version__, "scipy": scipy.__version__}
    path = pathlib.Path(__file__).with_name("fits.json")
    path.write_text(json.dumps({"made_by": made_by, "cases": results}, indent=1) + "\n")


if __name__ == "__main__":
    main()
