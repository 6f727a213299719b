// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/input/image_list.h"

#include "core/input/image_file.h"

#include <algorithm>
#include <filesystem>
#include <map>
#include <set>

namespace normscope {
namespace {

namespace fs = std::filesystem;

/// What lies in a folder at any depth.
struct Tree {
    std::vector<fs::path> images;    ///< In the byte order of their paths
    std::vector<std::string> hidden; ///< Hidden files that look like images
    std::vector<std::string> others; ///< Files of other formats
};

class Walker {
public:
    explicit Walker(fs::path root) : root_(std::move(root)) {}

    Result<void> walk(const fs::path& folder, Tree& tree) {
        std::error_code error;
        const fs::path real = fs::canonical(folder, error);
        if (!error && std::find(open_.begin(), open_.end(), real) != open_.end())
            return {}; // a link back to where we are
        open_.push_back(real);
        for (auto entry = fs::directory_iterator(folder, error); !error && entry != fs::directory_iterator();
             entry.increment(error))
            NORMSCOPE_TRY(take(*entry, tree));
        open_.pop_back();
        if (error)
            return Error{ErrorCode::cannot_read, folder.string(),
                         "expected a readable folder, found: " + error.message()};
        return {};
    }

    std::string name_of(const fs::path& path) const { return path.lexically_relative(root_).string(); }

private:
    Result<void> take(const fs::directory_entry& entry, Tree& tree) {
        std::error_code ignored;
        const std::string name = entry.path().filename().string();
        const bool hidden = name.starts_with('.');
        if (entry.is_directory(ignored))
            return hidden ? Result<void>() : walk(entry.path(), tree);
        if (has_image_ending(name) && !hidden)
            tree.images.push_back(entry.path());
        else if (has_image_ending(name))
            tree.hidden.push_back(name_of(entry.path()));
        else if (!hidden)
            tree.others.push_back(name_of(entry.path()));
        return {};
    }

    fs::path root_;
    std::vector<fs::path> open_; ///< The folders around the one that is being walked, without links
};

/// "3 files that are no images (a.txt, b.txt, …)"
std::string counted(const std::vector<std::string>& names, const std::string& one, const std::string& many) {
    constexpr std::size_t most_named = 3;
    std::string text = std::to_string(names.size()) + " " + (names.size() == 1 ? one : many) + " (";
    for (std::size_t i = 0; i < std::min(names.size(), most_named); ++i)
        text += (i == 0 ? "" : ", ") + names[i];
    return text + (names.size() > most_named ? ", …)" : ")");
}

/// The folders right below the root, with the images that they hold.
using Classes = std::map<std::string, std::size_t>;

class FolderLister {
public:
    explicit FolderLister(const std::string& folder) : root_(folder), walker_(root_) {}

    Result<ImageList> run() {
        NORMSCOPE_TRY(walker_.walk(root_, tree_));
        std::sort(tree_.images.begin(), tree_.images.end(),
                  [](const fs::path& a, const fs::path& b) { return a.native() < b.native(); });
        std::sort(tree_.hidden.begin(), tree_.hidden.end());
        std::sort(tree_.others.begin(), tree_.others.end());
        const bool flat = std::any_of(tree_.images.begin(), tree_.images.end(),
                                      [&](const fs::path& image) { return image.parent_path() == root_; });
        if (flat)
            take_own_images();
        else
            take_classes();
        NORMSCOPE_TRY(find_empty_folders());
        say_what_is_left_out();
        return std::move(list_);
    }

private:
    void add(const fs::path& image) {
        list_.files.push_back(image.string());
        list_.names.push_back(walker_.name_of(image));
    }

    static std::string top_of(const std::string& name) { return name.substr(0, name.find('/')); }

    void take_own_images() {
        std::size_t below = 0;
        std::set<std::string> folders;
        for (const fs::path& image : tree_.images) {
            if (image.parent_path() == root_) {
                add(image);
                continue;
            }
            ++below;
            folders.insert(top_of(walker_.name_of(image)));
        }
        if (below > 0)
            left_out_.push_back(std::to_string(below) + " images in " +
                                counted({folders.begin(), folders.end()}, "folder", "folders") +
                                ", since the folder holds images itself");
    }

