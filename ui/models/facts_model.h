// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/session/open_file.h"

#include <QAbstractTableModel>

#include <vector>

namespace normscope {

/// One thing that is known of a file or a run.
struct Fact {
    QString key, value;
    QString source; ///< Where it came from: "config", "family default", "user"; "" where the file itself says so.
};

/// What is known of a file and of one of its runs (null: none), and what had to be told or assumed; the latter first.
std::vector<Fact> known_facts(const OpenFile& file, const OpenRun* run);
/// The metadata of a checkpoint as it stands in the file.
std::vector<Fact> metadata_facts(const FileContents& contents);

/// Facts, one a row: key, value and, where any has one, source.
class FactsModel : public QAbstractTableModel {
    Q_OBJECT
public:
    enum Column { key, value, source, column_count };

    using QAbstractTableModel::QAbstractTableModel;
    void setFacts(std::vector<Fact> facts);

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role = Qt::DisplayRole) const override;

private:
    std::vector<Fact> facts_;
    bool sourced_ = false;
};

} // namespace normscope
