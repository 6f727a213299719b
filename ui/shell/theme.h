// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/plots/figure.h"

#include <QObject>
#include <QString>

namespace normscope {

enum class ThemeChoice { system, light, dark };

/// The colours of the whole program: as the system has them, or light or dark by the user's choice.
class Theme : public QObject {
    Q_OBJECT
public:
    explicit Theme(QObject* parent = nullptr);

    ThemeChoice choice() const { return choice_; }
    void choose(ThemeChoice choice);
    /// What suits the palette that is in force. (Qt 6.4 cannot ask the system itself.)
    FigureTheme figureTheme() const { return figures_; }

signals:
    void changed(normscope::FigureTheme theme);

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    void judge();

    QString system_style_; ///< The name of the style that the system chose.
    ThemeChoice choice_ = ThemeChoice::system;
    FigureTheme figures_ = FigureTheme::light;
};

} // namespace normscope
