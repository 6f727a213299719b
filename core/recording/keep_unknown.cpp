// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/recording/keep_unknown.h"

#include "core/recording/dump_layers.h"
#include "core/recording/dump_layout.h"
#include "core/recording/hdf_write.h"
#include "core/recording/probe.h"
#include "core/recording/same_content.h"

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <sstream>

namespace normscope {

namespace {

using hdf::Handle;
using hdf::Object;

constexpr int deepest = 16, layer_depth = 3;

bool is_tensor(const std::string& name) {
    constexpr std::array names = {
        layout::input,       layout::output,          layout::input_grad,   layout::input_grad_total,
        layout::output_grad, layout::token_positions, layout::token_samples};
    return std::ranges::find(names, name) != names.end();
}

bool is_copied(const Handle& type) {
    const auto kind = H5Tget_class(type.id());
    return kind == H5T_INTEGER || kind == H5T_FLOAT || kind == H5T_STRING || kind == H5T_ENUM || kind == H5T_ARRAY;
}

void copy_attribute(const Object& from, const Object& to, const std::string& name) {
    const Handle source(H5Aopen(from.id(), name.c_str(), H5P_DEFAULT));
    const Handle type(H5Aget_type(source.id())), space(H5Aget_space(source.id()));
    const auto size = H5Aget_storage_size(source.id());
    if (!source || !is_copied(type) || size > hdf::text_limit)
        return;
    std::vector<char> bytes(std::max<size_t>(size, H5Tget_size(type.id())));
    if (H5Aread(source.id(), type.id(), bytes.data()) < 0)
        return;
    const Handle made(H5Acreate2(to.id(), name.c_str(), type.id(), space.id(), H5P_DEFAULT, H5P_DEFAULT));
    hdf::expect_written(made && H5Awrite(made.id(), type.id(), bytes.data()) >= 0, to.place + "@" + name);
}

bool leads_nowhere(const Object& group, const std::string& name) {
    return !hdf::guarded([&] { hdf::open_any(group, name); });
}

bool is_group(const Object& object) {
    return H5Iget_type(object.id()) == H5I_GROUP;
}

/// What joining makes anew, or leaves out because it does not hold for the whole.
bool is_joined(const std::string& name) {
    constexpr std::array names = {"stats",       "scatter",    "density",   "profile",    "fit",       "gradient_flow",
                                  "weight_grad", "alpha_grad", "bias_grad", "shift_grad", layout::mask};
    return name.starts_with("histogram_") || std::ranges::find(names, name) != names.end();
}

/// Copies from the first of several files, and notes what the others do not have the same.
class Keeper {
public:
    using Others = std::vector<std::optional<Object>>; ///< The same place in the other files; nothing where it lacks.

    void copy_missing(const Object& from, const Object& to, const Others& others, int depth = 0) {
        copy_attributes(from, to, others);
        for (const auto& name : hdf::members(from)) {
            if (hdf::is_external(from, name) || leads_nowhere(from, name) ||
                ((!others.empty() || without_summaries_) && is_joined(name)))
                continue;
            if (hdf::has(to, name))
                copy_inside(from, to, others, {name, depth});
            else if (!is_tensor(name))
                copy_whole(from, to, others, name);
        }
    }

    std::string differing() const { return differing_; }

private:
    struct Member {
        const std::string& name;
        int depth;
    };

    /// `@dtype` says how the bytes of a tensor are to be read, and those are written anew.
    void copy_attributes(const Object& from, const Object& to, const Others& others) {
        for (const auto& name : hdf::attributes(from)) {
            if (name == "torch_dtype" || name == "dtype" || H5Aexists(to.id(), name.c_str()) != 0)
                continue;
            copy_attribute(from, to, name);
            const auto same = [&](const auto& other) { return other && hdf::same_attribute(from, *other, name); };
            if (!std::ranges::all_of(others, same))
                note(to.place + "@" + name);
        }
    }

