// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/recording/dump.h"

#include <memory>
#include <span>
#include <string>
#include <vector>

namespace normscope {

/// One tensor of one layer.
struct TensorPlace {
    std::size_t layer = 0; ///< Place in the recording, from 0
    Quantity quantity = Quantity::input;
};

/// A dump that is written while its tensors come into being, under a `.part` name until it is whole. After a kill the
/// `.part` opens with the samples that all tensors of a layer hold. Destruction before `finish` leaves nothing behind.
class DumpStream {
public:
    /// Starts the dump with what is known before its values: of `plan` the run, and each layer's identity, parameters,
    /// samples and tokens. `coming` are the tensors that will be appended. Errors: cannot_write.
    static Result<DumpStream> create(const std::string& path, const Recording& plan,
                                     const std::vector<TensorPlace>& coming, const WriteOptions& options = {});
    DumpStream(DumpStream&&) noexcept;
    DumpStream& operator=(DumpStream&&) noexcept;
    ~DumpStream();

    /// Adds the next rows of a tensor: whole samples, or a part of one. Errors: cannot_write.
    Result<void> append(const TensorPlace& tensor, std::span<const float> rows);

    /// Brings what was appended to the file. Call it where the tensors of a layer hold as many samples.
    Result<void> flush();

    /// Adds what is known at the end, gradients of parameters and summaries, and gives the file its name. The layers
    /// are those of the plan. Errors: cannot_write; cancelled; those of `WriteOptions::keep_unknown`.
    Result<void> finish(const Recording& whole, Progress& progress);

private:
    struct File;
    explicit DumpStream(std::unique_ptr<File> file);

    std::unique_ptr<File> file_;
};

} // namespace normscope
