// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/plots/figure.h"

#include <QString>

#include <functional>
#include <memory>

namespace normscope {

/// A figure that can be saved: what it is called and how it is made with other parts.
struct FigureSource {
    QString name;           ///< Of the file, without ending
    bool scatter = false;   ///< Curves, band and bounds can be chosen too.
    ScatterOptions options; ///< As it is shown
    std::function<std::shared_ptr<const Figure>(const ScatterOptions& options)> make;
};

class FigurePanel;
class Session;

/// What a panel shows now.
FigureSource figure_source(const Session& session, const FigurePanel& panel);

} // namespace normscope
