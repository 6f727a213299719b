// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/files.h"
#include "core/base/result.h"

#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace normscope {

/// Element types as PyTorch names them.
enum class DType {
    float64,
    float32,
    float16,
    bfloat16,
    float8_e4m3fn,
    float8_e5m2,
    int64,
    int32,
    int16,
    int8,
    uint8,
    uint16,
    uint32,
    uint64,
    boolean,
    complex64
};

/// "float32", "bfloat16", … (PyTorch's names; `boolean` is "bool").
std::string dtype_name(DType dtype);

/// Bytes of one element.
int64_t dtype_size(DType dtype);

/// Where one tensor's elements lie in its file. Strides count elements, as PyTorch's do.
struct TensorEntry {
    std::string name;
    DType dtype = DType::float32;
    std::vector<int64_t> shape;
    std::vector<int64_t> strides;
    uint64_t offset =
        0; ///< Byte offset of element 0 in the file; the reader has checked that every element lies inside.
    bool negated = false; ///< PyTorch's neg bit: the values are the negatives of those that lie there.

    int64_t elements() const;
    int64_t bytes() const { return elements() * dtype_size(dtype); }
};

/// The names, dtypes, shapes and lazily read bytes of everything in a checkpoint, plus its inert metadata.
/// Immutable and safe from any thread.
class TensorCatalog {
public:
    std::string path;
    std::string format;                  ///< "safetensors", "pytorch zip", "pytorch legacy"
    std::string container;               ///< The key the state dict was found under ("model_ema", …); "" if bare.
    std::vector<std::string> containers; ///< Every place of the file that holds a state dict, the one shown first.
    std::string stripped_prefix;         ///< What every name began with in the file ("module.", …); "" if nothing.
    std::vector<TensorEntry> tensors;    ///< In the order of the file.
    std::map<std::string, std::string>
        metadata; ///< Text metadata; scalars of nested dicts flattened ("args.num_heads").
    std::vector<std::string> warnings;
    /// Of a file that is one part of a checkpoint: what tells so, and the way to the whole. "" for a whole one. The
    /// rest of a part's network is missing, so it is shown and never run.
    std::string part;

    /// The tensor of that name, or null.
    const TensorEntry* find(const std::string& name) const;

    /// Largest result of one read that is not asked for otherwise, in bytes.
    static constexpr uint64_t default_limit = uint64_t{4} << 30;

    /// The elements of a floating or integer tensor, contiguous and as float, in row-major order.
    /// Errors: not_supported (complex), cannot_read, out_of_memory above `limit_bytes` of result.
    Result<std::vector<float>> read_floats(const TensorEntry& entry, uint64_t limit_bytes = default_limit) const;

    /// The elements of an integer or bool tensor. Errors: as `read_floats`; not_supported for floating dtypes.
    Result<std::vector<int64_t>> read_integers(const TensorEntry& entry, uint64_t limit_bytes = default_limit) const;

    std::shared_ptr<const RandomAccessFile> file;
};

/// What a file is, told by its first bytes and never by its extension.
enum class FileFormat { safetensors, pytorch_zip, pytorch_legacy, hdf5, npy, zip, git_lfs_pointer, unknown };

/// Errors: cannot_read; damaged for an empty file.
Result<FileFormat> sniff_format(const RandomAccessFile& file);

/// Opens any checkpoint this program reads: safetensors, or a PyTorch zip holding a state dict, bare or nested
/// (`model`, `model_ema`, `state_dict`, `model_state`, `teacher`, …), with wrapper prefixes (`module.`, `_orig_mod.`,
/// `backbone.`) stripped and wrappers' parts inside names dropped. `container` picks one of several state dicts.
/// Executes nothing that is in the file. The state dict chosen is said in `container`; others that were there, and
/// tensors that cannot be read, in `warnings`. Errors: cannot_read, damaged, not_supported (not a checkpoint, of which
/// it says what it is; no tensor that can be read), missing (no tensors).
Result<TensorCatalog> open_checkpoint(const std::string& path, const std::string& container = "");

/// The same for a file that is open already, on disk or in memory; whether it is a part is not asked.
Result<TensorCatalog> open_checkpoint(std::shared_ptr<const RandomAccessFile> file, const std::string& container = "");

} // namespace normscope
