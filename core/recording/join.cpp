// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/recording/join.h"

#include "core/recording/join_summaries.h"

#include <algorithm>
#include <array>
#include <map>

namespace normscope {

namespace {

using Tensor = std::shared_ptr<const RowSource> LayerRecording::*;
using Values = std::vector<float> LayerRecording::*;

/// One layer in every shard that holds it.
struct Parts {
    std::vector<const LayerRecording*> layers;
    std::vector<int64_t> first_samples; ///< Where the shards' samples begin in the run.
};

constexpr std::array tensors = {&LayerRecording::input, &LayerRecording::output, &LayerRecording::input_grad,
                                &LayerRecording::input_grad_total, &LayerRecording::output_grad};

void add_once(std::vector<std::string>& list, const std::string& text) {
    if (std::ranges::find(list, text) == list.end())
        list.push_back(text);
}

/// A layer's parts, and what could not be joined, in words.
class LayerJoin {
public:
    explicit LayerJoin(const Parts& parts)
        : parts_(parts.layers), firsts_(parts.first_samples), joined_(*parts.layers.front()) {}

    Result<LayerRecording> run() {
        for (const auto* part : parts_)
            NORMSCOPE_TRY(expect_same_layer(part->layer));
        for (const auto* part : parts_) {
            joined_.from_float64 = joined_.from_float64 || part->from_float64;
            for (const auto& warning : part->warnings)
                add_once(joined_.warnings, warning);
        }
        for (const Tensor tensor : tensors)
            join_tensor(tensor);
        if (!joined_.input || !joined_.output)
            for (const Tensor tensor : tensors)
                joined_.*tensor = nullptr;
        joined_.samples = joined_.input ? total(&LayerRecording::samples) : 0;
        join_masks();
        if (joined_.input && !same_tokens())
            string_tokens();
        join_summary();
        for (const Values gradient : {&LayerRecording::weight_grad, &LayerRecording::bias_grad,
                                      &LayerRecording::alpha_grad, &LayerRecording::shift_grad})
            keep_where_equal(gradient);
        if (!joined_.input && !joined_.summary)
            return Error{ErrorCode::missing, joined_.layer.name,
                         "expected tensors in every shard or a summary in every shard, found neither; summarize the "
                         "shards first"};
        return std::move(joined_);
    }

    const std::vector<std::string>& left_out() const { return left_out_; }

private:
    Result<void> expect_same_layer(const NormLayer& other) const {
        const auto& layer = joined_.layer;
        const auto differ = [&](const std::string& what, const std::string& a, const std::string& b) {
            return Error{ErrorCode::bad_argument, layer.name,
                         "expected shards of one run, found " + what + " " + a + " and " + b};
        };
        const auto eps = [](const NormLayer& of) { return of.eps ? std::to_string(of.eps->value) : "unknown"; };
        if (other.kind_text != layer.kind_text)
            return differ("the kinds", layer.kind_text, other.kind_text);
        if (other.channels != layer.channels || other.channel_axis != layer.channel_axis)
            return differ("channels", std::to_string(layer.channels), std::to_string(other.channels));
        if (other.eps.has_value() != layer.eps.has_value() || (layer.eps && other.eps->value != layer.eps->value))
            return differ("ε", eps(layer), eps(other));
        if (other.weight != layer.weight || other.bias != layer.bias || other.alpha != layer.alpha ||
            other.shift != layer.shift)
            return differ("other parameters", "in one shard", "in another");
        return {};
    }

    template <typename Holds>
    bool in_all(Holds holds, const std::string& what) {
        const auto count = std::ranges::count_if(parts_, holds);
        if (count != 0 && count != std::ssize(parts_))
            left_out_.push_back(what);
        return count == std::ssize(parts_);
    }

    int64_t total(int64_t LayerRecording::*number) const {
        int64_t sum = 0;
        for (const auto* part : parts_)
            sum += part->*number;
        return sum;
    }

    void join_tensor(Tensor tensor) {
        std::vector<std::shared_ptr<const RowSource>> rows;
        for (const auto* part : parts_)
            rows.push_back(part->*tensor);
        const bool all = in_all([&](const LayerRecording* part) { return part->*tensor != nullptr; }, "tensors");
        joined_.*tensor = all ? std::make_shared<JoinedRows>(std::move(rows)) : nullptr;
    }

    void join_masks() {
        joined_.mask = nullptr;
        if (!joined_.input || std::ranges::none_of(parts_, [](const auto* part) { return part->mask != nullptr; }))
            return;
        auto mask = std::make_shared<std::vector<uint8_t>>();
        for (const auto* part : parts_)
            if (part->mask)
                mask->insert(mask->end(), part->mask->begin(), part->mask->end());
            else
                mask->insert(mask->end(), static_cast<size_t>(part->input->rows()), uint8_t{1});
        joined_.mask = std::move(mask);
    }

    bool same_tokens() const {
        return std::ranges::all_of(parts_, [&](const LayerRecording* part) {
            return part->tokens == joined_.tokens && part->token_positions == joined_.token_positions &&
                   part->token_samples.empty();
        });
    }

