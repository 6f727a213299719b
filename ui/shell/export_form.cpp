// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/export_form.h"

#include "ui/shell/settings.h"

#include <QCheckBox>
#include <QComboBox>
#include <QDoubleSpinBox>
#include <QFormLayout>
#include <QGroupBox>
#include <QLabel>
#include <QSignalBlocker>
#include <QVBoxLayout>

namespace normscope {
namespace {

QDoubleSpinBox* number(double least, double most) {
    auto* box = new QDoubleSpinBox;
    box->setRange(least, most);
    box->setDecimals(1);
    box->setKeyboardTracking(false);
    return box;
}

void choose(QCheckBox* box, bool on) {
    const QSignalBlocker quiet(box);
    box->setChecked(on);
}

QString key(const char* name) {
    return QStringLiteral("export/") + QLatin1String(name);
}

} // namespace

ExportForm::ExportForm(QWidget* parent)
    : QWidget(parent), dpi_now_(FigureStyle().dpi), width_(number(1, 1e5)), height_(number(1, 1e5)),
      font_(number(4, 30)), natural_(new QCheckBox(tr("&height that suits the figure"))), unit_(new QComboBox),
      format_(new QComboBox), colours_(new QComboBox), dpi_(new QSpinBox), heading_(new QCheckBox(tr("heading"))),
      measures_(new QCheckBox(tr("equation and measures"))), provenance_(new QCheckBox(tr("provenance"))),
      colour_bar_(new QCheckBox(tr("colour bar"))), by_points_(new QCheckBox(tr("curve fitted to the points"))),
      by_bins_(new QCheckBox(tr("curve fitted to the bins"))), band_(new QCheckBox(tr("band: mean ± std of y"))),
      bounds_(new QCheckBox(tr("hard bounds of y"))) {
    format_->addItems({QStringLiteral("png"), QStringLiteral("svg"), QStringLiteral("pdf")});
    colours_->addItems({tr("light"), tr("dark"), tr("transparent")});
    dpi_->setRange(30, 2400);
    dpi_->setKeyboardTracking(false);
    dpi_->setSuffix(tr(" dpi"));
    dpi_->setToolTip(tr("Of a PNG, and of the cloud of points inside SVG and PDF"));
    font_->setSuffix(tr(" pt"));
    auto* fields = new QFormLayout;
    fields->addRow(tr("&Format"), format_);
    fields->addRow(tr("Si&ze"), sizeFields());
    fields->addRow(QString(), natural_);
    fields->addRow(tr("&Resolution"), dpi_);
    fields->addRow(tr("T&ype"), font_);
    fields->addRow(tr("&Colours"), colours_);
    auto* rows = new QVBoxLayout(this);
    rows->setContentsMargins(0, 0, 0, 0);
    rows->addLayout(fields);
    rows->addWidget(partFields());
    rows->addStretch();
    connect(format_, &QComboBox::currentTextChanged, this, &ExportForm::formatChanged);
    connect(colours_, &QComboBox::currentIndexChanged, this, &ExportForm::changed);
    connect(unit_, &QComboBox::currentIndexChanged, this, &ExportForm::followUnit);
    connect(dpi_, &QSpinBox::valueChanged, this, &ExportForm::followResolution);
    for (QDoubleSpinBox* box : {width_, height_, font_})
        connect(box, &QDoubleSpinBox::valueChanged, this, &ExportForm::changed);
    connect(natural_, &QCheckBox::toggled, this, [this](bool on) {
        height_->setEnabled(!on);
        emit changed();
    });
}

QWidget* ExportForm::sizeFields() {
    unit_->addItems({tr("mm"), tr("px")});
    auto* fields = new QWidget;
    auto* row = new QHBoxLayout(fields);
    row->setContentsMargins(0, 0, 0, 0);
    for (QDoubleSpinBox* box : {width_, height_})
        box->setButtonSymbols(QAbstractSpinBox::NoButtons);
    row->addWidget(width_, 1);
    row->addWidget(new QLabel(QStringLiteral("×")));
    row->addWidget(height_, 1);
    row->addWidget(unit_);
    return fields;
}

QWidget* ExportForm::partFields() {
    auto* box = new QGroupBox(tr("What to include"));
    auto* rows = new QVBoxLayout(box);
    for (QCheckBox* part : {heading_, measures_, provenance_, colour_bar_, by_points_, by_bins_, band_, bounds_}) {
        part->setChecked(true);
        rows->addWidget(part);
        connect(part, &QCheckBox::toggled, this, &ExportForm::changed);
    }
    return box;
}

void ExportForm::show(const FigureSource& source) {
    source_ = source;
    for (QCheckBox* part : {by_points_, by_bins_, band_, bounds_})
        part->setVisible(source.scatter);
    choose(by_points_, source.options.by_points);
    choose(by_bins_, source.options.by_bins);
    choose(band_, source.options.band);
    choose(bounds_, source.options.bounds);
}

void ExportForm::suit(const Figure& figure) {
    if (!natural_->isChecked())
        return;
    const QSignalBlocker quiet(height_);
    height_->setValue(figure.natural_height_mm(style()) * units_a_mm());
}

QString ExportForm::format() const {
    return format_->currentText();
}

void ExportForm::setFormat(const QString& format) {
    if (const int at = format_->findText(format); at >= 0)
        format_->setCurrentIndex(at);
}

ScatterOptions ExportForm::parts() const {
    ScatterOptions options = source_.options;
    const bool heading = heading_->isChecked(); // its warnings go with it
    options.parts = {heading, measures_->isChecked(), provenance_->isChecked(), colour_bar_->isChecked(), heading};
    options.by_points = by_points_->isChecked();
    options.by_bins = by_bins_->isChecked();
    options.band = band_->isChecked();
    options.bounds = bounds_->isChecked();
    return options;
}

double ExportForm::units_a_mm() const {
    return unit_now_ == millimetres ? 1 : dpi_now_ / mm_per_inch;
}

FigureStyle ExportForm::style() const {
    FigureStyle style;
    style.width_mm = width_->value() / units_a_mm();
    style.height_mm = height_->value() / units_a_mm();
    style.font_pt = font_->value();
    style.dpi = dpi_->value();
    style.theme = colours_->currentIndex() == dark ? FigureTheme::dark : FigureTheme::light;
    style.transparent = colours_->currentIndex() == transparent;
    return style;
}

/// The same size in the other unit.
void ExportForm::followUnit() {
    const FigureStyle size = style();
    unit_now_ = unit_->currentIndex();
    const QSignalBlocker quiet[]{QSignalBlocker(width_), QSignalBlocker(height_)};
    for (QDoubleSpinBox* box : {width_, height_})
        box->setDecimals(unit_now_ == millimetres ? 1 : 0);
    width_->setValue(size.width_mm * units_a_mm());
    height_->setValue(size.height_mm * units_a_mm());
}

/// Pixels that the user gave stay; so do millimetres.
void ExportForm::followResolution() {
    dpi_now_ = dpi_->value();
    emit changed();
}

void ExportForm::recall(const WindowSettings& settings) {
    const FigureStyle usual;
    dpi_->setValue(settings.value(key("dpi"), usual.dpi).toInt());
    width_->setValue(settings.value(key("width_mm"), usual.width_mm).toDouble());
    height_->setValue(settings.value(key("height_mm"), usual.height_mm).toDouble());
    font_->setValue(settings.value(key("font_pt"), usual.font_pt).toDouble());
    natural_->setChecked(settings.value(key("natural"), true).toBool());
    setFormat(settings.value(key("format")).toString());
    colours_->setCurrentIndex(settings.value(key("colours"), light).toInt());
    unit_->setCurrentIndex(settings.value(key("unit"), millimetres).toInt());
    heading_->setChecked(settings.value(key("heading"), true).toBool());
    measures_->setChecked(settings.value(key("measures"), true).toBool());
    provenance_->setChecked(settings.value(key("provenance"), true).toBool());
    colour_bar_->setChecked(settings.value(key("colour_bar"), true).toBool());
}

void ExportForm::remember(WindowSettings& settings) const {
    const FigureStyle now = style();
    settings.setValue(key("dpi"), now.dpi);
    settings.setValue(key("width_mm"), now.width_mm);
    settings.setValue(key("height_mm"), now.height_mm);
    settings.setValue(key("font_pt"), now.font_pt);
    settings.setValue(key("natural"), natural_->isChecked());
    settings.setValue(key("format"), format());
    settings.setValue(key("colours"), colours_->currentIndex());
    settings.setValue(key("unit"), unit_->currentIndex());
    settings.setValue(key("heading"), heading_->isChecked());
    settings.setValue(key("measures"), measures_->isChecked());
    settings.setValue(key("provenance"), provenance_->isChecked());
    settings.setValue(key("colour_bar"), colour_bar_->isChecked());
}

} // namespace normscope
