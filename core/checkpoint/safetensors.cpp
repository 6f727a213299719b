// SPDX-License-Identifier: GPL-3.0-or-later
// Every rule of the reference reader (github.com/huggingface/safetensors, safetensors/src/tensor.rs, `read_metadata`,
// `Metadata::validate`); unlike it, a repeated key is refused, because readers disagree about which one counts.
#include "core/checkpoint/byte_reader.h"
#include "core/checkpoint/dtype.h"
#include "core/checkpoint/left_out.h"
#include "core/checkpoint/readers.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <limits>
#include <optional>
#include <unordered_set>
#include <utility>

namespace normscope {

namespace {

constexpr uint64_t longest_header = 100'000'000; // the reference's MAX_HEADER_SIZE
constexpr size_t most_metadata = 65536;          // entries; with most_fields this bounds memory to the header's length
constexpr size_t most_fields = 64;               // of one tensor, 3 of them known
constexpr size_t longest_dtype = 64;             // bytes of its name
constexpr size_t deepest_nesting = 32;           // 3 are used, the rest lies in keys that are skipped

/// A dtype that a header may name: bits of one element, and what it is here where its numbers are read.
struct DTypeRule {
    std::string_view name;
    int bits;
    std::optional<DType> dtype;
};

constexpr std::array<DTypeRule, 22> dtype_rules = {{{"F64", 64, DType::float64},
                                                    {"F32", 32, DType::float32},
                                                    {"F16", 16, DType::float16},
                                                    {"BF16", 16, DType::bfloat16},
                                                    {"F8_E4M3", 8, DType::float8_e4m3fn},
                                                    {"F8_E5M2", 8, DType::float8_e5m2},
                                                    {"I64", 64, DType::int64},
                                                    {"I32", 32, DType::int32},
                                                    {"I16", 16, DType::int16},
                                                    {"I8", 8, DType::int8},
                                                    {"U8", 8, DType::uint8},
                                                    {"U16", 16, DType::uint16},
                                                    {"U32", 32, DType::uint32},
                                                    {"U64", 64, DType::uint64},
                                                    {"BOOL", 8, DType::boolean},
                                                    {"C64", 64, DType::complex64},
                                                    {"F8_E8M0", 8, {}},
                                                    {"F8_E4M3FNUZ", 8, {}},
                                                    {"F8_E5M2FNUZ", 8, {}},
                                                    {"F6_E2M3", 6, {}},
                                                    {"F6_E3M2", 6, {}},
                                                    {"F4", 4, {}}}};

/// One tensor as the header tells it, before it is checked. The fields are those of the JSON object.
struct Declared {
    std::string name;
    std::optional<std::string> dtype;
    std::optional<std::vector<int64_t>> shape, data_offsets;
};

/// Takes the header's JSON event by event, so that a hostile header never becomes a tree. Stops at the first fault.
class HeaderHandler : public nlohmann::json_sax<nlohmann::json> {
public:
    std::vector<Declared> tensors;
    std::map<std::string, std::string> metadata;
    Error fault{ErrorCode::damaged, "", ""};

    bool null() override { return depth_ == 1 && key_ == "__metadata__" ? true : scalar("null"); }
    bool boolean(bool) override { return scalar("true or false"); }
    bool number_float(double, const std::string&) override { return scalar("a fraction"); }
    bool binary(binary_t&) override { return scalar("bytes"); }
    bool number_integer(int64_t) override { return scalar("a negative number"); }

    bool number_unsigned(uint64_t value) override {
        if (list_ == nullptr)
            return scalar("a number");
        if (value > static_cast<uint64_t>(std::numeric_limits<int64_t>::max()))
            return fail("expected a length below 2^63, found " + std::to_string(value));
        if (list_->size() >= most_dimensions)
            return fail("expected at most 64 dimensions, found more");
        list_->push_back(static_cast<int64_t>(value));
        return true;
    }

    bool string(std::string& value) override {
        if (in_metadata())
            return add_metadata(value);
        if (depth_ != 2 || key_ != "dtype")
            return scalar("text");
        if (value.size() > longest_dtype)
            return fail(tensors.back().name + ": expected the name of a dtype, found a long text");
        tensors.back().dtype = value;
        return true;
    }

