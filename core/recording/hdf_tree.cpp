// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/recording/hdf_tree.h"

#include "core/recording/hdf_rows.h"
#include "core/recording/natural_order.h"

#include <algorithm>
#include <cstring>
#include <deque>
#include <sys/stat.h>
#include <tuple>
#include <unordered_map>
#include <unordered_set>

namespace normscope::hdf {

namespace {

// Far beyond what people write; what is met is said.
constexpr size_t most_members = 1'000'000;
constexpr int most_levels = 256; // groups inside groups

struct Link {
    std::string name;
    bool external = false;
};

std::string file_identity(const Object& object) {
    struct stat status {};
    if (stat(own_path(object).c_str(), &status) != 0)
        return own_path(object);
    return std::to_string(status.st_dev) + ":" + std::to_string(status.st_ino);
}

std::string address_of(const Object& object) {
    std::string address;
#if H5_VERSION_GE(1, 12, 0)
    H5O_info2_t info;
    if (H5Oget_info3(object.id(), &info, H5O_INFO_BASIC) >= 0)
        address.assign(reinterpret_cast<const char*>(&info.token), sizeof info.token);
#elif H5_VERSION_GE(1, 10, 3)
    H5O_info_t info;
    if (H5Oget_info2(object.id(), &info, H5O_INFO_BASIC) >= 0)
        address = std::to_string(info.addr);
#else
    H5O_info_t info;
    if (H5Oget_info(object.id(), &info) >= 0)
        address = std::to_string(info.addr);
#endif
    return address;
}

class Walk {
public:
    explicit Walk(const Object& root) {
        const auto file = file_identity(root);
        coming_.push_back({open_group_at(root, ""), "", file, 0});
        groups_.insert(file + address_of(root));
        while (!coming_.empty()) {
            const auto next = std::move(coming_.front());
            coming_.pop_front();
            enter(next);
        }
        if (unseen_ > 0)
            stop("expected at most " + std::to_string(most_members) + " groups and datasets, found " +
                 std::to_string(unseen_) + " more; open a group of the file: FILE::/GROUP");
        if (deep_ > 0)
            stop("expected at most " + std::to_string(most_levels) +
                 " groups inside each other, found more; open a group of "
                 "the file: FILE::/GROUP");
    }

    Tree take() { return std::move(tree_); }

private:
    struct Place {
        Object group;
        std::string path, file;
        int depth = 0;
    };

    void stop(const std::string& why) { tree_.left_out.add({ErrorCode::not_supported, place_, why}); }

    void enter(const Place& at) {
        place_ = place_.empty() ? at.group.place : place_;
        tree_.groups.push_back({at.path, {}});
        std::vector<Link> links;
        if (const auto listed = guarded([&] { links = links_of(at.group); }); !listed)
            return tree_.left_out.add(listed.error());
        for (const auto& link : links) {
            if (++seen_ > most_members) {
                ++unseen_;
                continue;
            }
            if (const auto met = guarded([&] { meet(at, link); }); !met)
                tree_.left_out.add(met.error());
        }
    }

    static std::vector<Link> links_of(const Object& group) {
        std::vector<Link> links;
        const auto collect = [](hid_t, const char* name, const H5L_info_t* info, void* into) -> herr_t {
            static_cast<std::vector<Link>*>(into)->push_back({name, info->type == H5L_TYPE_EXTERNAL});
            return 0;
        };
        hsize_t next = 0;
        if (H5Literate(group.id(), H5_INDEX_NAME, H5_ITER_INC, &next, collect, &links) < 0)
            fail(ErrorCode::damaged, group.place,
                 "expected a list of members, found one that cannot be read" + reason());
        std::ranges::sort(links, natural_less, &Link::name);
        return links;
    }

    void meet(const Place& at, const Link& link) {
        auto object = open_link(at.group, link);
        const auto file = link.external ? file_identity(object) : at.file;
        const auto identity = file + address_of(object);
        const auto kind = H5Iget_type(object.id());
        if (kind == H5I_DATASET)
            return add_dataset(object, {path_below(at.path, link.name), link.name, identity, "", {}});
        if (kind != H5I_GROUP || !groups_.insert(identity).second)
            return;
        if (at.depth == most_levels)
            ++deep_;
        else
            coming_.push_back({std::move(object), path_below(at.path, link.name), file, at.depth + 1});
    }

    /// Nothing is read of it, so that it need not be opened as a dataset first.
    static Object open_link(const Object& group, const Link& link) {
        if (!link.external)
            if (Handle opened(H5Oopen(group.id(), link.name.c_str(), H5P_DEFAULT)); opened)
                return {std::move(opened), group.at(link.name)};
        return open_any(group, link.name); // or says why not
    }

    void add_dataset(const Object& object, TreeDataset dataset) {
        auto& known = known_[dataset.identity];
        if (known.first.empty())
            known = {tensor_type(object), sizes(object)};
        std::tie(dataset.type, dataset.shape) = known;
        tree_.groups.back().datasets.push_back(std::move(dataset));
    }

    Tree tree_;
    std::deque<Place> coming_;
    std::string place_; ///< Where the walk began
    std::unordered_set<std::string> groups_;
    std::unordered_map<std::string, std::pair<std::string, std::vector<int64_t>>> known_; ///< Datasets by identity
    size_t seen_ = 0, unseen_ = 0, deep_ = 0;
};

} // namespace

std::string identity_of(const Object& object) {
    const Lock lock;
    return file_identity(object) + address_of(object);
}

Tree walk_tree(const Object& root) {
    const Lock lock;
    return Walk(root).take();
}

std::string path_below(const std::string& path, const std::string& name) {
    return path.empty() ? name : path + "/" + name;
}

} // namespace normscope::hdf
