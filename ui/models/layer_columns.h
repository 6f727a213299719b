// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/session/session.h"

#include <QString>

#include <optional>
#include <vector>

namespace normscope {

/// What a row of the layer table is made of.
struct LayerRow {
    NormLayer layer;
    LayerPtr result;              ///< Null while it is not analysed.
    std::optional<Error> failure; ///< Why it could not be analysed.
};

/// In the order of the table. α and A·α are those of the tanh, or of the first chosen curve where tanh is not fitted.
enum class LayerColumn {
    index,
    name,
    kind,
    channels,
    points,
    alpha_points,
    alpha_bins,
    slope, ///< A·α, point-weighted
    r2_points,
    r2_bins,
    r2_line,
    input_std,
    eps,
    input_grad,  ///< RMS
    output_grad, ///< RMS
    gain,        ///< input_grad / output_grad
    trained_alpha,
    warnings
};
constexpr int layer_column_count = static_cast<int>(LayerColumn::warnings) + 1;

/// Whether the column holds numbers; else text.
bool is_number(LayerColumn column);
/// A short name for the head of the column.
QString column_title(LayerColumn column);
/// What the quantity means, with its formula.
QString column_meaning(LayerColumn column);

/// The number; NaN where it is undefined or not known yet, and in columns of text.
double cell_number(const LayerRow& row, LayerColumn column);
/// As shown: "…" while it is not known yet, "–" where it is undefined, "0.0817*" where it is of a sample of the tokens.
QString cell_text(const LayerRow& row, LayerColumn column);
/// More words on a cell: the fit behind α, why something is undefined; "" where there is nothing to add.
QString cell_note(const LayerRow& row, LayerColumn column);

} // namespace normscope
