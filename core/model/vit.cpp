// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/model/vit.h"

#include "core/model/torch_errors.h"

#include <ATen/ATen.h>

#include <optional>
#include <unordered_map>

namespace normscope {
namespace {

using at::Tensor;

/// A tensor that owns `values`; no copy.
Tensor tensor_of(std::vector<float> values, at::IntArrayRef shape) {
    auto* owned = new std::vector<float>(std::move(values));
    return at::from_blob(
        owned->data(), shape, [owned](void*) { delete owned; }, at::TensorOptions().dtype(at::kFloat));
}

Tensor tensor_of(const std::vector<float>& values) {
    return values.empty() ? Tensor() : tensor_of(values, {static_cast<int64_t>(values.size())});
}

/// The tensors below one module path.
class Weights {
public:
    using Map = std::unordered_map<std::string, Tensor>;

    Weights(const Map& tensors, std::string path) : tensors_(tensors), path_(std::move(path)) {}

    Weights scope(const std::string& module) const { return {tensors_, name(module) + "."}; }
    std::string name(const std::string& module) const { return path_ + module; }

    bool has(const std::string& tensor) const { return tensors_.count(name(tensor)) != 0; }
    /// Undefined where the checkpoint has none.
    Tensor operator[](const std::string& tensor) const {
        const auto found = tensors_.find(name(tensor));
        return found == tensors_.end() ? Tensor() : found->second;
    }

    Tensor linear(const std::string& module, const Tensor& x) const {
        const Tensor bias = (*this)[module + ".bias"];
        return at::linear(x, (*this)[module + ".weight"], bias.defined() ? std::optional<Tensor>(bias) : std::nullopt);
    }
    /// x · gamma of LayerScale, x where there is none.
    Tensor scaled(const std::string& gamma, const Tensor& x) const { return has(gamma) ? x * (*this)[gamma] : x; }

private:
    const Map& tensors_;
    std::string path_;
};

/// The parameters of one norm layer as tensors; undefined where it owns none.
struct NormTensors {
    Tensor weight, bias, alpha, shift;
};

class Vit final : public Network {
public:
    Vit(VitPlan plan, Weights::Map tensors) : plan_(std::move(plan)), tensors_(std::move(tensors)) {
        for (const NormLayer& layer : plan_.norms) {
            places_[layer.name] = static_cast<int>(norms_.size());
            norms_.push_back(
                {tensor_of(layer.weight), tensor_of(layer.bias), tensor_of(layer.alpha), tensor_of(layer.shift)});
        }
    }

    std::string family() const override { return "vit"; }
    const std::vector<NormLayer>& norm_layers() const override { return plan_.norms; }
    InputSpec input_spec() const override { return plan_.input; }
    int64_t classes() const override { return plan_.classes; }
    const std::map<std::string, Told<std::string>>& told() const override { return plan_.told; }
    const std::vector<std::string>& warnings() const override { return plan_.warnings; }
    int64_t norm_rows(int index) const override { return plan_.norm_rows.at(static_cast<std::size_t>(index)); }

    /// A block keeps about ten tensors of the width of its tokens, and its widest MLP tensor twice, with gradients in
    /// flight half as much again.
    int64_t sample_bytes() const override {
        const int64_t floats =
            plan_.depth * plan_.tokens() * (6 * plan_.width + 4 * plan_.attention_width + plan_.hidden);
        return floats * static_cast<int64_t>(sizeof(float)) * 3 / 2;
    }

    Tensor forward(const Tensor& input, NormTap* tap) const override {
        const Weights weights(tensors_, "");
        Tensor x = norm("norm_pre", embed(input, tap), tap);
        for (int64_t i = 0; i < plan_.depth; ++i)
            x = block(weights.scope("blocks." + std::to_string(i)), x, tap);
        return classify(weights, norm("norm", x, tap), tap);
    }

    void to_device(const std::string& device) override {
        const at::Device target(device);
        for (auto& [name, tensor] : tensors_)
            tensor = tensor.to(target);
        for (NormTensors& norm : norms_)
            for (Tensor* tensor : {&norm.weight, &norm.bias, &norm.alpha, &norm.shift})
                if (tensor->defined())
                    *tensor = tensor->to(target);
    }

