// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/analysis/layer_analysis.h"
#include "core/base/outputs.h"
#include "core/base/progress.h"

#include <string>
#include <vector>

namespace normscope {

struct ReportOptions {
    std::string folder;
    std::vector<std::string> formats; ///< of `report_formats`
    int dpi = 200;
    int width_px = 0, height_px = 0; ///< 0: each figure's natural size
    OutputRules rules;               ///< What must not be replaced.
};

/// png, svg, pdf, csv, json, h5
const std::vector<std::string>& report_formats();

/// Whether the folder takes the report, before anything is computed for it: it is a folder, or can be made, and the
/// files that every report has may be written. Errors: those of `check_output`.
Result<void> check_report(const ReportOptions& options);

/// Writes the whole set: layers/NAME.scatter.*, layers/NAME.gradients.*, depth.*, overview.* (and overview-2.* … where
/// one page has no room for all layers), report.pdf, the CSV tables, report.json, recording.h5 and provenance.txt. All
/// appear together at the end or, on an error or a cancel, not at all. In any thread while the QApplication's runs its
/// event loop, or in that one. Errors: those of `check_output`, cancelled, those of the recording.
Result<void> write_report(const Recording& recording, const AnalysisPtr& analysis, const ReportOptions& options,
                          Progress& progress);

} // namespace normscope
