// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/recording/matching_layers.h"

#include <algorithm>
#include <regex>

namespace normscope {

Result<std::vector<bool>> matching_layers(const std::vector<NormLayer>& layers, const std::string& pattern) {
    std::vector<bool> chosen(layers.size(), true);
    if (pattern.empty() || layers.empty())
        return chosen;
    try {
        const std::regex expression(pattern);
        for (std::size_t i = 0; i < layers.size(); ++i)
            chosen[i] = std::regex_search(layers[i].name, expression);
    } catch (const std::regex_error& error) {
        return Error{ErrorCode::bad_argument, "--layers",
                     "expected a regular expression, found \"" + pattern + "\": " + error.what()};
    }
    if (std::find(chosen.begin(), chosen.end(), true) == chosen.end())
        return Error{ErrorCode::bad_argument, "--layers",
                     "no norm layer matches \"" + pattern + "\"; their names run from " + layers.front().name + " to " +
                         layers.back().name};
    return chosen;
}

Result<std::shared_ptr<const Recording>> only_matching(std::shared_ptr<const Recording> recording,
                                                       const std::string& pattern) {
    if (pattern.empty())
        return recording;
    std::vector<NormLayer> layers;
    for (const LayerRecording& layer : recording->layers)
        layers.push_back(layer.layer);
    NORMSCOPE_LET(chosen, matching_layers(layers, pattern));
    auto kept = std::make_shared<Recording>(*recording);
    kept->layers.clear();
    for (std::size_t i = 0; i < chosen.size(); ++i)
        if (chosen[i])
            kept->layers.push_back(recording->layers[i]);
    return std::shared_ptr<const Recording>(kept);
}

} // namespace normscope