    bool key(std::string& name) override {
        key_ = name;
        if (depth_ == 1)
            return names_.insert(name).second || fail("expected every tensor once, found " + name + " twice");
        if (fields_.size() > most_fields)
            return fail(tensors.back().name + ": expected dtype, shape and data_offsets, found many other keys");
        if (depth_ == 2 && !in_metadata())
            return fields_.insert(name).second || fail("expected every key once, found " + name + " twice");
        return true;
    }

    bool start_object(size_t) override {
        if (depth_ == 1) {
            fields_.clear();
            metadata_object_ = key_ == "__metadata__";
            if (!metadata_object_)
                tensors.push_back({key_, {}, {}, {}});
            if (tensors.size() > most_tensors)
                return fail("expected at most " + std::to_string(most_tensors) + " tensors, found more");
        } else if (depth_ != 0 && !scalar("an object")) {
            return false;
        }
        return enter();
    }

    bool start_array(size_t) override {
        if (depth_ == 0)
            return fail("expected a JSON object, found an array");
        if (depth_ == 2 && !in_metadata() && (key_ == "shape" || key_ == "data_offsets"))
            list_ = &(key_ == "shape" ? tensors.back().shape : tensors.back().data_offsets).emplace();
        else if (!scalar("an array"))
            return false;
        return enter();
    }

    bool end_object() override {
        --depth_;
        return true;
    }

    bool end_array() override {
        list_ = nullptr;
        return end_object();
    }

    bool parse_error(size_t position, const std::string&, const nlohmann::json::exception&) override {
        return fail("expected JSON in the header, found something else at byte " + std::to_string(8 + position) +
                    "; the file may be damaged, fetch it again");
    }

private:
    bool in_metadata() const { return depth_ == 2 && metadata_object_; }

    bool add_metadata(const std::string& value) {
        if (metadata.size() >= most_metadata)
            return fail("expected at most " + std::to_string(most_metadata) + " texts in __metadata__, found more");
        return metadata.emplace(key_, value).second || fail("expected every key once, found " + key_ + " twice");
    }

    bool enter() { return ++depth_ <= deepest_nesting || fail("expected a shallow JSON object, found a deep one"); }

    bool fail(const std::string& message) {
        if (fault.message.empty())
            fault.message = message;
        return false;
    }

    /// A value where none of the known fields wants one: fine inside keys that are skipped.
    bool scalar(const char* found) {
        if (list_ != nullptr)
            return fail(tensors.back().name + ": expected lengths in " + key_ + ", found " + found);
        if (depth_ == 0)
            return fail(std::string("expected a JSON object, found ") + found);
        if (depth_ == 1)
            return fail(key_ + ": expected an object, found " + found);
        if (in_metadata())
            return fail("expected text in __metadata__, found " + std::string(found) + " under " + key_);
        if (depth_ == 2 && (key_ == "dtype" || key_ == "shape" || key_ == "data_offsets"))
            return fail(tensors.back().name + ": expected another kind of " + key_ + ", found " + found);
        return true;
    }

