// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/panels/layer_view.h"

#include "ui/models/layer_columns.h"
#include "ui/plots/text.h"

#include <QMouseEvent>
#include <QStyledItemDelegate>

namespace normscope {
namespace {

class NameDelegate : public QStyledItemDelegate {
public:
    explicit NameDelegate(const LayerView& view, QObject* parent) : QStyledItemDelegate(parent), view_(view) {}

protected:
    void initStyleOption(QStyleOptionViewItem* option, const QModelIndex& index) const override {
        QStyledItemDelegate::initStyleOption(option, index);
        if (option->widget == nullptr || option->rect.isEmpty())
            return; // how wide it would like to be is asked
        option->font.setBold(index.row() == view_.currentIndex().row() && !alone(index));
        option->fontMetrics = QFontMetrics(option->font);
        const QStyle& style = *option->widget->style();
        const QRect room = style.subElementRect(QStyle::SE_ItemViewItemText, option, option->widget);
        const int margin = 2 * (style.pixelMetric(QStyle::PM_FocusFrameHMargin, option, option->widget) + 1);
        option->text = fitted_name(option->text, option->font, room.width() - margin);
    }

private:
    bool alone(const QModelIndex& index) const {
        return view_.rows().isSelected(index) && view_.rows().selectedRows().size() == 1;
    }

    const LayerView& view_;
};

} // namespace

void RowSelection::select(const QItemSelection& rows, SelectionFlags command) {
    QItemSelectionModel::select(rows, command);
    emit taken(command.testFlag(Clear));
}

LayerView::LayerView(QWidget* parent) : TableView(parent) {
    setItemDelegateForColumn(static_cast<int>(LayerColumn::name), new NameDelegate(*this, this));
}

void LayerView::setModel(QAbstractItemModel* model) {
    TableView::setModel(model);
    delete selectionModel(); // the view makes one, and leaves it when it gets another
    rows_ = new RowSelection(model, this);
    setSelectionModel(rows_);
    connect(rows_, &RowSelection::taken, viewport(), qOverload<>(&QWidget::update)); // the name of the current row
}

void LayerView::mousePressEvent(QMouseEvent* event) {
    pressed_beside_ = !indexAt(event->position().toPoint()).isValid();
    TableView::mousePressEvent(event);
}

QItemSelectionModel::SelectionFlags LayerView::selectionCommand(const QModelIndex& index, const QEvent* event) const {
    const bool by_mouse =
        event != nullptr && (event->type() == QEvent::MouseButtonPress || event->type() == QEvent::MouseMove ||
                             event->type() == QEvent::MouseButtonRelease);
    if (by_mouse && pressed_beside_ && !index.isValid())
        return QItemSelectionModel::NoUpdate;
    return TableView::selectionCommand(index, event);
}

} // namespace normscope
