// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/model/vit_plan.h"

#include "core/model/preprocessing.h"
#include "core/model/tensor_needs.h"
#include "core/model/vit_grid.h"
#include "core/model/vit_norms.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>

namespace normscope {
namespace {

/// Finds out, step by step, what the keys say; asks the settings for the rest; assumes what nobody tells, and says so.
class VitPlanner {
public:
    VitPlanner(const TensorCatalog& catalog, const NetworkSettings& settings)
        : catalog_(catalog), settings_(settings), needs_(catalog) {}

    Result<VitPlan> run() {
        NORMSCOPE_TRY(embedding());
        NORMSCOPE_TRY(plan_vit_grid(settings_, needs_, plan_));
        NORMSCOPE_TRY(attention());
        for (int64_t i = 0; i < plan_.depth; ++i)
            NORMSCOPE_TRY(block("blocks." + std::to_string(i) + "."));
        NORMSCOPE_TRY(final_norm());
        NORMSCOPE_TRY(pooling());
        NORMSCOPE_TRY(head());
        NORMSCOPE_TRY(activation());
        NORMSCOPE_TRY(order());
        NORMSCOPE_TRY(read_preprocessing(settings_, plan_.input, plan_.told));
        NORMSCOPE_TRY(plan_vit_norms(catalog_, settings_, needs_, plan_));
        NORMSCOPE_TRY(leftovers());
        NORMSCOPE_TRY(positions());
        plan_.tensors = needs_.names();
        return std::move(plan_);
    }

private:
    void tell(const std::string& key, const std::string& value, const std::string& source) {
        plan_.told[key] = {value, source};
    }

    /// The default of an architecture counts only where the keys do not show another network than it names.
    template <typename T>
    static void drop_default(std::optional<Told<T>>& told, bool contradicted) {
        if (told && told->source == "architecture" && contradicted)
            told.reset();
    }

    Result<void> embedding() {
        plan_.depth = vit_depth(catalog_);
        NORMSCOPE_LET(patch, needs_.require("patch_embed.proj.weight", {any_size, any_size, any_size, any_size}));
        plan_.width = patch->shape[0];
        plan_.input.channels = patch->shape[1];
        plan_.patch_height = patch->shape[2];
        plan_.patch_width = patch->shape[3];
        NORMSCOPE_LET(patch_size, settings_.extent("patch_size"));
        if (patch_size && patch_size->source == "user" &&
            patch_size->value != std::pair(plan_.patch_height, plan_.patch_width))
            return settings_.refuse("patch_size",
                                    extent_text(plan_.patch_height, plan_.patch_width) + " as in " + patch->name);
        tell("patch_size", extent_text(plan_.patch_height, plan_.patch_width), "keys");
        NORMSCOPE_TRY(needs_.allow("patch_embed.proj.bias", {plan_.width}));
        NORMSCOPE_LET(class_token, needs_.allow("cls_token", {1, 1, plan_.width}));
        NORMSCOPE_LET(distilled, needs_.allow("dist_token", {1, 1, plan_.width}));
        NORMSCOPE_LET(registers, needs_.allow("reg_token", {1, any_size, plan_.width}));
        plan_.class_token = class_token != nullptr;
        plan_.distilled = distilled != nullptr;
        plan_.registers = registers != nullptr ? registers->shape[1] : 0;
        return {};
    }

    /// Heads are in no key except through the width of a query norm; timm's usual head is 64 channels wide.
    Result<void> attention() {
        NORMSCOPE_LET(qkv, needs_.require("blocks.0.attn.qkv.weight", {any_size, plan_.width}));
        if (qkv->shape[0] % 3 != 0)
            return shape_error(*qkv, {3 * plan_.width, plan_.width});
        const int64_t width = plan_.attention_width = qkv->shape[0] / 3;
        NORMSCOPE_LET(told, settings_.count("heads"));
        drop_default(told, told && width % told->value != 0);
        const NormParts query_norm = norm_parts(catalog_, "blocks.0.attn.q_norm");
        const TensorEntry* query_weight = query_norm.weight;
        if (told) {
            if (width % told->value != 0)
                return settings_.refuse("heads", "a divisor of the attention width " + std::to_string(width));
        } else if (query_weight != nullptr && query_weight->shape.size() == 1 && query_weight->shape[0] > 0 &&
                   width % query_weight->shape[0] == 0) {
            told = Told<int64_t>{width / query_weight->shape[0], "keys"};
        } else if (width % 64 == 0) {
            told = Told<int64_t>{usual_heads(width), "family default"};
        } else {
            return Error{
                ErrorCode::cannot_run, "heads",
                "expected the number of attention heads, which no key tells; say --set heads=N (a divisor of " +
                    std::to_string(width) + ")"};
        }
        plan_.heads = told->value;
        tell("heads", std::to_string(plan_.heads), told->source);
        return {};
    }

