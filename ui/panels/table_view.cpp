// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/panels/table_view.h"

#include <QAction>
#include <QClipboard>
#include <QGuiApplication>
#include <QHeaderView>
#include <QKeyEvent>
#include <QStringList>

#include <algorithm>
#include <vector>

namespace normscope {

TableView::TableView(QWidget* parent) : QTreeView(parent) {
    setSelectionBehavior(SelectRows);
    setSelectionMode(ExtendedSelection);
    setAllColumnsShowFocus(true);
    setUniformRowHeights(true);
    setRootIsDecorated(false);
    setTextElideMode(Qt::ElideMiddle);
    setContextMenuPolicy(Qt::ActionsContextMenu);
    auto* copy = new QAction(tr("Copy"), this);
    copy->setObjectName(QStringLiteral("copy"));
    copy->setShortcut(QKeySequence::Copy);
    copy->setShortcutContext(Qt::WidgetShortcut);
    connect(copy, &QAction::triggered, this, &TableView::copySelection);
    addAction(copy);
}

QString TableView::selectionText() const {
    std::vector<int> columns;
    for (int visual = 0; visual < header()->count(); ++visual)
        if (const int column = header()->logicalIndex(visual); !isColumnHidden(column))
            columns.push_back(column);
    QStringList lines;
    const auto add_line = [&](auto cell) {
        QStringList cells;
        for (const int column : columns)
            cells << cell(column).toString().simplified();
        lines << cells.join(QLatin1Char('\t'));
    };
    add_line([this](int column) { return model()->headerData(column, Qt::Horizontal); });
    const bool all = !selectionModel()->hasSelection();
    for (QModelIndex row = model()->index(0, 0); row.isValid(); row = indexBelow(row))
        if (all || selectionModel()->isSelected(row))
            add_line([&](int column) { return row.siblingAtColumn(column).data(); });
    return lines.join(QLatin1Char('\n')) + QLatin1Char('\n');
}

void TableView::copySelection() {
    QGuiApplication::clipboard()->setText(selectionText());
}

void TableView::fitColumns(int characters) {
    const int most = characters * fontMetrics().averageCharWidth();
    for (int column = 0; column < header()->count(); ++column) {
        resizeColumnToContents(column);
        setColumnWidth(column, std::min(columnWidth(column), most));
    }
}

void TableView::offerColumns() {
    header()->setContextMenuPolicy(Qt::ActionsContextMenu);
    for (int column = 0; column < header()->count(); ++column) {
        auto* choice = new QAction(model()->headerData(column, Qt::Horizontal).toString(), header());
        choice->setCheckable(true);
        choice->setChecked(!isColumnHidden(column));
        choice->setToolTip(model()->headerData(column, Qt::Horizontal, Qt::ToolTipRole).toString());
        connect(choice, &QAction::toggled, this, [this, column](bool shown) { setColumnHidden(column, !shown); });
        header()->addAction(choice);
    }
}

/// A focused table copies its own selection, whatever else the window copies by the same key.
bool TableView::event(QEvent* event) {
    if (event->type() == QEvent::ShortcutOverride && static_cast<QKeyEvent*>(event)->matches(QKeySequence::Copy)) {
        event->accept();
        return true;
    }
    return QTreeView::event(event);
}

void TableView::keyPressEvent(QKeyEvent* event) {
    if (event->matches(QKeySequence::Copy))
        copySelection();
    else
        QTreeView::keyPressEvent(event);
}

} // namespace normscope
