// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/half.h"
#include "core/checkpoint/tensor_catalog.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <functional>
#include <limits>
#include <new>

namespace normscope {

namespace {

constexpr uint64_t window_bytes = 1 << 20;

/// One dimension of a strided copy: how far a step goes in the file and in the result, in elements.
struct Dimension {
    int64_t size, stride, target;
};

/// The dimensions in the order in which their elements lie in the file, neighbours merged where they are one run.
std::vector<Dimension> file_order(const TensorEntry& entry) {
    std::vector<Dimension> all;
    int64_t target = 1;
    for (size_t i = entry.shape.size(); i-- > 0;) {
        if (entry.shape[i] != 1)
            all.push_back({entry.shape[i], entry.strides[i], target});
        target *= entry.shape[i];
    }
    std::stable_sort(all.begin(), all.end(), [](auto& a, auto& b) { return a.stride < b.stride; });
    std::vector<Dimension> merged; // innermost first
    for (const Dimension& next : all) {
        const bool continues = !merged.empty() && next.stride == merged.back().stride * merged.back().size &&
                               next.target == merged.back().target * merged.back().size;
        if (continues)
            merged.back().size *= next.size;
        else
            merged.push_back(next);
    }
    if (merged.empty())
        merged.push_back({1, 1, 1});
    return merged;
}

/// How far the last element lies behind the first, and whether different indices share elements: such a view jumps back
/// and forth in the file. (Broadcast dimensions repeat an element at once and do no harm.)
struct Extent {
    int64_t reach = 0; ///< In elements; the catalog has checked that it lies inside the file, so it cannot overflow.
    bool overlaps = false;
};

Extent extent_of(const std::vector<Dimension>& dimensions) {
    Extent extent;
    for (const Dimension& dimension : dimensions) {
        extent.overlaps = extent.overlaps || (dimension.stride != 0 && dimension.stride <= extent.reach);
        extent.reach += dimension.stride * (dimension.size - 1);
    }
    return extent;
}

/// The bytes of a file, read in windows that follow the positions asked for.
class Window {
public:
    /// `end`: where the last unit that will be asked for ends.
    Window(const RandomAccessFile& file, uint64_t end, uint64_t size) : file_(file), end_(end), size_(size) {}

    /// At least one and at most `most` units of `unit` bytes from `position` on.
    Result<std::span<const std::byte>> at(uint64_t position, uint64_t unit, uint64_t most) {
        if (position < begin_ || position + unit > begin_ + held_.size()) {
            begin_ = position;
            held_.resize(std::clamp(end_ - position, unit, size_));
            NORMSCOPE_TRY(file_.read(begin_, held_));
        }
        const uint64_t units = std::min(most, (begin_ + held_.size() - position) / unit);
        return std::span<const std::byte>(held_).subspan(position - begin_, units * unit);
    }

private:
    const RandomAccessFile& file_;
    uint64_t end_, size_;
    uint64_t begin_ = 0;
    std::vector<std::byte> held_;
};

/// Copies a strided tensor into row-major order, walking the file forwards. `Element` tells size and conversion.
template <typename Element, typename Out>
class Gather {
public:
    Gather(Window window, uint64_t offset, std::vector<Dimension> dimensions, Out* out)
        : window_(std::move(window)), dimensions_(std::move(dimensions)), position_(offset), out_(out) {}

    Result<void> run() {
        std::vector<int64_t> index(dimensions_.size(), 0);
        for (;;) {
            NORMSCOPE_TRY(run_innermost());
            size_t d = 1;
            for (; d < index.size() && ++index[d] == dimensions_[d].size; ++d) {
                move(dimensions_[d], 1 - dimensions_[d].size);
                index[d] = 0;
            }
            if (d == index.size())
                return {};
            move(dimensions_[d], 1);
        }
    }

private:
    static constexpr uint64_t width = sizeof(typename Element::Bits);

    void move(const Dimension& dimension, int64_t steps) {
        position_ += static_cast<uint64_t>(dimension.stride * steps) * width;
        target_ += dimension.target * steps;
    }

    Result<void> run_innermost() {
        const Dimension& inner = dimensions_.front();
        const uint64_t step = static_cast<uint64_t>(inner.stride) * width;
        for (int64_t done = 0; done < inner.size;) {
            const bool run = inner.stride == 1;
            const uint64_t most = run ? static_cast<uint64_t>(inner.size - done) : 1;
            NORMSCOPE_LET(bytes, window_.at(position_ + static_cast<uint64_t>(done) * step, width, most));
            for (; !bytes.empty(); bytes = bytes.subspan(width), ++done)
                out_[target_ + done * inner.target] = convert(bytes.data());
        }
        return {};
    }

    static Out convert(const std::byte* bytes) {
        typename Element::Bits bits;
        std::memcpy(&bits, bytes, width);
        return static_cast<Out>(Element::value(bits));
    }

