// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/recording/pairing.h"

#include "core/base/words.h"
#include "core/recording/recording.h"

#include <algorithm>
#include <charconv>
#include <sstream>

namespace normscope {

namespace {

/// Paths go from the root, without "/" in front.
std::string path_of(const std::string& word) {
    return word.substr(std::min(word.find_first_not_of('/'), word.size()));
}

Error wrong(const std::string& expected, const std::string& found) {
    return {ErrorCode::bad_argument, "--pair", "expected " + expected + ", found `" + found + "`"};
}

template <typename Number>
bool parse_number(const std::string& text, Number& into) {
    const auto end = text.data() + text.size();
    const auto [stopped, error] = std::from_chars(text.data(), end, into);
    return error == std::errc() && stopped == end;
}

/// A word such as `eps=1e-5`; false where it is none, so that it may be a path.
Result<bool> take_detail(const std::string& word, PairMapping& pair) {
    const auto equals = word.find('=');
    const auto key = word.substr(0, equals), value = equals == std::string::npos ? "" : word.substr(equals + 1);
    if (key == "name" && !value.empty()) {
        pair.name = value;
    } else if (key == "kind") {
        if (value != "unknown" && kind_from_name(value) == NormKind::unknown)
            return wrong("kind=LayerNorm, RMSNorm, LayerNorm2d, DyT, Derf or unknown", word);
        pair.kind = value == "unknown" ? "" : value;
    } else if (key == "eps") {
        if (double eps = 0; parse_number(value, eps))
            pair.eps = eps;
        else
            return wrong("eps=NUMBER", word);
    } else if (key == "channel_axis") {
        if (!parse_number(value, pair.channel_axis))
            return wrong("channel_axis=-1, channel_axis=0 or channel_axis=1", word);
    } else {
        return false;
    }
    return true;
}

/// Where the channels lie if nobody says so: those of images come before their places.
int default_axis(const PairMapping& pair) {
    return kind_from_name(pair.kind) == NormKind::layer_norm_2d ? 1 : -1;
}

} // namespace

Result<PairMapping> parse_pair(const std::string& words) {
    const auto list = split_at_commas(words);
    PairMapping pair;
    for (size_t i = 0; i < list.size(); ++i) {
        NORMSCOPE_LET(detail, take_detail(list[i], pair));
        if (detail)
            continue;
        if (i > 1)
            return wrong("INPUT[,OUTPUT][,name=…][,kind=…][,eps=…][,channel_axis=…]", words);
        (i == 0 ? pair.input : pair.output) = path_of(list[i]);
    }
    if (std::ranges::none_of(list, [](const auto& word) { return word.starts_with("channel_axis="); }))
        pair.channel_axis = default_axis(pair);
    if (pair.input.empty())
        return wrong("INPUT,OUTPUT, or one dataset of two columns", words);
    return pair;
}

std::string pair_words(const PairMapping& pair) {
    std::ostringstream words;
    words << pair.input;
    if (!pair.output.empty())
        words << ',' << pair.output;
    if (!pair.name.empty())
        words << ",name=" << pair.name;
    if (!pair.kind.empty())
        words << ",kind=" << pair.kind;
    if (pair.eps)
        words << ",eps=" << *pair.eps;
    if (pair.channel_axis != default_axis(pair))
        words << ",channel_axis=" << pair.channel_axis;
    return words.str();
}

} // namespace normscope
