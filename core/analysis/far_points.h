// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/analysis/fit.h"

#include <compare>
#include <cstddef>
#include <optional>
#include <span>
#include <vector>

namespace normscope {

/// The points that lie farthest from a curve, looked for while only a draft of the curve is known.
class FarPoints {
public:
    /// Points are kept whose residual is within `slack` of the largest; so the farthest from any curve that differs
    /// from `draft` by at most slack/2 is among them.
    FarPoints(const CurveFit& draft, double slack) : draft_(draft), slack_(slack) {}

    void add(std::span<const float> x, std::span<const float> y);
    void merge(const FarPoints& other);

    /// The exact largest |residual| of `fit` over all points that were added; `apart` is how far it differs from the
    /// draft. Nothing where that is too far, or where too many points had to be kept.
    std::optional<double> largest(const CurveFit& fit, double apart) const;

private:
    struct Far {
        float x, y;
        double residual; ///< from the draft
        auto operator<=>(const Far&) const = default;
    };

    void keep(std::span<const float> x, std::span<const float> y);
    void prune();

    CurveFit draft_;
    double slack_ = 0, largest_ = 0;
    bool too_many_ = false;
    std::vector<Far> kept_;
};

} // namespace normscope
