#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes fits.json: SciPy's fit of point clouds that the C++ tests make again from the same integers.

    pip install numpy==2.4.6 scipy==1.17.1 && python tests/golden/make_fits.py

Each cloud is tokens of a LayerNorm: x = scale(token)·u with u from a 64-bit linear congruential generator, y = x
standardised per token in double precision. curve_fit starts at the optimum of a scan over α, as the C++ search does.

The heavy clouds are tokens whose spread differs without bound, of Student's t with two degrees of freedom: there least
squares has several basins, and steps without damping leave them. Of these every curve's least squares is written,
found on a grid of α and closed in on by Brent's method from each of its lowest places.
"""
import json
import pathlib

import numpy
import scipy
from scipy.optimize import brentq, curve_fit, minimize_scalar
from scipy.special import erf

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


def heavy_cloud(tokens, channels, outlier, seed):
    """Root and quotient alone: the same to the last bit everywhere."""
    u, s = uniforms(tokens * channels, seed) + 2.0**-25, uniforms(tokens, seed + 1) + 2.0**-25
    t = ((2 * u - 1) / numpy.sqrt(2 * u * (1 - u))).reshape(tokens, channels)
    x = numpy.float32(t * (s / (1 - s))[:, None])
    x[0] *= numpy.float32(outlier)
    x64 = x.astype(numpy.float64)
    y = (x64 - x64.mean(1, keepdims=True)) / numpy.sqrt(x64.var(1, keepdims=True) + 1e-6)
    return x.ravel(), numpy.float32(y).ravel()


def bin_weights(x):
    """One for each occupied one of 256 equal bins over the range of x, shared by its points."""
    index = numpy.minimum(((x - x.min()) / (x.max() - x.min()) * 256).astype(int), 255)
    return 1.0 / numpy.bincount(index, minlength=256)[index]


CURVES = {  # f and f′
    "tanh": (numpy.tanh, lambda u: 1 - numpy.tanh(u) ** 2),
    "erf": (erf, lambda u: 2 / numpy.pi**0.5 * numpy.exp(-(u**2))),
    "isru": (lambda u: u / numpy.sqrt(1 + u**2), lambda u: (1 + u**2) ** -1.5),
    "arctan": (lambda u: 2 / numpy.pi * numpy.arctan(u), lambda u: 2 / numpy.pi / (1 + u**2)),
    "softsign": (lambda u: u / (1 + abs(u)), lambda u: (1 + abs(u)) ** -2.0),
    "hardtanh": (lambda u: numpy.clip(u, -1, 1), None),
}


def projection(t, y, w):
    """A, c and the residual of the best A·t + c."""
    tm, ym = numpy.average(t, weights=w), numpy.average(y, weights=w)
    a = (w * (t - tm) * (y - ym)).sum() / (w * (t - tm) ** 2).sum()
    return a, ym - a * tm, y - ym - a * (t - tm)


def least_squares(curve, x, y, w):
    """A and α of the global optimum."""
    f, slope = CURVES[curve]

    def rss(log_alpha):
        return (w * projection(f(numpy.exp(log_alpha) * x), y, w)[2] ** 2).sum()

    def gradient(log_alpha):
        u = numpy.exp(log_alpha) * x
        a, _, residual = projection(f(u), y, w)
        return -(w * residual * a * u * slope(u)).sum()

    grid = numpy.linspace(numpy.log(1e-3 / abs(x).max()), numpy.log(30 / abs(x).min()), 2000)
    if slope is None:  # a line below 1/max|x|, then smooth between the places where a point reaches the bend
        bends = -numpy.log(abs(x))
        grid = numpy.unique(numpy.concatenate([grid[grid > bends.min()], bends, [grid[0]]]))
    values = numpy.array([rss(at) for at in grid])
    found = []
    padded = numpy.concatenate([[numpy.inf], values, [numpy.inf]])
    lowest = numpy.flatnonzero((values <= padded[:-2]) & (values <= padded[2:]))
    for i in lowest[numpy.argsort(values[lowest])][:60]:
        low, high = grid[max(i - 1, 0)], grid[min(i + 1, len(grid) - 1)]
        ends = [(low, grid[i]), (grid[i], high)] if slope is None else [(low, high)]
        found += [minimize_scalar(rss, bounds=end, method="bounded", options={"xatol": 1e-13}) for end in ends]
    best = min(found, key=lambda one: one.fun).x
    if slope is not None and gradient(best - 1e-4) < 0 < gradient(best + 1e-4):
        best = brentq(gradient, best - 1e-4, best + 1e-4, xtol=1e-14, rtol=1e-14)
    alpha = float(numpy.exp(best))
    return [float(projection(f(alpha * x), y, w)[0]), alpha]


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
        sigma = bin_weights(x) ** -0.5
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


HEAVY = [{"tokens": tokens, "channels": channels, "outlier": outlier, "seed": 100 + 10 * number}
         for number, (tokens, channels, outlier) in enumerate(
             [(2, 6, 1), (3, 8, 1), (3, 8, 100), (4, 16, 20), (8, 12, 1), (8, 24, 1000), (16, 16, 1), (16, 16, 50),
              (24, 24, 1), (30, 32, 300), (40, 48, 1), (600, 32, 1), (300, 64, 40)])]


def main():
    results, heavy = [], []
    for case in HEAVY:
        x, y = (values.astype(numpy.float64) for values in heavy_cloud(**case))
        curves = CURVES if len(x) < 1000 else ["tanh"]
        heavy.append({**case, "fits": {curve: {"points": least_squares(curve, x, y, numpy.ones_like(x)),
                                               "bins": least_squares(curve, x, y, bin_weights(x))} for curve in curves}})
    for case in CASES:
        x, y = cloud(**case)
        results.append({**case, "points": fit(x, y, "points"), "bins": fit(x, y, "bins")})
    made_by = {"numpy": numpy.__version__, "scipy": scipy.__version__}
    path = pathlib.Path(__file__).with_name("fits.json")
    cases = json.dumps({"made_by": made_by, "cases": results}, indent=1)[:-2]
    lines = ",\n  ".join(map(json.dumps, heavy))  # one a line
    path.write_text(f'{cases},\n "heavy": [\n  {lines}\n ]\n}}\n')


if __name__ == "__main__":
    main()
