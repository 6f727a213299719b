// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/model/architectures.h"
#include "core/model/network.h"
#include "core/model/other_words.h"
#include "core/model/preprocessing.h"
#include "core/model/settings.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <filesystem>
#include <map>
#include <string_view>

namespace normscope {
namespace {

using nlohmann::json;

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

/// Collects what a config and the metadata tell. The first to tell a setting stands.
class Collector {
public:
    Collector(NetworkSettings& settings, std::vector<std::string>& warnings)
        : settings_(settings), warnings_(warnings) {}

    void take_object(const json& object) {
        if (!object.is_object())
            return;
        for (const auto& [key, value] : object.items())
            take_word(key, text_of(value));
    }

    /// The file's own metadata: keys bare ("num_heads") or of a nested dict ("args.num_heads"), where a training
    /// script's own `eps`, `pool` … may be anything's, so that only names or words that cannot be mistaken count.
    void take_metadata(const std::map<std::string, std::string>& metadata) {
        for (const auto& [key, value] : metadata) {
            const std::size_t dot = key.rfind('.');
            const bool nested = dot != std::string::npos;
            const std::string last = key.substr(nested ? dot + 1 : 0);
            const SettingKey setting = nested && last == "model" ? SettingKey{"architecture", true} : setting_of(last);
            const Source from{key, value, "metadata"};
            if (setting.name == "architecture")
                tell_architecture(from);
            else if (!setting.name.empty() && (!nested || setting.certain || runs(setting.name, value)))
                tell(setting.name, from);
            else if (is_words(setting.name) && value != "None")
                pass_over(from, "no word of a network that runs");
        }
    }

    /// Of a `pretrained_cfg`, whose own words have been taken.
    void take_timm_preprocessing() { add_timm_preprocessing(settings_); }

private:
    struct Source {
        std::string key, value, source;
    };

    void take_word(const std::string& key, const std::string& value) {
        const SettingKey setting = setting_of(key);
        const Source from{key, value, "config"};
        if (setting.name == "architecture" && key != "architecture")
            tell_architecture(from);
        else if (!setting.name.empty())
            tell(setting.name, from);
    }

    void tell(const std::string& setting, const Source& from) {
        if (settings_.values.contains(setting))
            return;
        const auto ours = in_our_words(setting, from.value);
        if (!ours)
            pass_over(from, ours.error().message);
        else if (!ours->empty())
            settings_.values.emplace(setting, Told<std::string>{*ours, from.source});
        constexpr std::string_view eps = "eps="; // partial(LayerNorm, eps=1e-05)
        if (const auto at = from.value.find(eps); setting == "norm" && at != std::string::npos)
            tell("eps",
                 {from.key, from.value.substr(at + eps.size(), from.value.find_first_of(",)", at) - at - eps.size()),
                  from.source});
    }

    /// Every script has its own `model` and `arch`: only names that are known count.
    void tell_architecture(const Source& from) {
        const auto name = in_our_words("architecture", from.value);
        if (name && is_known_architecture(*name))
            tell("architecture", from);
        else if (name && name->find("vit") != std::string::npos)
            pass_over(from, "expected the name of an architecture of timm");
    }

    static bool is_words(const std::string& setting) {
        return setting == "act" || setting == "pool" || setting == "block" || setting == "norm";
    }

    /// True for one of the few words of a setting, as nobody else uses it.
    static bool runs(const std::string& setting, const std::string& value) {
        constexpr std::array<std::pair<std::string_view, std::string_view>, 4> words{
            {{"act", " gelu gelu_tanh quick_gelu relu silu sigmoid mish elu selu tanh relu6 leaky_relu "},
             {"pool", " token avg avgmax map "},
             {"block", " pre-norm post-norm "},
             {"norm", " layernorm rmsnorm dyt derf "}}};
        const auto ours = in_our_words(setting, value);
        return ours && !ours->empty() && std::any_of(words.begin(), words.end(), [&](const auto& row) {
                   return row.first == setting && row.second.find(" " + *ours + " ") != std::string_view::npos;
               });
    }

    void pass_over(const Source& from, const std::string& why) {
        warnings_.push_back(from.key + "=" + from.value + " of the " + from.source + " was passed over: " + why);
    }

    NetworkSettings& settings_;
    std::vector<std::string>& warnings_;
};

void take_config(const std::string& path, Collector& collector, std::vector<std::string>& warnings) {
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
            collector.take_object(config[section]);
    collector.take_object(config);
    if (config.contains("pretrained_cfg") && config["pretrained_cfg"].is_object() && !config["pretrained_cfg"].empty())
        collector.take_timm_preprocessing();
}

} // namespace

const std::vector<std::string>& known_settings() {
    static const std::vector<std::string> known{
        "family",    "architecture",  "root",       "container",  "heads",
        "eps",       "norm",          "block",      "pool",       "pool_include_prefix",
        "act",       "gate",          "final_norm", "patch_size", "image_size",
        "rotary",    "unused",        "mean",       "std",        "crop",
        "crop_mode", "interpolation", "scale"};
    return known;
}

NetworkSettings settings_beside(const TensorCatalog& catalog, std::vector<std::string>& warnings) {
    namespace fs = std::filesystem;
    NetworkSettings settings;
    Collector collector(settings, warnings);
    const fs::path checkpoint(catalog.path);
    std::error_code ignored;
    for (const fs::path& config :
         {fs::path(checkpoint).replace_extension(".json"), checkpoint.parent_path() / "config.json"})
        if (fs::is_regular_file(config, ignored)) {
            take_config(config.string(), collector, warnings);
            break;
        }
    collector.take_metadata(catalog.metadata);
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
