// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/recording/dump_layout.h"
#include "core/recording/hdf_write.h"
#include "core/recording/summary_io.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace normscope::hdf {

namespace {

constexpr int64_t exact_in_viewers = int64_t{1} << 24; // which draw in float32

/// A group that viewers plot: one signal over its axes.
Object create_plot(const Object& parent, const std::string& name, const std::string& signal,
                   const std::vector<std::string>& axes) {
    auto plot = create_group(parent, name, "NXdata");
    set_text(plot, "signal", signal);
    set_texts(plot, "axes", axes);
    return plot;
}

template <typename T, typename Of>
std::vector<T> list(size_t count, Of of) {
    std::vector<T> values(count);
    for (size_t i = 0; i < count; ++i)
        values[i] = static_cast<T>(of(i));
    return values;
}

/// Counts as int32, which viewers plot, and as int64 beside it where viewers or int32 would not be exact.
void write_counts(const Object& plot, const std::vector<int64_t>& counts, const Shape& shape) {
    constexpr int64_t most = std::numeric_limits<int32_t>::max();
    write_int32(plot, "counts", list<int32_t>(counts.size(), [&](size_t i) { return std::min(counts[i], most); }),
                shape);
    if (std::ranges::any_of(counts, [](int64_t count) { return count > exact_in_viewers; }))
        write_int64(plot, "counts_exact", counts, shape);
}

void write_moments(const Object& stats, const std::string& name, const std::optional<Moments>& moments) {
    if (!moments)
        return;
    const auto group = create_group(stats, name, "NXcollection");
    set_integer(group, "count", moments->count);
    set_integer(group, "nan", moments->nan);
    set_integer(group, "inf", moments->inf);
    set_integer(group, "zero", moments->zero);
    set_number(group, "min", moments->min);
    set_number(group, "max", moments->max);
    set_number(group, "mean", moments->mean);
    set_number(group, "std", moments->std());
    set_number(group, "rms", moments->rms());
    set_number(group, "m2", moments->m2);
}

void write_stats(const Object& group, const LayerSummary& summary) {
    if (!summary.input && !summary.output && !summary.input_grad && !summary.output_grad)
        return;
    const auto stats = create_group(group, "stats", "NXcollection");
    write_moments(stats, "input", summary.input);
    write_moments(stats, "output", summary.output);
    write_moments(stats, "input_grad", summary.input_grad);
    write_moments(stats, "output_grad", summary.output_grad);
    if (summary.input_grad)
        set_text(open_group(stats, "input_grad"), "path", summary.gradient_path);
}

void write_scatter(const Object& group, const std::vector<Point>& points, const std::string& method,
                   std::optional<int64_t> population = {}) {
    if (points.empty())
        return;
    const auto plot = create_plot(group, "scatter", "channel", {"x", "y"});
    set_text(plot, "method", method);
    if (population)
        set_integer(plot, "population", *population);
    const auto count = points.size();
    write_floats(plot, "x", list<float>(count, [&](size_t i) { return points[i].x; }), {{count}});
    write_floats(plot, "y", list<float>(count, [&](size_t i) { return points[i].y; }), {{count}});
    write_int32(plot, "channel", list<int32_t>(count, [&](size_t i) { return points[i].channel; }));
    write_int32(plot, "token", list<int32_t>(count, [&](size_t i) { return points[i].token; }));
    write_int32(plot, "sample", list<int32_t>(count, [&](size_t i) { return points[i].sample; }));
}

/// The cells of one axis between the first and the last that is occupied.
struct Range {
    int first = PowerAxis::cells, last = -1;