    size_t depth_ = 0;
    bool metadata_object_ = false;
    std::string key_;
    std::vector<int64_t>* list_ = nullptr;
    std::unordered_set<std::string> names_, fields_;
};

/// A declared tensor whose own numbers agree.
struct Placed {
    TensorEntry entry;   ///< `offset` is still relative to the data.
    uint64_t bytes;      ///< That it takes in the file.
    std::string unknown; ///< The name of a dtype that is not read; "" where it is.
};

/// Whether so many bytes can hold the elements. Of a dtype that nobody knows only this is known: an element takes a
/// bit or more.
bool can_hold(__int128 bytes, __int128 elements, const DTypeRule* rule) {
    if (rule != nullptr)
        return bytes * 8 == elements * rule->bits;
    return elements == 0 ? bytes == 0 : bytes * 8 >= elements;
}

Result<Placed> check(Declared& declared) {
    if (!declared.dtype || !declared.shape || !declared.data_offsets || declared.data_offsets->size() != 2)
        return Error{ErrorCode::damaged, declared.name,
                     "expected dtype, shape and two data_offsets, found one of them missing"};
    const auto* rule =
        std::find_if(dtype_rules.begin(), dtype_rules.end(), [&](auto& r) { return r.name == *declared.dtype; });
    rule = rule == dtype_rules.end() ? nullptr : rule;
    const bool read = rule != nullptr && rule->dtype.has_value();
    const DType dtype = read ? *rule->dtype : DType::uint8;
    const auto elements = checked_elements(*declared.shape, dtype);
    if (!elements)
        return Error{ErrorCode::damaged, declared.name, "expected a shape below 2^63 bytes, found an overflow"};
    const int64_t begin = declared.data_offsets->front(), end = declared.data_offsets->back();
    if (begin > end || !can_hold(end - begin, *elements, rule))
        return Error{ErrorCode::damaged, declared.name,
                     "expected the bytes of " + std::to_string(*elements) + " elements of " + *declared.dtype +
                         ", found data_offsets " + std::to_string(begin) + " to " + std::to_string(end)};
    TensorEntry entry{std::move(declared.name), dtype, std::move(*declared.shape), {}, static_cast<uint64_t>(begin)};
    entry.strides = contiguous_strides(entry.shape);
    return Placed{std::move(entry), static_cast<uint64_t>(end - begin), read ? "" : std::move(*declared.dtype)};
}

/// Sorts by offset and demands that the tensors fill `length` bytes without holes or overlaps.
Result<void> check_layout(std::vector<Placed>& tensors, uint64_t length) {
    // By end as well: an empty tensor lies before the one that begins where it does.
    std::stable_sort(tensors.begin(), tensors.end(), [](const Placed& a, const Placed& b) {
        return std::pair(a.entry.offset, a.bytes) < std::pair(b.entry.offset, b.bytes);
    });
    uint64_t end = 0;
    for (const auto& [entry, bytes, unknown] : tensors) {
        if (entry.offset != end)
            return Error{ErrorCode::damaged, entry.name,
                         "expected its data at byte " + std::to_string(end) + ", found " +
                             std::to_string(entry.offset) +
                             (entry.offset < end ? ": it overlaps another tensor" : ": there is a hole before it")};
        end += bytes;
    }
    if (end != length)
        return Error{ErrorCode::damaged, "",
                     "expected " + std::to_string(end) + " bytes of tensors, found " + std::to_string(length) +
                         "; the file may be cut short, fetch it again"};
    return {};
}

Result<TensorCatalog> parse(std::string_view header, uint64_t data_length) {
    if (header.find('\0') != header.npos) // the JSON parser would take it for the end
        return Error{ErrorCode::damaged, "", "expected JSON in the header, found a zero byte"};
    HeaderHandler handler;
    if (!nlohmann::json::sax_parse(header.begin(), header.end(), &handler))
        return handler.fault;
    std::vector<Placed> tensors;
    for (Declared& declared : handler.tensors) {
        NORMSCOPE_LET(placed, check(declared));
        tensors.push_back(std::move(placed));
    }
    NORMSCOPE_TRY(check_layout(tensors, data_length));
    TensorCatalog catalog;
    LeftOut left_out;
    for (auto& [entry, bytes, unknown] : tensors)
        if (unknown.empty())
            catalog.tensors.push_back(std::move(entry));
        else
            left_out.add(entry.name, unreadable_dtype(unknown));
    catalog.warnings = left_out.warnings();
    catalog.metadata = std::move(handler.metadata);
    return catalog;
}

} // namespace

Result<TensorCatalog> open_safetensors(const RandomAccessFile& file) {
    NORMSCOPE_LET(prefix, file.read(0, 8));
    const auto length = little_endian<uint64_t>(prefix, 0);
    if (length > longest_header || length > file.size() - 8)
        return Error{ErrorCode::damaged, "",
                     "expected a header of at most 100 MB inside the file, found a length of " +
                         std::to_string(length) + " in " + std::to_string(file.size()) +
                         " bytes; the file may be cut short, fetch it again"};
    NORMSCOPE_LET(header, file.read(8, length));
    const uint64_t data = 8 + length;
    auto catalog = parse(header, file.size() - data);
    if (!catalog)
        return catalog;
    for (TensorEntry& entry : catalog->tensors)
        entry.offset += data;
    catalog->format = "safetensors";
    return catalog;
}

} // namespace normscope
