// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/model/other_words.h"

#include "core/model/network.h"
#include "core/model/settings.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <utility>

namespace normscope {
namespace {

constexpr std::array<std::pair<std::string_view, std::string_view>, 20> other_names{{
    {"num_heads", "heads"},        {"num_attention_heads", "heads"},
    {"layer_norm_eps", "eps"},     {"norm_eps", "eps"},
    {"rms_norm_eps", "eps"},       {"norm_layer", "norm"},
    {"global_pool", "pool"},       {"act_layer", "act"},
    {"hidden_act", "act"},         {"img_size", "image_size"},
    {"input_size", "image_size"},  {"image_mean", "mean"},
    {"image_std", "std"},          {"crop_pct", "crop"},
    {"crop_ratio", "crop"},        {"block_fn", "block"},
    {"use_rot_pos_emb", "rotary"}, {"rope_type", "rotary"},
    {"arch", "architecture"},      {"model_name", "architecture"},
}};

std::string lower(std::string text) {
    std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) { return std::tolower(c); });
    return text;
}

/// "GELU" of "<class 'torch.nn.modules.activation.GELU'>", "functools.partial(<class '…GELU'>, …)", "nn.GELU",
/// "GELU()".
std::string class_word(std::string text) {
    constexpr std::string_view opening = "<class '";
    if (const auto at = text.find(opening); at != std::string::npos)
        text = text.substr(at + opening.size(), text.find('\'', at + opening.size()) - at - opening.size());
    if (const auto bracket = text.find('('); bracket != std::string::npos && bracket > 0)
        text.erase(bracket);
    return text.substr(text.rfind('.') + 1);
}

bool is_word(const std::string& text) {
    return std::any_of(text.begin(), text.end(), [](unsigned char c) { return std::isalpha(c) != 0; });
}

std::string norm_word(const std::string& value) {
    std::string word = lower(class_word(value));
    if (word == "dynamictanh")
        return "dyt";
    for (const char* kind : {"layernorm", "rmsnorm", "dyt", "derf"}) // timm has them in float32 and fast, too
        if (word.rfind(kind, 0) == 0 && word != "layernorm2d")
            return kind;
    return word;
}

std::string act_word(const std::string& value) {
    const std::string word = lower(class_word(value));
    if (word == "gelu_new" || word == "gelu_pytorch_tanh" || word == "gelutanh")
        return "gelu_tanh";
    if (word == "quickgelu")
        return "quick_gelu";
    return word == "swish" ? "silu" : word;
}

/// Booleans are those of the masked autoencoders' code: the mean of the patch tokens, or the class token.
std::string pool_word(const std::string& value) {
    const std::string word = lower(value);
    for (const auto& [other, ours] :
         {std::pair("true", "avg"), std::pair("1", "avg"), std::pair("mean", "avg"), std::pair("gap", "avg"),
          std::pair("false", "token"), std::pair("0", "token"), std::pair("cls", "token"),
          std::pair("cls_token", "token"), std::pair("class_token", "token")})
        if (word == other)
            return ours;
    return word;
}

std::string block_word(const std::string& value) {
    const std::string word = class_word(value);
    return word == "ResPostBlock" ? "post-norm" : word == "Block" ? "pre-norm" : word;
}

std::string rotary_word(const std::string& value) {
    const std::string word = lower(value);
    return word == "false" || word == "0" || word.empty() ? "none" : word;
}

/// timm's tags and the places of the hub say where weights are from, not what the network is.
std::string architecture_word(std::string value) {
    value.erase(0, value.rfind('/') + 1);
    return value.substr(0, value.find('.'));
}

std::string respelled(const std::string& setting, const std::string& value) {
    constexpr std::array<std::pair<std::string_view, std::string (*)(const std::string&)>, 5> words{{
        {"norm", norm_word},
        {"act", act_word},
        {"pool", pool_word},
        {"block", block_word},
        {"rotary", rotary_word},
    }};
    for (const auto& [name, spell] : words)
        if (name == setting)
            return spell(value);
    return setting == "architecture" ? architecture_word(value) : value;
}

/// What the setting expects, where this value makes no sense for it; "" where it does. Read as the network will read
/// it.
std::string expected_instead(const std::string& setting, const std::string& value) {
    NetworkSettings one;
    one.values[setting] = {value, ""};
    const SettingReader reader(one);
    if (setting == "heads" && !reader.count(setting))
        return "a whole number from 1";
    if ((setting == "eps" || setting == "crop") && !reader.positive(setting))
        return "a number above 0";
    if ((setting == "image_size" || setting == "patch_size") && !reader.extent(setting))
        return "one size or HEIGHTxWIDTH";
    if (setting == "pool_include_prefix" && !reader.flag(setting))
        return "true or false";
    for (const char* words : {"norm", "act", "pool", "block", "gate", "rotary", "family", "architecture"})
        if (setting == words && !is_word(value))
            return "a word";
    return "";
}

} // namespace

SettingKey setting_of(std::string_view key) {
    for (const auto& [other, ours] : other_names)
        if (other == key)
            return {std::string(ours), true};
    const auto& known = known_settings();
    // Where the network lies in its file, and what may be left out of it, is for the user alone to say.
    const bool users = key == "root" || key == "container" || key == "unused";
    const bool ours = !users && std::find(known.begin(), known.end(), key) != known.end();
    const bool certain = key == "heads" || key == "patch_size" || key == "image_size" || key == "architecture";
    return {ours ? std::string(key) : "", certain};
}

Result<std::string> in_our_words(const std::string& setting, const std::string& value) {
    const bool nothing = value.empty() || value == "None" || value == "null";
    if (setting == "pool" && value.empty()) // timm's word for all tokens as they are
        return std::string("none");
    if (nothing)
        return std::string();
    const std::string ours = respelled(setting, value);
    if (const std::string expected = expected_instead(setting, ours); !expected.empty())
        return Error{ErrorCode::damaged, "", "expected " + expected};
    return ours;
}

} // namespace normscope