    void take_classes() {
        Classes classes;
        bool nested = false;
        for (const fs::path& image : tree_.images)
            classes.emplace(top_of(walker_.name_of(image)), 0);
        std::vector<std::string> names;
        for (const auto& [name, unused] : classes)
            names.push_back(name);
        const std::vector<std::string> by_bytes = names;
        std::sort(names.begin(), names.end(), natural_before);
        for (std::size_t i = 0; i < names.size(); ++i)
            classes[names[i]] = i;
        for (const fs::path& image : tree_.images) {
            add(image);
            list_.labels.push_back(static_cast<int64_t>(classes[top_of(list_.names.back())]));
            nested = nested || image.parent_path().parent_path() != root_;
        }
        if (names != by_bytes)
            list_.warnings.push_back("the classes are numbered in timm's natural order of the folders' names, from " +
                                     names.front() + " to " + names.back() + "; torchvision numbers them from " +
                                     by_bytes.front() + " to " + by_bytes.back() +
                                     "; for another order say --labels FILE");
        if (nested)
            list_.warnings.push_back("images in folders of folders count to the " + std::to_string(names.size()) +
                                     " classes at the top, from " + names.front() + " to " + names.back());
    }

    /// Folders right below the root in which there is no image: no classes.
    Result<void> find_empty_folders() {
        std::set<std::string> full;
        for (const fs::path& image : tree_.images)
            full.insert(top_of(walker_.name_of(image)));
        std::error_code error;
        for (auto entry = fs::directory_iterator(root_, error); !error && entry != fs::directory_iterator();
             entry.increment(error)) {
            std::error_code ignored;
            const std::string name = entry->path().filename().string();
            if (!entry->is_directory(ignored) || full.contains(name))
                continue;
            empty_.push_back(name);
        }
        std::sort(empty_.begin(), empty_.end());
        return {};
    }

    void say_what_is_left_out() {
        if (!empty_.empty())
            left_out_.push_back(counted(empty_, "folder", "folders") + " without images, or hidden");
        if (!tree_.hidden.empty())
            left_out_.push_back(counted(tree_.hidden, "hidden image", "hidden images"));
        if (!tree_.others.empty())
            left_out_.push_back(counted(tree_.others, "file of another format", "files of other formats"));
        std::string text;
        for (const std::string& part : left_out_)
            text += (text.empty() ? "" : "; ") + part;
        if (!text.empty())
            list_.warnings.push_back("left out of " + root_.string() + ": " + text);
    }

    fs::path root_;
    Walker walker_;
    Tree tree_;
    ImageList list_;
    std::vector<std::string> left_out_, empty_;
};

ImageList list_files(const std::vector<std::string>& paths) {
    ImageList list;
    list.files = paths;
    std::map<std::string, int> times;
    std::vector<std::string> repeated;
    for (const std::string& path : paths) {
        list.names.push_back(fs::path(path).filename().string());
        std::error_code ignored;
        const std::string real = fs::weakly_canonical(path, ignored).string();
        if (++times[real.empty() ? path : real] == 2)
            repeated.push_back(path);
    }
    if (!repeated.empty())
        list.warnings.push_back("named more than once, and so several samples: " +
                                counted(repeated, "image", "images"));
    return list;
}

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

char lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

/// The run of digits, or of anything else, at `at`, in lower case; numbers without leading zeros.
std::string next_run(const std::string& text, std::size_t& at, bool digits) {
    std::string run;
    for (; at < text.size() && is_digit(text[at]) == digits; ++at)
        if (!digits || !run.empty() || text[at] != '0')
            run += lower(text[at]);
    return run;
}

} // namespace

bool natural_before(const std::string& a, const std::string& b) {
    std::size_t i = 0, j = 0;
    for (bool digits = false; i < a.size() || j < b.size(); digits = !digits) {
        const std::string left = next_run(a, i, digits), right = next_run(b, j, digits);
        if (digits && left.size() != right.size())
            return left.size() < right.size();
        if (left != right)
            return left < right;
    }
    return a < b;
}

Result<ImageList> list_images(const std::vector<std::string>& paths) {
    std::error_code ignored;
    const bool folder = paths.size() == 1 && fs::is_directory(paths.front(), ignored);
    ImageList list;
    if (folder) {
        const std::string path = fs::path(paths.front() + "/").parent_path().string();
        NORMSCOPE_LET(found, FolderLister(path).run());
        list = std::move(found);
    } else {
        list = list_files(paths);
    }
    if (!list.files.empty())
        return list;
    return Error{ErrorCode::cannot_run, paths.empty() ? "" : paths.front(),
                 "expected images, or sub-folders with images, found none" +
                     (list.warnings.empty() ? "" : " (" + list.warnings.back() + ")") +
                     "; name a folder with PNG or JPEG files"};
}

} // namespace normscope
