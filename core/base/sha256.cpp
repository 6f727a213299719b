// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/files.h"

#include <algorithm>
#include <array>
#include <openssl/evp.h>
#include <vector>

namespace normscope {

namespace {

constexpr uint64_t block_bytes = 1 << 20;

std::string hexadecimal(std::span<const unsigned char> bytes) {
    std::string digits;
    for (const unsigned char byte : bytes)
        for (const int shift : {4, 0})
            digits += "0123456789abcdef"[byte >> shift & 15];
    return digits;
}

} // namespace

Result<std::string> sha256(const RandomAccessFile& file, Progress& progress) {
    const Error failed{ErrorCode::out_of_memory, file.path(), "expected a SHA-256 from OpenSSL, found that it failed"};
    const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> hash(EVP_MD_CTX_new(), EVP_MD_CTX_free);
    if (!hash || EVP_DigestInit_ex(hash.get(), EVP_sha256(), nullptr) != 1)
        return failed;
    std::vector<std::byte> buffer(std::min(file.size(), block_bytes));
    for (uint64_t offset = 0; offset < file.size();) {
        NORMSCOPE_TRY(progress.check());
        const auto part = std::span(buffer).first(std::min<uint64_t>(buffer.size(), file.size() - offset));
        NORMSCOPE_TRY(file.read(offset, part));
        if (EVP_DigestUpdate(hash.get(), part.data(), part.size()) != 1)
            return failed;
        offset += part.size();
        progress.report("hash", file.path(), static_cast<int64_t>(offset), static_cast<int64_t>(file.size()));
    }
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned int length = 0;
    if (EVP_DigestFinal_ex(hash.get(), digest.data(), &length) != 1)
        return failed;
    return hexadecimal(std::span(digest).first(length));
}

} // namespace normscope
