// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/recording/suggest_pairs.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <map>
#include <optional>
#include <unordered_map>

namespace normscope {

namespace {

constexpr std::array<std::pair<const char*, const char*>, 9> opposites = {{{"input", "output"},
                                                                           {"inputs", "outputs"},
                                                                           {"inputs", "targets"},
                                                                           {"in", "out"},
                                                                           {"x", "y"},
                                                                           {"pre", "post"},
                                                                           {"before", "after"},
                                                                           {"source", "target"},
                                                                           {"src", "dst"}}};
/// Words of datasets that are no activations.
constexpr std::array others = {"grad", "grads", "gradient", "gradients", "weight", "weights", "bias"};

bool is_letter(char c) {
    return std::isalpha(static_cast<unsigned char>(c)) != 0;
}

std::string lower(std::string text) {
    std::ranges::transform(text, text.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return text;
}

/// A run of letters in a path.
struct Word {
    size_t start = 0, end = 0;
};

std::vector<Word> words_of(const std::string& path) {
    std::vector<Word> words;
    for (size_t at = 0; at < path.size();) {
        const size_t start = at;
        while (at < path.size() && is_letter(path[at]))
            ++at;
        if (at > start)
            words.push_back({start, at});
        else
            ++at;
    }
    return words;
}

/// A path without one of its words and the sign that joined it; "" where no name is left.
std::string name_without(const std::string& path, const Word& word) {
    auto before = path.substr(0, word.start), behind = path.substr(word.end);
    const auto joins = [](char c) { return std::isalnum(static_cast<unsigned char>(c)) == 0; };
    if (!before.empty() && joins(before.back()) && (behind.empty() || joins(behind.front())))
        before.pop_back();
    else if (before.empty() && !behind.empty() && joins(behind.front()))
        behind.erase(0, 1);
    const auto name = before + behind;
    return std::ranges::any_of(name, is_letter) ? name : "";
}

std::string group_of(const std::string& path) {
    const auto last = path.rfind('/');
    return last == std::string::npos ? "" : path.substr(0, last);
}

class Suggestions {
public:
    explicit Suggestions(const std::vector<DatasetEntry>& datasets) : datasets_(datasets), open_(datasets.size()) {
        for (size_t i = 0; i < datasets.size(); ++i) {
            by_name_.emplace(lower(datasets[i].path), i);
            open_[i] = may_be_tensor(datasets[i]);
        }
    }

    std::vector<PairMapping> take() {
        for (size_t i = 0; i < datasets_.size(); ++i)
            if (open_[i])
                take_opposite(i);
        for (size_t i = 0; i < datasets_.size(); ++i)
            if (const auto& shape = datasets_[i].shape; open_[i] && shape.size() == 2 && shape[1] == 2 && shape[0] > 2)
                add(i, i, datasets_[i].path);
        take_neighbours();
        std::vector<PairMapping> pairs;
        for (auto& [place, pair] : found_)
            pairs.push_back(std::move(pair));
        return pairs;
    }

private:
    static bool may_be_tensor(const DatasetEntry& dataset) {
        const auto words = words_of(dataset.path);
        const bool other = std::ranges::any_of(words, [&](const Word& word) {
            const auto text = lower(dataset.path.substr(word.start, word.end - word.start));
            return std::ranges::find(others, text) != others.end();
        });
        constexpr int64_t least = 2; // points
        int64_t values = 1;
        for (const auto size : dataset.shape)
            values = size == 0 ? 0 : std::min<int64_t>(values * std::min<int64_t>(size, least), least);
        return !other && values >= least && dataset.dtype.find("float") != std::string::npos;
    }

    /// Pairs a dataset with one whose path has an output's word where its own has an input's.
    void take_opposite(size_t place) {
        const auto& path = datasets_[place].path;
        const auto words = words_of(path);
        for (auto word = words.rbegin(); word != words.rend(); ++word)
            for (const auto& [into, out] : opposites) {
                if (lower(path.substr(word->start, word->end - word->start)) != into)
                    continue;
                const auto other = by_name_.find(lower(path.substr(0, word->start) + out + path.substr(word->end)));
                if (other != by_name_.end() && fits(place, other->second))
                    return add(place, other->second, name_without(path, *word));
            }
    }

    bool fits(size_t place, size_t other) const {
        return open_[place] && open_[other] && datasets_[place].shape == datasets_[other].shape;
    }

    /// Two of one shape that are alone with it in their group.
    void take_neighbours() {
        std::map<std::pair<std::string, std::vector<int64_t>>, std::vector<size_t>> alike;
        for (size_t i = 0; i < datasets_.size(); ++i)
            if (open_[i] && datasets_[i].shape.size() >= 2)
                alike[{group_of(datasets_[i].path), datasets_[i].shape}].push_back(i);
        for (const auto& [place, two] : alike)
            if (two.size() == 2)
                add(two[0], two[1], place.first);
    }

    /// `output` is the input itself for a set of x and y; `path` becomes the layer's name, with dots between groups.
    void add(size_t input, size_t output, const std::string& path) {
        open_[input] = open_[output] = false;
        PairMapping pair;
        pair.input = datasets_[input].path;
        if (output != input)
            pair.output = datasets_[output].path;
        auto name = path;
        std::ranges::replace(name, '/', '.');
        if (!name.empty() && names_[name]++ == 0)
            pair.name = name;
        found_.emplace(input, std::move(pair));
    }

    const std::vector<DatasetEntry>& datasets_;
    std::vector<bool> open_; ///< By dataset: it may be a tensor and stands in no pair yet.
    std::unordered_map<std::string, size_t> by_name_;
    std::map<std::string, int> names_;
    std::map<size_t, PairMapping> found_; ///< By the place of the input.
};

} // namespace

std::vector<PairMapping> suggest_pairs(const std::vector<DatasetEntry>& datasets) {
    return Suggestions(datasets).take();
}

} // namespace normscope
