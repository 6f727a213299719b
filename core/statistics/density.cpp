// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/statistics/density.h"

#include "core/statistics/blocks.h"
#include "core/statistics/vectorize.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <functional>
#include <limits>
#include <utility>

namespace normscope {
namespace {

constexpr int cells = PowerAxis::cells;
constexpr int half = cells / 2;
constexpr std::size_t all_cells = std::size_t{cells} * cells;

/// Flat cell indices of a block of finite points inside the axes: floor(x / width) + half in both directions.
NORMSCOPE_CLONES void cell_indices(const float* x, const float* y, std::size_t size, float per_x, float per_y,
                                   int32_t* index) {
    for (std::size_t i = 0; i < size; ++i) {
        const float u = x[i] * per_x, v = y[i] * per_y; // exact: powers of two
        int32_t column = static_cast<int32_t>(u), row = static_cast<int32_t>(v);
        column -= static_cast<float>(column) > u ? 1 : 0;
        row -= static_cast<float>(row) > v ? 1 : 0;
        index[i] = (row + half) * cells + column + half;
    }
}

/// The same for points that may be anything: −1 for those that are not inside.
NORMSCOPE_CLONES void checked_cell_indices(const float* x, const float* y, std::size_t size, float per_x, float per_y,
                                           int32_t* index) {
    constexpr uint32_t magnitude = 0x7fffffffu;
    const auto reach = static_cast<int32_t>(std::bit_cast<uint32_t>(static_cast<float>(half)));
    for (std::size_t i = 0; i < size; ++i) {
        const uint32_t u_bits = std::bit_cast<uint32_t>(x[i] * per_x), v_bits = std::bit_cast<uint32_t>(y[i] * per_y);
        // All bits set where both magnitudes, which order as their bits do, lie below the reach.
        const int32_t inside =
            ((static_cast<int32_t>(u_bits & magnitude) - reach) & (static_cast<int32_t>(v_bits & magnitude) - reach)) >>
            31;
        const auto u = std::bit_cast<float>(u_bits & static_cast<uint32_t>(inside)),
                   v = std::bit_cast<float>(v_bits & static_cast<uint32_t>(inside));
        int32_t column = static_cast<int32_t>(u), row = static_cast<int32_t>(v);
        column -= static_cast<float>(column) > u ? 1 : 0;
        row -= static_cast<float>(row) > v ? 1 : 0;
        index[i] = ((row + half) * cells + column + half) | ~inside;
    }
}

constexpr int64_t most_in_cell = std::numeric_limits<uint32_t>::max();

int moved_cell(int cell, int doublings) {
    return doublings > 10 ? (cell < half ? half - 1 : half) : ((cell - half) >> doublings) + half;
}

} // namespace

int PowerAxis::exponent_for(double largest) {
    int power = 0; // largest < 2^power
    std::frexp(largest, &power);
    return std::max(largest > 0 ? power - 9 : smallest, smallest); // half = 2^9 cells reach 2^power
}

void Density::reserve(double x_largest, double y_largest) {
    const int grow_x = std::max(0, PowerAxis::exponent_for(x_largest) - x_.exponent);
    const int grow_y = std::max(0, PowerAxis::exponent_for(y_largest) - y_.exponent);
    x_.exponent += grow_x;
    y_.exponent += grow_y;
    if (total_ == 0 || (grow_x == 0 && grow_y == 0))
        return;
    const auto place = [&](int64_t cell) {
        return moved_cell(static_cast<int>(cell / cells), grow_y) * cells +
               moved_cell(static_cast<int>(cell % cells), grow_x);
    };
    for (DensityCell& listed : list_)
        listed.cell = place(listed.cell);
    listed_once_ = list_.empty();
    const auto before = std::exchange(counts_, std::vector<uint32_t>(counts_.size()));
    const auto beyond = std::exchange(beyond_, {});
    for (std::size_t cell = 0; cell < before.size(); ++cell)
        if (before[cell] > 0)
            raise(place(static_cast<int64_t>(cell)), before[cell]);
    for (const auto& [cell, more] : beyond)
        raise(place(cell), more);
}

void Density::spread() {
    if (!counts_.empty())
        return;
    counts_.resize(all_cells);
    for (const auto& [cell, count] : std::exchange(list_, {}))
        raise(cell, count);
    listed_once_ = true;
}

/// Few points ever need it: below 2^32 of them no cell can be full.
bool Density::may_saturate(int64_t more) const {
    return total_ + more > most_in_cell;
}

void Density::raise(int64_t cell, int64_t by) {
    uint32_t& held = counts_[static_cast<std::size_t>(cell)];
    const int64_t sum = held + by;
    held = static_cast<uint32_t>(std::min(sum, most_in_cell));
    if (sum > most_in_cell)
        beyond_[cell] += sum - most_in_cell;
}

int64_t Density::count(int64_t cell) const {
    if (!counts_.empty()) {
        const auto more = beyond_.find(cell);
        return counts_[static_cast<std::size_t>(cell)] + (more == beyond_.end() ? 0 : more->second);
    }
    if (listed_once_) {
        const auto found = std::ranges::lower_bound(list_, cell, {}, &DensityCell::cell);
        return found != list_.end() && found->cell == cell ? found->count : 0;
    }
    int64_t sum = 0;
    for (const DensityCell& listed : list_)
        sum += listed.cell == cell ? listed.count : 0;
    return sum;
}

void Density::add(std::span<const float> x, std::span<const float> y) {
    for_finite_blocks(x, y, [this](const PairBlock& block) {
        reserve(block.largest_x, block.largest_y);
        const std::size_t size = block.x.size();
        int32_t index[block_points];
        cell_indices(block.x.data(), block.y.data(), size, static_cast<float>(x_.cells_per_unit()),
                     static_cast<float>(y_.cells_per_unit()), index);
        if (counts_.empty() && list_.size() + size <= few) {
            for (std::size_t i = 0; i < size; ++i)
                list_.push_back({index[i], 1});
            listed_once_ = false;
            total_ += static_cast<int64_t>(size);
            return;
        }
        spread();
        const bool careful = may_saturate(static_cast<int64_t>(size));
        uint32_t* counts = counts_.data();
        for (std::size_t i = 0; i < size && !careful; ++i) {
            if (i % 8 == 0)
                look_ahead(block, i);
            ++counts[index[i]];
        }
        for (std::size_t i = 0; i < size && careful; ++i)
            raise(index[i], 1);
        total_ += static_cast<int64_t>(size);
    });
}

void Density::merge(const Density& other) {
    if (other.total_ == 0)
        return;
    if (total_ == 0) {
        *this = other;
        return;
    }
    Density theirs = other;
    const auto align = [](PowerAxis& a, PowerAxis& b) { return std::ldexp(1.0, std::max(a.exponent, b.exponent) + 8); };
    const double x_reach = align(x_, theirs.x_), y_reach = align(y_, theirs.y_);
    reserve(x_reach, y_reach);
    theirs.reserve(x_reach, y_reach);
    if (counts_.empty() && theirs.counts_.empty() && list_.size() + theirs.list_.size() <= few) {
        list_.insert(list_.end(), theirs.list_.begin(), theirs.list_.end());
        listed_once_ = false;
    } else if (spread(); !theirs.counts_.empty() && !may_saturate(theirs.total_)) {
        std::ranges::transform(counts_, theirs.counts_, counts_.begin(), std::plus<>());
    } else {
        for (const auto& [cell, count] : theirs.occupied())
            raise(cell, count);
    }
    total_ += theirs.total_;
}

void Density::settle() {
    std::vector<DensityCell> filled = occupied();
    if (filled.size() * sizeof(DensityCell) > all_cells * sizeof(uint32_t) / 2)
        return spread();
    filled.shrink_to_fit();
    list_ = std::move(filled);
    listed_once_ = true;
    counts_ = {};
    beyond_ = {};
}

std::vector<DensityCell> Density::occupied() const {
    std::vector<DensityCell> filled;
    for (std::size_t cell = 0; cell < counts_.size(); ++cell)
        if (counts_[cell] > 0)
            filled.push_back({static_cast<int32_t>(cell), count(static_cast<int64_t>(cell))});
    if (!counts_.empty())
        return filled;
    if (listed_once_)
        return list_;
    std::vector<DensityCell> sorted = list_;
    std::ranges::sort(sorted, {}, &DensityCell::cell);
    for (const DensityCell& listed : sorted) {
        if (!filled.empty() && filled.back().cell == listed.cell)
            filled.back().count += listed.count;
        else
            filled.push_back(listed);
    }
    return filled;
}

int64_t Density::cell(float x, float y) const {
    if (!std::isfinite(x) || !std::isfinite(y) || total_ == 0)
        return -1;
    const double column = std::floor(static_cast<double>(x) * x_.cells_per_unit()) + half;
    const double row = std::floor(static_cast<double>(y) * y_.cells_per_unit()) + half;
    if (column < 0 || column >= cells || row < 0 || row >= cells)
        return -1;
    return static_cast<int64_t>(row) * cells + static_cast<int64_t>(column);
}

void Density::cells_of(std::span<const float> x, std::span<const float> y, std::span<int32_t> into) const {
    if (total_ == 0)
        return std::fill(into.begin(), into.end(), -1);
    checked_cell_indices(x.data(), y.data(), x.size(), static_cast<float>(x_.cells_per_unit()),
                         static_cast<float>(y_.cells_per_unit()), into.data());
}

Density Density::restore(PowerAxis x, PowerAxis y, std::vector<DensityCell> occupied) {
    Density density;
    density.x_ = x;
    density.y_ = y;
    density.list_ = std::move(occupied);
    for (const DensityCell& listed : density.list_)
        density.total_ += listed.count;
    density.settle();
    return density;
}

uint32_t Density::outlier_threshold(int64_t limit) const {
    constexpr uint32_t most = 64;
    int64_t cells_of[most + 1] = {};
    for (const auto& [cell, count] : occupied())
        if (count <= most)
            ++cells_of[count];
    int64_t points = 0;
    for (uint32_t k = 1; k <= most; ++k) {
        points += cells_of[k] * k;
        if (points > limit)
            return k - 1;
    }
    return most;
}

} // namespace normscope
