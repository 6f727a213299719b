// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/checkpoint/block_numbers.h"

#include <algorithm>
#include <map>
#include <set>

namespace normscope {

namespace {

/// The keys of each block of a list, by its number.
using Blocks = std::map<int64_t, std::set<std::string_view>>;

/// A number that stands as a whole part of a name.
bool is_number(std::string_view part) {
    constexpr size_t most_digits = 6;
    return !part.empty() && part.size() <= most_digits &&
           std::ranges::all_of(part, [](char c) { return c >= '0' && c <= '9'; });
}

/// The outermost list that a name lies in: "blocks", 3, "attn.qkv.weight".
void add(std::string_view name, std::map<std::string_view, Blocks>& lists) {
    for (size_t begin = 0, end = name.find('.'); end != name.npos; begin = end + 1, end = name.find('.', begin)) {
        const std::string_view part = name.substr(begin, end - begin);
        if (begin == 0 || !is_number(part))
            continue;
        lists[name.substr(0, begin - 1)][std::stoll(std::string(part))].insert(name.substr(end + 1));
        return;
    }
}

/// Whether the members of a list are blocks of a network: each has layers by names of their own, and none has a key
/// that the largest lacks. Others (activations between convolutions) have holes that mean nothing.
bool are_blocks(const Blocks& blocks) {
    const auto& largest = std::ranges::max_element(blocks, {}, [](auto& block) { return block.second.size(); })->second;
    std::set<std::string_view> layers;
    for (const std::string_view key : largest)
        if (const size_t dot = key.find('.'); dot != key.npos && !is_number(key.substr(0, dot)))
            layers.insert(key.substr(0, dot));
    constexpr size_t least_layers = 2, least_blocks = 2;
    return blocks.size() >= least_blocks && layers.size() >= least_layers &&
           std::ranges::all_of(blocks, [&](auto& block) { return std::ranges::includes(largest, block.second); });
}

} // namespace

std::string missing_blocks(const TensorCatalog& catalog) {
    std::map<std::string_view, Blocks> lists;
    for (const TensorEntry& entry : catalog.tensors)
        add(entry.name, lists);
    for (const auto& [list, blocks] : lists) {
        if (!are_blocks(blocks))
            continue;
        int64_t next = 0;
        for (const auto& [number, keys] : blocks) {
            if (number != next)
                return std::string(list) + "." + std::to_string(number) + " without " + std::string(list) + "." +
                       std::to_string(next);
            ++next;
        }
    }
    return "";
}

} // namespace normscope
