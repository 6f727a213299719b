// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/model/architectures.h"
#include "core/model/network.h"
#include "core/model/network_part.h"
#include "core/model/norm_parts.h"
#include "core/model/settings.h"
#include "core/model/vit.h"

#include <array>
#include <optional>
#include <string_view>

namespace normscope {
namespace {

/// Tensors of blocks and attention that BEiT, CaiT, EVA, DINOv3, SAM, differential attention … have beside the keys of
/// a ViT and that change what is computed; adapters (LoRA), which would have to be merged first.
constexpr std::array<std::string_view, 9> foreign{"blocks.0.gamma_1",
                                                  "blocks.0.attn.q_bias",
                                                  "blocks.0.attn.rel_pos_h",
                                                  "blocks.0.attn.lambda_q1",
                                                  "blocks.0.attn.logit_scale",
                                                  "blocks.0.attn.relative_position_bias_table",
                                                  "rel_pos_bias.relative_position_bias_table",
                                                  "blocks.0.attn.proj_l.weight",
                                                  "blocks.0.attn.qkv.base_layer.weight"};

/// The container of the state dict where the file has one or several.
std::optional<Told<std::string>> told_container(const TensorCatalog& catalog, const SettingReader& settings) {
    if (catalog.container.empty() && catalog.containers.size() < 2)
        return std::nullopt;
    const bool by_user = settings.text("container").has_value();
    const std::string name = catalog.container.empty() ? bare : catalog.container;
    return Told<std::string>{name, by_user ? "user" : catalog.containers.size() > 1 ? "family default" : "keys"};
}

/// Everything that nothing told, in one line; "" where all was told.
std::string assumed_line(const VitPlan& plan) {
    std::vector<std::string> assumed;
    for (const auto& [key, told] : plan.told)
        if (told.source == "family default")
            assumed.push_back(key + "=" + told.value);
    if (assumed.empty())
        return "";
    return "assumed, since neither keys nor a config tell it: " + listed(assumed) +
           "; say --set KEY=VALUE where the network differs" +
           (plan.hints.empty() ? "" : " (such as --set " + listed(plan.hints) + ")");
}

void tell_place(const TensorCatalog& catalog, const NetworkPart& part, const SettingReader& settings, VitPlan& plan) {
    if (const auto container = told_container(catalog, settings))
        plan.told["container"] = *container;
    if (part.root)
        plan.told["root"] = *part.root;
    if (!part.others.empty())
        plan.warnings.push_back("the network at root=" + part.root->value + " is run; others are at " +
                                listed(part.others) + " (--set root=PREFIX)");
}

} // namespace

bool looks_like_vit(const TensorCatalog& catalog) {
    const auto has = [&](std::string_view name) { return catalog.find(std::string(name)) != nullptr; };
    return has("patch_embed.proj.weight") && has("blocks.0.attn.qkv.weight") &&
           norm_parts(catalog, "blocks.0.norm1").any() && std::none_of(foreign.begin(), foreign.end(), has);
}

std::string why_no_vit(const TensorCatalog& catalog) {
    const std::string known =
        "; families that run: vit (timm's VisionTransformer). `inspect` shows what the checkpoint "
        "holds";
    for (const TensorEntry& entry : catalog.tensors)
        for (const std::string_view name : foreign)
            if (entry.name.ends_with(name))
                return "expected the keys of a known family, found one that has " + entry.name +
                       (name.ends_with("base_layer.weight")
                            ? ", an adapter's; merge adapters first (peft: merge_and_unload())"
                            : "") +
                       known;
    return "expected the keys of a known family, found another network" + known;
}

std::string recognise_family(const TensorCatalog& catalog) {
    return has_network(catalog) ? "vit" : "";
}

Result<std::unique_ptr<Network>> build_network(const TensorCatalog& catalog, const NetworkSettings& settings) {
    NetworkSettings all = settings;
    const auto family = SettingReader(settings).text("family");
    if (family && family->value != "vit")
        return Error{family->source == "user" ? ErrorCode::bad_argument : ErrorCode::not_supported, catalog.path,
                     "expected a known family, found \"" + family->value + "\" (told by " + family->source +
                         "); families that run: vit"};
    NORMSCOPE_LET(part, network_part(catalog, all).within(catalog.path));
    NORMSCOPE_TRY(add_architecture(all).within(catalog.path));
    auto plan = plan_vit(part.catalog, all).within(catalog.path);
    if (!plan)
        return plan.error();
    const SettingReader reader(all);
    plan->told["family"] = family.value_or(Told<std::string>{"vit", "keys"});
    if (const auto architecture = reader.text("architecture"))
        plan->told["architecture"] = *architecture;
    tell_place(catalog, part, reader, *plan);
    if (const std::string line = assumed_line(*plan); !line.empty())
        plan->warnings.insert(plan->warnings.begin(), line);
    return build_vit(part.catalog, std::move(*plan)).within(catalog.path);
}

} // namespace normscope
