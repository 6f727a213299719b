// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/outputs.h"

#include <string>

namespace normscope {

/// Many files that shall appear together. They are written into a hidden folder inside the target and moved into place
/// by `commit`, each replacing an older one atomically where `check_output` allows it; other files in the target stay.
/// Destruction without commit removes what was staged, and the target itself if it was made here and holds nothing
/// else.
class StagedFolder {
public:
    /// Makes the target and the hidden folder. Errors: cannot_write.
    static Result<StagedFolder> open(const std::string& target, const OutputRules& rules = {});

    ~StagedFolder();
    StagedFolder(StagedFolder&& other) noexcept;
    StagedFolder& operator=(StagedFolder&&) = delete;

    /// Where to write the file that will be `target/name`; makes the folders on the way. Errors: cannot_write.
    Result<std::string> path_for(const std::string& name) const;

    /// An error met while writing a staged file, naming the file that was meant.
    [[nodiscard]] Error unstaged(Error error) const;

    /// Moves everything into place, or nothing where one file may not be replaced. Errors: those of `check_output`.
    Result<void> commit();

private:
    StagedFolder(std::string target, std::string stage, bool made, OutputRules rules)
        : target_(std::move(target)), stage_(std::move(stage)), rules_(std::move(rules)), made_target_(made) {}

    /// The files that are staged, by their paths in the target.
    Result<std::vector<std::string>> staged() const;

    std::string target_, stage_;
    OutputRules rules_;
    bool made_target_ = false;
};

} // namespace normscope
