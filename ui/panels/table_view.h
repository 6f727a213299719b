// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QTreeView>

class QMenu;

namespace normscope {

/// Tables and trees of the panels: whole rows are selected, and copied as text with tabs under a line of titles.
class TableView : public QTreeView {
    Q_OBJECT
public:
    explicit TableView(QWidget* parent = nullptr);

    /// The selected rows, or all where none is, in the order shown; hidden columns are left out.
    QString selectionText() const;
    /// Makes each column as wide as its contents, at most `characters`.
    void fitColumns(int characters = 40);
    /// Lets the user choose the columns in the context menu of the head.
    void offerColumns();

public slots:
    void copySelection();

protected:
    bool event(QEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
};

} // namespace normscope
