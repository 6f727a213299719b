// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/checkpoint/tensor_catalog.h"

#include <string>
#include <utility>
#include <vector>

namespace normscope::test {

inline std::string golden(const std::string& name) {
    return std::string(SOURCE_DIR) + "/tests/golden/checkpoints/" + name;
}

inline Result<TensorCatalog> open_bytes(std::string bytes) {
    return open_checkpoint(RandomAccessFile::in_memory("memory", std::move(bytes)));
}

/// A number in `width` little-endian bytes.
inline std::string little(uint64_t value, int width) {
    std::string bytes;
    for (int i = 0; i < width; ++i)
        bytes += i < 8 ? static_cast<char>(value >> 8 * i & 255) : '\0';
    return bytes;
}

inline std::string safetensors(const std::string& header, size_t data_bytes) {
    return little(header.size(), 8) + header + std::string(data_bytes, '\0');
}

/// A zip archive of stored entries, as torch.save makes it (CRCs apart, which no reader here looks at).
inline std::string zip(const std::vector<std::pair<std::string, std::string>>& entries) {
    std::string bytes, table;
    for (const auto& [name, data] : entries) {
        const std::string sizes =
            little(0, 4) + little(data.size(), 4) + little(data.size(), 4) + little(name.size(), 2);
        table += "PK\1\2" + little(20, 2) + little(20, 2) + little(0, 8) + sizes + little(0, 12) +
                 little(bytes.size(), 4) + name;
        bytes += "PK\3\4" + little(20, 2) + little(0, 8) + sizes + little(0, 2) + name + data;
    }
    const std::string count = little(entries.size(), 2);
    return bytes + table + "PK\5\6" + little(0, 4) + count + count + little(table.size(), 4) + little(bytes.size(), 4) +
           little(0, 2);
}

/// A checkpoint of this pickle, with one storage "0" of 16 bytes.
inline std::string torch_zip(const std::string& pickle) {
    return zip({{"x/data.pkl", pickle}, {"x/data/0", std::string(16, '\0')}, {"x/version", "3\n"}});
}

/// Pickle opcodes.
inline std::string text(const std::string& value) {
    return "X" + little(value.size(), 4) + value;
}
inline std::string integer(int64_t value) {
    return "\x8a\x08" + little(static_cast<uint64_t>(value), 8);
}
inline std::string tuple(const std::vector<int64_t>& values) {
    std::string bytes = "(";
    for (const int64_t value : values)
        bytes += integer(value);
    return bytes + "t";
}

/// A float tensor on storage "0" of `length` elements.
inline std::string tensor(int64_t offset, const std::vector<int64_t>& shape, const std::vector<int64_t>& strides,
                          int64_t length = 4) {
    const std::string storage =
        "(" + text("storage") + "ctorch\nFloatStorage\n" + text("0") + text("cpu") + integer(length) + "tQ";
    return "ctorch._utils\n_rebuild_tensor_v2\n(" + storage + integer(offset) + tuple(shape) + tuple(strides) +
           "\x89}tR";
}

/// A pickled dict of one entry.
inline std::string dict_of(const std::string& key, const std::string& value) {
    return "\x80\x02}" + text(key) + value + "s.";
}

} // namespace normscope::test
