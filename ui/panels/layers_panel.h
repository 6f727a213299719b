// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/models/layer_table_model.h"
#include "ui/models/pattern_filter_model.h"
#include "ui/panels/filter_line.h"
#include "ui/panels/table_view.h"

#include <QWidget>

#include <vector>

namespace normscope {

/// The table of norm layers. Its current row is the layer that every view shows.
class LayersPanel : public QWidget {
    Q_OBJECT
public:
    explicit LayersPanel(Session& session, QWidget* parent = nullptr);
    ~LayersPanel() override;

    TableView& view() { return *view_; }
    /// The layers selected, by their places in `Session::currentLayers`, in their own order.
    std::vector<int> selection() const;
    /// The columns shown, their order, widths and sorting, for the settings.
    QByteArray columnState() const;
    void restoreColumns(const QByteArray& state);

public slots:
    void focusFilter();

signals:
    void selectionChanged(const std::vector<int>& places);

protected:
    void showEvent(QShowEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;

private:
    void setUpTable();
    void takeRow(const QModelIndex& index);
    void takeFilter(const QString& pattern);
    void follow();
    void refit();
    void fitName();

    Session& session_;
    LayerTableModel* model_;
    PatternFilterModel* shown_;
    TableView* view_;
    FilterLine* filter_;
    bool following_ = false;
    bool fitting_ = false;
    bool own_widths_ = false; ///< The user's widths were restored, or the user has set that of the names.
};

} // namespace normscope
