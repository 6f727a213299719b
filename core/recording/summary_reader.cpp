// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/recording/dump_layout.h"
#include "core/recording/summary_io.h"

#include <cmath>
#include <limits>

namespace normscope::hdf {

namespace {

constexpr int64_t cells = PowerAxis::cells;
constexpr int64_t most_points = 4'000'000;       // of a stored scatter; 80 MB
constexpr int64_t most_count = int64_t{1} << 53; // exact in double

void expect(bool holds, const Object& object, const std::string& expected) {
    if (!holds)
        fail(ErrorCode::damaged, object.place, "expected " + expected + ", found something else; record it again");
}

int64_t needed_integer(const Object& object, const std::string& name) {
    const auto value = integer(object, name);
    if (!value)
        fail(ErrorCode::missing, object.place + "@" + name, "expected a number, found nothing");
    return *value;
}

double needed_number(const Object& object, const std::string& name) {
    const auto value = number(object, name);
    if (!value)
        fail(ErrorCode::missing, object.place + "@" + name, "expected a number, found nothing");
    return *value;
}

int64_t count_attribute(const Object& object, const std::string& name) {
    const auto value = needed_integer(object, name);
    expect(value >= 0 && value <= most_count, object, "a count in @" + name);
    return value;
}

std::vector<int64_t> counts_of(const Object& plot, int64_t limit) {
    const bool exact = has(plot, "counts_exact");
    const auto dataset = open_dataset(plot, exact ? "counts_exact" : "counts");
    const auto values = doubles(dataset, limit);
    std::vector<int64_t> counts;
    for (const double value : values) {
        expect(value >= 0 && value <= static_cast<double>(most_count) && value == std::floor(value), dataset,
               "whole counts");
        counts.push_back(static_cast<int64_t>(value));
    }
    return counts;
}

std::optional<Moments> read_moments(const Object& stats, const std::string& name) {
    if (!has(stats, name))
        return std::nullopt;
    const auto group = open_group(stats, name);
    Moments moments;
    moments.count = count_attribute(group, "count");
    moments.nan = count_attribute(group, "nan");
    moments.inf = count_attribute(group, "inf");
    moments.zero = count_attribute(group, "zero");
    expect(moments.nan <= moments.count && moments.inf <= moments.count - moments.nan &&
               moments.zero <= moments.finite(),
           group, "counts of parts that fit the count of all");
    if (moments.finite() == 0)
        return moments;
    moments.mean = needed_number(group, "mean");
    moments.m2 = needed_number(group, "m2");
    moments.min = needed_number(group, "min");
    moments.max = needed_number(group, "max");
    expect(std::isfinite(moments.min) && std::isfinite(moments.max) && std::isfinite(moments.mean) &&
               std::isfinite(moments.m2) && moments.min <= moments.max && moments.m2 >= 0,
           group, "finite moments");
    return moments;
}

template <typename T>
std::vector<T> column(const Object& plot, const char* name, size_t count) {
    const auto dataset = open_dataset(plot, name);
    const auto values = doubles(dataset, most_points);
    expect(values.size() == count, dataset, std::to_string(count) + " values");
    std::vector<T> result;
    for (const double value : values) {
        expect(!std::is_integral_v<T> || (value >= 0 && value <= std::numeric_limits<int32_t>::max()), dataset,
               "indices");
        result.push_back(static_cast<T>(value));
    }
    return result;
}

std::vector<Point> read_scatter(const Object& plot) {
    if (text(plot, "method") == layout::spread_rows)
        return {};
    const auto count = doubles(open_dataset(plot, "x"), most_points).size();
    const auto x = column<float>(plot, "x", count), y = column<float>(plot, "y", count);
    const auto indices = [&](const char* name) {
        return has(plot, name) ? column<int32_t>(plot, name, count) : std::vector<int32_t>(count);
    };
    const auto channel = indices("channel"), token = indices("token"), sample = indices("sample");
    std::vector<Point> points(count);
    for (size_t i = 0; i < count; ++i)
        points[i] = {x[i], y[i], channel[i], token[i], sample[i]};
    return points;
}

/// One axis of a stored density: its grid, and where the stored cells begin on it.
struct DensityAxis {
    PowerAxis axis;
    int64_t first = 0;
};

DensityAxis read_density_axis(const Object& plot, const std::string& name, int64_t length) {
    const auto exponent = needed_integer(plot, name + "_exponent");
    const auto first = needed_integer(plot, name + "_first");
    // The largest float is below 2^128, which 2^9 cells of 2^119 reach.
    expect(exponent >= PowerAxis::smallest && exponent <= 119, plot, "an exponent from -100 to 119 for " + name);
    expect(first >= 0 && first <= cells && length <= cells - first, plot, "cells inside the grid for " + name);
    DensityAxis result;
    result.axis.exponent = static_cast<int>(exponent);
    result.first = first;
    return result;
}

std::optional<Density> read_density(const Object& plot) {
    if (!integer(plot, "x_exponent")) // a picture from another program, not on our grid
        return std::nullopt;
    const auto shape = sizes(open_dataset(plot, "counts"));
    expect(shape.size() == 2 && shape[0] > 0 && shape[1] > 0, plot, "counts of two axes");
    const auto x = read_density_axis(plot, "x", shape[1]), y = read_density_axis(plot, "y", shape[0]);
    const auto stored = counts_of(plot, cells * cells);
    expect(static_cast<int64_t>(stored.size()) == shape[0] * shape[1], plot, "as many exact counts as counts");
    std::vector<DensityCell> occupied;
    int64_t total = 0;
    for (size_t i = 0; i < stored.size(); ++i) {
        if (stored[i] == 0)
            continue;
        const auto row = y.first + static_cast<int64_t>(i) / shape[1],
                   at = x.first + static_cast<int64_t>(i) % shape[1];
        occupied.push_back({static_cast<int32_t>(row * cells + at), stored[i]});
        total += stored[i];
        expect(total <= most_count, plot, "at most 2^53 points");
    }
    return Density::restore(x.axis, y.axis, std::move(occupied));
}

/// Its bins hold means alone; how far x reaches is told by the moments of the input.
std::optional<Profile> read_profile(const Object& group, const std::optional<Moments>& input) {
    const auto top = needed_integer(group, "top_exponent");
    expect(top >= -126 && top <= 128, group, "a top exponent from -126 to 128"); // those of floats
    const auto values = [&](const char* name) { return doubles(open_dataset(group, name), Profile::bins); };
    const auto count = values("count"), x = values("sum_x"), y = values("sum_y"), yy = values("sum_yy");
    expect(x.size() == count.size() && y.size() == count.size() && yy.size() == count.size(), group,
           "columns of one length");
    std::vector<ProfileBin> bins;
    for (size_t i = 0; i < count.size(); ++i) {
        expect(count[i] > 0 && std::isfinite(count[i]) && std::isfinite(y[i]) && std::isfinite(yy[i]) &&
                   std::abs(x[i]) <= count[i] * std::ldexp(1.0, static_cast<int>(top)),
               group, "finite sums inside the grid");
        bins.push_back({count[i], x[i], y[i], yy[i]});
    }
    const bool told = input && input->finite() > 0;
    return Profile::restore(static_cast<int>(top), std::move(bins), told ? XExtent{input->min, input->max} : XExtent{});
}

std::optional<LogHistogram> read_histogram(const Object& group, const std::string& name) {
    if (!has(group, name))
        return std::nullopt;
    const auto plot = open_group(group, name);
    const auto edges = doubles(open_dataset(plot, "edges"), 1 << 20);
    const bool ours = edges.size() == LogHistogram::bins + 1 && edges.front() == LogHistogram::first_edge &&
                      edges.back() == LogHistogram::edge(LogHistogram::bins);
    if (!ours || text(plot, "scale") != "log10_abs") // of another program, on other bins
        return std::nullopt;
    const auto counts = counts_of(plot, LogHistogram::bins);
    expect(counts.size() == LogHistogram::bins, plot, "128 counts");
    LogHistogram histogram;
    std::copy(counts.begin(), counts.end(), histogram.counts.begin());
    histogram.zeros = count_attribute(plot, "zeros");
    histogram.underflow = count_attribute(plot, "underflow");
    histogram.overflow = count_attribute(plot, "overflow");
    return histogram;
}

} // namespace

std::optional<LayerSummary> read_summary(const Object& group) {
    LayerSummary summary;
    if (has(group, "stats")) {
        const auto stats = open_group(group, "stats");
        summary.input = read_moments(stats, "input");
        summary.output = read_moments(stats, "output");
        summary.input_grad = read_moments(stats, "input_grad");
        summary.output_grad = read_moments(stats, "output_grad");
        if (summary.input_grad)
            summary.gradient_path = text(open_group(stats, "input_grad"), "path").value_or("norm");
    }
    if (has(group, "scatter"))
        summary.scatter = read_scatter(open_group(group, "scatter"));
    if (has(group, "density"))
        summary.density = read_density(open_group(group, "density"));
    if (has(group, "profile"))
        summary.profile = read_profile(open_group(group, "profile"), summary.input);
    summary.input_grad_histogram = read_histogram(group, "histogram_input_grad");
    summary.output_grad_histogram = read_histogram(group, "histogram_output_grad");
    const bool any = summary.input || summary.output || summary.input_grad || summary.output_grad || summary.density ||
                     summary.profile || summary.input_grad_histogram || summary.output_grad_histogram ||
                     !summary.scatter.empty();
    return any ? std::optional(std::move(summary)) : std::nullopt;
}

} // namespace normscope::hdf
