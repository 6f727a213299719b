# SPDX-License-Identifier: GPL-3.0-or-later
"""Summaries as the groups of docs/file-format.md: stats, scatter, density, profile, histogram_*, gradient_flow."""
import numpy as np

from .dump import EXACT_IN_FLOAT, TEXT, make_group, make_plot, packed
from .grids import Density
from .statistics import LogHistogram

BAND = 32  # rows of a density in one chunk
INT32_MAX = np.iinfo(np.int32).max


def write_stats(parent, name, summary):
    stats = make_group(parent, name, "NXcollection")
    for quantity, moments in summary.moments.items():
        group = make_group(stats, quantity, "NXcollection")
        for measure in ("count", "nan", "inf", "zero", "min", "max", "mean", "std", "rms", "m2"):
            group.attrs[measure] = getattr(moments, measure)


def write_scatter(parent, name, summary, seed):
    plot = make_plot(parent, name, "channel", ["x", "y"])
    plot.attrs.update(method="uniform sample: the smallest hashes of the running index",
                      population=summary.grids.total, seed=np.uint64(seed))
    for field, values in summary.scatter.points().items():
        plot[field] = values


def write_counts(plot, counts):
    """int32, which viewers plot, and int64 beside it where viewers, which draw in float32, or int32 are not exact."""
    packed(plot, "counts", np.minimum(counts, INT32_MAX).astype(np.int32))
    if counts.max(initial=0) > EXACT_IN_FLOAT:
        packed(plot, "counts_exact", counts.astype(np.int64))


def write_rectangle(plot, cells, counts):
    """As `write_counts`, of cells of a density: the rectangle that they occupy. In bands of rows, since large buffers for
    each of many layers leave the process' memory in pieces. Returns (first column, last), (first row, last)."""
    rows, columns = np.divmod(cells, Density.CELLS)
    low, high, left, right = rows[0], rows[-1], columns.min(), columns.max()
    shape = high - low + 1, right - left + 1
    for name, dtype, largest in (("counts", np.int32, INT32_MAX), ("counts_exact", np.int64, None)):
        if largest is None and counts.max() <= EXACT_IN_FLOAT:
            continue
        dataset = plot.create_dataset(name, shape, dtype, chunks=(min(shape[0], BAND), shape[1]), compression="gzip",
                                      compression_opts=1, shuffle=True)
        for first in range(low, high + 1, BAND):
            span = slice(*np.searchsorted(rows, [first, first + BAND]))
            band = np.zeros((min(BAND, high + 1 - first), shape[1]), dtype)
            band[rows[span] - first, columns[span] - left] = np.minimum(counts[span], largest or counts.max())
            dataset[first - low : first - low + len(band)] = band
    return (left, right), (low, high)


def write_density(parent, name, summary):
    exponents, cells, counts = summary.grids.cells()
    plot = make_plot(parent, name, "counts", ["y", "x"])
    ranges = write_rectangle(plot, cells, counts)
    for axis, exponent, (first, last) in zip("xy", exponents, ranges):
        centres = (np.arange(first, last + 1) - Density.HALF + 0.5) * 2.0**exponent
        plot[axis] = centres.astype(np.float32)
        plot.attrs[axis + "_exponent"] = exponent
        plot.attrs[axis + "_first"] = int(first)
    plot.attrs["population"] = summary.grids.total


def write_profile(parent, name, summary):
    top, sums = summary.grids.bins()
    group = make_group(parent, name, "NXcollection")
    group.attrs["top_exponent"] = top
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
    if summary.grids.total:
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