    void include(int cell) {
        first = std::min(first, cell);
        last = std::max(last, cell);
    }
    size_t length() const { return static_cast<size_t>(last - first + 1); }
};

void write_density_axis(const Object& plot, const std::string& name, const PowerAxis& axis, const Range& range) {
    write_floats(plot, name,
                 list<float>(range.length(), [&](size_t i) { return axis.centre(range.first + static_cast<int>(i)); }),
                 {{range.length()}});
    set_integer(plot, name + "_exponent", axis.exponent);
    set_integer(plot, name + "_first", range.first);
}

void write_density(const Object& group, const Density& density) {
    Range columns, rows;
    const auto occupied = density.occupied();
    for (const auto& [cell, count] : occupied) {
        rows.include(cell / PowerAxis::cells);
        columns.include(cell % PowerAxis::cells);
    }
    if (rows.last < 0)
        return;
    std::vector<int64_t> cropped(rows.length() * columns.length());
    for (const auto& [cell, count] : occupied) {
        const auto row = static_cast<size_t>(cell / PowerAxis::cells - rows.first),
                   column = static_cast<size_t>(cell % PowerAxis::cells - columns.first);
        cropped[row * columns.length() + column] = count;
    }
    const auto plot = create_plot(group, "density", "counts", {"y", "x"});
    write_counts(plot, cropped, {{rows.length(), columns.length()}, Packing::gzip});
    write_density_axis(plot, "x", density.x_axis(), columns);
    write_density_axis(plot, "y", density.y_axis(), rows);
    set_integer(plot, "population", density.total());
}

void write_profile(const Object& group, const Profile& profile) {
    const auto bins = profile.occupied();
    if (bins.empty())
        return;
    const auto made = create_group(group, "profile", "NXcollection");
    set_integer(made, "top_exponent", profile.top_exponent());
    write_doubles(made, "count", list<double>(bins.size(), [&](size_t i) { return bins[i].count; }));
    write_doubles(made, "sum_x", list<double>(bins.size(), [&](size_t i) { return bins[i].sum_x; }));
    write_doubles(made, "sum_y", list<double>(bins.size(), [&](size_t i) { return bins[i].sum_y; }));
    write_doubles(made, "sum_yy", list<double>(bins.size(), [&](size_t i) { return bins[i].sum_yy; }));
}

void write_histogram(const Object& group, const std::string& name, const std::optional<LogHistogram>& histogram) {
    if (!histogram)
        return;
    constexpr size_t bins = LogHistogram::bins;
    const auto edge = [](size_t bin) { return LogHistogram::edge(static_cast<int>(bin)); };
    const auto plot = create_plot(group, name, "counts", {"centers"});
    write_counts(plot, {histogram->counts.begin(), histogram->counts.end()}, {{bins}});
    write_floats(plot, "centers", list<float>(bins, [&](size_t i) { return edge(i) + LogHistogram::bin_width / 2; }),
                 {{bins}});
    write_floats(plot, "edges", list<float>(bins + 1, edge), {{bins + 1}});
    set_integer(plot, "zeros", histogram->zeros);
    set_integer(plot, "underflow", histogram->underflow);
    set_integer(plot, "overflow", histogram->overflow);
    set_text(plot, "scale", "log10_abs");
}

void write_fit(const Object& group, const StoredCurve& fit) {
    const auto plot = create_plot(group, "fit", "y", {"x"});
    write_floats(plot, "x", fit.x, {{fit.x.size()}});
    write_floats(plot, "y", fit.y, {{fit.y.size()}});
    for (const auto& [name, value] : fit.numbers)
        set_number(plot, name, value);
    for (const auto& [name, value] : fit.words)
        set_text(plot, name, value);
}

template <typename Of>
void write_measure(const Object& plot, const std::string& name, const Recording& recording, Of of) {
    const auto count = recording.layers.size();
    write_floats(plot, name,
                 list<float>(count,
                             [&](size_t i) {
                                 const auto& summary = recording.layers[i].summary;
                                 return summary ? of(*summary) : std::numeric_limits<double>::quiet_NaN();
                             }),
                 {{count}});
}

} // namespace

void write_summary(const Object& group, const LayerSummary& summary) {
    write_stats(group, summary);
    write_scatter(group, summary.scatter, "uniform sample, with outliers",
                  summary.density ? std::optional(summary.density->total()) : std::nullopt);
    if (summary.density)
        write_density(group, *summary.density);
    if (summary.profile)
        write_profile(group, *summary.profile);
    write_histogram(group, "histogram_input_grad", summary.input_grad_histogram);
    write_histogram(group, "histogram_output_grad", summary.output_grad_histogram);
    if (summary.fit)
        write_fit(group, *summary.fit);
    for (const auto* plot : {"scatter", "density", "histogram_input_grad", "histogram_output_grad"})
        if (has(group, plot))
            return set_text(group, "default", plot);
}

void write_spread_points(const Object& group, const std::vector<Point>& points) {
    write_scatter(group, points, layout::spread_rows);
    if (!points.empty())
        set_text(group, "default", "scatter");
}

bool write_gradient_flow(const Object& entry, const Recording& recording) {
    const auto known = [](const LayerRecording& layer) {
        return layer.summary && (layer.summary->input_grad || layer.summary->output_grad);
    };
    if (std::ranges::none_of(recording.layers, known))
        return false;
    const auto plot = create_plot(entry, "gradient_flow", "input_grad_rms", {"layer_index"});
    set_texts(plot, "auxiliary_signals", {"output_grad_rms"});
    write_int32(plot, "layer_index",
                list<int32_t>(recording.layers.size(), [&](size_t i) { return recording.layers[i].layer.index; }));
    const auto rms = [](const std::optional<Moments>& moments) { return moments ? moments->rms() : std::nan(""); };
    const auto l2 = [](const std::optional<Moments>& moments) { return moments ? moments->l2() : std::nan(""); };
    write_measure(plot, "input_grad_rms", recording, [&](const LayerSummary& of) { return rms(of.input_grad); });
    write_measure(plot, "output_grad_rms", recording, [&](const LayerSummary& of) { return rms(of.output_grad); });
    write_measure(plot, "input_grad_l2", recording, [&](const LayerSummary& of) { return l2(of.input_grad); });
    write_measure(plot, "output_grad_l2", recording, [&](const LayerSummary& of) { return l2(of.output_grad); });
    write_measure(plot, "gain", recording,
                  [&](const LayerSummary& of) { return l2(of.input_grad) / l2(of.output_grad); });
    return true;
}

} // namespace normscope::hdf
