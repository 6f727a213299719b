// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/analysis/layer_analysis.h"
#include "ui/jobs/job_slot.h"

#include <QElapsedTimer>
#include <QObject>
#include <QTimer>

#include <array>
#include <memory>
#include <optional>
#include <vector>

namespace normscope {

/// Analyses the layers of all open recordings one by one: the layer that is looked at first, then its neighbours
/// outwards, then the other recordings. A large layer has a first look at a part of its points before the whole of it.
/// Results of both affine views are kept.
class AnalysisQueue : public QObject {
    Q_OBJECT
public:
    explicit AnalysisQueue(QThreadPool& pool, QObject* parent = nullptr);

    /// Work that is done within this many ms (200) is not put back.
    void setPatience(int ms) { patience_ms_ = ms; }

    /// Takes a recording into the queue. `run` is its number everywhere below.
    void add(int run, std::shared_ptr<const Recording> recording);
    void remove(int run);
    /// Gives a run another recording. Results of layers of the same name stay until new ones replace them.
    void renew(int run, std::shared_ptr<const Recording> recording);
    /// What the user looks at. Work on another layer that takes long is put back when this one is not there yet.
    void focus(int run, int place);
    /// What is analysed. Results of other curves stay until new ones replace them.
    void setAffine(AffineView affine);
    void setCurves(const std::vector<Curve>& curves);
    /// Cancels, and starts nothing more.
    void stop();

    const AnalysisOptions& options() const { return options_; }
    JobRunner& runner() { return slot_; }
    bool busy() const { return slot_.busy(); }
    /// By layer of the recording; null where there is no result of this view yet.
    std::vector<LayerPtr> layers(int run) const;
    /// The same without results of other curves than those now asked for.
    std::vector<LayerPtr> up_to_date(int run) const;
    /// By layer of the recording; why it could not be analysed.
    std::vector<std::optional<Error>> failures(int run) const;
    /// Layers that have neither an up-to-date result nor failed.
    int due(int run) const;

signals:
    /// A layer has a new result, or failed.
    void analysed(int run, int place);
    void progressed(const normscope::JobProgress& progress);

private:
    struct Place {
        int run = 0, layer = -1;
        bool operator==(const Place&) const = default;
    };
    struct LayerState {
        LayerPtr result;
        std::optional<Error> failure;
        bool due = true;
    };
    struct Entry {
        int run = 0;
        std::shared_ptr<const Recording> recording;
        std::array<std::vector<LayerState>, 2> views; ///< By AffineView
    };

    using View = std::vector<LayerState>;
    Entry* entry(int run);
    const View& view(int run) const; ///< Empty for a run that is not here.
    LayerState* state(Place place);
    std::optional<Place> next() const;
    void restart();
    void pump();
    void hurry();
    void start(Place place);
    void take(Place place, bool whole, Result<LayerPtr> result);
    void report(Place place);

    JobSlot<LayerPtr> slot_;
    AnalysisOptions options_;
    std::vector<Entry> entries_;
    Place focus_, at_;    ///< What is looked at, and what the slot works on.
    QElapsedTimer since_; ///< The start of what the slot works on
    QElapsedTimer busy_since_;
    int done_ = 0; ///< Layers since then
    int patience_ms_ = 200;
    QTimer patience_;
    bool stopped_ = false;
};

} // namespace normscope
