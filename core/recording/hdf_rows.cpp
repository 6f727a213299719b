// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/recording/hdf_rows.h"

#include "core/recording/two_byte.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numeric>
#include <sstream>

namespace normscope::hdf {

namespace {

constexpr int64_t most_channels = 1 << 24; // a row is read whole

size_t channel_axis_of(const Object& dataset, size_t rank, int channel_axis) {
    if (channel_axis == -1 || channel_axis == static_cast<int>(rank) - 1)
        return rank - 1;
    if ((channel_axis == 0 || channel_axis == 1) && static_cast<int>(rank) > channel_axis)
        return static_cast<size_t>(channel_axis);
    fail(ErrorCode::damaged, dataset.place,
         "expected the channels on axis -1, 0 or 1, found axis " + std::to_string(channel_axis) + " of " +
             std::to_string(rank) + " axes");
}

bool may_grow(const Object& dataset, size_t axis) {
    std::array<hsize_t, H5S_MAX_RANK> most{};
    const Handle space(H5Dget_space(dataset.id()));
    H5Sget_simple_extent_dims(space.id(), nullptr, most.data());
    return most[axis] == H5S_UNLIMITED;
}

/// Values in the order of a file to rows of channels. `counts` are the sizes of a box in the file.
class Reordering {
public:
    Reordering(const std::vector<hsize_t>& counts, const std::vector<size_t>& row_axes, size_t channel_axis)
        : channels_(static_cast<int64_t>(counts[channel_axis])) {
        std::vector<int64_t> strides(counts.size(), 1);
        for (size_t axis = counts.size() - 1; axis-- > 0;)
            strides[axis] = strides[axis + 1] * static_cast<int64_t>(counts[axis + 1]);
        stride_ = strides[channel_axis];
        for (const auto axis : row_axes)
            axes_.push_back({static_cast<int64_t>(counts[axis]), strides[axis]});
    }

