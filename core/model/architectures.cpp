// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/model/architectures.h"

#include <algorithm>
#include <map>
#include <sstream>

namespace normscope {
namespace {

/// timm's defaults of VisionTransformer, which a row of the table changes.
const std::map<std::string, std::string> timm_defaults{
    {"act", "gelu"},   {"eps", "1e-6"},    {"norm", "layernorm"},           {"block", "pre-norm"},
    {"pool", "token"}, {"rotary", "none"}, {"pool_include_prefix", "false"}};

const ArchitectureGroup* group_of(const std::string& name) {
    for (const ArchitectureGroup& group : timm_architectures()) {
        std::istringstream names(group.names);
        for (std::string other; names >> other;)
            if (other == name)
                return &group;
    }
    return nullptr;
}

} // namespace

bool is_known_architecture(const std::string& name) {
    return group_of(name) != nullptr;
}

Result<void> add_architecture(NetworkSettings& settings) {
    const auto named = settings.values.find("architecture");
    if (named == settings.values.end())
        return {};
    const auto& [name, source] = named->second;
    const ArchitectureGroup* group = group_of(name);
    const auto family = settings.values.find("family");
    const bool insisted = family != settings.values.end() && family->second.source == "user";
    if ((group == nullptr || group->settings.empty()) && insisted)
        return {};
    if (group == nullptr || group->settings.empty())
        return Error{source == "user" ? ErrorCode::bad_argument : ErrorCode::not_supported, "architecture",
                     "expected an architecture of timm's class VisionTransformer, found \"" + name + "\" (told by " +
                         source +
                         "), which is not run; say --set family=vit if it computes what VisionTransformer does"};
    std::map<std::string, std::string> told = timm_defaults;
    std::istringstream changes(group->settings);
    for (std::string change; changes >> change;)
        told[change.substr(0, change.find('='))] = change.substr(change.find('=') + 1);
    // Who names another norm class names another ε with it.
    if (const auto norm = settings.values.find("norm");
        norm != settings.values.end() && norm->second.source == "config")
        told.erase("eps");
    for (const auto& [key, value] : told)
        if (!value.empty())
            settings.values.emplace(key, Told<std::string>{value, "architecture"});
    return {};
}

} // namespace normscope
