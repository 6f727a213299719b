// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/recording/hdf.h"

#include <span>

namespace normscope::hdf {

// Writing. All throw Failure: cannot_write, naming the object.

/// Throws where something that `place` names could not be written.
void expect_written(bool written, const std::string& place);
/// A new file, as its root group; nothing else keeps it open. Messages call it `shown`.
Object create_root(const std::string& path, const std::string& shown);
/// A file that was written before, to write more into it. In the mode `appending` values are added to tensors and
/// nothing else, in an order (SWMR) in which the file is whole at every moment, also for who reads it after a kill.
enum class Writing { anything, appending };
Object reopen_root(const std::string& path, const std::string& shown, Writing writing = Writing::anything);
/// Brings all that was written to the file; a disk that is full shows here at the latest.
void flush(const Object& root);
/// A new group with its NeXus class.
Object create_group(const Object& parent, const std::string& name, const std::string& nexus_class);

void set_text(const Object& object, const std::string& name, const std::string& value);
void set_texts(const Object& object, const std::string& name, const std::vector<std::string>& values);
void set_number(const Object& object, const std::string& name, double value);
void set_integer(const Object& object, const std::string& name, int64_t value);
void set_natural(const Object& object, const std::string& name, uint64_t value);

/// Whole datasets; `shape` holds as many values as there are. A compressed one is a single gzip chunk.
enum class Packing { plain, gzip };
struct Shape {
    std::vector<hsize_t> sizes;
    Packing packing = Packing::plain;
};
Object write_floats(const Object& parent, const std::string& name, std::span<const float> values, const Shape& shape);
Object write_doubles(const Object& parent, const std::string& name, std::span<const double> values);
Object write_int32(const Object& parent, const std::string& name, std::span<const int32_t> values);
Object write_int32(const Object& parent, const std::string& name, std::span<const int32_t> values, const Shape& shape);
Object write_int64(const Object& parent, const std::string& name, std::span<const int64_t> values, const Shape& shape);
Object write_bytes(const Object& parent, const std::string& name, std::span<const uint8_t> values, const Shape& shape);
Object write_texts(const Object& parent, const std::string& name, const std::vector<std::string>& values,
                   const Shape& shape);

/// A float32 dataset of rank 3 that is written block by block, unfiltered, its first axis unlimited and still empty;
/// `sizes` and `chunk` are (samples, …), of which those of the first axis may be any.
void create_tensor(const Object& parent, const std::string& name, const std::vector<hsize_t>& sizes,
                   const std::vector<hsize_t>& chunk);
/// The same to be written, whole chunks straight to the file.
Object open_tensor(const Object& parent, const std::string& name);
/// Makes a tensor that many samples long.
void extend_tensor(const Object& tensor, hsize_t samples);
void write_block(const Object& tensor, const std::vector<hsize_t>& start, const std::vector<hsize_t>& count,
                 std::span<const float> values);

} // namespace normscope::hdf
