// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/model/norm_parts.h"

#include <initializer_list>

namespace normscope {
namespace {

const TensorEntry* first_of(const std::function<const TensorEntry*(std::string_view)>& find,
                            std::initializer_list<std::string_view> names) {
    for (const std::string_view name : names)
        if (const TensorEntry* entry = find(name))
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

NormParts norm_parts(const std::function<const TensorEntry*(std::string_view)>& find) {
    NormParts parts;
    parts.weight = first_of(find, {"weight", "gamma", "scale", "gain", "g", "w", "a_2"});
    parts.bias = first_of(find, {"bias", "beta", "offset", "b", "b_2"});
    parts.alpha = first_of(find, {"alpha", "pre_tanh_scale"});
    const TensorEntry* const shift = first_of(find, {"shift", "s"}); // Derf's, or a bias beside a scale
    if (parts.alpha != nullptr)
        parts.shift = shift;
    else if (parts.bias == nullptr && parts.weight != nullptr)
        parts.bias = shift;
    return parts;
}

NormParts norm_parts(const TensorCatalog& catalog, const std::string& layer) {
    return norm_parts([&](std::string_view name) { return catalog.find(layer + "." + std::string(name)); });
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

} // namespace normscope
