// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/model/norm_kind.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <string>

namespace normscope {

/// Families whose keys do not show a norm's kind, known by other keys of theirs. A text stands anywhere in a key.
struct KindRule::Sign {
    std::string_view has, has_too, lacks; ///< In the keys of the file; "" says nothing.
    std::string_view site;                ///< In the norm's own path.
    std::string_view kind;
    bool without_bias = false; ///< Says nothing of norms with a bias.
};

const KindRule::Sign KindRule::signs_[] = {
    {".mlp.Wi.", "", "", "", "LayerNorm", true},                                                   // ModernBERT
    {".attn.Wqkv.", ".norm_1.", "", "", "LayerNorm", true},                                        // MPT
    {".norm_attn_norm.", "", "", "", "LayerNorm", true},                                           // DBRX
    {".attn.c_attn.", ".ln_1.", "", "", "LayerNorm", true},                                        // nanoGPT
    {".pre_feedforward_layernorm.", "", "", "", "RMSNorm", true},                                  // VaultGemma
    {".input_layernorm.", ".mlp.gate_proj.", ".post_attention_layernorm.", "", "LayerNorm", true}, // Cohere
    {".q_layernorm.norms.0.", "", "", "_layernorm.norms.", "LayerNorm", true},                     // StableLM
    {".bottleneck.input.LayerNorm.", "", "", "predictions", "LayerNorm"},                          // MobileBERT's head
    {".bottleneck.input.LayerNorm.", "", "", "LayerNorm", "NoNorm"},                               // and the rest of it
    {"conv_layers.0.layer_norm.", "", "conv_layers.1.layer_norm.", "conv_layers.0.", "GroupNorm"}, // wav2vec 2.0
    {".before_norm.", ".after_norm.", "", "", "GroupNorm"},                                        // PoolFormer
    {".conv_dw.", ".stem.1.", "", "head.norm", "LayerNorm2d"},                                     // ConvNeXt of timm
    {".dwconv.", ".embeddings.layernorm.", "", "embeddings.layernorm", "LayerNorm2d"},             // of transformers
    {".features.1.0.block.2.", ".classifier.0.", "", "classifier.0", "LayerNorm2d"},               // of torchvision
    {".neck.layer_norm1.", "", "", ".neck.", "LayerNorm2d"},                                       // SAM
};

namespace {

bool spells_layer_norm(std::string_view part) {
    std::string text(part);
    std::ranges::transform(text, text.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return text.find("layer_norm") != text.npos || text.find("layernorm") != text.npos || text.starts_with("ln");
}

/// The convolution that `module` belongs to, or null: the next one of a Sequential, behind an activation too; conv1 of
/// norm1, conv_out of norm_out and conv_norm_out; what a plain norm of a diffusion model's attention stands before.
const Module* convolution_of(const Module& module) {
    for (const int64_t step : {-1, 1, 2}) {
        const bool apart = step == 2 && module.neighbour(1) != nullptr;
        if (is_convolution(module.neighbour(step)) && !apart)
            return module.neighbour(step);
    }
    std::string name(module.part);
    if (name.starts_with("norm"))
        name.replace(0, 4, "conv");
    else if (const std::size_t norm = name.find("norm_"); norm != name.npos)
        name.erase(norm, 5);
    const bool plain = module.words.text() == "norm";
    for (const std::string_view other : {std::string_view(name), std::string_view("proj_in"), std::string_view("q")})
        if ((plain || other == name) && is_convolution(module.sibling(other)))
            return module.sibling(other);
    return nullptr;
}

/// The kind of a weight and bias beside a convolution: LayerNorm2d beside one that cuts patches (its kernel even, as
/// ConvNeXt's), GroupNorm beside the others; "" where no convolution is.
std::string_view kind_beside_convolution(const Module& module) {
    const Module* const beside = convolution_of(module);
    if (beside == nullptr)
        return "";
    const bool patches = beside->matrix()->shape.back() % 2 == 0;
    constexpr std::array<std::string_view, 4> of_sam{"neck", "downscaling", "upscaling", "downsample_layers"};
    const bool named =
        std::ranges::any_of(of_sam, [&](auto word) { return module.path.find(word) != module.path.npos; });
    return patches || named ? "LayerNorm2d" : "GroupNorm";
}

} // namespace

bool is_convolution(const Module* module) {
    if (module == nullptr)
        return false;
    const TensorEntry* const weight = module->matrix();
    return weight != nullptr && weight->shape.size() > 2;
}

KindRule::KindRule(const ModuleTree& tree) {
    for (const Sign& sign : signs_)
        if (tree.any_key_has(sign.has) && tree.any_key_has(sign.has_too) &&
            (sign.lacks.empty() || !tree.any_key_has(sign.lacks)))
            seen_.push_back(&sign);
}

/// What the name or the family say of the kind; "" where they are silent.
std::string_view KindRule::told(const Module& module, bool has_bias) const {
    if (module.words.has("grn"))
        return "GRN";
    if (module.words.has_all("group norm") || module.words.has_all("norm x"))
        return "GroupNorm";                                                   // ln_x is RWKV's
    if (module.words.has_all("instance norm") || module.words.named_by("in")) // in1 of conv1
        return "InstanceNorm";
    for (const Sign* sign : seen_)
        if (module.path.find(sign->site) != module.path.npos && !(sign->without_bias && has_bias))
            return sign->kind;
    return "";
}

std::string_view KindRule::beside(const Module& module) {
    return spells_layer_norm(module.part) ? "" : kind_beside_convolution(module);
}

} // namespace normscope
