// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <span>
#include <string>
#include <vector>

namespace normscope {

/// The S-curves f of y = A·f(αx) + c that a norm layer is compared with. All are odd, f(0) = 0.
/// isru is u/√(1+u²), arctan (2/π)·atan u, softsign u/(1+|u|). `linear` is a straight line (α = 1).
enum class Curve { tanh, erf, isru, arctan, softsign, hardtanh, linear };

std::string curve_name(Curve curve);
/// Throws nothing: false when no curve has that name.
bool curve_from_name(const std::string& name, Curve& curve);
const std::vector<Curve>& all_curves();

/// f(u)
double curve_value(Curve curve, double u);
/// df/du
double curve_slope(Curve curve, double u);
/// f(alpha·x[i]) into `into`; vectorised for tanh (within 4 ulp of double tanh).
void curve_values(Curve curve, double alpha, std::span<const double> x, std::span<double> into);

} // namespace normscope
