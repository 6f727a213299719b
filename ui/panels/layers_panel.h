// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/models/layer_table_model.h"
#include "ui/models/pattern_filter_model.h"
#include "ui/panels/filter_line.h"
#include "ui/panels/layer_view.h"

#include <QWidget>

#include <set>
#include <string>
#include <vector>

class QLabel;

namespace normscope {

/// The table of norm layers. Its current row is the layer that every view shows; the rows selected are the user's
/// choice of layers, by name, for the grid and for copying. Other views move the current row and leave a choice of
/// several.
class LayersPanel : public QWidget {
    Q_OBJECT
public:
    explicit LayersPanel(Session& session, QWidget* parent = nullptr);
    ~LayersPanel() override;

    TableView& view() { return *view_; }
    /// The layers selected, by their places in `Session::currentLayers`, in their own order; those that are filtered
    /// away too.
    std::vector<int> selection() const;
    /// The columns shown, their order, widths and sorting, for the settings.
    QByteArray columnState() const;
    void restoreColumns(const QByteArray& state);

public slots:
    void focusFilter();
    /// Looks at a layer, and selects it beside the others or takes it out of them.
    void toggle(int place);

signals:
    void selectionChanged(const std::vector<int>& places);

protected:
    void showEvent(QShowEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;

private:
    void setUpTable();
    std::string lookedAt() const;     ///< The name of the layer looked at; "" where there is none.
    QModelIndex row(int place) const; ///< Invalid where it is filtered away.
    void takeRow(const QModelIndex& index);
    void takeSelection(bool anew);
    void takeFilter(const QString& pattern);
    void choose(const std::set<std::string>& names);
    void showRow();
    void follow();
    void refit();
    void fitName();
    void noteSample();

    Session& session_;
    LayerTableModel* model_;
    PatternFilterModel* shown_;
    LayerView* view_;
    FilterLine* filter_;
    QLabel* sample_;               ///< What a * in the table means, where there is one
    std::set<std::string> chosen_; ///< The names of the layers selected
    std::string looked_at_;        ///< The name of the layer that the current row shows
    bool following_ = false;       ///< The current row moves because the layer looked at did, or the other way round.
    bool choosing_ = false;        ///< Rows are selected because their layers are chosen.
    bool fitting_ = false;
    bool own_widths_ = false; ///< The user's widths were restored, or the user has set that of the names.
};

} // namespace normscope
