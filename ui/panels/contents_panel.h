// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/models/facts_model.h"
#include "ui/models/pattern_filter_model.h"
#include "ui/models/tensor_table_model.h"
#include "ui/panels/table_view.h"
#include "ui/session/session.h"

#include <QTabWidget>

namespace normscope {

/// What is in the current file: what was assumed and from where, its tensors, its metadata.
class ContentsPanel : public QTabWidget {
    Q_OBJECT
public:
    explicit ContentsPanel(Session& session, QWidget* parent = nullptr);

protected:
    void showEvent(QShowEvent* event) override;

private:
    TableView* addTable(QAbstractItemModel& model, const QString& name);
    void addTensors();
    void refreshSoon();
    void refresh();

    Session& session_;
    FactsModel *known_, *metadata_;
    TensorTableModel* tensors_;
    PatternFilterModel* tensors_shown_;
    TableView *known_view_, *metadata_view_, *tensors_view_ = nullptr;
    bool stale_ = true;
};

} // namespace normscope
