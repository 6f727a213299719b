// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/model/network.h"
#include "core/model/preprocessing.h"
#include "core/model/settings.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <filesystem>
#include <string_view>

namespace normscope {
namespace {

using nlohmann::json;

/// How others call what `--set` calls by the second name: timm's model arguments and pretrained_cfg, Hugging Face's
/// configs, argparse's namespaces.
constexpr std::array<std::pair<std::string_view, std::string_view>, 16> other_names{{
    {"num_heads", "heads"},
    {"num_attention_heads", "heads"},
    {"layer_norm_eps", "eps"},
    {"norm_eps", "eps"},
    {"rms_norm_eps", "eps"},
    {"norm_layer", "norm"},
    {"global_pool", "pool"},
    {"act_layer", "act"},
    {"hidden_act", "act"},
    {"img_size", "image_size"},
    {"input_size", "image_size"},
    {"image_mean", "mean"},
    {"image_std", "std"},
    {"crop_pct", "crop"},
    {"crop_ratio", "crop"},
    {"block_fn", "block"},
}};

/// The word of `--set` for a key of a config, "" when it tells nothing we ask for.
std::string setting_for(std::string_view key) {
    for (const auto& [other, ours] : other_names)
        if (other == key)
            return std::string(ours);
    const auto& known = known_settings();
    return std::find(known.begin(), known.end(), key) != known.end() ? std::string(key) : "";
}

std::string lower(std::string text) {
    std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) { return std::tolower(c); });
    return text;
}

/// Values in the spelling of `--set`; "" for one that tells nothing.
std::string our_spelling(const std::string& setting, std::string value) {
    if (value == "None" || value == "null")
        return "";
    if (setting == "norm") { // timm's names of classes and of their float32 versions
        value = lower(value);
        for (const char* kind : {"layernorm", "rmsnorm", "dyt", "derf"})
            if (value.rfind(kind, 0) == 0)
                return kind;
        return "";
    }
    if (setting == "block") // timm's names of classes
        return value == "ResPostBlock" ? "post-norm" : value == "Block" ? "pre-norm" : value;
    if (setting == "act") {
        value = lower(value);
        if (value == "gelu_new" || value == "gelu_pytorch_tanh")
            return "gelu_tanh";
        return value == "swish" ? "silu" : value;
    }
    return value;
}

/// A JSON scalar or flat list as text, "" for anything else.
std::string text_of(const json& value) {
    if (value.is_string())
        return value.get<std::string>();
    if (value.is_number() || value.is_boolean())
        return value.dump();
    if (!value.is_array() || value.empty() || value.size() > 16)
        return "";
    std::string list;
    for (const json& element : value)
        list += (list.empty() ? "" : ",") + (element.is_number() ? element.dump() : "?");
    return list;
}

void tell(NetworkSettings& settings, const std::string& setting, const std::string& value, const char* source) {
    const std::string spelled = our_spelling(setting, value);
    if (!setting.empty() && !spelled.empty())
        settings.values.emplace(setting, Told<std::string>{spelled, source}); // the first to tell stands
}

void take_object(const json& object, NetworkSettings& settings) {
    if (!object.is_object())
        return;
    for (const auto& [key, value] : object.items()) {
        const std::string setting = setting_for(key);
        if (!setting.empty())
            tell(settings, setting, text_of(value), "config");
    }
}

void take_config(const std::string& path, NetworkSettings& settings, std::vector<std::string>& warnings) {
    constexpr uint64_t longest_config = 16u << 20;
    const auto text = read_text(path, longest_config);
    if (!text) {
        warnings.push_back("the config was passed over: " + text.error().line());
        return;
    }
    const json config = json::parse(*text, nullptr, /*allow_exceptions=*/false);
    if (!config.is_object()) {
        warnings.push_back("the config was passed over: " + path + ": expected a JSON object");
        return;
    }
    for (const char* section : {"model_args", "pretrained_cfg"}) // timm; more particular than the top
        if (config.contains(section))
            take_object(config[section], settings);
    take_object(config, settings);
    if (config.contains("pretrained_cfg") && config["pretrained_cfg"].is_object() && !config["pretrained_cfg"].empty())
        add_timm_preprocessing(settings);
}

/// The file's own metadata: keys bare ("num_heads") or of a nested dict ("args.num_heads"). A training script's own
/// `eps`, `mean` … may be the optimizer's, so below a prefix only names that cannot be mistaken count.
void take_metadata(const TensorCatalog& catalog, NetworkSettings& settings) {
    for (const auto& [key, value] : catalog.metadata) {
        const std::size_t dot = key.rfind('.');
        const std::string last = key.substr(dot == std::string::npos ? 0 : dot + 1);
        const bool plain = dot == std::string::npos;
        const bool certain =
            last == "heads" || last == "patch_size" || last == "image_size" ||
            std::any_of(other_names.begin(), other_names.end(), [&](auto& n) { return n.first == last; });
        if (plain || certain)
            tell(settings, setting_for(last), value, "metadata");
    }
}

} // namespace

const std::vector<std::string>& known_settings() {
    static const std::vector<std::string> known{
        "family",     "heads",      "eps",  "norm", "block", "pool",      "pool_include_prefix", "act",  "gate",
        "patch_size", "image_size", "mean", "std",  "crop",  "crop_mode", "interpolation",       "scale"};
    return known;
}

NetworkSettings settings_beside(const TensorCatalog& catalog, std::vector<std::string>& warnings) {
    namespace fs = std::filesystem;
    NetworkSettings settings;
    const fs::path checkpoint(catalog.path);
    std::error_code ignored;
    for (const fs::path& config :
         {fs::path(checkpoint).replace_extension(".json"), checkpoint.parent_path() / "config.json"})
        if (fs::is_regular_file(config, ignored)) {
            take_config(config.string(), settings, warnings);
            break;
        }
    take_metadata(catalog, settings);
    return settings;
}

Result<void> apply_setting(const std::string& assignment, NetworkSettings& settings) {
    const std::size_t equals = assignment.find('=');
    if (equals == std::string::npos || equals + 1 == assignment.size())
        return Error{ErrorCode::bad_argument, "--set",
                     "expected KEY=VALUE, found \"" + assignment + "\"; keys are " + listed(known_settings())};
    const std::string key = assignment.substr(0, equals);
    const auto& known = known_settings();
    if (std::find(known.begin(), known.end(), key) == known.end())
        return Error{ErrorCode::bad_argument, "--set", "unknown key \"" + key + "\"; keys are " + listed(known)};
    settings.values[key] = {assignment.substr(equals + 1), "user"};
    return {};
}

} // namespace normscope
