// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/report/report_csv.h"

#include <array>
#include <charconv>
#include <cmath>
#include <initializer_list>
#include <limits>
#include <string_view>
#include <variant>

namespace normscope {
namespace {

using Cell = std::variant<double, int64_t, std::string>;

std::string quoted(const std::string& text) {
    if (text.find_first_of(",\"\r\n") == std::string::npos)
        return text;
    std::string out = "\"";
    for (const char c : text)
        out += c == '"' ? std::string("\"\"") : std::string(1, c);
    return out + "\"";
}

/// The shortest text that reads back as the same number, whatever the locale.
template <typename Number>
std::string number(Number value) {
    if (!std::isfinite(static_cast<double>(value)))
        return "";
    std::array<char, 32> text{};
    const auto end = std::to_chars(text.data(), text.data() + text.size(), value).ptr;
    return {text.data(), end};
}

/// A table written row by row.
class Table {
public:
    explicit Table(std::string_view header) : text_(std::string(header) + "\n") {}

    void row(std::initializer_list<Cell> cells) {
        const char* separator = "";
        for (const Cell& cell : cells) {
            text_ += separator;
            text_ += format(cell);
            separator = ",";
        }
        text_ += "\n";
    }

    std::string take() { return std::move(text_); }

private:
    static std::string format(const Cell& cell) {
        if (const auto* value = std::get_if<double>(&cell))
            return number(*value);
        if (const auto* count = std::get_if<int64_t>(&cell))
            return number(*count);
        return quoted(std::get<std::string>(cell));
    }

    std::string text_;
};

constexpr double undefined = std::numeric_limits<double>::quiet_NaN();

double grad_rms(const std::optional<Moments>& gradient) {
    return gradient ? gradient->rms() : undefined;
}

std::string joined(const std::vector<std::string>& parts) {
    std::string text;
    for (const std::string& part : parts)
        text += (text.empty() ? "" : "; ") + part;
    return text;
}

} // namespace

std::string layers_csv(const Analysis& analysis) {
    Table table("index,name,kind,channels,eps,eps_source,trained_alpha,points,input_mean,input_std,input_min,input_max,"
                "input_nan,input_inf,output_std,output_min,output_max,input_grad_rms,output_grad_rms,"
                "curve,alpha_points,A_alpha_points,r2_points,alpha_bins,A_alpha_bins,r2_bins,r2_line,warnings");
    CurveFit none;
    none.A = none.alpha = none.r2_points = none.r2_bins = undefined;
    for (const auto& layer : analysis.layers) {
        const LayerAnalysis& a = *layer;
        const CurveFit* by_points = a.main_fit(Weighting::points);
        const CurveFit* by_bins = a.main_fit(Weighting::bins);
        const CurveFit &points = by_points ? *by_points : none, &bins = by_bins ? *by_bins : none;
        const auto& eps = a.layer.eps;
        table.row({int64_t{a.layer.index},
                   a.layer.name,
                   kind_name(a.layer.kind),
                   a.layer.channels,
                   eps ? eps->value : undefined,
                   eps ? eps->source : "",
                   a.layer.trained_alpha().value_or(undefined),
                   a.points,
                   a.input.mean,
                   a.input.std(),
                   a.input.min,
                   a.input.max,
                   a.input.nan,
                   a.input.inf,
                   a.output.std(),
                   a.output.min,
                   a.output.max,
                   grad_rms(a.input_grad),
                   grad_rms(a.output_grad),
                   a.fits.empty() ? "" : curve_name((by_points ? points : bins).curve),
                   points.alpha,
                   points.A * points.alpha,
                   points.r2_points,
                   bins.alpha,
                   bins.A * bins.alpha,
                   bins.r2_bins,
                   a.line.r2_points,
                   joined(a.warnings)});
    }
    return table.take();
}

std::string fits_csv(const Analysis& analysis) {
    Table table("index,name,curve,weighting,A,alpha,shift,offset,A_alpha,A_error,alpha_error,shift_error,offset_error,"
                "r2_points,r2_bins,r2_tail,rmse,max_residual,aic,bic,points,flags");
    for (const auto& a : analysis.layers)
        for (const CurveFit& f : a->fits)
            table.row({int64_t{a->layer.index},
                       a->layer.name,
                       curve_name(f.curve),
                       weighting_name(f.weighting),
                       f.A,
                       f.alpha,
                       f.shift,
                       f.offset,
                       f.A * f.alpha,
                       f.A_error,
                       f.alpha_error,
                       f.shift_error,
                       f.offset_error,
                       f.r2_points,
                       f.r2_bins,
                       f.r2_tail,
                       f.rmse,
                       f.max_residual,
                       f.aic,
                       f.bic,
                       f.points,
                       joined(f.flags)});
    return table.take();
}

std::string points_csv(const LayerAnalysis& layer) {
    std::string text = "x,y,channel,token,sample,outlier\n";
    const auto add = [&](const Point& p, const char* outlier) {
        text += number(p.x) + "," + number(p.y);
        for (const int32_t place : {p.channel, p.token, p.sample})
            text += "," + (place >= 0 ? number(place) : std::string());
        text += outlier;
    };
    for (const Point& point : layer.outliers)
        add(point, ",1\n");
    for (const Point& point : layer.sample) {
        const int64_t cell = layer.density.cell(point.x, point.y);
        const bool outlier = cell >= 0 && layer.density.count(cell) <= layer.outlier_threshold;
        if (!outlier || layer.from_summary) // a summary's outliers are cell centres; these are points
            add(point, ",0\n");
    }
    return text;
}

std::string curve_csv(const LayerAnalysis& layer) {
    std::string text = "x";
    for (const CurveFit& fit : layer.fits)
        text += "," + curve_name(fit.curve) + "_" + weighting_name(fit.weighting);
    text += "\n";
    if (layer.input.finite() == 0)
        return text;
    constexpr int places = 512;
    for (int i = 0; i < places; ++i) {
        const double x = layer.input.min + (layer.input.max - layer.input.min) * i / (places - 1);
        text += number(x);
        for (const CurveFit& fit : layer.fits)
            text += "," + number(fit.value(x));
        text += "\n";
    }
    return text;
}

std::string gradients_csv(const LayerAnalysis& layer) {
    const auto &input = layer.input_grad_histogram, &output = layer.output_grad_histogram;
    Table table("bin,log10_from,log10_to,input_grad,output_grad");
    const auto add = [&](const std::string& bin, double from, double to, auto count) {
        const auto cell = [&](const auto& histogram) -> Cell { return histogram ? Cell(count(*histogram)) : Cell(""); };
        table.row({bin, from, to, cell(input), cell(output)});
    };
    using Histogram = LogHistogram;
    add("zero", undefined, undefined, [](const Histogram& h) { return h.zeros; });
    add("underflow", undefined, Histogram::edge(0), [](const Histogram& h) { return h.underflow; });
    for (int bin = 0; bin < Histogram::bins; ++bin)
        add(std::to_string(bin), Histogram::edge(bin), Histogram::edge(bin + 1),
            [bin](const Histogram& h) { return h.counts[static_cast<std::size_t>(bin)]; });
    add("overflow", Histogram::edge(Histogram::bins), undefined, [](const Histogram& h) { return h.overflow; });
    return table.take();
}

} // namespace normscope
