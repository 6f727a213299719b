// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace normscope {

/// What one part of a key path says, in words of one spelling: "post_attention_layernorm" → post attn norm,
/// "ln_1" → norm 1, "EncDecAttention" → enc dec attn, "7" → 7.
class SiteWords {
public:
    explicit SiteWords(std::string_view part);

    bool has(std::string_view word) const;
    /// Whether every one of `words` (separated by blanks) is there.
    bool has_all(std::string_view words) const;
    /// Whether the last word that is no number is `word`: it names the thing, those before it say which.
    bool named_by(std::string_view word) const;
    /// All of them, separated by blanks.
    const std::string& text() const { return text_; }
    /// The number at the end, −1 without one.
    int64_t number() const { return number_; }
    /// The words without the number at the end.
    std::string stem() const { return text_.substr(0, number_ < 0 ? text_.size() : text_.rfind(words_.back())); }
    bool is_number() const { return number_ >= 0 && words_.size() == 1; }

private:
    void add(const std::string& word);

    std::vector<std::string> words_;
    std::string text_;
    int64_t number_ = -1;
};

} // namespace normscope