    std::map<std::string, Tensor> norm_parameters(int index) const override {
        const NormTensors& norm = norms_.at(static_cast<std::size_t>(index));
        std::map<std::string, Tensor> parameters;
        for (const auto& [name, tensor] : {std::pair("weight", norm.weight), std::pair("bias", norm.bias),
                                           std::pair("alpha", norm.alpha), std::pair("shift", norm.shift)})
            if (tensor.defined())
                parameters.emplace(name, tensor);
        return parameters;
    }

private:
    /// The only place where a norm layer runs and where the tap is called. A place that has no norm passes x on.
    Tensor norm(const std::string& name, const Tensor& x, NormTap* tap) const {
        const auto place = places_.find(name);
        if (place == places_.end())
            return x;
        const int index = place->second;
        const Tensor y = normalize(index, tap != nullptr ? tap->before(index, x) : x);
        return tap != nullptr ? tap->after(index, y) : y;
    }

    Tensor normalize(int index, const Tensor& x) const {
        const NormLayer& layer = plan_.norms[static_cast<std::size_t>(index)];
        const NormTensors& own = norms_[static_cast<std::size_t>(index)];
        const auto optional = [](const Tensor& t) { return t.defined() ? std::optional<Tensor>(t) : std::nullopt; };
        const std::vector<int64_t> shape{layer.channels};
        if (layer.kind == NormKind::layer_norm)
            return at::layer_norm(x, shape, optional(own.weight), optional(own.bias), layer.eps->value);
        Tensor y;
        if (layer.kind == NormKind::rms_norm)
            y = at::rms_norm(x, shape, optional(own.weight), layer.eps->value);
        else if (layer.kind == NormKind::dyt)
            y = at::tanh(own.alpha * x);
        else
            y = at::erf(own.shift.defined() ? own.alpha * x + own.shift : own.alpha * x);
        if (layer.kind != NormKind::rms_norm && own.weight.defined())
            y = y * own.weight;
        return own.bias.defined() ? y + own.bias : y;
    }

    /// input (B, channels, height, width) → tokens (B, N, C): class, distillation and register tokens, then patches.
    Tensor embed(const Tensor& input, NormTap* tap) const {
        const Weights weights(tensors_, "");
        const Tensor bias = weights["patch_embed.proj.bias"];
        // at::conv2d would round to TF32 on a GPU, at::linear does not; this says that nothing is rounded.
        constexpr bool transposed = false, benchmark = false, deterministic = false, cudnn = true, tf32 = false;
        Tensor x = at::_convolution(input, weights["patch_embed.proj.weight"],
                                    bias.defined() ? std::optional<Tensor>(bias) : std::nullopt,
                                    {plan_.patch_height, plan_.patch_width}, {0, 0}, {1, 1}, transposed, {0, 0}, 1,
                                    benchmark, deterministic, cudnn, tf32);
        x = norm("patch_embed.norm", x.flatten(2).transpose(1, 2), tap);
        const Tensor positions = weights["pos_embed"];
        if (positions.defined() && !plan_.positions_cover_prefix)
            x = x + positions;
        std::vector<Tensor> parts;
        for (const char* token : {"cls_token", "dist_token", "reg_token"})
            if (weights.has(token))
                parts.push_back(weights[token].expand({x.size(0), -1, -1}));
        parts.push_back(x);
        if (parts.size() > 1)
            x = at::cat(parts, 1);
        return positions.defined() && plan_.positions_cover_prefix ? x + positions : x;
    }

    Tensor block(const Weights& weights, const Tensor& input, NormTap* tap) const {
        if (plan_.post_norm) {
            const Tensor x = input + norm(weights.name("norm1"), attention(weights.scope("attn"), input, tap), tap);
            return x + norm(weights.name("norm2"), mlp(weights.scope("mlp"), x, tap), tap);
        }
        const Tensor attended = attention(weights.scope("attn"), norm(weights.name("norm1"), input, tap), tap);
        const Tensor x = input + weights.scaled("ls1.gamma", attended);
        const Tensor mixed = mlp(weights.scope("mlp"), norm(weights.name("norm2"), x, tap), tap);
        return x + weights.scaled("ls2.gamma", mixed);
    }

    /// (B, N, C) → (B, N, C) by way of (B, heads, N, head width).
    Tensor attention(const Weights& weights, const Tensor& x, NormTap* tap) const {
        const int64_t samples = x.size(0), tokens = x.size(1), head_width = plan_.attention_width / plan_.heads;
        const Tensor qkv =
            weights.linear("qkv", x).reshape({samples, tokens, 3, plan_.heads, head_width}).permute({2, 0, 3, 1, 4});
        const Tensor q = norm(weights.name("q_norm"), qkv[0], tap), k = norm(weights.name("k_norm"), qkv[1], tap);
        Tensor mixed = at::scaled_dot_product_attention(q, k, qkv[2]);
        mixed = mixed.transpose(1, 2).reshape({samples, tokens, plan_.attention_width});
        mixed = norm(weights.name("norm"), mixed, tap);
        if (weights.has("gate.weight"))
            mixed = mixed * weights.linear("gate", x).sigmoid();
        return weights.linear("proj", mixed);
    }