    void copy_whole(const Object& from, const Object& to, const Others& others, const std::string& name) {
        const auto copied = H5Ocopy(from.id(), name.c_str(), to.id(), name.c_str(), H5P_DEFAULT, H5P_DEFAULT);
        hdf::expect_written(copied >= 0, to.at(name));
        const auto same = [&](const auto& other) { return other && hdf::same_content(from, *other, name); };
        if (!std::ranges::all_of(others, same))
            note(to.at(name));
    }

    void copy_inside(const Object& from, const Object& to, const Others& others, const Member& member) {
        const auto a = hdf::open_any(from, member.name), b = hdf::open_any(to, member.name);
        const auto inside = inside_of(others, member.name);
        const bool groups = is_group(a) && is_group(b);
        if (groups && member.name == "layers" && from.place.ends_with(": /entry"))
            copy_layers(from, b, others);
        else if (groups && member.depth < deepest)
            copy_missing(a, b, inside, member.depth + 1);
        else
            copy_attributes(a, b, inside);
    }

    /// A layer's group may have another name in the new file, where it has that of the layer. What is no layer there
    /// was left out.
    void copy_layers(const Object& entry, const Object& to, const Others& others) {
        const auto from = hdf::open_group(entry, "layers");
        copy_attributes(from, to, inside_of(others, "layers"));
        std::vector<std::map<std::string, std::string>> groups_of_others;
        for (const auto& other : others)
            groups_of_others.push_back(other ? groups_by_name(*other) : std::map<std::string, std::string>());
        for (const auto& [name, group] : groups_by_name(entry)) {
            const auto written = layout::group_name(name);
            if (!hdf::has(to, written))
                continue;
            Others same;
            for (size_t i = 0; i < others.size(); ++i) {
                auto& there = same.emplace_back();
                if (const auto found = groups_of_others[i].find(name); found != groups_of_others[i].end())
                    there.emplace(hdf::open_group_at(*others[i], "layers/" + found->second));
            }
            copy_layer(hdf::open_group(from, group), hdf::open_group(to, written), same);
        }
    }

    /// Summaries that were passed over for tensors of more points stay behind.
    void copy_layer(const Object& from, const Object& to, const Others& others) {
        const auto lost = [&](const char* part) { return hdf::has(from, part) && !hdf::has(to, part); };
        without_summaries_ = lost("stats") || lost("profile");
        copy_missing(from, to, others, layer_depth);
        without_summaries_ = false;
    }

    static std::map<std::string, std::string> groups_by_name(const Object& entry) {
        std::map<std::string, std::string> groups;
        for (const auto& [group, name] : hdf::list_layer_groups(entry).groups)
            groups.emplace(name, group);
        return groups;
    }

    static Others inside_of(const Others& others, const std::string& name) {
        Others inside;
        for (const auto& other : others) {
            auto& there = inside.emplace_back();
            if (other && hdf::has(*other, name) && !hdf::is_external(*other, name) && !leads_nowhere(*other, name))
                there.emplace(hdf::open_any(*other, name));
        }
        return inside;
    }

    void note(const std::string& place) { differing_ += place + "\n"; }

    std::string differing_; ///< One place a line
    bool without_summaries_ = false;
};

std::vector<std::string> lines_of(const std::string& text) {
    std::vector<std::string> lines;
    std::istringstream stream(text);
    for (std::string line; std::getline(stream, line);)
        lines.push_back(line);
    return lines;
}

} // namespace

Result<std::vector<std::string>> keep_unknown(const std::vector<std::string>& sources, const std::string& part,
                                              const std::string& shown) {
    const ProbeLimits limits = {600, 3600, 4ul << 30}; // copying takes as long as the disk does
    NORMSCOPE_LET(differing, probe_text(
                                 sources.front(),
                                 [&] {
                                     return hdf::guarded([&] {
                                         const hdf::Lock lock;
                                         Keeper::Others others;
                                         for (size_t i = 1; i < sources.size(); ++i)
                                             others.emplace_back(hdf::open_root(sources[i]));
                                         const auto to = hdf::reopen_root(part, shown);
                                         Keeper keeper;
                                         keeper.copy_missing(hdf::open_root(sources.front()), to, others);
                                         hdf::flush(to);
                                         return keeper.differing();
                                     });
                                 },
                                 limits));
    return lines_of(differing);
}

} // namespace normscope
