// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/model/vit_norms.h"

#include <algorithm>
#include <charconv>

namespace normscope {
namespace {

/// What a norm layer of the family normalises; gives its channels and rows.
enum class Site { patches, tokens, queries_keys, attention, hidden, pool_query, pool_key, pooled };

struct NamedSite {
    std::string name;
    Site site;
    bool required = false;
};

/// timm's order of execution. A block's own norms stand behind its attention and its MLP where it is post-norm.
std::vector<NamedSite> all_sites(int64_t depth, bool post_norm) {
    std::vector<NamedSite> sites{{"patch_embed.norm", Site::patches}, {"norm_pre", Site::tokens}};
    for (int64_t i = 0; i < depth; ++i) {
        const std::string block = "blocks." + std::to_string(i) + ".";
        const NamedSite norm1{block + "norm1", Site::tokens, true}, norm2{block + "norm2", Site::tokens, true};
        if (!post_norm)
            sites.push_back(norm1);
        sites.push_back({block + "attn.q_norm", Site::queries_keys});
        sites.push_back({block + "attn.k_norm", Site::queries_keys});
        sites.push_back({block + "attn.norm", Site::attention});
        sites.push_back(post_norm ? norm1 : norm2);
        sites.push_back({block + "mlp.norm", Site::hidden});
        if (post_norm)
            sites.push_back(norm2);
    }
    sites.push_back({"norm", Site::tokens});
    sites.push_back({"attn_pool.q_norm", Site::pool_query});
    sites.push_back({"attn_pool.k_norm", Site::pool_key});
    sites.push_back({"attn_pool.norm", Site::pooled});
    sites.push_back({"fc_norm", Site::pooled});
    return sites;
}

class NormPlanner {
public:
    NormPlanner(const TensorCatalog& catalog, const SettingReader& settings, TensorNeeds& needs, VitPlan& plan)
        : catalog_(catalog), settings_(settings), needs_(needs), plan_(plan) {}

    Result<void> run() {
        NORMSCOPE_TRY(read_settings());
        for (const NamedSite& site : all_sites(plan_.depth, plan_.post_norm)) {
            const NormParts parts = norm_parts(catalog_, site.name);
            if (site.required && !parts.any())
                NORMSCOPE_TRY(needs_.require(site.name + ".weight", {plan_.width}));
            if (parts.any())
                NORMSCOPE_TRY(add(site, parts));
        }
        return conclude();
    }

private:
    Result<void> read_settings() {
        NORMSCOPE_LET(eps, settings_.positive("eps"));
        eps_ = eps.value_or(Told<double>{1e-6, "family default"}); // timm.layers.LayerNorm and RmsNorm
        NORMSCOPE_LET(kind, settings_.choice("norm", {"layernorm", "rmsnorm", "dyt", "derf"}));
        forced_ = kind;
        return {};
    }

    int64_t channels(const NamedSite& site) const {
        const int64_t head_width = plan_.attention_width / plan_.heads;
        switch (site.site) {
        case Site::queries_keys:
            return head_width;
        case Site::pool_query:
        case Site::pool_key:
            return plan_.width / plan_.heads;
        case Site::attention:
            return plan_.attention_width;
        case Site::hidden: { // the input of fc2, whose shape has been checked
            const std::string mlp = site.name.substr(0, site.name.rfind('.'));
            return catalog_.find(mlp + ".fc2.weight")->shape[1];
        }
        default:
            return plan_.width;
        }
    }

    int64_t rows(Site site) const {
        switch (site) {
        case Site::patches:
            return plan_.patches;
        case Site::queries_keys:
            return plan_.heads * plan_.tokens();
        case Site::pool_query:
            return plan_.heads;
        case Site::pool_key:
            return plan_.heads * (plan_.pool_prefix ? plan_.tokens() : plan_.patches);
        case Site::pooled:
            return 1;
        default:
            return plan_.tokens();
        }
    }

    /// The told kind matters where the parameters leave it open: a weight alone. α is never there by chance, and timm's
    /// RMSNorm has no bias. Only the user may say otherwise, and is refused.
    Result<NormKind> kind_of(const NormParts& parts) {
        const NormKind found = parts.kind();
        const bool open = found == NormKind::rms_norm;
        if (!settled() || (!open && forced_->source == "architecture"))
            return found;
        const NormKind told = forced_->value == "layernorm" ? NormKind::layer_norm
                              : forced_->value == "rmsnorm" ? NormKind::rms_norm
                              : forced_->value == "dyt"     ? NormKind::dyt
                                                            : NormKind::derf;
        const bool needs_alpha = told == NormKind::dyt || told == NormKind::derf;
        if (needs_alpha != (parts.alpha != nullptr))
            return settings_.refuse("norm", parts.alpha != nullptr
                                                ? "dyt, since the layer has an alpha"
                                                : "layernorm or rmsnorm, since the layer has no alpha");
        return told;
    }

