// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/model/network_part.h"

#include "core/model/settings.h"
#include "core/model/vit.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <string_view>
#include <utility>

namespace normscope {
namespace {

constexpr std::string_view anchor = "patch_embed.proj.weight"; // every root of a ViT has one

std::string spelled(const std::string& prefix) {
    return prefix.empty() ? bare : prefix.substr(0, prefix.size() - 1);
}

/// The tensors below `prefix`, but not those of networks that lie deeper.
TensorCatalog below(const TensorCatalog& catalog, const std::string& prefix, const std::vector<std::string>& roots) {
    TensorCatalog part = catalog;
    part.tensors.clear();
    for (const TensorEntry& entry : catalog.tensors) {
        const bool deeper = std::any_of(roots.begin(), roots.end(), [&](const std::string& other) {
            return other.size() > prefix.size() && other.starts_with(prefix) && entry.name.starts_with(other);
        });
        if (deeper || !entry.name.starts_with(prefix))
            continue;
        part.tensors.push_back(entry);
        part.tensors.back().name.erase(0, prefix.size());
    }
    return part;
}

/// Prefixes below which the family fits, in the order of the file. One module under two names is one network.
std::vector<std::string> find_roots(const TensorCatalog& catalog) {
    std::vector<std::string> roots;
    std::vector<const TensorEntry*> anchors;
    for (const TensorEntry& entry : catalog.tensors) {
        if (!entry.name.ends_with(anchor))
            continue;
        const std::string prefix = entry.name.substr(0, entry.name.size() - anchor.size());
        const bool whole_part = prefix.empty() || prefix.back() == '.';
        const bool alias = std::any_of(anchors.begin(), anchors.end(), [&](const TensorEntry* other) {
            return other->offset == entry.offset && other->shape == entry.shape;
        });
        if (!whole_part || alias || !looks_like_vit(below(catalog, prefix, {})))
            continue;
        roots.push_back(prefix);
        anchors.push_back(&entry);
    }
    return roots;
}

/// Averages of what is trained, and teachers that are such: EMA, SWA, DINO, MoCo, BYOL, I-JEPA. Whole words of the
/// path.
bool is_average(const std::string& prefix) {
    constexpr std::array<std::string_view, 12> averages{"ema", "teacher", "momentum", "target", "average", "averaged",
                                                        "avg", "swa",     "shadow",   "moving", "key",     "k"};
    std::string word;
    for (const char c : prefix) { // ends with a dot
        if (std::isalnum(static_cast<unsigned char>(c)) != 0)
            word += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
        else if (std::find(averages.begin(), averages.end(), std::exchange(word, "")) != averages.end())
            return true;
    }
    return false;
}

/// The root that the user means, with or without what every name begins with in the file.
const std::string* named(const std::vector<std::string>& roots, const TensorCatalog& catalog, std::string name) {
    if (name == bare)
        name.clear();
    else if (!name.ends_with('.'))
        name += '.';
    for (const std::string& root : roots)
        if (root == name || catalog.stripped_prefix + root == name)
            return &root;
    return nullptr;
}

std::vector<std::string> all_spelled(const std::vector<std::string>& roots) {
    std::vector<std::string> list;
    for (const std::string& root : roots)
        list.push_back(spelled(root));
    return list;
}

Result<std::string> choose(const TensorCatalog& catalog, const std::vector<std::string>& roots,
                           const std::optional<Told<std::string>>& told) {
    if (told) {
        if (const std::string* root = named(roots, catalog, told->value))
            return *root;
        return Error{ErrorCode::bad_argument, "--set root",
                     "expected the prefix below which a network lies, one of " + listed(all_spelled(roots)) +
                         ", found \"" + told->value + "\""};
    }
    std::vector<std::string> trained;
    std::copy_if(roots.begin(), roots.end(), std::back_inserter(trained),
                 [](const std::string& root) { return !is_average(root); });
    const std::vector<std::string>& equals = trained.empty() ? roots : trained;
    if (equals.size() == 1)
        return equals.front();
    return Error{ErrorCode::cannot_run, "root",
                 "expected one network, found " + std::to_string(equals.size()) + " below the prefixes " +
                     listed(all_spelled(equals)) + "; say --set root=PREFIX"};
}

} // namespace

bool has_network(const TensorCatalog& catalog) {
    return !find_roots(catalog).empty();
}

Result<NetworkPart> network_part(const TensorCatalog& catalog, const NetworkSettings& settings) {
    const std::vector<std::string> roots = find_roots(catalog);
    const auto told = SettingReader(settings).text("root");
    if (roots.empty())
        return Error{ErrorCode::not_supported, "", why_no_vit(catalog)};
    NORMSCOPE_LET(root, choose(catalog, roots, told));
    NetworkPart part{below(catalog, root, roots), std::nullopt, {}};
    for (const std::string& other : roots)
        if (other != root)
            part.others.push_back(spelled(other));
    if (told)
        part.root = Told<std::string>{spelled(root), told->source};
    else if (!part.others.empty())
        part.root = Told<std::string>{spelled(root), "family default"};
    else if (!root.empty() || !catalog.stripped_prefix.empty())
        part.root = Told<std::string>{spelled(catalog.stripped_prefix + root), "keys"};
    return part;
}

} // namespace normscope
