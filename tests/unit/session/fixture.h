// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/analysis/occupied.h"
#include "ui/session/session.h"

#include <QDir>
#include <QFile>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>
#include <gtest/gtest.h>

#include <algorithm>

namespace normscope {

inline QString sample(const char* name) {
    return QStringLiteral(SOURCE_DIR "/resources/sample/") + QLatin1String(name);
}

/// A session in its event loop, on the files of the sample.
struct SessionTest : testing::Test {
    static constexpr int patience_ms = 60000; ///< For slow machines; nothing here is expected to take so long.

    template <typename Condition>
    static bool until(Condition condition) {
        return QTest::qWaitFor(condition, patience_ms);
    }

    /// Opens a file and returns its id; 0 when it is not opened.
    int open(const QString& path) {
        const std::size_t before = session.files().size();
        session.open({path});
        return until([&] { return session.files().size() > before; }) ? session.files().back()->id : 0;
    }

    static bool complete(const OpenRun* run) {
        return run != nullptr && std::all_of(run->layers.begin(), run->layers.end(),
                                             [](const LayerPtr& layer) { return layer != nullptr; });
    }

    bool until_analysed() {
        return until([&] { return complete(session.currentRun()); });
    }

    /// Runs a checkpoint on the images beside it and returns the new run's id; 0 when none came.
    int run(int file) {
        const int before = latest(file);
        session.run(file);
        return until([&] { return latest(file) != before; }) ? latest(file) : 0;
    }

    int latest(int file) const {
        const auto& runs = session.file(file)->runs;
        return runs.empty() ? 0 : runs.back().id;
    }

    /// The layer a tanh describes best beside a straight line, where points fill the range of x and lie on both arms of
    /// the S; without the session.
    static int clearest_s(const Recording& recording) {
        Progress progress;
        const auto analysis = analyse(recording, {}, progress);
        const auto bend = [](const LayerPtr& layer) {
            const CurveFit& fit = *layer->fit(Curve::tanh, Weighting::points);
            const double gain = fit.r2_points - layer->line.r2_points;
            return both_arms_occupied(*layer, fit) ? gain * static_cast<double>(layer->band.size()) : -1;
        };
        const auto best = std::max_element(analysis->layers.begin(), analysis->layers.end(),
                                           [&](const LayerPtr& a, const LayerPtr& b) { return bend(a) < bend(b); });
        return static_cast<int>(best - analysis->layers.begin());
    }

    std::string current_name() const {
        return session.currentLayers().at(static_cast<std::size_t>(session.currentLayer())).name;
    }

    QString temporary(const char* name) const { return folder.filePath(QLatin1String(name)); }

    QTemporaryDir folder;
    Session session;
};

} // namespace normscope