    Result<void> check_shapes(const NormParts& parts, int64_t width) {
        for (const TensorEntry* entry : {parts.weight, parts.bias})
            if (entry != nullptr && entry->shape != std::vector<int64_t>{width})
                return shape_error(*entry, {width});
        for (const TensorEntry* entry : {parts.alpha, parts.shift})
            if (entry != nullptr && !entry->shape.empty() && entry->shape != std::vector<int64_t>{1} &&
                entry->shape != std::vector<int64_t>{width})
                return shape_error(*entry, {1});
        for (const TensorEntry* entry : {parts.weight, parts.bias, parts.alpha, parts.shift})
            if (entry != nullptr)
                needs_.mark(*entry);
        return {};
    }

    Result<void> add(const NamedSite& site, const NormParts& parts) {
        NormLayer layer;
        layer.name = site.name;
        layer.index = static_cast<int>(plan_.norms.size()) + 1;
        layer.channels = channels(site);
        NORMSCOPE_TRY(check_shapes(parts, layer.channels));
        NORMSCOPE_LET(kind, kind_of(parts));
        const bool bias_alone =
            parts.weight == nullptr && parts.alpha == nullptr; // there is no LayerNorm(weight=False)
        if (kind == NormKind::unknown || bias_alone)
            return Error{ErrorCode::missing, site.name + ".weight", "expected a weight beside the bias, found none"};
        layer.kind = kind;
        layer.kind_text = kind_name(kind);
        if (kind == NormKind::layer_norm || kind == NormKind::rms_norm)
            layer.eps = eps_;
        NORMSCOPE_TRY(read_norm_parameters(catalog_, parts, layer));
        guessed_rms_ += kind == NormKind::rms_norm && !settled() ? 1 : 0;
        plan_.norms.push_back(std::move(layer));
        plan_.norm_rows.push_back(rows(site.site));
        return {};
    }

    Result<void> conclude() {
        if (plan_.norms.empty())
            return Error{ErrorCode::missing, "", "expected norm layers, found none"};
        const NormLayer* with_eps = nullptr;
        for (const NormLayer& layer : plan_.norms)
            if (layer.eps)
                with_eps = &layer;
        if (with_eps != nullptr) {
            const auto told = settings_.text("eps");
            plan_.told["eps"] = told ? *told : Told<std::string>{"1e-6", eps_.source};
        }
        if (guessed_rms_ > 0) {
            plan_.told["norm"] = {"rmsnorm", "family default"};
            plan_.hints.push_back("norm=layernorm");
        } else {
            plan_.told["norm"] =
                settled() ? *forced_ : Told<std::string>{spelled(kind_name(plan_.norms.front().kind)), "keys"};
        }
        return {};
    }

    /// True where someone told the kind. timm's LayerNorm has a bias: its default tells nothing of norms without.
    bool settled() const { return forced_ && (forced_->source != "architecture" || forced_->value != "layernorm"); }

    static std::string spelled(std::string kind) {
        std::transform(kind.begin(), kind.end(), kind.begin(), [](unsigned char c) { return std::tolower(c); });
        return kind;
    }

    const TensorCatalog& catalog_;
    const SettingReader& settings_;
    TensorNeeds& needs_;
    VitPlan& plan_;
    Told<double> eps_;
    std::optional<Told<std::string>> forced_;
    int guessed_rms_ = 0;
};

} // namespace

int64_t vit_depth(const TensorCatalog& catalog) {
    constexpr std::string_view start = "blocks.";
    int64_t depth = 0;
    for (const TensorEntry& entry : catalog.tensors) {
        if (entry.name.rfind(start, 0) != 0)
            continue;
        int64_t index = -1;
        const char* const end = entry.name.data() + entry.name.size();
        const auto [rest, failed] = std::from_chars(entry.name.data() + start.size(), end, index);
        if (failed == std::errc() && index >= 0 && rest != end && *rest == '.')
            depth = std::max(depth, std::min(index, static_cast<int64_t>(catalog.tensors.size())) + 1);
    }
    return depth;
}

Result<void> plan_vit_norms(const TensorCatalog& catalog, const SettingReader& settings, TensorNeeds& needs,
                            VitPlan& plan) {
    return NormPlanner(catalog, settings, needs, plan).run();
}

} // namespace normscope