    /// 64 channels each, but 16 heads in all published networks of the widths of ViT-SO400M, H, g and G.
    static int64_t usual_heads(int64_t width) {
        const bool sixteen = width == 1152 || width == 1280 || width == 1408 || width == 1664;
        return sixteen ? 16 : width / 64;
    }

    Result<void> block(const std::string& at) {
        const int64_t width = plan_.width, inner = plan_.attention_width;
        NORMSCOPE_TRY(needs_.require_linear(at + "attn.qkv", 3 * inner, width));
        NORMSCOPE_TRY(needs_.require_linear(at + "attn.proj", width, inner));
        if (needs_.has(at + "attn.gate.weight"))
            NORMSCOPE_TRY(needs_.require_linear(at + "attn.gate", inner, width));
        for (const char* scale : {"ls1.gamma", "ls2.gamma"})
            NORMSCOPE_TRY(needs_.allow(at + scale, {width}));
        return mlp(at + "mlp.");
    }

    /// fc1 → fc2; fc1 twice as wide as the input of fc2: gate and value packed; fc1_g and fc1_x: the same, apart.
    Result<void> mlp(const std::string& at) {
        NORMSCOPE_LET(out, needs_.require(at + "fc2.weight", {plan_.width, any_size}));
        const int64_t hidden = out->shape[1];
        NORMSCOPE_TRY(needs_.allow(at + "fc2.bias", {plan_.width}));
        plan_.hidden = std::max(plan_.hidden, 2 * hidden);
        if (needs_.has(at + "fc1_g.weight")) {
            gated_ = true;
            NORMSCOPE_TRY(needs_.require_linear(at + "fc1_g", hidden, plan_.width));
            return needs_.require_linear(at + "fc1_x", hidden, plan_.width);
        }
        NORMSCOPE_LET(in, needs_.require(at + "fc1.weight", {any_size, plan_.width}));
        const bool packed = in->shape[0] == 2 * hidden;
        gated_ = gated_ || packed;
        return needs_.require_linear(at + "fc1", packed ? 2 * hidden : hidden, plan_.width);
    }

    /// A checkpoint that ends in blocks is more often the first part of one than timm's `final_norm=False`.
    Result<void> final_norm() {
        if (norm_parts(catalog_, "norm").any() || norm_parts(catalog_, "fc_norm").any())
            return {};
        NORMSCOPE_LET(told, settings_.flag("final_norm"));
        if (!told || told->value)
            return Error{
                ErrorCode::missing, "norm",
                "expected the norm behind the last block (norm.weight or fc_norm.weight), found none; this may "
                "be a part of a checkpoint: open the whole; if the network has none, say --set "
                "final_norm=false"};
        tell("final_norm", "false", told->source);
        return {};
    }

    Result<void> pooling() {
        const bool latent = needs_.has("attn_pool.latent"), pooled_norm = norm_parts(catalog_, "fc_norm").any();
        NORMSCOPE_LET(told, settings_.choice("pool", {"token", "avg", "max", "avgmax", "map", "none"}));
        const bool without_token = told && told->value == "token" && !plan_.class_token;
        drop_default(told, without_token || (told && (told->value == "map") != latent));
        if (told && told->value == "none") // all tokens: one of them, or their mean, stands for the sample
            told.reset();
        if (told && without_token)
            return settings_.refuse("pool", "avg, max or avgmax, since there is no class token");
        if (told && (told->value == "map") != latent)
            return settings_.refuse("pool", latent ? "map, since there is attn_pool.latent"
                                                   : "token, avg, max or avgmax, since there is no attn_pool.latent");
        if (!told && latent)
            told = Told<std::string>{"map", "keys"};
        else if (!told) {
            const bool average = pooled_norm || !plan_.class_token;
            told = Told<std::string>{average ? "avg" : "token", "family default"};
            if (!average)
                plan_.hints.push_back("pool=avg");
        }
        plan_.pool = told->value;
        tell("pool", told->value, told->source);
        NORMSCOPE_LET(prefix, settings_.flag("pool_include_prefix"));
        plan_.pool_prefix = prefix && prefix->value;
        if (plan_.prefix() > 0 && plan_.pool != "token")
            tell("pool_include_prefix", plan_.pool_prefix ? "true" : "false",
                 prefix ? prefix->source : "family default");
        return latent ? attention_pool() : Result<void>();
    }

