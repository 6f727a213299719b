// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/model/network.h"
#include "core/model/norm_parts.h"
#include "core/model/vit_plan.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <set>
#include <string_view>
#include <unordered_map>

namespace normscope {
namespace {

constexpr std::array<std::string_view, 7> parameter_names{"weight", "gamma", "scale", "bias", "beta", "alpha", "shift"};

bool is_vector(const TensorEntry& entry) {
    return entry.shape.size() <= 1 && entry.elements() > 0;
}

/// The last part of a module path names a norm: norm1, q_norm, LayerNorm, ln_f, layernorm_before …
bool names_a_norm(const std::string& layer) {
    std::string last = layer.substr(layer.rfind('.') + 1);
    std::transform(last.begin(), last.end(), last.begin(), [](unsigned char c) { return std::tolower(c); });
    return last.find("norm") != std::string::npos || last.rfind("ln", 0) == 0 || last.ends_with("ln");
}

/// Compares by characters, but runs of digits by their value, so that block 10 follows block 9.
bool natural_less(const std::string& a, const std::string& b) {
    const auto digit = [](char c) { return c >= '0' && c <= '9'; };
    std::size_t i = 0, j = 0;
    while (i < a.size() && j < b.size()) {
        if (!digit(a[i]) || !digit(b[j])) {
            if (a[i] != b[j])
                return a[i] < b[j];
            ++i, ++j;
            continue;
        }
        const std::size_t end_a = std::min(a.find_first_not_of("0123456789", i), a.size());
        const std::size_t end_b = std::min(b.find_first_not_of("0123456789", j), b.size());
        if (end_a - i != end_b - j)
            return end_a - i < end_b - j;
        if (const int order = a.compare(i, end_a - i, b, j, end_b - j); order != 0)
            return order < 0;
        i = end_a, j = end_b;
    }
    return a.size() - i < b.size() - j;
}

/// The module paths with 1-d parameters whose name is a norm's; a running mean makes it a BatchNorm.
std::vector<std::string> candidate_names(const TensorCatalog& catalog) {
    std::vector<std::string> names;
    std::set<std::string> seen, batch_norms;
    for (const TensorEntry& entry : catalog.tensors) {
        const std::size_t dot = entry.name.rfind('.');
        if (dot == std::string::npos)
            continue;
        const std::string layer = entry.name.substr(0, dot), parameter = entry.name.substr(dot + 1);
        if (parameter == "running_mean")
            batch_norms.insert(layer);
        const bool known =
            std::find(parameter_names.begin(), parameter_names.end(), parameter) != parameter_names.end();
        if (known && is_vector(entry) && (parameter == "alpha" || names_a_norm(layer)) && seen.insert(layer).second)
            names.push_back(layer);
    }
    std::erase_if(names, [&](const std::string& name) { return batch_norms.count(name) != 0; });
    return names;
}

/// Execution order where the family is known. Otherwise a state dict's own order, which follows the definition of the
/// modules; safetensors sorts its names, so there by block number.
void sort_by_execution(const TensorCatalog& catalog, std::vector<std::string>& names) {
    std::unordered_map<std::string, std::size_t> place;
    if (recognise_family(catalog) == "vit")
        for (const std::string& name : vit_norm_sites(catalog))
            place.emplace(name, place.size());
    const auto place_of = [&](const std::string& name) {
        const auto found = place.find(name);
        return found == place.end() ? place.size() : found->second;
    };
    if (catalog.format == "safetensors")
        std::sort(names.begin(), names.end(), natural_less);
    std::stable_sort(names.begin(), names.end(),
                     [&](const std::string& a, const std::string& b) { return place_of(a) < place_of(b); });
}

const TensorEntry* first_of(const TensorCatalog& catalog, const std::string& layer,
                            std::initializer_list<const char*> names) {
    for (const char* name : names)
        if (const TensorEntry* entry = catalog.find(layer + "." + name))
            return entry;
    return nullptr;
}

} // namespace

NormKind NormParts::kind() const {
    if (alpha != nullptr)
        return shift != nullptr ? NormKind::derf : NormKind::dyt;
    if (weight == nullptr)
        return NormKind::unknown;
    return bias != nullptr ? NormKind::layer_norm : NormKind::rms_norm;
}

NormParts norm_parts(const TensorCatalog& catalog, const std::string& layer) {
    NormParts parts;
    parts.weight = first_of(catalog, layer, {"weight", "gamma", "scale"});
    parts.bias = first_of(catalog, layer, {"bias", "beta"});
    parts.alpha = first_of(catalog, layer, {"alpha"});
    parts.shift = parts.alpha != nullptr ? first_of(catalog, layer, {"shift"}) : nullptr;
    return parts;
}

Result<void> read_norm_parameters(const TensorCatalog& catalog, const NormParts& parts, NormLayer& layer) {
    const auto read = [&](const TensorEntry* entry, std::vector<float>& into) -> Result<void> {
        if (entry == nullptr)
            return {};
        NORMSCOPE_LET(values, catalog.read_floats(*entry));
        into = std::move(values);
        return {};
    };
    NORMSCOPE_TRY(read(parts.weight, layer.weight));
    NORMSCOPE_TRY(read(parts.bias, layer.bias));
    NORMSCOPE_TRY(read(parts.alpha, layer.alpha));
    return read(parts.shift, layer.shift);
}

std::vector<NormLayer> find_norm_layers(const TensorCatalog& catalog) {
    std::vector<std::string> names = candidate_names(catalog);
    sort_by_execution(catalog, names);
    std::vector<NormLayer> layers;
    for (const std::string& name : names) {
        const NormParts parts = norm_parts(catalog, name);
        NormLayer layer;
        layer.name = name;
        layer.kind = parts.kind();
        if (layer.kind == NormKind::unknown)
            continue;
        layer.kind_text = kind_name(layer.kind);
        layer.channels = (parts.weight != nullptr ? parts.weight : parts.alpha)->elements();
        layer.index = static_cast<int>(layers.size()) + 1;
        if (!read_norm_parameters(catalog, parts, layer)) // a listing shows what can be read
            layer.weight.clear(), layer.bias.clear(), layer.alpha.clear(), layer.shift.clear();
        layers.push_back(std::move(layer));
    }
    return layers;
}

} // namespace normscope
