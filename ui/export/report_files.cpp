// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/export/report_files.h"

#include "core/base/files.h"
#include "core/base/staged_folder.h"
#include "core/recording/dump.h"
#include "core/report/report_csv.h"
#include "core/report/report_json.h"
#include "ui/plots/figure.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <functional>
#include <memory>
#include <set>

namespace normscope {
namespace {

constexpr int overview_layers = 20; ///< To a page of their own height, which is then about that of a sheet

struct NamedFigure {
    std::string name; ///< path in the report without extension
    std::unique_ptr<Figure> figure;
};

class ReportWriter {
public:
    ReportWriter(const Recording& recording, AnalysisPtr analysis, const ReportOptions& options, Progress& progress)
        : recording_(recording), shared_analysis_(std::move(analysis)), options_(options), progress_(progress) {
        std::set<std::string> taken;
        for (const auto& layer : analysis_.layers) {
            std::string name = safe_file_name(layer->layer.name);
            if (!taken.insert(name).second)
                name += "-" + std::to_string(layer->layer.index);
            names_.push_back("layers/" + name);
        }
    }

    Result<void> write() {
        NORMSCOPE_LET(folder, StagedFolder::open(options_.folder, options_.rules));
        if (const auto staged = stage(folder); !staged)
            return folder.unstaged(staged.error());
        return folder.commit();
    }

private:
    Result<void> stage(const StagedFolder& folder) {
        if (wants("png") || wants("svg") || wants("pdf"))
            NORMSCOPE_TRY(write_figures(folder));
        if (wants("csv"))
            NORMSCOPE_TRY(write_tables(folder));
        if (wants("json"))
            NORMSCOPE_TRY(write_text(folder, "report.json", report_json(analysis_)));
        if (wants("h5")) {
            NORMSCOPE_LET(path, folder.path_for("recording.h5"));
            NORMSCOPE_TRY(write_dump(recording_, path, progress_));
        }
        return write_text(folder, "provenance.txt", provenance_line(analysis_) + "\n");
    }

    bool wants(const std::string& format) const {
        return std::find(options_.formats.begin(), options_.formats.end(), format) != options_.formats.end();
    }

    static Result<void> write_text(const StagedFolder& folder, const std::string& name, const std::string& text) {
        NORMSCOPE_LET(path, folder.path_for(name));
        return write_file(path, text);
    }

    Result<void> write_tables(const StagedFolder& folder) {
        NORMSCOPE_TRY(write_text(folder, "layers.csv", layers_csv(analysis_)));
        NORMSCOPE_TRY(write_text(folder, "fits.csv", fits_csv(analysis_)));
        for (std::size_t i = 0; i < names_.size(); ++i) {
            NORMSCOPE_TRY(progress_.check());
            NORMSCOPE_TRY(write_text(folder, names_[i] + ".points.csv", points_csv(*analysis_.layers[i])));
            NORMSCOPE_TRY(write_text(folder, names_[i] + ".curve.csv", curve_csv(*analysis_.layers[i])));
        }
        return {};
    }

    FigureStyle style() const {
        FigureStyle style;
        style.dpi = options_.dpi;
        if (options_.width_px == 0)
            return style;
        style.width_mm = options_.width_px * mm_per_inch / options_.dpi;
        style.height_mm = options_.height_px * mm_per_inch / options_.dpi;
        return style;
    }

    FigureStyle style_of(const Figure& figure) const {
        return options_.width_px == 0 ? natural_style(figure, style()) : style();
    }

    /// Every layer, on as many pages as have room for them.
    void add_overviews(std::vector<NamedFigure>& figures) const {
        const auto room = static_cast<std::size_t>(options_.width_px == 0 ? overview_layers : overview_room(style()));
        const std::size_t count = analysis_.layers.size(), pages = std::max<std::size_t>(1, (count + room - 1) / room);
        for (std::size_t page = 0; page < pages; ++page) {
            const auto at = [&](std::size_t place) {
                return analysis_.layers.begin() + static_cast<std::ptrdiff_t>(place * count / pages);
            };
            const std::string name = page == 0 ? "overview" : "overview-" + std::to_string(page + 1);
            figures.push_back({name, overview_figure(shared_analysis_, std::vector<LayerPtr>(at(page), at(page + 1)))});
        }
    }

