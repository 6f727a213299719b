// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/model/settings.h"

#include <algorithm>
#include <charconv>
#include <cmath>

namespace normscope {
namespace {

/// The numbers of a list in any of the spellings found in configs: 0.5,0.5 · [0.5, 0.5] · (28, 32) · 28x32.
std::optional<std::vector<double>> parse_numbers(std::string text) {
    std::replace_if(
        text.begin(), text.end(),
        [](char c) { return c != '\0' && std::string("[](),xX;").find(c) != std::string::npos; }, ' ');
    std::vector<double> numbers;
    const char* at = text.data();
    const char* const end = at + text.size();
    while (true) {
        while (at != end && *at == ' ')
            ++at;
        if (at == end)
            break;
        double number = 0;
        const auto [rest, failed] = std::from_chars(at, end, number);
        if (failed != std::errc() || !std::isfinite(number) || (rest != end && *rest != ' '))
            return std::nullopt;
        numbers.push_back(number);
        at = rest;
    }
    if (numbers.empty())
        return std::nullopt;
    return numbers;
}

/// Sizes and counts: whole, at least 1, and far below overflow.
bool is_count(double number) {
    return number >= 1 && number <= 1e6 && number == std::floor(number);
}

} // namespace

std::string listed(const std::vector<std::string>& words) {
    std::string list;
    for (const std::string& word : words)
        list += (list.empty() ? "" : ", ") + word;
    return list;
}

std::optional<Told<std::string>> SettingReader::text(const std::string& key) const {
    const auto found = settings_.values.find(key);
    if (found == settings_.values.end())
        return std::nullopt;
    return found->second;
}

Error SettingReader::refuse(const std::string& key, const std::string& expected) const {
    const Told<std::string> told = text(key).value_or(Told<std::string>{});
    return {told.source == "user" ? ErrorCode::bad_argument : ErrorCode::not_supported, "",
            "setting " + key + ": expected " + expected + ", found \"" + told.value + "\" (told by " + told.source +
                "); say --set " + key + "=VALUE"};
}

Result<std::optional<Told<int64_t>>> SettingReader::count(const std::string& key) const {
    const auto told = text(key);
    if (!told)
        return std::optional<Told<int64_t>>();
    const auto numbers = parse_numbers(told->value);
    if (!numbers || numbers->size() != 1 || !is_count(numbers->front()))
        return refuse(key, "a whole number from 1");
    return std::optional(Told<int64_t>{static_cast<int64_t>(numbers->front()), told->source});
}

Result<std::optional<Told<double>>> SettingReader::positive(const std::string& key) const {
    const auto told = text(key);
    if (!told)
        return std::optional<Told<double>>();
    const auto numbers = parse_numbers(told->value);
    if (!numbers || numbers->size() != 1 || !(numbers->front() > 0))
        return refuse(key, "a number above 0");
    return std::optional(Told<double>{numbers->front(), told->source});
}

Result<std::optional<Told<bool>>> SettingReader::flag(const std::string& key) const {
    NORMSCOPE_LET(word, choice(key, {"true", "false", "True", "False", "1", "0"}));
    if (!word)
        return std::optional<Told<bool>>();
    return std::optional(
        Told<bool>{word->value == "true" || word->value == "True" || word->value == "1", word->source});
}

Result<std::optional<Told<std::pair<int64_t, int64_t>>>> SettingReader::extent(const std::string& key) const {
    using Extent = std::pair<int64_t, int64_t>;
    const auto told = text(key);
    if (!told)
        return std::optional<Told<Extent>>();
    auto numbers = parse_numbers(told->value);
    if (numbers && numbers->size() == 3) // timm's input_size is (channels, height, width)
        numbers->erase(numbers->begin());
    if (!numbers || numbers->size() > 2 || !std::all_of(numbers->begin(), numbers->end(), is_count))
        return refuse(key, "one size or HEIGHTxWIDTH");
    const Extent extent{static_cast<int64_t>(numbers->front()), static_cast<int64_t>(numbers->back())};
    return std::optional(Told<Extent>{extent, told->source});
}

Result<std::optional<Told<std::vector<double>>>> SettingReader::per_channel(const std::string& key,
                                                                            int64_t channels) const {
    const auto told = text(key);
    if (!told)
        return std::optional<Told<std::vector<double>>>();
    auto numbers = parse_numbers(told->value);
    const auto wanted = static_cast<std::size_t>(channels);
    if (!numbers || (numbers->size() != 1 && numbers->size() != wanted))
        return refuse(key, "one number, or one for each of the " + std::to_string(channels) + " channels");
    if (numbers->size() == 1)
        numbers->assign(wanted, numbers->front());
    return std::optional(Told<std::vector<double>>{std::move(*numbers), told->source});
}

Result<std::optional<Told<std::string>>> SettingReader::choice(const std::string& key,
                                                               const std::vector<std::string>& choices) const {
    const auto told = text(key);
    if (told && std::find(choices.begin(), choices.end(), told->value) == choices.end())
        return refuse(key, "one of " + listed(choices));
    return told;
}

} // namespace normscope
