// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/theme.h"

#include <QApplication>
#include <QEvent>
#include <QPalette>
#include <QStyle>
#include <QStyleFactory>

namespace normscope {
namespace {

struct Shades {
    QColor window, base, alternate, button, text, muted, highlight, link;
};

const Shades light_shades{QColor(0xf3f4f6), QColor(0xffffff), QColor(0xf7f8fa), QColor(0xf3f4f6),
                          QColor(0x1b1f24), QColor(0x8a9099), QColor(0x2f6fb3), QColor(0x1f5fa8)};
const Shades dark_shades{QColor(0x25282d), QColor(0x1b1d21), QColor(0x212429), QColor(0x2f333a),
                         QColor(0xe4e7eb), QColor(0x7d848e), QColor(0x3a77b8), QColor(0x7fb4ea)};

QPalette palette_of(const Shades& shades) {
    QPalette palette(shades.button, shades.window); // light, mid and shadow follow from these
    for (const auto role : {QPalette::WindowText, QPalette::Text, QPalette::ButtonText, QPalette::ToolTipText})
        palette.setColor(role, shades.text);
    palette.setColor(QPalette::Base, shades.base);
    palette.setColor(QPalette::AlternateBase, shades.alternate);
    palette.setColor(QPalette::ToolTipBase, shades.alternate);
    palette.setColor(QPalette::PlaceholderText, shades.muted);
    palette.setColor(QPalette::Highlight, shades.highlight);
    palette.setColor(QPalette::HighlightedText, Qt::white);
    palette.setColor(QPalette::Link, shades.link);
    palette.setColor(QPalette::LinkVisited, shades.link);
    for (const auto role : {QPalette::WindowText, QPalette::Text, QPalette::ButtonText})
        palette.setColor(QPalette::Disabled, role, shades.muted);
    palette.setColor(QPalette::Disabled, QPalette::Highlight, shades.muted);
    return palette;
}

} // namespace

Theme::Theme(QObject* parent) : QObject(parent), system_style_(QApplication::style()->name()) {
    qApp->installEventFilter(this);
    judge();
}

void Theme::choose(ThemeChoice choice) {
    if (choice == choice_)
        return;
    choice_ = choice;
    const bool system = choice == ThemeChoice::system;
    QApplication::setStyle(QStyleFactory::create(system ? system_style_ : QStringLiteral("Fusion")));
    QApplication::setPalette(system ? QPalette()
                                    : palette_of(choice == ThemeChoice::dark ? dark_shades : light_shades));
    judge();
}

bool Theme::eventFilter(QObject* watched, QEvent* event) {
    if (watched == qApp && event->type() == QEvent::ApplicationPaletteChange)
        judge();
    return QObject::eventFilter(watched, event);
}

void Theme::judge() {
    constexpr double middle = 0.5;
    const bool dark = QApplication::palette().color(QPalette::Window).lightnessF() < middle;
    const FigureTheme figures = dark ? FigureTheme::dark : FigureTheme::light;
    if (figures == figures_)
        return;
    figures_ = figures;
    emit changed(figures);
}

} // namespace normscope
