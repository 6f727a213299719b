// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/checkpoint/tensor_catalog.h"

namespace normscope {

/// The readers behind `open_checkpoint`, one a format. Each fills everything but path, file and
/// stripped prefix; `open_checkpoint` adds the path to their errors.
Result<TensorCatalog> open_safetensors(const RandomAccessFile& file);
/// `container` picks one of several state dicts, "" the first; so below.
Result<TensorCatalog> open_pytorch_zip(const RandomAccessFile& file, const std::string& container);
Result<TensorCatalog> open_pytorch_legacy(const RandomAccessFile& file, const std::string& container);

/// What a file that is no checkpoint is, and what to do with it: "a PNG image", "a gzip archive; unpack it and open
/// what is in it", …, for messages.
std::string describe_content(FileFormat format, const RandomAccessFile& file);

} // namespace normscope
