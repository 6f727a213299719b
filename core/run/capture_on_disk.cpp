// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/run/capture_on_disk.h"

#include "core/recording/dump.h"

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <unistd.h>

namespace normscope {
namespace {

/// A file that nobody else has, removed at the latest when this goes.
class TemporaryFile {
public:
    TemporaryFile() {
        // The folder of temporary files is often in memory; this one is meant for large ones.
        std::error_code none;
        const bool large = ::access("/var/tmp", W_OK) == 0;
        path_ = (large ? std::filesystem::path("/var/tmp") : std::filesystem::temp_directory_path(none)) /
                "normscope-XXXXXX.h5";
        const int descriptor = ::mkstemps(path_.data(), 3); // the length of .h5
        made_ = descriptor >= 0;
        if (made_)
            ::close(descriptor);
    }
    ~TemporaryFile() {
        if (made_)
            ::unlink(path_.c_str());
    }
    TemporaryFile(const TemporaryFile&) = delete;
    TemporaryFile& operator=(const TemporaryFile&) = delete;

    const std::string& path() const { return path_; }
    explicit operator bool() const { return made_; }

private:
    std::string path_;
    bool made_ = false;
};

} // namespace

Result<CaptureResult> capture_on_disk(Network& network, const Batch& batch, const CaptureOptions& options,
                                      Progress& progress) {
    const TemporaryFile file;
    if (!file)
        return Error{ErrorCode::cannot_write, file.path(),
                     std::string("expected to make a temporary file, found: ") + std::strerror(errno)};
    CaptureOptions into = options;
    into.dump = file.path();
    NORMSCOPE_LET(captured, capture(network, batch, into, progress));
    NORMSCOPE_LET(dump, open_dump(file.path()));
    auto recording = std::make_shared<Recording>(*captured.recording);
    for (std::size_t i = 0; i < recording->layers.size(); ++i)
        for (const Quantity quantity : every_quantity)
            recording->layers[i].tensor(quantity) = dump->layers[i].tensor(quantity);
    std::error_code unknown;
    recording->warnings.push_back("what was captured does not fit the memory budget; a temporary file of " +
                                  std::to_string(std::filesystem::file_size(file.path(), unknown) >> 20) +
                                  " MiB holds it while it is shown");
    captured.recording = std::move(recording);
    return captured;
}

} // namespace normscope