    Window window_;
    std::vector<Dimension> dimensions_;
    uint64_t position_;
    int64_t target_ = 0;
    Out* out_;
};

template <typename T>
struct Plain {
    using Bits = T;
    static T value(T bits) { return bits; }
};

template <typename T, float (*decode)(T)>
struct Coded {
    using Bits = T;
    static float value(T bits) { return decode(bits); }
};

struct Boolean {
    using Bits = uint8_t;
    static int value(uint8_t bits) { return bits != 0; }
};

/// 1 sign, 5 exponent, 2 mantissa bits: the upper byte of a float16.
float e5m2_to_float(uint8_t bits) {
    return half_to_float(static_cast<uint16_t>(bits << 8));
}

/// 1 sign, 4 exponent (bias 7), 3 mantissa bits; no infinities, NaN is all ones (arXiv 2209.05433).
float e4m3fn_to_float(uint8_t bits) {
    const int exponent = bits >> 3 & 15, mantissa = bits & 7;
    float value = exponent == 0 ? std::ldexp(static_cast<float>(mantissa), -9)
                                : std::ldexp(static_cast<float>(8 + mantissa), exponent - 10);
    if ((bits & 0x7f) == 0x7f)
        value = std::numeric_limits<float>::quiet_NaN();
    return bits & 0x80 ? -value : value;
}

/// Calls `use` with the element type of a dtype of numbers.
template <typename Use>
Result<void> with_element(DType dtype, Use use) {
    switch (dtype) {
    case DType::float64:
        return use(Plain<double>{});
    case DType::float32:
        return use(Plain<float>{});
    case DType::float16:
        return use(Coded<uint16_t, half_to_float>{});
    case DType::bfloat16:
        return use(Coded<uint16_t, bfloat16_to_float>{});
    case DType::float8_e4m3fn:
        return use(Coded<uint8_t, e4m3fn_to_float>{});
    case DType::float8_e5m2:
        return use(Coded<uint8_t, e5m2_to_float>{});
    case DType::int64:
        return use(Plain<int64_t>{});
    case DType::int32:
        return use(Plain<int32_t>{});
    case DType::int16:
        return use(Plain<int16_t>{});
    case DType::int8:
        return use(Plain<int8_t>{});
    case DType::uint8:
        return use(Plain<uint8_t>{});
    case DType::uint16:
        return use(Plain<uint16_t>{});
    case DType::uint32:
        return use(Plain<uint32_t>{});
    case DType::uint64:
        return use(Plain<uint64_t>{});
    case DType::boolean:
        return use(Boolean{});
    case DType::complex64:
        break;
    }
    return Error{ErrorCode::not_supported, "", "expected real numbers, found complex64; convert the tensor first"};
}

template <typename Out>
Result<std::vector<Out>> read_values(const RandomAccessFile& file, const TensorEntry& entry, uint64_t limit_bytes) {
    const auto elements = static_cast<uint64_t>(entry.elements());
    if (elements > limit_bytes / sizeof(Out))
        return Error{ErrorCode::out_of_memory, "",
                     "expected at most " + std::to_string(limit_bytes) + " bytes of values, found " +
                         std::to_string(elements) + " elements of " + std::to_string(sizeof(Out)) +
                         " bytes; raise the memory limit"};
    if (elements == 0)
        return std::vector<Out>();
    auto dimensions = file_order(entry);
    const Extent extent = extent_of(dimensions);
    const uint64_t span = static_cast<uint64_t>(extent.reach + 1) * static_cast<uint64_t>(dtype_size(entry.dtype));
    const uint64_t window = extent.overlaps ? span : window_bytes;
    if (window > limit_bytes && extent.overlaps)
        return Error{ErrorCode::out_of_memory, "",
                     "expected a view of at most " + std::to_string(limit_bytes) + " bytes, found one that overlaps " +
                         "itself over " + std::to_string(span) + "; save a `.contiguous()` copy"};
    try {
        std::vector<Out> values(elements);
        NORMSCOPE_TRY(with_element(entry.dtype, [&](auto element) {
            using Element = decltype(element);
            return Gather<Element, Out>(Window(file, entry.offset + span, window), entry.offset, std::move(dimensions),
                                        values.data())
                .run();
        }));
        if (entry.negated)
            std::ranges::transform(values, values.begin(), std::negate<>());
        return values;
    } catch (const std::bad_alloc&) {
        return Error{ErrorCode::out_of_memory, "",
                     "expected memory for " + std::to_string(elements) + " values, found too little; close something"};
    }
}

} // namespace

Result<std::vector<float>> TensorCatalog::read_floats(const TensorEntry& entry, uint64_t limit_bytes) const {
    return read_values<float>(*file, entry, limit_bytes).within(path + ": " + entry.name);
}

Result<std::vector<int64_t>> TensorCatalog::read_integers(const TensorEntry& entry, uint64_t limit_bytes) const {
    const bool whole = entry.dtype >= DType::int64 && entry.dtype <= DType::boolean;
    if (!whole)
        return Error{ErrorCode::not_supported, path + ": " + entry.name,
                     "expected integers, found " + dtype_name(entry.dtype)};
    return read_values<int64_t>(*file, entry, limit_bytes).within(path + ": " + entry.name);
}

} // namespace normscope