    /// Every stored token with its own sample and position, in one sample: no other shape holds shards of different
    /// tokens.
    void string_tokens() {
        std::vector<int32_t> positions, samples;
        for (size_t i = 0; i < parts_.size(); ++i) {
            const auto& part = *parts_[i];
            for (int64_t row = 0; row < part.samples * part.tokens; ++row) {
                const auto token = static_cast<size_t>(row % part.tokens);
                positions.push_back(part.token_positions.empty() ? static_cast<int32_t>(token)
                                                                 : part.token_positions[token]);
                const auto sample = part.token_samples.empty() ? row / part.tokens : part.token_samples[token];
                samples.push_back(static_cast<int32_t>(firsts_[i] + sample));
            }
        }
        joined_.samples = 1;
        joined_.tokens = static_cast<int64_t>(positions.size());
        joined_.token_positions = std::move(positions);
        joined_.token_samples = std::move(samples);
    }

    void join_summary() {
        std::vector<PartOfRun> summaries;
        for (size_t i = 0; i < parts_.size(); ++i)
            if (parts_[i]->summary)
                summaries.push_back({&*parts_[i]->summary, firsts_[i]});
        if (in_all([](const LayerRecording* part) { return part->summary.has_value(); }, "summaries"))
            joined_.summary = join_summaries(summaries);
        else
            joined_.summary.reset();
    }

    /// Each shard's is of its own loss: only where they were reduced over the ranks do they hold for the whole.
    void keep_where_equal(Values gradient) {
        if (std::ranges::all_of(parts_, [&](const auto* part) { return part->*gradient == joined_.*gradient; }))
            return;
        (joined_.*gradient).clear();
        left_out_.emplace_back("gradients of parameters, which differ,");
    }

    const std::vector<const LayerRecording*>& parts_;
    const std::vector<int64_t>& firsts_;
    LayerRecording joined_;
    std::vector<std::string> left_out_;
};

/// The layers of all shards, in the order in which the first shards name them.
std::vector<Parts> by_name(const std::vector<std::shared_ptr<const Recording>>& shards) {
    std::vector<Parts> layers;
    std::map<std::string, size_t> places;
    std::map<size_t, int64_t> last_samples; // of the shard before
    for (const auto& shard : shards)
        for (const auto& layer : shard->layers) {
            const auto [place, is_new] = places.try_emplace(layer.layer.name, layers.size());
            if (is_new)
                layers.emplace_back();
            auto& parts = layers[place->second];
            parts.first_samples.push_back(is_new ? 0 : parts.first_samples.back() + last_samples[place->second]);
            last_samples[place->second] = std::max<int64_t>({shard->run.samples, layer.samples, 1});
            parts.layers.push_back(&layer);
        }
    std::ranges::stable_sort(layers, {}, [](const Parts& parts) { return parts.layers.front()->layer.index; });
    return layers;
}

} // namespace

JoinedRows::JoinedRows(std::vector<std::shared_ptr<const RowSource>> parts) : parts_(std::move(parts)), starts_{0} {
    for (const auto& part : parts_)
        starts_.push_back(starts_.back() + part->rows());
}

Result<void> JoinedRows::read(int64_t first, int64_t count, std::span<float> into) const {
    auto part = static_cast<size_t>(std::ranges::upper_bound(starts_, first) - starts_.begin()) - 1;
    for (; count > 0 && part < parts_.size(); ++part) {
        const auto taken = std::min(count, starts_[part + 1] - first);
        NORMSCOPE_TRY(parts_[part]->read(first - starts_[part], taken, into));
        into = into.subspan(static_cast<size_t>(taken * channels()));
        first += taken;
        count -= taken;
    }
    if (count > 0)
        return Error{ErrorCode::damaged, "",
                     "expected rows inside the " + std::to_string(rows()) + " of all shards, found more"};
    return {};
}

Result<std::shared_ptr<const Recording>> join(const std::vector<std::shared_ptr<const Recording>>& shards) {
    if (shards.size() == 1)
        return shards.front();
    auto joined = std::make_shared<Recording>();
    joined->run = shards.front()->run;
    joined->run.samples = 0;
    joined->pairs = shards.front()->pairs;
    for (const auto& shard : shards) {
        joined->run.samples += shard->run.samples;
        joined->files.insert(joined->files.end(), shard->files.begin(), shard->files.end());
        for (const auto& warning : shard->warnings)
            add_once(joined->warnings, warning);
    }
    for (const Parts& parts : by_name(shards)) {
        const auto& name = parts.layers.front()->layer.name;
        LayerJoin work(parts);
        NORMSCOPE_LET(layer, work.run());
        joined->layers.push_back(std::move(layer));
        if (parts.layers.size() != shards.size())
            add_once(joined->warnings, name + ": only " + std::to_string(parts.layers.size()) + " of " +
                                           std::to_string(shards.size()) + " shards hold this layer");
        for (const auto& what : work.left_out())
            add_once(joined->warnings, name + ": " + what + " are left out: not every shard has the same");
    }
    return std::shared_ptr<const Recording>(joined);
}

} // namespace normscope
