// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/analysis/layer_analysis.h"
#include "core/run/file_contents.h"
#include "core/run/run_request.h"

#include <QDateTime>
#include <QString>

#include <memory>
#include <optional>
#include <vector>

namespace normscope {

/// One recording of an open file: a run of a checkpoint, or what a dump holds.
struct OpenRun {
    int id = 0;                                 ///< Unique in the session.
    QString title;                              ///< "64 images, loss labels"
    std::shared_ptr<const Recording> recording; ///< Never null.
    AnalysisPtr analysis;                       ///< As far as it has come; never null.
    /// By layer of the recording; null where it is not analysed yet.
    std::vector<LayerPtr> layers;
    std::vector<std::optional<Error>> failures; ///< By layer; why it could not be analysed.
    std::optional<double> accuracy, loss;
    QDateTime when;
};

/// One open file. Plain data: the session changes it, everyone else reads it.
struct OpenFile {
    int id = 0;                                   ///< Unique in the session.
    QString path;                                 ///< Absolute
    QString name;                                 ///< The file's name; with its folder where two open files share it.
    std::shared_ptr<const FileContents> contents; ///< Null until it is read.
    std::vector<OpenRun> runs;                    ///< One of a dump; none or more of a checkpoint. The latest is last.
    RunRequest request;                           ///< What the next run of a checkpoint is asked to do.
    bool running = false;                         ///< A run of this checkpoint is on its way.
    std::optional<Error> error; ///< The last failure that concerned this file; gone with the next success.
    QDateTime read;             ///< When `contents` were read.
    bool changed = false;       ///< On disk since then; of a dump that is followed only where it cannot be read.

    bool is_dump() const { return contents && contents->recording; }
};

} // namespace normscope
