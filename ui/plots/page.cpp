// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/plots/page.h"

#include "ui/plots/text.h"
#include "ui/plots/text_element.h"

#include <qcustomplot.h>

#include <algorithm>
#include <iterator>

namespace normscope {
namespace {

constexpr double margin_pt = 7, gap_pt = 4;
constexpr double name_scale = 1.25; ///< Of a page's name, beside its other text
constexpr double line_height = 1.2; ///< Beside the size of the type
constexpr int warning_lines = 2;
constexpr int provenance_lines = 2, provenance_lines_narrow = 4;
constexpr int description_lines = 2, description_lines_narrow = 3;
constexpr double foot_share = 0.13;              ///< Most of a page's height that provenance may take
constexpr double least_for_description_pt = 165; ///< Height of a page below which its name has to do

int most_description_lines(const Look& look) {
    return look.width_pt < narrow_page_pt && look.height_pt > look.width_pt ? description_lines_narrow
                                                                            : description_lines;
}

int most_foot_lines(const Look& look) {
    const int most = look.width_pt < narrow_page_pt ? provenance_lines_narrow : provenance_lines;
    const double line_pt = look.font_pt * small_scale * line_height;
    return std::min(most, static_cast<int>(look.height_pt * foot_share / line_pt));
}

/// Each warning on a line of its own; when there are more than fit, the last line says how many are left.
std::vector<TextRow> warning_rows(const Look& look, const std::vector<std::string>& warnings) {
    std::vector<TextRow> rows;
    const auto count = static_cast<int>(warnings.size());
    const int shown = count > warning_lines ? warning_lines - 1 : count;
    rows.reserve(static_cast<size_t>(warning_lines));
    for (int i = 0; i < shown; ++i)
        rows.push_back({QStringLiteral("⚠ ") + QString::fromStdString(warnings[i]), look.warning, small_scale});
    if (shown < count)
        rows.push_back({QStringLiteral("⚠ %1 (and %2 more)")
                            .arg(fitted_text(QString::fromStdString(warnings[shown]), look.font(small_scale),
                                             page_width(look) * 0.7, Qt::ElideRight),
                                 QString::number(count - shown - 1)),
                        look.warning, small_scale});
    return rows;
}

std::vector<TextRow> heading_rows(const Look& look, const PageText& text) {
    std::vector<TextRow> rows;
    rows.push_back({text.name, look.text, name_scale, true});
    rows.back().elide = Qt::ElideMiddle;
    rows.back().shrink = true;
    const int most = most_description_lines(look);
    if (look.height_pt >= least_for_description_pt)
        for (const QString& line : wrapped_text(text.description, look.font(), page_width(look), most))
            rows.push_back({line, look.muted, 1});
    return rows;
}

std::vector<TextRow> foot_rows(const Look& look, const QString& provenance) {
    std::vector<TextRow> rows;
    const int lines = most_foot_lines(look);
    if (lines < 1)
        return rows;
    for (const QString& line : wrapped_text(provenance, look.font(small_scale), page_width(look), lines))
        rows.push_back({line, look.muted, small_scale, false, Swatch::none, {}, Qt::ElideMiddle});
    return rows;
}

} // namespace

double page_width(const Look& look) {
    return look.px(look.width_pt - 2 * margin_pt);
}

QCPLayoutGrid* make_page(QCustomPlot& plot, const Look& look, const PageText& text, const FigureParts& parts) {
    plot.clearPlottables();
    plot.clearItems();
    plot.plotLayout()->clear();
    qDeleteAll(plot.findChildren<QCPMarginGroup*>(Qt::FindDirectChildrenOnly)); // the plot would keep them for ever
    plot.setBackground(look.transparent ? QBrush(Qt::NoBrush) : QBrush(look.background));
    plot.setAntialiasedElements(QCP::aeAll);

    QCPLayoutGrid& page = *plot.plotLayout();
    const int margin = static_cast<int>(look.px(margin_pt));
    page.setMargins({margin, margin, margin, margin});
    page.setRowSpacing(static_cast<int>(look.px(gap_pt)));
    auto* body = new QCPLayoutGrid;
    body->setColumnSpacing(static_cast<int>(look.px(8)));
    body->setRowSpacing(static_cast<int>(look.px(6)));
    std::vector<TextRow> above = parts.heading ? heading_rows(look, text) : std::vector<TextRow>();
    if (parts.warnings)
        std::ranges::move(warning_rows(look, text.warnings), std::back_inserter(above));
    const auto add_rows = [&](std::vector<TextRow> rows) {
        if (!rows.empty())
            page.addElement(page.rowCount(), 0, new TextElement(&plot, look, std::move(rows), TextElement::Flow::line));
    };
    add_rows(std::move(above));
    page.addElement(page.rowCount(), 0, body);
    if (parts.provenance)
        add_rows(foot_rows(look, text.provenance));
    return body;
}

double frame_height_pt(const Look& look, const FigureParts& parts) {
    double lines = parts.warnings ? warning_lines * small_scale : 0;
    if (parts.heading)
        lines += name_scale + (look.height_pt >= least_for_description_pt ? most_description_lines(look) : 0);
    if (parts.provenance)
        lines += most_foot_lines(look) * small_scale;
    return 2 * margin_pt + 2 * gap_pt + lines * line_height * look.font_pt;
}

double body_height(const QCustomPlot& plot, const Look& look) {
    const QCPLayoutGrid& page = *plot.plotLayout();
    double height = look.px(look.height_pt - 2 * margin_pt) - page.rowSpacing() * (page.rowCount() - 1);
    for (int row = 0; row < page.rowCount(); ++row)
        if (const auto* text = dynamic_cast<const TextElement*>(page.element(row, 0)))
            height -= text->minimumOuterSizeHint().height();
    return height;
}

} // namespace normscope
