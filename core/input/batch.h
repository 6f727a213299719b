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
    double crop = 0.875;                   ///< Share of the short side that the centre crop keeps (timm's crop_pct).
    std::string crop_mode = "center";      ///< timm's: center, squash, border
    std::string interpolation = "bicubic"; ///< Pillow's: nearest, bilinear, bicubic, lanczos, hamming, box
    bool keeps_fitting = false;            ///< An image of the network's size is not resampled, whatever the crop.
    std::vector<double> mean, std;         ///< One a channel, on values in [0, 1].
};

/// The real input that is run. Values are float, row-major, already preprocessed.
struct Batch {
    std::vector<int64_t> shape; ///< (samples, channels, height, width) for images
    std::vector<float> values;
    std::string dtype = "float32";              ///< Of an array in its file, by PyTorch's names.
    std::optional<std::vector<int64_t>> labels; ///< One class index a sample.
    std::string labels_source;                  ///< The file that the labels were read from; "" for folders.
    std::vector<std::string> names;             ///< A file name a sample; empty for arrays.
    std::string source;                         ///< What errors about the input name: "images/", "x.npy".
    std::string description;                    ///< "64 images of images/", "x.npy (4, 3, 32, 32)"
    std::string preprocess;                     ///< What was done to the images, in words.
    std::vector<std::string> warnings;          ///< What was left out or chosen on the way, a line each.

    int64_t samples() const { return shape.empty() ? 0 : shape.front(); }
    bool is_floating() const { return dtype.find("float") != std::string::npos; }
};

/// Reads images: files, or one folder with everything below it. They are decoded as Pillow does, resized and cropped as
/// timm does (`fit_image`), divided by 255 and normalised. Where a folder holds images itself, these are the samples;
/// else each of its sub-folders that holds images, at any depth, is a class, numbered in timm's natural order of the
/// names. Samples stand in the byte order of their paths. What is left out of a folder, and of which images only the
/// first frame is taken, is said in the batch's warnings. No mean or std: none is applied.
/// Errors: cannot_read, damaged, not_supported, naming the file; bad_argument for the crop; cannot_run when there are
/// no images; out_of_memory when they would fill half of the memory; cancelled.
Result<Batch> load_images(const std::vector<std::string>& paths, const ImageSpec& spec, Progress& progress);

/// What is looked for where a file holds several arrays and none is named.
struct WantedArray {
    std::vector<int64_t> sample; ///< The shape of one sample; empty: nothing is known of it.
    bool integers = false;       ///< Whether arrays of integers will do as well.
};

/// Reads an array as the network's input as is, any float or integer dtype, bool as 0 and 1: `.npy`, one member of an
/// `.npz` (stored or compressed), one tensor of a `.pt` or `.safetensors`, one dataset of an HDF5 file; told by
/// content. `FILE::NAME` names the member; without a name it is the only one, or the only one of the wanted shape and
/// kind, which a warning says. Errors: cannot_read, damaged, not_supported; missing when several would do, which are
/// listed.
Result<Batch> load_array(const std::string& path, const WantedArray& wanted = {});

/// Divides by `scale` and subtracts the mean and divides by the std of each channel (axis 1), as images are normalised.
/// The shape must be (samples, channels, …).
void normalise_array(Batch& batch, double scale, const ImageSpec& spec);

/// Seeded standard-normal input of a shape.
Batch random_batch(std::vector<int64_t> shape, uint64_t seed);

/// Adds labels from a text file in ASCII or UTF-8, one class index a line; blanks around it, a byte order mark and
/// empty lines at the end do no harm. Label i stands on line i + 1. Errors: cannot_read; not_supported, naming the file
/// and the line, for what is no index, or when there are not as many as samples.
Result<void> read_labels(const std::string& path, Batch& batch);

} // namespace normscope
