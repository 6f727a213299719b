// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/model/module_tree.h"
#include "core/model/network.h"
#include "core/model/norm_rule.h"
#include "core/model/site_order.h"

namespace normscope {
namespace {

NormLayer layer_of(const TensorCatalog& catalog, const FoundNorm& found) {
    NormLayer layer;
    layer.name = found.module->path;
    layer.kind_text = found.kind;
    layer.kind = kind_from_name(layer.kind_text);
    layer.channel_axis = layer.kind == NormKind::layer_norm_2d ? 1 : -1;
    layer.channels = found.channels;
    if (!read_norm_parameters(catalog, found.parts, layer)) // a listing shows what can be read
        layer.weight.clear(), layer.bias.clear(), layer.alpha.clear(), layer.shift.clear();
    return layer;
}

} // namespace

FoundLayers find_norm_layers(const TensorCatalog& catalog) {
    const ModuleTree tree(catalog);
    const NormRule rule(tree);
    FoundLayers result;
    int assumed = 0;
    for (const Module* module : in_order_of_sites(tree, catalog.format == "safetensors")) {
        const auto found = module->owner != nullptr ? rule.find(*module) : std::nullopt; // bare parameters are no layer
        if (!found)
            continue;
        result.layers.push_back(layer_of(catalog, *found));
        result.layers.back().index = static_cast<int>(result.layers.size());
        assumed += found->assumed ? 1 : 0;
    }
    if (assumed > 0)
        result.assumed =
            "the kinds of " + std::to_string(assumed) +
            " norm layers are assumed: without a bias RMSNorm (LayerNorm without a bias has the same keys), "
            "beside a convolution GroupNorm or LayerNorm2d";
    return result;
}

} // namespace normscope
