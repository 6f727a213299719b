// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/shell/figure_source.h"

#include <QWidget>

class QCheckBox;
class QComboBox;
class QDoubleSpinBox;
class QSpinBox;

namespace normscope {

class WindowSettings;

/// How a figure is saved: format, size, resolution, type, colours, and what to include.
class ExportForm : public QWidget {
    Q_OBJECT
public:
    explicit ExportForm(QWidget* parent = nullptr);

    /// Takes the parts as they are shown; curves, band and bounds only of a scatter.
    void show(const FigureSource& source);
    /// The height that suits a figure, where the user leaves it to the figure.
    void suit(const Figure& figure);
    QString format() const; ///< "png", "svg" or "pdf"
    void setFormat(const QString& format);
    FigureStyle style() const;
    ScatterOptions parts() const;

    void recall(const WindowSettings& settings);
    void remember(WindowSettings& settings) const;

signals:
    void changed();
    void formatChanged(const QString& format);

private:
    enum Unit { millimetres, pixels };
    enum Colours { light, dark, transparent };

    QWidget* sizeFields();
    QWidget* partFields();
    void followUnit();
    void followResolution();
    double units_a_mm() const;

    FigureSource source_;
    int unit_now_ = millimetres;
    int dpi_now_;
    QDoubleSpinBox *width_, *height_, *font_;
    QCheckBox* natural_;
    QComboBox *unit_, *format_, *colours_;
    QSpinBox* dpi_;
    QCheckBox *heading_, *measures_, *provenance_, *colour_bar_, *by_points_, *by_bins_, *band_, *bounds_;
};

} // namespace normscope
