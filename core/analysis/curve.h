// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

namespace normscope {

/// The S-curves f of y = A·f(αx) + c that a norm layer is compared with. All are odd, f(0) = 0.
/// isru is u/√(1+u²), arctan (2/π)·atan u, softsign u/(1+|u|). `linear` is a straight line (α = 1).
enum class Curve { tanh, erf, isru, arctan, softsign, hardtanh, linear };

std::string curve_name(Curve curve);
/// Nothing when no curve has that name.
std::optional<Curve> curve_from_name(const std::string& name);
const std::vector<Curve>& all_curves();

/// f(u)
double curve_value(Curve curve, double u);
/// df/du
double curve_slope(Curve curve, double u);
/// df/du where f(u) is known already, which spares tanh its work.
double curve_slope(Curve curve, double u, double value);
/// f(alpha·x[i]) into `into`. tanh is vectorised, within 4e-16 absolute.
void curve_values(Curve curve, double alpha, std::span<const double> x, std::span<double> into);
/// f′(alpha·x[i]) into `into`, where the values f(alpha·x[i]) are known.
void curve_slopes(Curve curve, double alpha, std::span<const double> x, std::span<const double> values,
                  std::span<double> into);

} // namespace normscope
