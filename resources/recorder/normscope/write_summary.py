# SPDX-License-Identifier: GPL-3.0-or-later
"""Summaries as the groups of docs/file-format.md: stats, scatter, density, profile, histogram_*, gradient_flow."""
import numpy as np

from .dump import EXACT_IN_FLOAT, TEXT, make_group, make_plot, packed
from .grids import Density, Profile
from .statistics import LogHistogram


def write_stats(parent, name, summary):
    stats = make_group(parent, name, "NXcollection")
    for quantity, moments in summary.moments.items():
        group = make_group(stats, quantity, "NXcollection")
        for measure in ("count", "nan", "inf", "zero", "min", "max", "mean", "std", "rms", "m2"):
            group.attrs[measure] = getattr(moments, measure)


def write_scatter(parent, name, summary, seed):
    plot = make_plot(parent, name, "channel", ["x", "y"])
    plot.attrs.update(method="uniform sample: the smallest hashes of the running index",
                      population=summary.density.total, seed=np.uint64(seed))
    for field, values in summary.scatter.points().items():
        plot[field] = values


def write_counts(plot, counts):
    """int32, which viewers plot, and int64 beside it where viewers, which draw in float32, or int32 are not exact."""
    packed(plot, "counts", np.minimum(counts, np.iinfo(np.int32).max).astype(np.int32))
    if counts.max(initial=0) > EXACT_IN_FLOAT:
        packed(plot, "counts_exact", counts.astype(np.int64))


def write_density(parent, name, summary):
    density = summary.density
    counts = density.counts.view(Density.CELLS, Density.CELLS).cpu().numpy()
    ranges = [np.flatnonzero(counts.any(axis))[[0, -1]] for axis in (0, 1)]  # of x, y
    (left, right), (low, high) = ranges
    plot = make_plot(parent, name, "counts", ["y", "x"])
    write_counts(plot, counts[low : high + 1, left : right + 1])
    for axis, exponent, (first, last) in zip("xy", density.exponents, ranges):
        centres = (np.arange(first, last + 1) - Density.HALF + 0.5) * 2.0**exponent
        plot[axis] = centres.astype(np.float32)
        plot.attrs[axis + "_exponent"] = exponent
        plot.attrs[axis + "_first"] = int(first)
    plot.attrs["population"] = density.total


def write_profile(parent, name, summary):
    sums = summary.profile.sums.cpu().numpy()
    sums = sums[:, sums[0] > 0]
    group = make_group(parent, name, "NXcollection")
    group.attrs["top_exponent"] = summary.profile.top
    for column, values in zip(("count", "sum_x", "sum_y", "sum_yy"), sums):
        packed(group, column, values)


def write_histogram(parent, name, histogram):
    plot = make_plot(parent, name, "counts", ["centers"])
    write_counts(plot, histogram.counts)
    edges = LogHistogram.EDGES
    packed(plot, "centers", ((edges[:-1] + edges[1:]) / 2).astype(np.float32))
    packed(plot, "edges", edges.astype(np.float32))
    plot.attrs.update(scale="log10_abs", zeros=histogram.zeros, underflow=histogram.underflow,
                      overflow=histogram.overflow)


def summary_parts(group, summary, seed):
    """What to write of one layer, as `Dump.replace` takes it."""
    parts = [(group, "stats", lambda parent, name: write_stats(parent, name, summary))]
    if summary.density.total:
        parts += [(group, "scatter", lambda parent, name: write_scatter(parent, name, summary, seed)),
                  (group, "density", lambda parent, name: write_density(parent, name, summary)),
                  (group, "profile", lambda parent, name: write_profile(parent, name, summary))]
    for quantity, histogram in summary.histograms.items():
        parts.append((group, f"histogram_{quantity}",
                      lambda parent, name, histogram=histogram: write_histogram(parent, name, histogram)))
    return parts


def write_gradient_flow(parent, name, layers):
    """`layers` are (index, summary) in the order of execution."""
    plot = make_plot(parent, name, "input_grad_rms", ["layer_index"])
    plot.attrs["auxiliary_signals"] = np.array(["output_grad_rms"], dtype=TEXT)
    plot["layer_index"] = np.array([index for index, _ in layers], np.int32)
    measures = {}
    for quantity in ("input_grad", "output_grad"):
        for measure in ("rms", "l2"):
            measures[f"{quantity}_{measure}"] = np.array([
                getattr(summary.moments[quantity], measure) if quantity in summary.moments else np.nan
                for _, summary in layers])
    with np.errstate(divide="ignore", invalid="ignore"):
        measures["gain"] = measures["input_grad_l2"] / measures["output_grad_l2"]
    for measure, values in measures.items():
        plot[measure] = values.astype(np.float32)


def text_list(values):
    """Makes a dataset of texts, for `Dump.replace`."""
    return lambda parent, name: parent.create_dataset(name, data=np.array(values, dtype=object), dtype=TEXT)
