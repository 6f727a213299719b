// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/commands.h"
#include "app/console.h"
#include "app/drawing.h"
#include "app/pair_options.h"
#include "app/run_options.h"
#include "app/table.h"
#include "core/base/words.h"
#include "core/recording/kind_words.h"
#include "core/recording/mapping.h"
#include "core/report/report_json.h"
#include "core/run/open_recording.h"
#include "ui/export/report_files.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <sstream>

namespace normscope {
namespace {

struct ReportCommand {
    std::string source, out, formats = "png,pdf,csv,json", affine = "before", curves = "tanh", weighting = "both", size;
    int dpi = 200;
    bool json = false, quiet = false;
    RunOptions run;
    PairOptions pairing;
};

Error wrong(const std::string& option, const std::string& expected, const std::string& found) {
    return {ErrorCode::bad_argument, option, "expected " + expected + ", found `" + found + "`"};
}

Result<std::vector<Curve>> parse_curves(const std::string& list) {
    if (list == "all")
        return all_curves();
    std::vector<Curve> curves;
    for (const std::string& word : split_at_commas(list)) {
        const auto curve = curve_from_name(word);
        if (!curve)
            return wrong("--curve", "all, or some of tanh, erf, isru, arctan, softsign, hardtanh, linear", word);
        curves.push_back(*curve);
    }
    if (curves.empty())
        return wrong("--curve", "at least one curve", list);
    return curves;
}

Result<AnalysisOptions> analysis_options(const ReportCommand& command, const std::vector<std::string>& formats) {
    AnalysisOptions options;
    if (command.affine != "before" && command.affine != "after")
        return wrong("--affine", "before or after", command.affine);
    options.affine = command.affine == "before" ? AffineView::before : AffineView::after;
    NORMSCOPE_LET(curves, parse_curves(command.curves));
    options.curves = curves;
    if (command.weighting == "points")
        options.weightings = {Weighting::points};
    else if (command.weighting == "bins")
        options.weightings = {Weighting::bins};
    else if (command.weighting != "both")
        return wrong("--weighting", "points, bins or both", command.weighting);
    options.keep_points = std::any_of(formats.begin(), formats.end(),
                                      [](const std::string& format) { return format != "json" && format != "h5"; });
    return options;
}

Result<ReportOptions> report_options(const ReportCommand& command) {
    ReportOptions options;
    options.folder = command.out;
    options.formats = split_at_commas(command.formats);
    for (const std::string& format : options.formats)
        if (std::find(report_formats().begin(), report_formats().end(), format) == report_formats().end())
            return wrong("--formats", "some of png, svg, pdf, csv, json, h5", format);
    if (options.formats.empty())
        return wrong("--formats", "at least one of png, svg, pdf, csv, json, h5", command.formats);
    options.dpi = command.dpi;
    if (!command.size.empty()) {
        std::istringstream size(command.size);
        char times = 0;
        constexpr int least = 200, most = 20000;
        if (!(size >> options.width_px >> times >> options.height_px) || times != 'x' || !size.eof() ||
            std::min(options.width_px, options.height_px) < least ||
            std::max(options.width_px, options.height_px) > most)
            return wrong("--size", "WxH in pixels, each from 200 to 20000, such as 1600x900", command.size);
    }
    return options;
}

/// "177792", or "18432 of 177792" where y is known of a sample only.
std::string points_text(const LayerAnalysis& layer) {
    const std::string all = std::to_string(layer.points);
    return layer.fits_sample() ? std::to_string(layer.fitted_points) + " of " + all : all;
}

/// The layers at a glance, for standard output.
std::string overview_text(const Analysis& analysis) {
    TextTable table({"#", "norm layer", "kind", "C", "points", "std x", "alpha (points)", "R2", "alpha (bins)",
                     "R2 bins", "curve", "R2 line", "rms dL/dx", ""});
    const auto cell = [](const CurveFit* fit, double CurveFit::*member) {
        return fit == nullptr ? "" : short_number(fit->*member);
    };
    for (const auto& layer : analysis.layers) {
        const LayerAnalysis& a = *layer;
        const CurveFit* points = a.main_fit(Weighting::points);
        const CurveFit* bins = a.main_fit(Weighting::bins);
        const std::string curve = a.fits.empty() ? "" : curve_name((points ? points : bins)->curve);
        const bool straight = points != nullptr && points->has_flag("alpha-undetermined");
        table.row(
            {std::to_string(a.layer.index), a.layer.name, kind_words(a.layer), std::to_string(a.layer.channels),
             points_text(a), short_number(a.input.std()), straight ? "undetermined" : cell(points, &CurveFit::alpha),
             cell(points, &CurveFit::r2_points),
             bins != nullptr && bins->has_flag("alpha-undetermined") ? "undetermined" : cell(bins, &CurveFit::alpha),
             cell(bins, &CurveFit::r2_bins), curve, short_number(a.line.r2_points),
             a.input_grad ? short_number(a.input_grad->rms()) : "", a.warnings.empty() ? "" : "!"});
    }
    return table.text();
}

bool draws(const ReportOptions& options) {
    return std::ranges::any_of(options.formats, [](const std::string& format) {
        return format == "png" || format == "svg" || format == "pdf";
    });
}

Result<AnalysisPtr> make_report(const ReportCommand& command, Console& console) {
    NORMSCOPE_LET(files, report_options(command));
    NORMSCOPE_LET(analysis_with, analysis_options(command, files.formats));
    NORMSCOPE_LET(request, run_request(command.run));
    NORMSCOPE_LET(pairing, parse_pairing(command.pairing));
    request.pairing = pairing;
    files.rules = output_rules(command.source, request);
    NORMSCOPE_TRY(check_report(files));
    NORMSCOPE_LET(opened, open_recording(command.source, request, console.progress()));
    for (const std::string& file : files_read(*opened.recording))
        files.rules.inputs.push_back(file);
    NORMSCOPE_TRY(check_report(files));
    NORMSCOPE_TRY(remember_pairs(command.source, pairing));
    NORMSCOPE_LET(analysed, analyse(*opened.recording, analysis_with, console.progress()).within(command.source));
    const auto analysis = std::make_shared<const Analysis>(std::move(analysed));
    if (opened.accuracy)
        console.say("accuracy " + short_number(100 * *opened.accuracy) + " % on " +
                    std::to_string(analysis->run.samples) + " samples");
    std::optional<Drawing> drawing;
    if (draws(files))
        drawing.emplace();
    NORMSCOPE_TRY(write_report(*opened.recording, analysis, files, console.progress()));
    return analysis;
}

int report(const ReportCommand& command) {
    Console console(command.quiet);
    const Result<AnalysisPtr> made = make_report(command, console);
    if (!made)
        return Console::fail(made.error());
    const Analysis& analysis = **made;
    console.warn(analysis.warnings);
    for (const auto& layer : analysis.layers)
        for (const std::string& warning : layer->warnings)
            console.warn({layer->layer.name + ": " + warning});
    Console::result(command.json ? report_json(analysis) : overview_text(analysis));
    console.say("wrote " + command.out);
    return 0;
}

} // namespace

void add_report(CLI::App& program, Action& run) {
    auto* command = program.add_subcommand("report", "Analyses every norm layer and writes figures, tables and a PDF");
    const auto options = std::make_shared<ReportCommand>();
    command->add_option("SOURCE", options->source, "a checkpoint (with --input) or a dump")->required();
    command->add_option("--out", options->out, "the folder to write to")->required();
    command->add_option("--formats", options->formats, "some of png,svg,pdf,csv,json,h5 (default png,pdf,csv,json)");
    command->add_option("--affine", options->affine, "before or after: which output is plotted and fitted");
    command->add_option("--curve", options->curves,
                        "tanh,erf,isru,arctan,softsign,hardtanh,linear or all (default tanh)");
    command->add_option("--weighting", options->weighting, "points, bins or both (default both)");
    command->add_option("--dpi", options->dpi, "dots per inch of pictures (default 200)")->check(CLI::Range(30, 2400));
    command->add_option("--size", options->size, "WxH of each picture in pixels (default: 178 mm wide)");
    add_run_options(*command, options->run);
    add_pair_options(*command, options->pairing);
    command->add_flag("--json", options->json, "print report.json instead of a table");
    command->add_flag("--quiet", options->quiet, "no progress, no messages");
    command->footer(
        "Example: normscope report resources/sample/vit-layernorm.safetensors --input resources/sample/images "
        "--labels resources/sample/labels.txt --out report");
    command->callback([options, &run] { run = [options] { return report(*options); }; });
}

} // namespace normscope
