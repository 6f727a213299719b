// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/model/norm_rule.h"

#include <algorithm>
#include <array>
#include <map>

namespace normscope {
namespace {

/// Last words of a name that make it another thing, whatever stands before: norm_proj, norm_loss.
constexpr std::array<std::string_view, 22> other_things{
    "proj",      "projection", "linear",     "conv",  "affine", "film",       "head",  "loss",
    "criterion", "act",        "activation", "relu",  "prelu",  "gate",       "scale", "factor",
    "scales",    "weight",     "magnitude",  "snake", "lora",   "temperature"};

/// What stands inside a loss is none, whatever its own name.
bool is_another_thing(const Module& module) {
    for (const Module* owner = &module; owner != nullptr; owner = owner->owner)
        if (owner->words.named_by("loss") || owner->words.named_by("criterion"))
            return true;
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
    const Module* const before = module.neighbour(-1);
    const bool first = module.words.number() == 0 || (before != nullptr && before->parameter("gamma") != nullptr);
    const bool layer_scale = module.parameter("gamma") != nullptr && !first; // behind the layer that it scales
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

} // namespace

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
        found.kind = kinds_.told(module, parts.bias != nullptr);
    if (!found.kind.empty())
        return found;
    if (found.channels == 1) // one gain for all channels
        found.channels = std::max<int64_t>(usual_width(module), 1);
    found.assumed = parts.bias == nullptr;
    found.kind = parts.bias == nullptr ? "RMSNorm" : "LayerNorm";
    if (parts.bias == nullptr || !is_vector(*parts.weight))
        return found;
    if (const auto kind = KindRule::beside(module); !kind.empty()) {
        found.kind = kind;
        found.assumed = true;
    }
    return found;
}

} // namespace normscope
