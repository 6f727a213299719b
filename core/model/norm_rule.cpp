// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/model/norm_rule.h"

#include <algorithm>
#include <array>
#include <map>

namespace normscope {

/// Families whose keys do not show a norm's kind, known by other keys of theirs. A text stands anywhere in a key.
struct NormRule::Sign {
    std::string_view has, has_too, lacks; ///< In the keys of the file; "" says nothing.
    std::string_view site;                ///< In the norm's own path.
    std::string_view kind;
};

const NormRule::Sign NormRule::signs_[] = {
    {".mlp.Wi.", "", "", "", "LayerNorm"},                                                         // ModernBERT
    {".attn.Wqkv.", ".norm_1.", "", "", "LayerNorm"},                                              // MPT
    {".norm_attn_norm.", "", "", "", "LayerNorm"},                                                 // DBRX
    {".attn.c_attn.", ".ln_1.", "", "", "LayerNorm"},                                              // nanoGPT
    {".input_layernorm.", ".mlp.gate_proj.", ".post_attention_layernorm.", "", "LayerNorm"},       // Cohere
    {".q_layernorm.norms.0.", "", "", "_layernorm.norms.", "LayerNorm"},                           // StableLM
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

/// Last words of a name that make it another thing, whatever stands before: norm_proj, norm_loss.
constexpr std::array<std::string_view, 22> other_things{
    "proj",      "projection", "linear",     "conv",  "affine", "film",       "head",  "loss",
    "criterion", "act",        "activation", "relu",  "prelu",  "gate",       "scale", "factor",
    "scales",    "weight",     "magnitude",  "snake", "lora",   "temperature"};

bool is_another_thing(const Module& module) {
    return std::ranges::any_of(other_things, [&](auto word) { return module.words.named_by(word); });
}

/// The module whose name tells what `module` is: a number in a list named norms is a norm.
const Module& naming(const Module& module) {
    const Module* name = &module;
    while (name->words.is_number() && name->owner->owner != nullptr)
        name = name->owner;
    return *name;
}

bool is_norm_name(const Module& module) {
    const Module& name = naming(module);
    return (name.words.has("norm") || name.words.has("grn")) && !is_another_thing(name);
}

/// Whether at most one axis is longer than 1.
bool is_vector(const TensorEntry& entry) {
    return entry.elements() > 0 &&
           entry.elements() == std::max<int64_t>(1, entry.shape.empty() ? 1 : std::ranges::max(entry.shape));
}

bool is_convolution(const Module* module) {
    if (module == nullptr)
        return false;
    const TensorEntry* const weight = module->matrix();
    return weight != nullptr && weight->shape.size() > 2;
}

bool is_linear(const Module* module) {
    return module != nullptr && module->matrix() != nullptr && module->matrix()->shape.size() == 2;
}

bool has_statistics(const Module& module) {
    const TensorEntry* mean = module.parameter("running_mean");
    return (mean != nullptr && module.parameter("running_var") != nullptr) ||
           (module.parameter("moving_mean") != nullptr && module.parameter("moving_variance") != nullptr);
}

/// Weights of two and more axes at and below `module`, at most `left` modules of it.
template <typename See>
void see_matrices(const Module& module, int& left, const See& see) {
    if (left-- <= 0)
        return;
    if (const TensorEntry* const weight = module.matrix())
        see(*weight);
    for (const Module* child : module.children)
        see_matrices(*child, left, see);
}

constexpr int near = 300; // modules: those of a large block

/// Whether a Linear or a convolution around `module` has an axis as long as one of `widths`.
bool is_used_nearby(const Module& module, const std::vector<int64_t>& widths) {
    bool used = false;
    int left = near;
    for (const Module* owner = module.owner; owner != nullptr && !used && left > 0; owner = owner->owner)
        see_matrices(*owner, left, [&](const TensorEntry& weight) {
            for (const int64_t width : widths)
                used = used || weight.shape[0] == width || weight.shape[1] == width;
        });
    return used;
}

/// The input width that most Linear layers around `module` share, 0 where there are none.
int64_t usual_width(const Module& module) {
    std::map<int64_t, int> inputs;
    int left = near;
    for (const Module* owner = module.owner; owner != nullptr && inputs.empty() && left > 0; owner = owner->owner)
        see_matrices(*owner, left, [&](const TensorEntry& weight) { ++inputs[weight.shape[1]]; });
    const auto most = std::ranges::max_element(inputs, {}, [](const auto& input) { return input.second; });
    return most == inputs.end() ? 0 : most->first;
}

/// In a Sequential a vector without a bias is an activation's (PReLU) behind a convolution, behind another norm, or
/// between two Linear layers that nothing else separates; else it is an RMSNorm's.
bool is_activation_of_sequential(const Module& module) {
    const Module* const before = module.neighbour(-1);
    if (before == nullptr)
        return false;
    const bool behind_norm =
        before->children.empty() && before->matrix() == nullptr && before->parameter("bias") != nullptr;
    return is_convolution(before) || behind_norm || has_statistics(*before) ||
           (is_linear(before) && is_linear(module.neighbour(1)));
}

/// A name that says nothing: by the parameters and the neighbours.
bool is_norm_by_neighbours(const Module& module, const NormParts& parts) {
    if (!module.children.empty() || is_another_thing(module) || parts.weight == nullptr)
        return false;
    if (parts.weight->elements() < 2 || !is_used_nearby(module, parts.weight->shape))
        return false;
    const auto is = [&](std::string_view weight, std::string_view bias) {
        return module.parameter(weight) == parts.weight && module.parameter(bias) == parts.bias &&
               module.parameters.size() == (parts.bias != nullptr ? 2 : 1);
    };
    if (parts.bias != nullptr)
        return is("weight", "bias") || is("gamma", "beta") || is("a_2", "b_2");
    if (!module.words.is_number() || is_activation_of_sequential(module))
        return false;
    const bool layer_scale = module.parameter("gamma") != nullptr && module.neighbour(-1) != nullptr;
    return parts.weight != module.parameter("scale") && !layer_scale;
}

/// LayerNorm over several axes has a bias of the weight's shape; without a bias a matrix is a Linear layer's unless the
/// name ends in norm.
bool has_shapes_of_norm(const Module& module, const NormParts& parts) {
    if (parts.bias != nullptr)
        return parts.bias->shape == parts.weight->shape && parts.weight->elements() > 0;
    if (parts.weight->shape.size() < 2)
        return is_vector(*parts.weight);
    return naming(module).words.named_by("norm") ||
           (is_vector(*parts.weight) && parts.weight != module.parameter("weight"));
}

bool spells_layer_norm(std::string_view part) {
    std::string text(part);
    std::ranges::transform(text, text.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return text.find("layer_norm") != text.npos || text.find("layernorm") != text.npos || text.starts_with("ln");
}

/// The kind of a weight and bias beside a convolution: LayerNorm2d beside one that cuts patches (its kernel even, as
/// ConvNeXt's), GroupNorm beside the others, where nothing but the order of a Sequential or the number (conv1, norm1)
/// joins them; "" where no convolution is.
std::string_view kind_beside_convolution(const Module& module) {
    const Module* beside = is_convolution(module.neighbour(-1)) ? module.neighbour(-1) : module.neighbour(1);
    if (!is_convolution(beside) && module.words.text().starts_with("norm")) {
        const std::string numbered_conv = "conv" + module.words.text().substr(4);
        for (const Module* other : module.owner->children)
            if (other->words.text() == numbered_conv)
                beside = other;
    }
    if (!is_convolution(beside))
        return "";
    const bool patches = beside->matrix()->shape.back() % 2 == 0;
    constexpr std::array<std::string_view, 4> of_sam{"neck", "downscaling", "upscaling", "downsample_layers"};
    const bool named =
        std::ranges::any_of(of_sam, [&](auto word) { return module.path.find(word) != module.path.npos; });
    return patches || named ? "LayerNorm2d" : "GroupNorm";
}

} // namespace

NormRule::NormRule(const TensorCatalog& catalog) {
    std::string keys;
    for (const TensorEntry& entry : catalog.tensors)
        keys += "\n." + entry.name;
    const auto any_has = [&](std::string_view text) { return keys.find(text) != keys.npos; };
    for (const Sign& sign : signs_)
        if (any_has(sign.has) && any_has(sign.has_too) && (sign.lacks.empty() || !any_has(sign.lacks)))
            seen_.push_back(&sign);
}

/// What the name or the family say of the kind; "" where they are silent.
std::string_view NormRule::told_kind(const Module& module) const {
    if (module.words.has("grn"))
        return "GRN";
    if (module.words.has_all("group norm") || module.words.has_all("norm x"))
        return "GroupNorm"; // ln_x is RWKV's
    if (module.words.has_all("instance norm"))
        return "InstanceNorm";
    for (const Sign* sign : seen_)
        if (module.path.find(sign->site) != module.path.npos)
            return sign->kind;
    return "";
}

std::optional<FoundNorm> NormRule::find(const Module& module) const {
    if (has_statistics(module)) {
        const TensorEntry* mean = module.parameter("running_mean");
        mean = mean != nullptr ? mean : module.parameter("moving_mean");
        const bool instance = module.words.has("instance");
        return FoundNorm{&module, norm_parts([&](auto name) { return module.parameter(name); }),
                         instance ? "InstanceNorm" : "BatchNorm", mean->elements(), false};
    }
    const NormParts parts = norm_parts([&](std::string_view name) { return module.parameter(name); });
    if (parts.alpha != nullptr)
        return with_alpha(module, parts);
    return parts.weight != nullptr ? with_weight(module, parts) : std::nullopt;
}

/// α beside a gain is DyT's (with a shift Derf's) whatever the name; α without one needs the name of a norm, since an
/// activation or a loss has an α too.
std::optional<FoundNorm> NormRule::with_alpha(const Module& module, const NormParts& parts) const {
    const int64_t alphas = parts.alpha->elements();
    if (!is_vector(*parts.alpha) || is_another_thing(module))
        return std::nullopt;
    FoundNorm found{&module, parts, parts.shift != nullptr ? "Derf" : "DyT", 0, false};
    if (parts.weight != nullptr) {
        found.channels = parts.weight->elements();
        const bool fits = is_vector(*parts.weight) && (alphas == 1 || alphas == found.channels);
        const bool seed = alphas > 1 && module.parameter("gamma") != nullptr && module.parameter("beta") != nullptr;
        if (seed) // tanh(x·βᵀ)·α+γ times x/rms(x): α, β, γ of one size
            found.kind = "SeeDNorm";
        return fits && module.children.empty() ? std::optional(found) : std::nullopt;
    }
    if (!is_norm_name(module) || !module.children.empty())
        return std::nullopt;
    if (parts.bias != nullptr && parts.bias->elements() == alphas) { // α is the gain: α·x̂ + bias, or α·x + β (ResMLP)
        const bool affine = parts.alpha->shape.size() > 1 || module.owner->parameter("gamma_1") != nullptr;
        found.parts = {parts.alpha, parts.bias, nullptr, nullptr};
        found.kind = affine ? "NoNorm" : "LayerNorm";
    }
    found.channels = parts.bias != nullptr ? parts.bias->elements() : alphas;
    if (found.channels == 1)
        found.channels = std::max<int64_t>(usual_width(module), 1);
    return found;
}

std::optional<FoundNorm> NormRule::with_weight(const Module& module, const NormParts& parts) const {
    const bool named = is_norm_name(module) && has_shapes_of_norm(module, parts);
    const bool shaped = has_shapes_of_norm(module, parts);
    if (!named && !(shaped && is_norm_by_neighbours(module, parts)))
        return std::nullopt;
    FoundNorm found{&module, parts, "", parts.weight->elements(), false};
    const bool heads = module.words.has("q") || module.words.has("k");
    if (heads && parts.bias == nullptr && parts.weight->shape.size() == 2) // a row of gains for each head
        found.channels = parts.weight->shape[1];
    if (module.parameter("lam") != nullptr)
        found.kind = "BHyT";
    if (found.kind.empty())
        found.kind = told_kind(module);
    if (!found.kind.empty())
        return found;
    if (found.channels == 1) // one gain for all channels
        found.channels = std::max<int64_t>(usual_width(module), 1);
    found.assumed = parts.bias == nullptr;
    found.kind = parts.bias == nullptr ? "RMSNorm" : "LayerNorm";
    if (parts.bias == nullptr || spells_layer_norm(module.part) || !is_vector(*parts.weight))
        return found;
    if (const auto kind = kind_beside_convolution(module); !kind.empty()) {
        found.kind = kind;
        found.assumed = true;
    }
    return found;
}

} // namespace normscope
