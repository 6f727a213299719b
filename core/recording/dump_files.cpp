// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/recording/dump_files.h"

#include "core/recording/natural_order.h"

#include <algorithm>
#include <filesystem>
#include <glob.h>
#include <map>
#include <regex>

namespace normscope {

namespace {

namespace fs = std::filesystem;

bool is_file(const std::string& path) {
    std::error_code error;
    return fs::exists(path, error) && !fs::is_directory(path, error);
}

bool is_folder(const std::string& path) {
    std::error_code error;
    return fs::is_directory(path, error);
}

bool is_dump_name(const fs::path& path) {
    return path.extension() == ".h5" || path.extension() == ".hdf5";
}

/// What the shards of one run have in common: their names without the number; "" for a file that is no shard.
std::string shard_family(const fs::path& path) {
    static const std::regex shard(R"((.*\.rank|chunk_)\d+(\.h5|\.hdf5))");
    const auto name = path.filename().string();
    std::smatch parts;
    return std::regex_match(name, parts, shard) ? parts[1].str() + "*" + parts[2].str() : "";
}

std::vector<std::string> dumps_in(const fs::path& folder) {
    std::vector<std::string> files;
    std::error_code error;
    for (const auto& entry : fs::directory_iterator(folder, error))
        if (is_dump_name(entry.path()) && entry.is_regular_file(error))
            files.push_back(entry.path().string());
    std::ranges::sort(files, natural_less);
    return files;
}

std::vector<std::string> matches(const std::string& pattern) {
    glob_t found{};
    std::vector<std::string> files;
    if (glob(pattern.c_str(), 0, nullptr, &found) == 0)
        for (size_t i = 0; i < found.gl_pathc; ++i)
            if (is_file(found.gl_pathv[i]))
                files.emplace_back(found.gl_pathv[i]);
    globfree(&found);
    std::ranges::sort(files, natural_less);
    return files;
}

/// The shards of a folder, or else all its dumps.
Result<std::vector<std::string>> of_folder(const std::string& folder) {
    auto files = dumps_in(folder);
    if (files.empty())
        return Error{ErrorCode::missing, folder, "expected a folder with dumps (.h5, .hdf5), found none in it"};
    std::map<std::string, std::vector<std::string>> families;
    for (const auto& file : files)
        if (const auto family = shard_family(file); !family.empty())
            families[family].push_back(file);
    if (families.size() > 1)
        return Error{ErrorCode::bad_argument, folder,
                     "expected the shards of one run, found " + families.begin()->first + " and " +
                         std::next(families.begin())->first + "; name one of them as a glob"};
    return families.empty() ? files : families.begin()->second;
}

/// The shards beside one of them, itself included.
std::vector<std::string> with_siblings(const std::string& file) {
    const auto family = shard_family(file);
    if (family.empty())
        return {file};
    const fs::path path(file);
    auto files = dumps_in(path.has_parent_path() ? path.parent_path() : fs::path("."));
    std::erase_if(files, [&](const std::string& other) { return shard_family(other) != family; });
    return files.empty() ? std::vector{file} : files;
}

Result<DumpFiles> resolve(const std::string& name) {
    DumpFiles result;
    if (is_file(name)) {
        result.files = with_siblings(name);
        result.siblings = result.files.size() > 1;
        return result;
    }
    if (is_folder(name)) {
        NORMSCOPE_LET(files, of_folder(name));
        result.files = std::move(files);
        return result;
    }
    result.files = matches(name);
    if (result.files.empty() && name.find_first_of("*?[") != std::string::npos)
        return Error{ErrorCode::missing, name, "expected files that match this pattern, found none"};
    if (result.files.empty())
        result.files = {name};
    return result;
}

} // namespace

Result<DumpFiles> find_dump_files(const std::string& name) {
    const auto colons = is_file(name) ? std::string::npos : name.rfind("::");
    NORMSCOPE_LET(result, resolve(name.substr(0, colons)));
    if (colons == std::string::npos)
        return result;
    result.group = name.substr(colons + 2);
    while (result.group.starts_with('/'))
        result.group.erase(0, 1);
    while (result.group.ends_with('/'))
        result.group.pop_back();
    return result;
}

} // namespace normscope
