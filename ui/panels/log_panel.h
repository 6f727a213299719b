// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/models/message_model.h"
#include "ui/panels/table_view.h"

#include <QWidget>

namespace normscope {

/// The log of messages, the newest in sight unless the user has scrolled back.
class LogPanel : public QWidget {
    Q_OBJECT
public:
    explicit LogPanel(Session& session, QWidget* parent = nullptr);

    TableView& view() { return *view_; }

protected:
    void showEvent(QShowEvent* event) override;

private:
    MessageModel* model_;
    TableView* view_;
    bool at_end_ = true; ///< The newest row was in sight before others came.
};

} // namespace normscope
