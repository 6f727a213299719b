// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/model/network.h"
#include "core/model/norm_parts.h"
#include "core/model/settings.h"
#include "core/model/vit.h"

#include <algorithm>
#include <iterator>

namespace normscope {
namespace {

/// timm's VisionTransformer with pre-norm blocks.
bool looks_like_vit(const TensorCatalog& catalog) {
    const auto has = [&](const char* name) { return catalog.find(name) != nullptr; };
    const bool vit = has("patch_embed.proj.weight") && has("blocks.0.attn.qkv.weight") &&
                     norm_parts(catalog, "blocks.0.norm1").any();
    // BEiT, SAM, differential attention … share these keys, but add tensors that change the computation.
    constexpr const char* foreign[]{"blocks.0.gamma_1",
                                    "blocks.0.attn.q_bias",
                                    "blocks.0.attn.rel_pos_h",
                                    "blocks.0.attn.lambda_q1",
                                    "blocks.0.attn.logit_scale",
                                    "blocks.0.attn.relative_position_bias_table",
                                    "rel_pos_bias.relative_position_bias_table"};
    return vit && std::none_of(std::begin(foreign), std::end(foreign), has);
}

} // namespace

std::string recognise_family(const TensorCatalog& catalog) {
    return looks_like_vit(catalog) ? "vit" : "";
}

Result<std::unique_ptr<Network>> build_network(const TensorCatalog& catalog, const NetworkSettings& settings) {
    const auto said = SettingReader(settings).text("family");
    const Told<std::string> family = said ? *said : Told<std::string>{recognise_family(catalog), "keys"};
    if (family.value.empty())
        return Error{ErrorCode::not_supported, catalog.path,
                     "expected the keys of a known family, found another network; families that run: vit (timm's "
                     "VisionTransformer). `inspect` shows what the checkpoint holds"};
    if (family.value != "vit")
        return Error{family.source == "user" ? ErrorCode::bad_argument : ErrorCode::not_supported, catalog.path,
                     "expected a known family, found \"" + family.value + "\" (told by " + family.source +
                         "); families that run: vit"};
    auto plan = plan_vit(catalog, settings).within(catalog.path);
    if (!plan)
        return plan.error();
    plan->told["family"] = family;
    return build_vit(catalog, std::move(*plan)).within(catalog.path);
}

} // namespace normscope
