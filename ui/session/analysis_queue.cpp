// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/session/analysis_queue.h"

#include "core/analysis/preview.h"

#include <algorithm>
#include <cstdlib>
#include <map>

namespace normscope {
namespace {

constexpr int64_t large_values = 20'000'000; ///< About half a second's work; above it a first look is worth its time.

bool is_large(const LayerRecording& layer) {
    return layer.input && layer.input->rows() * layer.input->channels() > large_values;
}

} // namespace

AnalysisQueue::AnalysisQueue(QThreadPool& pool, QObject* parent) : QObject(parent), slot_(pool) {
    patience_.setSingleShot(true);
    connect(&patience_, &QTimer::timeout, this, &AnalysisQueue::hurry);
}

void AnalysisQueue::add(int run, std::shared_ptr<const Recording> recording) {
    Entry entry{run, std::move(recording), {}};
    for (auto& view : entry.views)
        view.resize(entry.recording->layers.size());
    entries_.push_back(std::move(entry));
    pump();
}

void AnalysisQueue::remove(int run) {
    std::erase_if(entries_, [&](const Entry& entry) { return entry.run == run; });
    if (at_.run == run)
        slot_.cancel();
}

void AnalysisQueue::renew(int run, std::shared_ptr<const Recording> recording) {
    Entry* held = entry(run);
    if (held == nullptr)
        return;
    std::map<std::string, std::size_t> places;
    for (std::size_t i = 0; i < held->recording->layers.size(); ++i)
        places.emplace(held->recording->layers[i].layer.name, i);
    for (View& view : held->views) {
        View renewed(recording->layers.size());
        for (std::size_t i = 0; i < renewed.size(); ++i)
            if (const auto before = places.find(recording->layers[i].layer.name); before != places.end())
                renewed[i].result = view[before->second].result;
        view = std::move(renewed);
    }
    held->recording = std::move(recording);
    if (at_.run == run)
        restart();
    else
        pump();
}

void AnalysisQueue::focus(int run, int place) {
    focus_ = {run, place};
    pump();
    hurry();
}

void AnalysisQueue::setAffine(AffineView affine) {
    options_.affine = affine;
    restart();
}

void AnalysisQueue::setCurves(const std::vector<Curve>& curves) {
    options_.curves = curves;
    for (Entry& entry : entries_)
        for (auto& view : entry.views)
            for (LayerState& layer : view)
                layer.due = true;
    restart();
}

void AnalysisQueue::stop() {
    stopped_ = true;
    slot_.cancel();
}

std::vector<LayerPtr> AnalysisQueue::layers(int run) const {
    std::vector<LayerPtr> layers;
    for (const LayerState& layer : view(run))
        layers.push_back(layer.result);
    return layers;
}

std::vector<LayerPtr> AnalysisQueue::up_to_date(int run) const {
    std::vector<LayerPtr> layers;
    for (const LayerState& layer : view(run))
        layers.push_back(layer.due ? nullptr : layer.result);
    return layers;
}

std::vector<std::optional<Error>> AnalysisQueue::failures(int run) const {
    std::vector<std::optional<Error>> failures;
    for (const LayerState& layer : view(run))
        failures.push_back(layer.failure);
    return failures;
}

int AnalysisQueue::due(int run) const {
    const View& layers = view(run);
    return static_cast<int>(
        std::count_if(layers.begin(), layers.end(), [](const LayerState& layer) { return layer.due; }));
}

AnalysisQueue::Entry* AnalysisQueue::entry(int run) {
    const auto found =
        std::find_if(entries_.begin(), entries_.end(), [&](const Entry& entry) { return entry.run == run; });
    return found == entries_.end() ? nullptr : &*found;
}

const AnalysisQueue::View& AnalysisQueue::view(int run) const {
    static const View none;
    const auto found =
        std::find_if(entries_.begin(), entries_.end(), [&](const Entry& entry) { return entry.run == run; });
    return found == entries_.end() ? none : found->views[static_cast<std::size_t>(options_.affine)];
}

AnalysisQueue::LayerState* AnalysisQueue::state(Place place) {
    Entry* held = entry(place.run);
    if (held == nullptr || place.layer < 0 || place.layer >= static_cast<int>(held->recording->layers.size()))
        return nullptr;
    return &held->views[static_cast<std::size_t>(options_.affine)][static_cast<std::size_t>(place.layer)];
}

/// The due layer nearest to the one that is looked at; in the other recordings the first.
std::optional<AnalysisQueue::Place> AnalysisQueue::next() const {
    std::optional<Place> best;
    for (const Entry& entry : entries_) {
        const bool looked_at = entry.run == focus_.run;
        const int origin = looked_at ? std::max(0, focus_.layer) : 0;
        const View& layers = view(entry.run);
        std::optional<Place> nearest;
        for (int i = 0; i < static_cast<int>(layers.size()); ++i)
            if (layers[static_cast<std::size_t>(i)].due &&
                (!nearest || std::abs(i - origin) <= std::abs(nearest->layer - origin)))
                nearest = Place{entry.run, i};
        if (nearest && (looked_at || !best))
            best = nearest;
    }
    return best;
}

/// What the slot works on is no longer what is wanted.
void AnalysisQueue::restart() {
    slot_.cancel();
    at_ = {};
    busy_since_.invalidate();
    if (const auto place = next(); place && !stopped_)
        start(*place);
}

void AnalysisQueue::pump() {
    if (slot_.busy() || stopped_)
        return;
    if (const auto place = next())
        start(*place);
    else
        busy_since_.invalidate();
}

/// Puts work on another layer back when the user waits for this one, but lets it finish if that is a matter of moments.
void AnalysisQueue::hurry() {
    const LayerState* wanted = state(focus_);
    if (stopped_ || !slot_.busy() || at_ == focus_ || wanted == nullptr || !wanted->due)
        return;
    const qint64 left = patience_ms_ - since_.elapsed();
    if (left > 0)
        patience_.start(static_cast<int>(left));
    else
        start(focus_);
}

void AnalysisQueue::start(Place place) {
    at_ = place;
    since_.start();
    if (!busy_since_.isValid()) {
        busy_since_.start();
        done_ = 0;
    }
    report(place);
    const auto& recording = entry(place.run)->recording;
    const bool whole =
        state(place)->result != nullptr || !is_large(recording->layers[static_cast<std::size_t>(place.layer)]);
    slot_.start(
        [recording, options = options_, place, whole](Progress& progress) -> Result<LayerPtr> {
            const LayerRecording& layer = recording->layers[static_cast<std::size_t>(place.layer)];
            const auto analyse = whole ? analyse_layer : preview_layer;
            NORMSCOPE_LET(result, analyse(layer, options, progress).within(layer.layer.name));
            return std::make_shared<const LayerAnalysis>(std::move(result));
        },
        [this, place, whole](Result<LayerPtr> result) { take(place, whole, std::move(result)); });
}

void AnalysisQueue::take(Place place, bool whole, Result<LayerPtr> result) {
    at_ = {};
    LayerState* layer = state(place);
    const bool counts = layer != nullptr && (result || result.error().code != ErrorCode::cancelled);
    if (counts) {
        layer->due = result && !whole;
        layer->result = result ? *result : nullptr;
        layer->failure = result ? std::nullopt : std::optional(result.error());
        done_ += whole ? 1 : 0;
    }
    pump();
    if (counts)
        emit analysed(place.run, place.layer);
}

void AnalysisQueue::report(Place place) {
    const Entry& held = *entry(place.run);
    const int total = static_cast<int>(held.recording->layers.size()), left = due(place.run);
    const std::string& name = held.recording->layers[static_cast<std::size_t>(place.layer)].layer.name;
    JobProgress progress{QStringLiteral("analyse"), QString::fromStdString(name), total - left, total, {}};
    if (done_ > 0)
        progress.seconds_left = static_cast<double>(busy_since_.elapsed()) / 1000 * left / done_;
    emit progressed(progress);
}

} // namespace normscope
