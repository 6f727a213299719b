// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/files.h"

#include <cstdio>

namespace normscope {

namespace {

constexpr size_t longest_name = 100; // bytes; leaves room for suffixes under the usual limit of 255

bool is_unsafe(char letter) {
    const auto code = static_cast<unsigned char>(letter);
    return code < 0x20 || code == 0x7f || std::string_view("/\\:*?\"<>|").find(letter) != std::string_view::npos;
}

/// FNV-1a, 64 bits, as 16 hexadecimal digits.
std::string short_hash(std::string_view text) {
    uint64_t hash = 0xcbf29ce484222325u;
    for (const char letter : text)
        hash = (hash ^ static_cast<unsigned char>(letter)) * 0x100000001b3u;
    char digits[17];
    std::snprintf(digits, sizeof digits, "%016llx", static_cast<unsigned long long>(hash));
    return digits;
}

/// The first `length` bytes, fewer where that would cut a UTF-8 sequence.
std::string_view cut(std::string_view text, size_t length) {
    while (length > 0 && (static_cast<unsigned char>(text[length]) & 0xc0) == 0x80)
        --length;
    return text.substr(0, length);
}

} // namespace

std::string safe_file_name(std::string_view name) {
    std::string safe(name);
    for (char& letter : safe)
        if (is_unsafe(letter))
            letter = '_';
    for (size_t at = safe.find(".."); at != std::string::npos; at = safe.find(".."))
        safe.replace(at, 2, "__");
    if (safe.empty())
        return "_";
    if (safe.front() == '.') // neither "." nor a hidden file
        safe.front() = '_';
    if (safe.size() <= longest_name)
        return safe;
    const std::string hash = short_hash(name);
    safe.resize(cut(safe, longest_name - hash.size() - 1).size());
    return safe.append("-").append(hash);
}

} // namespace normscope