    Tensor mlp(const Weights& weights, const Tensor& x, NormTap* tap) const {
        Tensor hidden;
        if (weights.has("fc1_g.weight")) {
            hidden = activate(weights.linear("fc1_g", x)) * weights.linear("fc1_x", x);
        } else {
            hidden = weights.linear("fc1", x);
            const bool packed = hidden.size(-1) == 2 * weights["fc2.weight"].size(1);
            if (packed) {
                const auto halves = hidden.chunk(2, -1);
                hidden = activate(halves[plan_.gate_last ? 1 : 0]) * halves[plan_.gate_last ? 0 : 1];
            } else {
                hidden = activate(hidden);
            }
        }
        return weights.linear("fc2", norm(weights.name("norm"), hidden, tap));
    }

    Tensor activate(const Tensor& x) const {
        if (plan_.act == "gelu_tanh")
            return at::gelu(x, "tanh");
        if (plan_.act == "quick_gelu")
            return x * at::sigmoid(1.702 * x);
        if (plan_.act == "relu")
            return at::relu(x);
        if (plan_.act == "sigmoid")
            return at::sigmoid(x);
        return plan_.act == "silu" ? at::silu(x) : at::gelu(x);
    }

    /// tokens (B, N, C) → logits (B, classes), or features (B, C) where there is no head.
    Tensor classify(const Weights& weights, const Tensor& x, NormTap* tap) const {
        Tensor features = norm("fc_norm", pooled(weights, x, tap), tap);
        if (plan_.classes == 0)
            return features;
        if (!plan_.distilled || plan_.pool != "token")
            return weights.linear("head", features);
        return (weights.linear("head", features) + weights.linear("head_dist", x.select(1, 1))) / 2; // DeiT
    }

    Tensor pooled(const Weights& weights, const Tensor& x, NormTap* tap) const {
        if (plan_.pool == "token")
            return x.select(1, 0);
        const Tensor kept = plan_.pool_prefix ? x : x.narrow(1, plan_.prefix(), plan_.patches);
        if (plan_.pool == "map")
            return attention_pool(weights.scope("attn_pool"), kept, tap);
        if (plan_.pool == "max")
            return kept.amax(1);
        return plan_.pool == "avg" ? kept.mean(1) : 0.5 * (kept.amax(1) + kept.mean(1));
    }

    /// A learned query attends to all tokens; its first row is the result.
    Tensor attention_pool(const Weights& weights, const Tensor& x, NormTap* tap) const {
        const int64_t samples = x.size(0), head_width = plan_.width / plan_.heads;
        const Tensor latent = weights["latent"].expand({samples, -1, -1});
        const Tensor q = weights.linear("q", latent).reshape({samples, -1, plan_.heads, head_width}).transpose(1, 2);
        const Tensor kv =
            weights.linear("kv", x).reshape({samples, x.size(1), 2, plan_.heads, head_width}).permute({2, 0, 3, 1, 4});
        Tensor mixed = at::scaled_dot_product_attention(norm(weights.name("q_norm"), q, tap),
                                                        norm(weights.name("k_norm"), kv[0], tap), kv[1]);
        mixed = weights.linear("proj", mixed.transpose(1, 2).reshape({samples, -1, plan_.width}));
        mixed = mixed + mlp(weights.scope("mlp"), norm(weights.name("norm"), mixed, tap), tap);
        return mixed.select(1, 0);
    }

    VitPlan plan_;
    Weights::Map tensors_;
    std::vector<NormTensors> norms_; ///< As `plan_.norms`.
    std::unordered_map<std::string, int> places_;
};

} // namespace

Result<std::unique_ptr<Network>> build_vit(const TensorCatalog& catalog, VitPlan plan) {
    std::unique_ptr<Network> network;
    NORMSCOPE_TRY(guard_torch([&]() -> Result<void> {
        Weights::Map tensors;
        for (const std::string& name : plan.tensors) {
            const TensorEntry* entry = catalog.find(name);
            NORMSCOPE_LET(values, catalog.read_floats(*entry).within(name));
            tensors.emplace(name, tensor_of(std::move(values), entry->shape));
        }
        network = std::make_unique<Vit>(std::move(plan), std::move(tensors));
        return {};
    }));
    return network;
}

} // namespace normscope
