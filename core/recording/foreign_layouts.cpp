// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/recording/dump_parts.h"
#include "core/recording/hdf_tree.h"
#include "core/recording/natural_order.h"
#include "core/recording/suggest_pairs.h"

#include <algorithm>
#include <array>
#include <map>
#include <set>

namespace normscope::hdf {

namespace {

constexpr std::array inputs = {"input", "inputs", "in", "x", "pre"};
constexpr std::array outputs = {"output", "outputs", "out", "y", "post", "targets"};

const std::string normalized = "hook_normalized", residual = "hook_resid_";

/// A pair of endings that two datasets of one layer have, side by side in a group.
struct Endings {
    std::string input, output;
};
const std::array<Endings, 2> endings = {{{".input", ".output"}, {"_in", "_out"}}};

bool has_attribute(const Object& object, const char* name) {
    return H5Aexists(object.id(), name) > 0;
}

/// Whether the file is of a program whose `x` and `y` are coordinates, weights or fields of a struct: netCDF-4, Keras,
/// AnnData.
bool file_convention(const Object& root) {
    constexpr std::array names = {"_NCProperties", "keras_version", "backend", "encoding-type"};
    return std::ranges::any_of(names, [&](const char* name) { return has_attribute(root, name); });
}

/// NeXus: only groups that collect others may be layers.
bool is_plot_or_instrument(const Object& group) {
    if (!has_attribute(group, "NX_class"))
        return false;
    constexpr std::array collections = {"NXroot", "NXentry", "NXsubentry", "NXcollection"};
    const auto told = guarded([&] { return text(group, "NX_class").value_or(""); });
    return !told || std::ranges::find(collections, *told) == collections.end();
}

/// Scales of dimensions and what they belong to, variables with a unit, MATLAB's.
bool is_coordinate(const Object& dataset) {
    constexpr std::array names = {"DIMENSION_LIST", "REFERENCE_LIST", "MATLAB_class", "units", "standard_name", "axis"};
    if (std::ranges::any_of(names, [&](const char* name) { return has_attribute(dataset, name); }))
        return true;
    const auto told = guarded([&] { return text(dataset, "CLASS").value_or(""); });
    return told && *told == "DIMENSION_SCALE";
}

bool is_float(const TreeDataset& dataset) {
    return dataset.type.starts_with("float") || dataset.type == "bfloat16";
}

std::string described(const TreeDataset& dataset) {
    return dataset.type + " of " + shape_words(dataset.shape);
}

/// Why two datasets with the names of a pair are none; "" where they are one. Tensors that grow may differ in samples.
std::string objection(const TreeDataset& input, const TreeDataset& output) {
    const auto &a = input.shape, &b = output.shape;
    const bool alike = a.size() == b.size() && a.size() >= 2 && std::equal(a.begin() + 1, a.end(), b.begin() + 1);
    if (is_float(input) && is_float(output) && alike)
        return "";
    return "expected floats of one shape with two axes or more, found " + described(input) + " and " +
           described(output);
}

class Search {
public:
    explicit Search(const Object& root) : root_(root), convention_(file_convention(root)) {
        auto tree = walk_tree(root);
        found_.left_out = std::move(tree.left_out);
        for (const auto& group : tree.groups) {
            if (const auto looked = guarded([&] { look_at(group); }); !looked)
                found_.left_out.add(looked.error());
            for (const auto& dataset : group.datasets)
                if (dataset.name.ends_with(normalized) || dataset.name.find(residual) != std::string::npos)
                    hooks_[dotted(dataset.path)] = dataset.path;
        }
        for (const auto& [name, path] : hooks_)
            if (name.ends_with(normalized))
                add_hooked_layer(name, path);
        std::ranges::stable_sort(found_.places, natural_less, &LayerPlace::name);
    }

    ForeignLayers take() { return std::move(found_); }

private:
    using Members = std::map<std::string, const TreeDataset*>;

    void look_at(const TreeGroup& group) {
        Members members;
        for (const auto& dataset : group.datasets)
            members.emplace(dataset.name, &dataset);
        add_own_layer(group, members);
        for (const auto& [name, input] : members)
            for (const auto& ending : endings)
                if (name.ends_with(ending.input) && name.size() > ending.input.size()) {
                    const auto stem = name.substr(0, name.size() - ending.input.size());
                    if (const auto output = members.find(stem + ending.output); output != members.end())
                        add_pair(group, {*input, *output->second, path_below(group.path, stem)});
                }
    }

    /// The first names of a pair that are one. Where none is, the first says why.
    void add_own_layer(const TreeGroup& group, const Members& members) {
        std::vector<Pair> pairs;
        for (const auto* in : inputs)
            for (const auto* out : outputs)
                if (members.contains(in) && members.contains(out))
                    pairs.push_back({*members.at(in), *members.at(out), group.path});
        const auto good =
            std::ranges::find_if(pairs, [&](const Pair& pair) { return objection(pair.input, pair.output).empty(); });
        if (!pairs.empty())
            add_pair(group, good == pairs.end() ? pairs.front() : *good);
    }

    struct Pair {
        const TreeDataset &input, &output;
        std::string path; ///< Of the layer
    };

    void add_pair(const TreeGroup& group, const Pair& pair) {
        if (!pairs_.emplace(pair.input.identity, pair.output.identity).second || follows_convention(group, pair))
            return;
        if (const auto why = objection(pair.input, pair.output); !why.empty())
            return found_.left_out.add(
                {ErrorCode::damaged, root_.at(pair.input.path) + " and " + pair.output.name, why});
        found_.places.push_back({dotted(pair.path), group.path, pair.input.path, pair.output.path});
    }

    /// Whether its names mean something else where it stands.
    bool follows_convention(const TreeGroup& group, const Pair& pair) const {
        return convention_ || is_plot_or_instrument(open_group_at(root_, group.path)) ||
               is_coordinate(open_dataset_at(root_, pair.input.path)) ||
               is_coordinate(open_dataset_at(root_, pair.output.path)) || is_mesh(group, pair);
    }

    /// x, y and z of one shape are places.
    static bool is_mesh(const TreeGroup& group, const Pair& pair) {
        return pair.input.name == "x" && pair.output.name == "y" &&
               std::ranges::any_of(group.datasets, [&](const TreeDataset& other) {
                   return other.name == "z" && other.shape == pair.input.shape;
               });
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
            found_.places.push_back(
                {layer, path.substr(0, std::max<size_t>(path.rfind('/') + 1, 1) - 1), input->second, path});
    }

    std::string last_hook(const std::string& ending) const {
        std::string last;
        for (const auto& [name, path] : hooks_)
            if (name.ends_with(ending) && (last.empty() || natural_less(last, name)))
                last = name;
        return last;
    }

    static std::string dotted(std::string path) {
        std::ranges::replace(path, '/', '.');
        return path;
    }

    const Object& root_;
    bool convention_;
    std::set<std::pair<std::string, std::string>> pairs_; ///< Identities of those that were looked at.
    std::map<std::string, std::string> hooks_;            ///< Dotted names and paths of TransformerLens' datasets.
    ForeignLayers found_;
};

} // namespace

ForeignLayers find_foreign_layers(const Object& root) {
    const Lock lock;
    return Search(root).take();
}

} // namespace normscope::hdf
