// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/recording/dump_layers.h"

#include "core/recording/dump_layout.h"
#include "core/recording/hdf_tree.h"
#include "core/recording/natural_order.h"

#include <algorithm>
#include <map>
#include <optional>

namespace normscope::hdf {

namespace {

constexpr int64_t most_names = 1'000'000;

/// A group of /entry/layers, as it stands.
struct Found {
    std::string group;
    std::optional<std::string> told; ///< `@name`
    bool listed = false;             ///< Its place in `layer_names` is known.
};

class Listing {
public:
    explicit Listing(const Object& entry) : layers_(open_group(entry, "layers")) {
        auto names = members(layers_);
        std::ranges::sort(names, natural_less);
        for (const auto& name : names)
            if (const auto met = guarded([&] { meet(name); }); !met)
                result_.left_out.add(met.error());
        if (has(entry, "layer_names"))
            if (const auto ordered = guarded([&] { follow(open_dataset(entry, "layer_names")); }); !ordered)
                result_.left_out.add(ordered.error());
        for (auto& found : found_)
            if (!found.listed)
                take(found);
        for (const auto& warning : names_.warnings())
            result_.warnings.push_back(warning);
    }

    LayerGroups result() { return std::move(result_); }

private:
    void meet(const std::string& name) {
        const auto object = open_any(layers_, name);
        if (H5Iget_type(object.id()) != H5I_GROUP)
            return; // unknown members are read past
        const auto [first, is_new] = known_.try_emplace(identity_of(object), name);
        if (!is_new) {
            result_.warnings.push_back(object.place + " is another name of " + first->second + ", which is shown");
            return;
        }
        Found found{name, {}, false};
        if (const auto told = guarded([&] { found.told = text(object, "name"); }); !told)
            result_.warnings.push_back(told.error().line() + "; the name of its group is shown");
        if (found.told && found.told->empty())
            found.told.reset();
        found_.push_back(std::move(found));
    }

    /// Takes the groups in the order of the list, which may name them by group or by `@name`.
    void follow(const Object& list) {
        const auto listed = texts(list, most_names);
        std::multimap<std::string, size_t> places;
        for (size_t i = 0; i < found_.size(); ++i) {
            places.emplace(found_[i].group, i);
            if (found_[i].told && *found_[i].told != found_[i].group)
                places.emplace(*found_[i].told, i);
        }
        size_t lost = 0;
        std::string first_lost;
        for (const auto& name : listed) {
            auto* found = first_open(places, name);
            if (found == nullptr)
                found = first_open(places, layout::group_name(name));
            if (found != nullptr)
                take(*found);
            else if (lost++ == 0)
                first_lost = name.substr(0, 200);
        }
        if (lost > 0)
            result_.warnings.push_back(list.place + ": " + std::to_string(lost) +
                                       " names without a group of their own, the first is " + first_lost);
    }

    Found* first_open(const std::multimap<std::string, size_t>& places, const std::string& name) {
        const auto [from, to] = places.equal_range(name);
        const auto at = std::find_if(from, to, [&](const auto& place) { return !found_[place.second].listed; });
        return at == to ? nullptr : &found_[at->second];
    }

    void take(Found& found) {
        found.listed = true;
        result_.groups.push_back({found.group, names_.take(found.told.value_or(found.group), found.group)});
    }

    Object layers_;
    std::vector<Found> found_;
    std::map<std::string, std::string> known_; ///< First names of objects
    LayerNames names_;
    LayerGroups result_;
};

} // namespace

LayerGroups list_layer_groups(const Object& entry) {
    const Lock lock;
    return Listing(entry).result();
}

std::string LayerNames::take(const std::string& wanted, const std::string& otherwise) {
    auto name = wanted;
    for (int number = 1; !given_.insert(name).second; ++number)
        name = number == 1 && otherwise != wanted ? otherwise : otherwise + " (" + std::to_string(number) + ")";
    if (name != wanted && others_++ == 0)
        first_ = "two layers have the name " + wanted + "; the second is shown as " + name;
    return name;
}

std::vector<std::string> LayerNames::warnings() const {
    if (others_ == 0)
        return {};
    return {first_ + (others_ > 1 ? ", and so " + std::to_string(others_ - 1) + " more" : "")};
}

} // namespace normscope::hdf