    void run(std::span<const float> from, std::span<float> to) const {
        std::vector<int64_t> at(axes_.size(), 0);
        int64_t first = 0;
        for (int64_t row = 0; row * channels_ < std::ssize(to); ++row) {
            for (int64_t channel = 0; channel < channels_; ++channel)
                to[row * channels_ + channel] = from[first + channel * stride_];
            for (size_t i = axes_.size(); i-- > 0;) { // one step on, as the hands of a clock
                first += axes_[i].stride;
                if (++at[i] < axes_[i].count)
                    break;
                first -= axes_[i].stride * axes_[i].count;
                at[i] = 0;
            }
        }
    }

private:
    struct Axis {
        int64_t count, stride;
    };
    int64_t channels_, stride_ = 1;
    std::vector<Axis> axes_; ///< Of the rows
};

} // namespace

Rows::Rows(Object opened, int channel_axis) : dataset_(std::move(opened)) {
    const Lock lock;
    const auto& dataset = dataset_.use();
    const Handle type(H5Dget_type(dataset.id()));
    storage_ = storage_of(dataset, type);
    swap_bytes_ = storage_ != Storage::native && H5Tget_order(type.id()) == H5T_ORDER_BE;
    wide_ = H5Tget_size(type.id()) > sizeof(float);
    if (is_untyped_bfloat16(dataset, type))
        notes_.push_back(dataset.place +
                         ": values of two bytes without a type are read as bfloat16, as ml_dtypes has it");
    sizes_ = sizes(dataset);
    if (sizes_.empty())
        sizes_ = {1};
    if (std::ranges::find(sizes_, 0) != sizes_.end())
        fail(ErrorCode::damaged, dataset.place, "expected values, found a dataset with an axis of size 0");
    expect_stored(dataset);
    channel_axis_ = channel_axis_of(dataset, sizes_.size(), channel_axis);
    for (size_t axis = 0; axis < sizes_.size(); ++axis)
        if (axis != channel_axis_)
            row_axes_.push_back(axis);
    if (channel_axis_ == 0)
        std::ranges::reverse(row_axes_);
    channels_ = sizes_[channel_axis_];
    if (channels_ > most_channels)
        fail(ErrorCode::not_supported, dataset.place,
             "expected at most " + std::to_string(most_channels) + " channels, found " + std::to_string(channels_));
    samples_ = row_axes_.empty() ? 1 : sizes_[row_axes_.front()];
    rows_ = std::accumulate(row_axes_.begin(), row_axes_.end(), int64_t{1}, [&](int64_t rows, size_t axis) {
        return rows * sizes_[axis];
    }); // < 2^60, see expect_stored
    grows_ = !row_axes_.empty() && may_grow(dataset, row_axes_.front());
    read_fill_values();
    plan_reading();
}

/// netCDF's, as its conventions have them.
void Rows::read_fill_values() {
    const auto& dataset = dataset_.use();
    for (const auto* name : {"_FillValue", "missing_value"}) {
        const auto told = guarded([&] { return number(dataset, name); });
        if (!told || !*told || std::isnan(**told))
            continue;
        fill_values_.push_back(static_cast<float>(**told));
        std::ostringstream note;
        note << dataset.place << ": values of @" << name << " (" << **told << ") are read as NaN";
        notes_.push_back(note.str());
    }
}

void Rows::keep_samples(int64_t samples) {
    rows_ = rows_ / samples_ * samples;
    samples_ = samples;
}

std::vector<int64_t> Rows::row_sizes() const {
    std::vector<int64_t> sizes;
    for (const auto axis : row_axes_)
        sizes.push_back(axis == row_axes_.front() ? samples_ : sizes_[axis]);
    return sizes.empty() ? std::vector<int64_t>{1} : sizes;
}

// Without filters libhdf5 needs no cache: it reads just the bytes that are asked for. With filters it decodes whole
// chunks: the rows of a band of them (all chunks that hold some row) are best read together, and each of the threads
// that read must find its band in the cache.
void Rows::plan_reading() {
    const Handle creation(H5Dget_create_plist(dataset_.use().id()));
    const auto layout = H5Pget_layout(creation.id());
    if (layout == H5D_VIRTUAL)
        return dataset_.close_when_idle(0);
    if (layout != H5D_CHUNKED) {
        const Handle type(H5Dget_type(dataset_.use().id()));
        const bool as_in_memory = storage_ != Storage::native || H5Tequal(type.id(), H5T_NATIVE_FLOAT) > 0;
        if (as_in_memory && channel_axis_ + 1 == sizes_.size())
            direct_ = DirectBytes(dataset_.use());
        return;
    }
    if (H5Pget_nfilters(creation.id()) == 0)
        return dataset_.close_when_idle(0);
    std::vector<hsize_t> chunk(sizes_.size());
    H5Pget_chunk(creation.id(), static_cast<int>(chunk.size()), chunk.data());
    for (size_t i = row_axes_.size(); i-- > 0;)
        if (const auto along = static_cast<int64_t>(chunk[row_axes_[i]]); along > 1)
            block_rows_ = std::min(along, sizes_[row_axes_[i]]) *
                          std::accumulate(row_axes_.begin() + static_cast<std::ptrdiff_t>(i) + 1, row_axes_.end(),
                                          int64_t{1}, [&](int64_t rows, size_t axis) { return rows * sizes_[axis]; });
    constexpr int64_t least = int64_t{16} << 20, most = int64_t{128} << 20, bands = 4;
    const Handle type(H5Dget_type(dataset_.use().id()));
    const auto band = std::min(block_rows_, most) * channels_ * static_cast<int64_t>(H5Tget_size(type.id()));
    dataset_.close_when_idle(static_cast<size_t>(std::clamp(band * bands, least, most)));
}

Result<void> Rows::read(int64_t first, int64_t count, std::span<float> into) const {
    return guarded([&] {
        if (first < 0 || count < 0 || first > rows_ || count > rows_ - first ||
            static_cast<int64_t>(into.size()) / channels_ < count)
            fail(ErrorCode::damaged, dataset_.place(),
                 "expected rows inside the " + std::to_string(rows_) + " that are stored, found rows " +
                     std::to_string(first) + " to " + std::to_string(first + count));
        if (count == 0)
            return;
        into = into.first(static_cast<size_t>(count * channels_));
        if (direct_) {
            read_direct(first, into);
        } else {
            const Lock lock;
            read_level(0, {std::vector<hsize_t>(sizes_.size(), 0), {sizes_.begin(), sizes_.end()}}, first, count, into);
        }
        for (const float fill : fill_values_)
            std::ranges::replace(into, fill, std::numeric_limits<float>::quiet_NaN());
    });
}

// A run of rows is a box only inside one step of the axes before the last: cut it into a part of a step, whole steps,
// and a part of a step, and do the same to the parts along the next axis.
void Rows::read_level(size_t level, Slab box, int64_t first, int64_t count, std::span<float> into) const {
    if (row_axes_.empty())
        return read_slab(box, into);
    const auto step = std::accumulate(row_axes_.begin() + static_cast<std::ptrdiff_t>(level) + 1, row_axes_.end(),
                                      int64_t{1}, [&](int64_t rows, size_t axis) { return rows * sizes_[axis]; });
    const auto axis = row_axes_[level];
    while (count > 0) {
        const auto inside = first % step;
        const bool part = inside != 0 || count < step;
        const auto taken = part ? std::min(count, step - inside) : count / step * step;
        box.start[axis] = static_cast<hsize_t>(first / step);
        box.count[axis] = part ? 1 : static_cast<hsize_t>(taken / step);
        const auto target = into.first(static_cast<size_t>(taken * channels_));
        if (part)
            read_level(level + 1, box, inside, taken, target);
        else
            read_slab(box, target);
        first += taken;
        count -= taken;
        into = into.subspan(target.size());
    }
}

void Rows::read_slab(const Slab& box, std::span<float> into) const {
    if (channel_axis_ + 1 == sizes_.size())
        return read_numbers(box, into);
    std::vector<float> as_stored(into.size());
    read_numbers(box, as_stored);
    Reordering(box.count, row_axes_, channel_axis_).run(as_stored, into);
}

void Rows::read_numbers(const Slab& box, std::span<float> into) const {
    const auto& dataset = dataset_.use();
    const Handle in_file(H5Dget_space(dataset.id()));
    const bool scalar = H5Sget_simple_extent_ndims(in_file.id()) == 0;
    // Of the rank of the file: between shapes that differ libhdf5 goes value by value.
    const Handle in_memory(scalar ? H5Screate(H5S_SCALAR)
                                  : H5Screate_simple(static_cast<int>(box.count.size()), box.count.data(), nullptr));
    if (!scalar)
        H5Sselect_hyperslab(in_file.id(), H5S_SELECT_SET, box.start.data(), nullptr, box.count.data(), nullptr);
    const auto fetch = [&](hid_t type, void* to) {
        if (H5Dread(dataset.id(), type, in_memory.id(), in_file.id(), H5P_DEFAULT, to) < 0)
            fail(ErrorCode::damaged, dataset_.place(), "expected numbers, found what cannot be read" + reason());
    };
    if (storage_ == Storage::native)
        return fetch(H5T_NATIVE_FLOAT, into.data());
    std::vector<uint16_t> raw(into.size());
    const Handle as_stored(H5Dget_type(dataset.id())); // the type of the file: no conversion
    fetch(as_stored.id(), raw.data());
    convert(raw, into);
}

void Rows::convert(std::span<uint16_t> raw, std::span<float> into) const {
    if (swap_bytes_)
        std::ranges::transform(raw, raw.begin(),
                               [](uint16_t bits) { return static_cast<uint16_t>(bits << 8 | bits >> 8); });
    storage_ == Storage::float16 ? halves_to_floats(raw, into) : bfloat16s_to_floats(raw, into);
}

void Rows::read_direct(int64_t first, std::span<float> into) const {
    const auto expect_read = [&](bool read) {
        if (!read)
            fail(ErrorCode::cannot_read, dataset_.place(),
                 "expected the bytes of its rows, found a file that became shorter; open it again");
    };
    const auto begin = static_cast<uint64_t>(first * channels_);
    if (storage_ == Storage::native)
        return expect_read(direct_.read(begin * sizeof(float), std::as_writable_bytes(into)));
    thread_local std::vector<uint16_t> raw;
    raw.resize(into.size());
    expect_read(direct_.read(begin * sizeof(uint16_t), std::as_writable_bytes(std::span(raw))));
    convert(raw, into);
}

bool awaits_samples(const Object& dataset) {
    const Lock lock;
    const auto shape = sizes(dataset);
    return !shape.empty() && shape.front() == 0 && may_grow(dataset, 0);
}

std::vector<float> all_values(Object dataset, int64_t limit) {
    const Rows rows(std::move(dataset), -1);
    if (rows.channels() > limit || rows.rows() > limit / rows.channels())
        fail(ErrorCode::damaged, rows.place(), "expected at most " + std::to_string(limit) + " values, found more");
    std::vector<float> values(static_cast<size_t>(rows.rows() * rows.channels()));
    value_of(rows.read(0, rows.rows(), values));
    return values;
}

} // namespace normscope::hdf
