// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/plots/figure.h"
#include "version.h"

#include <set>

namespace normscope {
namespace {

std::string file_name(const std::string& path) {
    return path.substr(path.find_last_of('/') + 1);
}

std::string weightings(const Analysis& analysis) {
    std::set<std::string> names;
    for (const auto& layer : analysis.layers)
        for (const CurveFit& fit : layer->fits)
            names.insert(weighting_name(fit.weighting));
    std::string text;
    for (const std::string& name : names)
        text = name + (text.empty() ? "" : " and " + text);
    return text.empty() ? "" : "fits weighted by " + text;
}

} // namespace

std::string provenance_line(const Analysis& analysis) {
    const RunInfo& run = analysis.run;
    std::string line;
    const auto add = [&](const std::string& part) {
        if (!part.empty())
            line += (line.empty() ? "" : " · ") + part;
    };
    add(run.model);
    add(file_name(run.path) + (run.format.empty() ? "" : " (" + run.format + ")"));
    if (!run.sha256.empty())
        add("sha256 " + run.sha256.substr(0, 12));
    if (run.samples > 0)
        add(std::to_string(run.samples) + (run.samples == 1 ? " sample" : " samples"));
    if (!run.input.empty())
        add("input: " + run.input);
    add(run.loss.empty() ? "no gradients" : "loss: " + run.loss);
    add(weightings(analysis));
    if (run.seed != 0)
        add("seed " + std::to_string(run.seed));
    add(run.device);
    if (!run.torch_version.empty())
        add("torch " + run.torch_version);
    add("NormScope " + std::string(version));
    return line;
}

} // namespace normscope
