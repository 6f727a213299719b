// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/staged_folder.h"

#include "core/base/files.h"

#include <filesystem>
#include <system_error>
#include <unistd.h>

namespace normscope {
namespace {

namespace fs = std::filesystem;

Error cannot_write(const fs::path& path, const std::error_code& why) {
    return {ErrorCode::cannot_write, path.string(), "expected to write here, found: " + why.message()};
}

} // namespace

Result<StagedFolder> StagedFolder::open(const std::string& target, const OutputRules& rules) {
    std::error_code ignored;
    const bool made = !fs::exists(target, ignored);
    const std::string stage = (fs::path(target) / (".staged-" + std::to_string(getpid()))).string();
    NORMSCOPE_TRY(make_folder(target));
    StagedFolder folder(target, stage, made, rules);
    NORMSCOPE_TRY(make_folder(stage));
    return folder;
}

StagedFolder::StagedFolder(StagedFolder&& other) noexcept
    : target_(std::move(other.target_)), stage_(std::exchange(other.stage_, {})), rules_(std::move(other.rules_)),
      made_target_(other.made_target_) {}

StagedFolder::~StagedFolder() {
    if (stage_.empty())
        return;
    std::error_code ignored;
    fs::remove_all(stage_, ignored);
    if (made_target_)
        fs::remove(target_, ignored); // only an empty folder goes
}

Result<std::string> StagedFolder::path_for(const std::string& name) const {
    const fs::path path = fs::path(stage_) / name;
    NORMSCOPE_TRY(make_folder(path.parent_path().string()));
    return path.string();
}

Error StagedFolder::unstaged(Error error) const {
    for (std::string* text : {&error.where, &error.message})
        for (auto at = text->find(stage_); at != std::string::npos; at = text->find(stage_, at))
            text->replace(at, stage_.size(), target_);
    return error;
}

Result<std::vector<std::string>> StagedFolder::staged() const {
    std::vector<std::string> names;
    std::error_code error;
    for (auto entry = fs::recursive_directory_iterator(stage_, error); !error && entry != fs::end(entry);
         entry.increment(error))
        if (!entry->is_directory())
            names.push_back(fs::relative(entry->path(), stage_).string());
    if (error)
        return cannot_write(stage_, error);
    return names;
}

Result<void> StagedFolder::commit() {
    NORMSCOPE_LET(names, staged());
    for (const std::string& name : names) {
        const fs::path to = fs::path(target_) / name;
        NORMSCOPE_TRY(make_folder(to.parent_path().string()));
        NORMSCOPE_TRY(check_output(to.string(), kind_of_ending(name), rules_));
    }
    std::error_code error;
    for (const std::string& name : names) {
        const fs::path to = fs::path(target_) / name;
        fs::rename(fs::path(stage_) / name, to, error);
        if (error)
            return cannot_write(to, error);
    }
    fs::remove_all(stage_, error);
    stage_.clear();
    return {};
}

} // namespace normscope
