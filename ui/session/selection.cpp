// SPDX-License-Identifier: GPL-3.0-or-later
// What is looked at.
#include "core/analysis/occupied.h"
#include "ui/session/session_state.h"

#include <algorithm>
#include <cmath>

namespace normscope {
namespace {

std::vector<NormLayer> layers_of(const OpenFile* file, const OpenRun* run) {
    std::vector<NormLayer> layers;
    if (run != nullptr) {
        for (const LayerRecording& layer : run->recording->layers)
            layers.push_back(layer.layer);
    } else if (file != nullptr) {
        layers = file->contents->layers;
    }
    return layers;
}

constexpr double most_band_bins = 256; ///< `LayerAnalysis::band` is over so many equal bins of x

/// How plainly a layer shows its S: how much better its curve describes it than a straight line does, times the share
/// of the range of x that has points. −∞ where points do not lie on both arms of the S, so that the curve says more
/// than the picture.
double bend(const LayerPtr& layer) {
    const CurveFit* fit = layer ? layer->main_fit(Weighting::points) : nullptr;
    if (fit == nullptr || !both_arms_occupied(*layer, *fit))
        return -INFINITY;
    const double gain = fit->r2_points - layer->line.r2_points;
    return std::isfinite(gain) ? gain * static_cast<double>(layer->band.size()) / most_band_bins : -INFINITY;
}

} // namespace

OpenFile* Session::State::current_file() const {
    FileEntry* entry = files.find(current.file);
    return entry == nullptr ? nullptr : &entry->file;
}

OpenRun* Session::State::current_run() const {
    OpenFile* file = current_file();
    return file == nullptr || current.run == 0 ? nullptr : find_run(*file, current.run);
}

std::vector<NormLayer> Session::State::current_layers() const {
    return layers_of(current_file(), current_run());
}

std::string Session::State::current_name() const {
    const std::vector<NormLayer> layers = current_layers();
    return current.place >= 0 && current.place < static_cast<int>(layers.size())
               ? layers[static_cast<std::size_t>(current.place)].name
               : std::string();
}

void Session::State::show(int file, int run) {
    show(file, run, current_name());
}

void Session::State::show(int file, int run, const std::string& name) {
    FileEntry* entry = files.find(file);
    OpenRun* found = entry == nullptr ? nullptr : find_run(entry->file, run);
    current.file = entry == nullptr ? 0 : file;
    current.run = found == nullptr ? 0 : found->id;
    const std::vector<NormLayer> after = current_layers();
    const auto same =
        std::find_if(after.begin(), after.end(), [&](const NormLayer& layer) { return layer.name == name; });
    if (same != after.end())
        current.place = static_cast<int>(same - after.begin());
    else if (current.choice == Choice::clearest)
        current.choice = Choice::first;
    current.place = std::min(std::max(current.place, 0), static_cast<int>(after.size()) - 1);
    queue.focus(current.run, current.place);
    emit session.currentChanged();
    emit session.layerSelected(current.place);
    choose_clearest();
}

void Session::State::select_layer(int place) {
    if (place == current.place || place < 0 || place >= static_cast<int>(current_layers().size()))
        return;
    current.place = place;
    queue.focus(current.run, place);
    emit session.layerSelected(place);
}

void Session::State::choose_clearest() {
    const OpenRun* run = current_run();
    if (current.choice != Choice::first || run == nullptr || queue.due(run->id) > 0)
        return;
    const auto clearest = std::max_element(run->layers.begin(), run->layers.end(),
                                           [](const LayerPtr& a, const LayerPtr& b) { return bend(a) < bend(b); });
    current.choice = Choice::clearest;
    if (clearest != run->layers.end() && std::isfinite(bend(*clearest)))
        select_layer(static_cast<int>(clearest - run->layers.begin()));
}

} // namespace normscope