    Result<void> attention_pool() {
        const int64_t width = plan_.width;
        if (width % plan_.heads != 0)
            return settings_.refuse("heads", "a divisor of the width " + std::to_string(width));
        NORMSCOPE_TRY(needs_.require("attn_pool.latent", {1, any_size, width}));
        NORMSCOPE_TRY(needs_.require_linear("attn_pool.q", width, width));
        NORMSCOPE_TRY(needs_.require_linear("attn_pool.kv", 2 * width, width));
        NORMSCOPE_TRY(needs_.require_linear("attn_pool.proj", width, width));
        return mlp("attn_pool.mlp.");
    }

    Result<void> head() {
        NORMSCOPE_LET(head, needs_.allow("head.weight", {any_size, plan_.width}));
        if (head == nullptr) {
            plan_.warnings.push_back("the checkpoint has no head: the network ends in features, not in classes");
            return {};
        }
        plan_.classes = head->shape[0];
        NORMSCOPE_TRY(needs_.allow("head.bias", {plan_.classes}));
        return plan_.distilled ? needs_.require_linear("head_dist", plan_.classes, plan_.width) : Result<void>();
    }

    Result<void> activation() {
        NORMSCOPE_LET(told, settings_.choice("act", {"gelu", "gelu_tanh", "quick_gelu", "relu", "silu", "sigmoid"}));
        const auto gate = settings_.text("gate");
        drop_default(told, gated_ != (gate && gate->source == "architecture"));
        const auto act = told.value_or(Told<std::string>{gated_ ? "silu" : "gelu", "family default"});
        plan_.act = act.value;
        tell("act", act.value, act.source);
        return {};
    }

    /// Where the norms of a block stand and which half of fc1 is the gate: neither shows in the keys.
    Result<void> order() {
        NORMSCOPE_LET(block, settings_.choice("block", {"pre-norm", "post-norm"}));
        plan_.post_norm = block && block->value == "post-norm";
        tell("block", plan_.post_norm ? "post-norm" : "pre-norm", block ? block->source : "family default");
        NORMSCOPE_LET(gate, settings_.choice("gate", {"first", "last"}));
        plan_.gate_last = gate && gate->value == "last";
        if (gated_)
            tell("gate", plan_.gate_last ? "last" : "first", gate ? gate->source : "family default");
        return {};
    }

    /// What hangs behind the network or trained it changes none of its norm layers; any other tensor may.
    static bool stands_beside(const std::string& name) {
        constexpr std::array<std::string_view, 26> beginnings{
            "head", "decoder", "mask_token", "masked_embed", "classifier", "fc.",     "proj",  "predict", "loss",
            "crit", "metric",  "train_",     "val_",         "valid_",     "test_",   "queue", "center",  "n_averaged",
            "ema",  "teacher", "momentum",   "text",         "logit_",     "initted", "step",  "aux"};
        return std::any_of(beginnings.begin(), beginnings.end(), [&](auto start) { return name.starts_with(start); });
    }

    Result<void> leftovers() {
        NORMSCOPE_LET(unused, settings_.choice("unused", {"refuse", "ignore"}));
        const bool ignore = unused && unused->value == "ignore";
        std::vector<std::string> names = needs_.leftover();
        const auto others = std::stable_partition(names.begin(), names.end(), stands_beside);
        if (others != names.end() && !ignore)
            return Error{ErrorCode::not_supported, *others,
                         "expected the tensors of timm's VisionTransformer alone, found this one (" +
                             std::to_string(names.end() - others) +
                             " such), which would be ignored; say --set unused=ignore if the network computes the same "
                             "without"};
        if (names.empty())
            return {};
        const std::vector<std::string> first(names.begin(),
                                             names.begin() + std::min<std::ptrdiff_t>(3, std::ssize(names)));
        plan_.warnings.push_back(std::to_string(names.size()) + " tensors are not part of the network that is run: " +
                                 listed(first) + (names.size() > 3 ? ", …" : ""));
        return {};
    }

    /// Rotary embeddings leave no key; a network without a position table mostly has them.
    Result<void> positions() {
        NORMSCOPE_LET(rotary, settings_.choice("rotary", {"none"}));
        if (!rotary && !needs_.has("pos_embed"))
            return Error{
                ErrorCode::cannot_run, "pos_embed",
                "expected a table of positions, found none; rotary embeddings, which leave no key, are not run; "
                "say --set rotary=none if the network has no positions at all"};
        tell("rotary", "none", rotary ? rotary->source : "family default");
        return {};
    }

    const TensorCatalog& catalog_;
    SettingReader settings_;
    TensorNeeds needs_;
    VitPlan plan_;
    bool gated_ = false;
};

} // namespace

Result<VitPlan> plan_vit(const TensorCatalog& catalog, const NetworkSettings& settings) {
    return VitPlanner(catalog, settings).run();
}

} // namespace normscope
