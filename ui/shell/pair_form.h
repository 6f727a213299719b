// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/recording/pairing.h"

#include <QWidget>

class QComboBox;
class QLabel;
class QLineEdit;

namespace normscope {

/// One pair of datasets: the two, the layer's name, its kind, ε and channels. Datasets can be dropped on their fields.
class PairForm : public QWidget {
    Q_OBJECT
public:
    explicit PairForm(QWidget* parent = nullptr);

    /// Shows a pair; of `selected` ones, kind, ε and channels are meant for all.
    void show(const PairMapping& pair, int selected);
    PairMapping pair() const;

signals:
    void edited();

private:
    QLineEdit *input_, *output_, *name_, *eps_;
    QComboBox *kind_, *channels_;
    QLabel* meant_;
};

} // namespace normscope
