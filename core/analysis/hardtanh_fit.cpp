// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/analysis/fit_search.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace normscope {
namespace {

/// Sums over some bins, with t = αx on the slope or ±1 beyond it; `ty` by y about its mean.
struct Sums {
    double t = 0, tt = 0, ty = 0;

    void add(double weight, double value, double y) {
        t += weight * value;
        tt += weight * value * value;
        ty += weight * value * y;
    }
};

/// How much of the squares of y one α explains, while `slope` bins lie on the slope and `flat` ones beyond it:
/// (p·α + q)² / (a·α² + 2b·α + c).
struct Piece {
    double a, b, c, p, q;

    Piece(const Sums& slope, const Sums& flat, double weight)
        : a(slope.tt - slope.t * slope.t / weight), b(-slope.t * flat.t / weight),
          c(flat.tt - flat.t * flat.t / weight), p(slope.ty), q(flat.ty) {}

    double explained(double alpha) const {
        const double squares = (a * alpha + 2 * b) * alpha + c, product = p * alpha + q;
        return squares > 0 ? product * product / squares : 0.0;
    }
    /// Where the derivative is 0 and something is explained.
    double stationary() const { return (q * b - p * c) / (p * b - q * a); }
};

} // namespace

Projection best_hardtanh(const FitData& data) {
    const std::size_t size = data.size();
    std::vector<std::size_t> order(size);
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::ranges::sort(order, {}, [&](std::size_t i) { return std::abs(data.x[i]); });
    const double weight = std::accumulate(data.weight.begin(), data.weight.end(), 0.0);
    const double mean = std::inner_product(data.y.begin(), data.y.end(), data.weight.begin(), 0.0) / weight;
    std::vector<Sums> beyond(size + 1); // of those from a place in the order on
    for (std::size_t k = size; k-- > 0;) {
        const std::size_t i = order[k];
        beyond[k] = beyond[k + 1];
        beyond[k].add(data.weight[i], data.x[i] == 0 ? 0.0 : std::copysign(1.0, data.x[i]), data.y[i] - mean);
    }
    FitSearch search(data, Curve::hardtanh);
    double best = search.flattest(), most = Piece(beyond[size], beyond[size], weight).explained(best);
    const auto offer = [&](const Piece& piece, double alpha) {
        if (const double explained = piece.explained(alpha); explained > most)
            most = explained, best = alpha;
    };
    Sums slope;
    for (std::size_t k = 0; k < size; ++k) {
        const std::size_t i = order[k];
        slope.add(data.weight[i], data.x[i], data.y[i] - mean);
        const double last = std::abs(data.x[i]), next = k + 1 < size ? std::abs(data.x[order[k + 1]]) : INFINITY;
        if (last == 0 || last == next)
            continue;
        const Piece piece(slope, beyond[k + 1], weight);
        const double steepest = 1 / last, flattest = 1 / next, inside = piece.stationary();
        offer(piece, k + 1 < size ? steepest : search.flattest());
        if (inside > flattest && inside < steepest)
            offer(piece, inside);
    }
    offer(Piece({}, beyond[0], weight), search.steepest());
    return search.at(best);
}

} // namespace normscope
