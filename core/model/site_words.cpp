// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/model/site_words.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <utility>

namespace normscope {
namespace {

/// Spellings of one meaning. What ends in "norm" is taken apart before ("qnorm", "batchnorm"), "layer" before it
/// dropped.
constexpr std::array<std::pair<std::string_view, std::string_view>, 54> synonyms{{
    {"ln", "norm"},
    {"norms", "norm"},
    {"layernorms", "norm"},
    {"normalization", "norm"},
    {"normalisation", "norm"},
    {"dyt", "norm"},
    {"rms", "norm"},
    {"derf", "norm"},
    {"bn", "batch norm"},
    {"gn", "group norm"},
    {"attention", "attn"},
    {"attentions", "attn"},
    {"att", "attn"},
    {"sa", "self attn"},
    {"ca", "cross attn"},
    {"selfattention", "self attn"},
    {"crossattention", "cross attn"},
    {"crossattn", "cross attn"},
    {"attend", "attn"},
    {"src", "enc"},
    {"visn", "vision"},
    {"visual", "vision"},
    {"image", "vision"},
    {"img", "vision"},
    {"ff", "ffn"},
    {"ffs", "ffn"},
    {"ffns", "ffn"},
    {"mlp", "ffn"},
    {"moe", "ffn"},
    {"feedforward", "ffn"},
    {"query", "q"},
    {"queries", "q"},
    {"key", "k"},
    {"keys", "k"},
    {"value", "v"},
    {"emb", "emb"},
    {"embd", "emb"},
    {"embed", "emb"},
    {"embedder", "emb"},
    {"embeds", "emb"},
    {"embedding", "emb"},
    {"embeddings", "emb"},
    {"wte", "emb"},
    {"wpe", "emb"},
    {"encoder", "enc"},
    {"decoder", "dec"},
    {"downsampling", "downsample"},
    {"merging", "downsample"},
    {"transition", "downsample"},
    {"layr", "layer"},
    {"rms", "rms"},
    {"pooler", "pool"},
    {"pooling", "pool"},
    {"projector", "connector"},
}};

char lower(char c) {
    return static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
}

bool is(int (*kind)(int), char c) {
    return kind(static_cast<unsigned char>(c)) != 0;
}

/// Whether a word begins at `i`: behind a mark, at a capital, between letters and digits.
bool begins_word(std::string_view text, std::size_t i) {
    const char before = text[i - 1], here = text[i];
    if (is(std::isdigit, before) != is(std::isdigit, here))
        return true;
    if (!is(std::isupper, here))
        return false;
    return is(std::islower, before) || (i + 1 < text.size() && is(std::islower, text[i + 1]));
}

std::vector<std::string> raw_words(std::string_view text) {
    std::vector<std::string> words;
    bool open = false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (!is(std::isalnum, text[i])) {
            open = false;
            continue;
        }
        if (!open || begins_word(text, i))
            words.emplace_back();
        words.back() += lower(text[i]);
        open = true;
    }
    return words;
}

bool is_digits(std::string_view word) {
    return !word.empty() && word.find_first_not_of("0123456789") == std::string_view::npos;
}

} // namespace

SiteWords::SiteWords(std::string_view part) {
    for (const std::string& word : raw_words(part)) {
        constexpr std::string_view norm = "norm";
        if (word.size() > norm.size() && word.ends_with(norm)) {
            add(word.substr(0, word.size() - norm.size()));
            add(std::string(norm));
        } else if (word.size() == norm.size() + 1 && word.starts_with(norm) && word != "norms") { // normq
            add(std::string(norm));
            add(word.substr(norm.size()));
        } else {
            add(word);
        }
    }
    for (const std::string& word : words_)
        text_ += (text_.empty() ? "" : " ") + word;
    if (words_.empty() || !is_digits(words_.back()))
        return;
    const std::string& last = words_.back();
    int64_t value = 0;
    const auto [end, failed] = std::from_chars(last.data(), last.data() + last.size(), value);
    number_ = failed == std::errc() ? value : INT64_MAX;
}

void SiteWords::add(const std::string& word) {
    const auto* const found = std::ranges::find(synonyms, word, &std::pair<std::string_view, std::string_view>::first);
    std::string_view meaning = found == synonyms.end() ? std::string_view(word) : found->second;
    if (const auto blank = meaning.find(' '); blank != std::string_view::npos) {
        words_.emplace_back(meaning.substr(0, blank));
        meaning.remove_prefix(blank + 1);
    }
    while (meaning == "norm" && !words_.empty() && words_.back() == "layer")
        words_.pop_back();
    if (meaning == "forward" && !words_.empty() && words_.back() == "feed") {
        words_.back() = "ffn";
        return;
    }
    words_.emplace_back(meaning);
}

bool SiteWords::has(std::string_view word) const {
    return std::ranges::find(words_, word) != words_.end();
}

bool SiteWords::has_all(std::string_view words) const {
    while (!words.empty()) {
        const std::size_t blank = std::min(words.find(' '), words.size());
        if (!has(words.substr(0, blank)))
            return false;
        words.remove_prefix(std::min(blank + 1, words.size()));
    }
    return true;
}

bool SiteWords::named_by(std::string_view word) const {
    for (auto last = words_.rbegin(); last != words_.rend(); ++last)
        if (!is_digits(*last))
            return *last == word;
    return false;
}

} // namespace normscope
