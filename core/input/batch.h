// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/progress.h"
#include "core/base/result.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace normscope {

/// How a family wants its images.
struct ImageSpec {
    int64_t channels = 3; ///< 1 (grey) or 3 (RGB)
    int64_t height = 224, width = 224;
    double crop = 0.875;           ///< Share of the short side that the centre crop keeps (timm's crop_pct).
    std::vector<double> mean, std; ///< One a channel, on values in [0, 1].
};

/// The real input that is run. Values are float, row-major, already preprocessed.
struct Batch {
    std::vector<int64_t> shape; ///< (samples, channels, height, width) for images
    std::vector<float> values;
    std::optional<std::vector<int64_t>> labels; ///< One class index a sample.
    std::vector<std::string> names;             ///< A file name a sample; empty for arrays.
    std::string description;                    ///< "64 images of images/", "x.npy (4, 3, 32, 32)"
    std::string preprocess;                     ///< What was done to the images, in words.

    int64_t samples() const { return shape.empty() ? 0 : shape.front(); }
};

/// Reads images (a folder, its sub-folders as class labels in sorted order, or files), resized with Pillow's
/// antialiased bicubic so that the short side is size/crop, centre-cropped and normalised; an image that already has
/// the network's size is not resampled. Hidden files and folders are passed over. No mean or std: none is applied.
/// Errors: cannot_read, damaged, not_supported, naming the file; bad_argument for the crop; cannot_run when there are
/// no images; out_of_memory when they would fill half of the memory; cancelled.
Result<Batch> load_images(const std::vector<std::string>& paths, const ImageSpec& spec, Progress& progress);

/// Reads an array as the network's input as is: `.npy`, `.npz`, `.pt`, `.safetensors` (the only or the first floating
/// tensor, else the first), `FILE.h5::/DATASET`, any float or integer dtype. Errors: cannot_read, damaged,
/// not_supported.
Result<Batch> load_array(const std::string& path);

/// Seeded standard-normal input of a shape.
Batch random_batch(std::vector<int64_t> shape, uint64_t seed);

/// Adds labels from a text file, one class index a line. Errors: cannot_read; bad_argument with the line when it is
/// not an index, or when there are not as many as samples.
Result<void> read_labels(const std::string& path, Batch& batch);

/// True for paths that `load_array` takes (told by extension .npy .npz .pt .pth .safetensors); folders and other files
/// are images.
bool is_array_path(const std::string& path);

} // namespace normscope