    std::vector<NamedFigure> all_figures() const {
        std::vector<NamedFigure> figures;
        add_overviews(figures);
        figures.push_back({"depth", depth_figure(shared_analysis_)});
        for (std::size_t i = 0; i < names_.size(); ++i) {
            figures.push_back({names_[i] + ".scatter", scatter_figure(shared_analysis_, analysis_.layers[i])});
            figures.push_back({names_[i] + ".gradients", gradient_figure(shared_analysis_, analysis_.layers[i])});
        }
        return figures;
    }

    Result<void> write_figures(const StagedFolder& folder) {
        const std::vector<NamedFigure> figures = all_figures();
        const std::string provenance = provenance_line(analysis_);
        const auto total = static_cast<int64_t>(figures.size());
        for (int64_t i = 0; i < total; ++i) {
            NORMSCOPE_TRY(progress_.check());
            const NamedFigure& named = figures[static_cast<std::size_t>(i)];
            progress_.report("draw", named.name, i, total);
            for (const char* format : {"png", "svg"}) {
                if (!wants(format))
                    continue;
                NORMSCOPE_LET(path, folder.path_for(named.name + "." + format));
                NORMSCOPE_TRY(export_figure(*named.figure, style_of(*named.figure), path, provenance, &progress_));
            }
        }
        return wants("pdf") ? write_pages(folder, figures, provenance) : Result<void>();
    }

    Result<void> write_pages(const StagedFolder& folder, const std::vector<NamedFigure>& figures,
                             const std::string& provenance) {
        progress_.report("draw", "report.pdf", 0, 1);
        std::vector<const Figure*> pages;
        std::vector<FigureStyle> styles;
        for (const NamedFigure& named : figures) {
            pages.push_back(named.figure.get());
            styles.push_back(style_of(*named.figure));
        }
        NORMSCOPE_LET(path, folder.path_for("report.pdf"));
        return export_pages(pages, styles, path, provenance, &progress_);
    }

    const Recording& recording_;
    AnalysisPtr shared_analysis_;
    const Analysis& analysis_ = *shared_analysis_;
    const ReportOptions& options_;
    Progress& progress_;
    std::vector<std::string> names_;
};

/// The names that do not depend on the layers.
constexpr std::array fixed_names{"overview.png", "overview.svg", "depth.png",   "depth.svg",    "report.pdf",
                                 "layers.csv",   "fits.csv",     "report.json", "recording.h5", "provenance.txt"};

} // namespace

const std::vector<std::string>& report_formats() {
    static const std::vector<std::string> formats{"png", "svg", "pdf", "csv", "json", "h5"};
    return formats;
}

Result<void> check_report(const ReportOptions& options) {
    namespace fs = std::filesystem;
    std::error_code none;
    if (!fs::exists(options.folder, none))
        return {};
    if (!fs::is_directory(options.folder, none))
        return Error{ErrorCode::cannot_write, options.folder,
                     "expected a folder to write to, found a file; choose another place"};
    for (const char* name : fixed_names) {
        const std::string format = fs::path(name).extension().string().substr(1);
        if (format == "txt" || std::ranges::find(options.formats, format) != options.formats.end())
            NORMSCOPE_TRY(
                check_output((fs::path(options.folder) / name).string(), kind_of_ending(name), options.rules));
    }
    return {};
}

Result<void> write_report(const Recording& recording, const AnalysisPtr& analysis, const ReportOptions& options,
                          Progress& progress) {
    return ReportWriter(recording, analysis, options, progress).write();
}

} // namespace normscope
