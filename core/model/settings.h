// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/model/network.h"

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace normscope {

/// The settings read with types. A value that cannot be read is an error naming its source: bad_argument when the user
/// said it, else not_supported.
class SettingReader {
public:
    explicit SettingReader(const NetworkSettings& settings) : settings_(settings) {}

    std::optional<Told<std::string>> text(const std::string& key) const;
    /// A whole number ≥ 1.
    Result<std::optional<Told<int64_t>>> count(const std::string& key) const;
    /// A finite number > 0.
    Result<std::optional<Told<double>>> positive(const std::string& key) const;
    Result<std::optional<Told<bool>>> flag(const std::string& key) const;
    /// "28", "28x32", "28,32": height and width, both ≥ 1.
    Result<std::optional<Told<std::pair<int64_t, int64_t>>>> extent(const std::string& key) const;
    /// "0.5" or "0.5,0.5,0.5": one finite number a channel, a single one standing for all.
    Result<std::optional<Told<std::vector<double>>>> per_channel(const std::string& key, int64_t channels) const;
    /// One of `choices`.
    Result<std::optional<Told<std::string>>> choice(const std::string& key,
                                                    const std::vector<std::string>& choices) const;

    /// The error of a value of `key` that makes no sense.
    Error refuse(const std::string& key, const std::string& expected) const;

private:
    const NetworkSettings& settings_;
};

/// "a, b, c"
std::string listed(const std::vector<std::string>& words);

} // namespace normscope
