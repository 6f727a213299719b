// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/recording/dump_parts.h"
#include "core/recording/natural_order.h"

#include <algorithm>
#include <array>
#include <map>

namespace normscope::hdf {

namespace {

constexpr int deepest = 8;             // groups inside groups
constexpr size_t most_groups = 10'000; // a group may hold itself; this ends the walk

constexpr std::array inputs = {"input", "inputs", "in", "x", "pre"};
constexpr std::array outputs = {"output", "outputs", "out", "y", "post", "targets"};

const std::string normalized = "hook_normalized", residual = "hook_resid_";

/// A pair of endings that two datasets of one layer have, side by side in a group.
struct Endings {
    std::string input, output;
};
const std::array<Endings, 2> endings = {{{".input", ".output"}, {"_in", "_out"}}};

class Walk {
public:
    void enter(const Object& group, const std::string& path, int depth) {
        if (++groups_ > most_groups)
            return;
        if (text(group, "NX_class") == "NXdata") // a plot, whose x and y are axes
            return;
        const auto names = members(group);
        add_own_layer(group, path);
        for (const auto& name : names) {
            add_flat_layer(group, path, name);
            if (name.ends_with(normalized) || name.find(residual) != std::string::npos)
                hooks_[dotted(below(path, name))] = below(path, name);
        }
        for (const auto& name : names)
            if (depth < deepest && is_group(group, name))
                enter(open_group(group, name), below(path, name), depth + 1);
    }

    std::vector<LayerPlace> take() {
        for (const auto& [name, path] : hooks_)
            if (name.ends_with(normalized))
                add_hooked_layer(name, path);
        std::ranges::stable_sort(places_, natural_less, &LayerPlace::name);
        return std::move(places_);
    }

private:
    void add_own_layer(const Object& group, const std::string& path) {
        const auto held = [&](const char* name) { return is_dataset(group, name); };
        const auto input = std::ranges::find_if(inputs, held);
        const auto output = std::ranges::find_if(outputs, held);
        if (input != inputs.end() && output != outputs.end())
            places_.push_back({dotted(path), path, below(path, *input), below(path, *output)});
    }

    void add_flat_layer(const Object& group, const std::string& path, const std::string& name) {
        for (const auto& ending : endings) {
            if (!name.ends_with(ending.input) || name.size() == ending.input.size())
                continue;
            const auto stem = name.substr(0, name.size() - ending.input.size());
            if (is_dataset(group, name) && is_dataset(group, stem + ending.output))
                places_.push_back(
                    {dotted(below(path, stem)), path, below(path, name), below(path, stem + ending.output)});
        }
    }

    /// TransformerLens: what a norm returned, before its affine part, and the residual stream that went in.
    void add_hooked_layer(const std::string& name, const std::string& path) {
        auto layer = name.substr(0, name.size() - normalized.size());
        while (layer.ends_with('.'))
            layer.pop_back();
        const auto block = layer.substr(0, layer.rfind('.') + 1); // "blocks.3." or ""
        const auto into = [&]() -> std::string {
            if (layer.ends_with("ln_final"))
                return last_hook("hook_resid_post");
            const auto middle = block + "hook_resid_mid";
            return layer.ends_with("ln2") && hooks_.contains(middle) ? middle : block + "hook_resid_pre";
        }();
        if (const auto input = hooks_.find(into); input != hooks_.end())
            places_.push_back(
                {layer, path.substr(0, std::max<size_t>(path.rfind('/') + 1, 1) - 1), input->second, path});
    }

    std::string last_hook(const std::string& ending) const {
        std::string last;
        for (const auto& [name, path] : hooks_)
            if (name.ends_with(ending) && (last.empty() || natural_less(last, name)))
                last = name;
        return last;
    }

    static std::string below(const std::string& path, const std::string& name) {
        return path.empty() ? name : path + "/" + name;
    }

    static std::string dotted(std::string path) {
        std::ranges::replace(path, '/', '.');
        return path;
    }

    size_t groups_ = 0;
    std::map<std::string, std::string> hooks_; ///< Dotted names and paths of TransformerLens' datasets.
    std::vector<LayerPlace> places_;
};

} // namespace

std::vector<LayerPlace> find_foreign_layers(const Object& root) {
    Walk walk;
    walk.enter(root, "", 0);
    return walk.take();
}

} // namespace normscope::hdf
