// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/recording/recording.h"

#include <string>

// The names of docs/file-format.md that the writer and the reader share.
namespace normscope::layout {

inline constexpr const char* format = "normscope-dump";
inline constexpr const char* version = "1.0";
inline constexpr const char* input = "input";
inline constexpr const char* output = "output";
inline constexpr const char* input_grad = "input_grad";
inline constexpr const char* input_grad_total = "input_grad_total";
inline constexpr const char* output_grad = "output_grad";
inline constexpr const char* token_positions = "token_positions";
inline constexpr const char* token_samples = "token_samples";
inline constexpr const char* mask = "mask";
inline constexpr const char* spread_rows = "rows spread evenly"; ///< `scatter@method` where it is no summary

inline const char* name_of(Quantity quantity) {
    constexpr std::array names = {input, output, input_grad, input_grad_total, output_grad};
    return names[static_cast<std::size_t>(quantity)];
}

/// Keys of `RunInfo::told` under which the checkpoint of an opened dump is kept.
inline constexpr const char* checkpoint = "checkpoint";
inline constexpr const char* checkpoint_format = "checkpoint_format";

/// A layer's name as the name of its group: `/` would nest, and `.` and the empty name mean the parent.
inline std::string group_name(const std::string& layer) {
    std::string name;
    for (const char c : layer)
        name += c == '/' ? std::string("%2F") : std::string(1, c);
    return name.empty() || name == "." ? "%2E" : name;
}

} // namespace normscope::layout
