// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/input/batch.h"
#include "core/input/image_file.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <filesystem>
#include <system_error>

namespace normscope {
namespace {

namespace fs = std::filesystem;

/// The images that the paths name, and a class each where sub-folders give one.
struct Listing {
    std::vector<std::string> files;
    std::vector<int64_t> labels; ///< as long as `files`, or empty
};

/// The entries of a folder in the byte order of their names.
Result<std::vector<fs::path>> entries(const fs::path& folder) {
    std::error_code error;
    std::vector<fs::path> found;
    for (auto entry = fs::directory_iterator(folder, error); !error && entry != fs::directory_iterator();
         entry.increment(error))
        found.push_back(entry->path());
    if (error)
        return Error{ErrorCode::cannot_read, folder.string(), "expected a readable folder, found: " + error.message()};
    std::sort(found.begin(), found.end(), [](const fs::path& a, const fs::path& b) { return a.native() < b.native(); });
    return found;
}

Result<void> list_folder(const fs::path& folder, Listing& listing) {
    NORMSCOPE_LET(found, entries(folder));
    std::vector<fs::path> folders;
    for (const fs::path& path : found) {
        std::error_code ignored;
        if (fs::is_directory(path, ignored))
            folders.push_back(path);
        else if (has_image_ending(path.string()))
            listing.files.push_back(path.string());
    }
    if (!listing.files.empty())
        return {};
    for (std::size_t label = 0; label < folders.size(); ++label) {
        NORMSCOPE_LET(inside, entries(folders[label]));
        for (const fs::path& path : inside) {
            if (!has_image_ending(path.string()))
                continue;
            listing.files.push_back(path.string());
            listing.labels.push_back(static_cast<int64_t>(label));
        }
    }
    return {};
}

Result<Listing> list_images(const std::vector<std::string>& paths) {
    Listing listing;
    std::error_code ignored;
    const bool folder = paths.size() == 1 && fs::is_directory(paths.front(), ignored);
    listing.files = folder ? std::vector<std::string>() : paths;
    if (folder)
        NORMSCOPE_TRY(list_folder(paths.front(), listing));
    if (listing.files.empty())
        return Error{ErrorCode::cannot_run, paths.empty() ? "" : paths.front(),
                     "expected images, or sub-folders with images, found none; name a folder with PNG or JPEG files"};
    return listing;
}

Pixels cropped(const Pixels& image, int width, int height) {
    const auto margin = [](int size, int crop) { return static_cast<int>(std::nearbyint((size - crop) / 2.0)); };
    const int left = margin(image.width, width), top = margin(image.height, height);
    Pixels crop{width, height, image.channels, {}};
    for (int y = 0; y < height; ++y) {
        const auto from =
            image.values.begin() + (static_cast<std::ptrdiff_t>(top + y) * image.width + left) * image.channels;
        crop.values.insert(crop.values.end(), from, from + static_cast<std::ptrdiff_t>(width) * image.channels);
    }
    return crop;
}

/// torchvision's Resize(floor(size / crop)) of the side that decides, then CenterCrop, as timm's evaluation transform.
Pixels fitted(const Pixels& image, const ImageSpec& spec) {
    const int width = static_cast<int>(spec.width), height = static_cast<int>(spec.height);
    if (image.width == width && image.height == height)
        return image;
    const double crop = spec.crop > 0 ? spec.crop : 1.0;
    const double wide = std::floor(width / crop), high = std::floor(height / crop);
    const bool width_decides = wide * image.height >= high * image.width;
    const int to_width = width_decides ? static_cast<int>(wide) : static_cast<int>(high * image.width / image.height);
    const int to_height = width_decides ? static_cast<int>(wide * image.height / image.width) : static_cast<int>(high);
    return cropped(resize_bicubic(image, std::max(to_width, width), std::max(to_height, height)), width, height);
}

/// Planes one after the other: (v / 255 − mean) / std.
void append_normalised(const Pixels& image, const ImageSpec& spec, std::vector<float>& values) {
    const auto count = static_cast<std::size_t>(image.width) * image.height;
    const auto channels = static_cast<std::size_t>(image.channels);
    for (std::size_t c = 0; c < channels; ++c) {
        const auto mean = static_cast<float>(c < spec.mean.size() ? spec.mean[c] : 0.0);
        const auto std = static_cast<float>(c < spec.std.size() ? spec.std[c] : 1.0);
        for (std::size_t i = 0; i < count; ++i)
            values.push_back((static_cast<float>(image.values[i * channels + c]) / 255.0f - mean) / std);
    }
}

std::string numbers(const std::vector<double>& values) {
    std::string text;
    for (const double value : values) {
        char number[32];
        std::snprintf(number, sizeof number, "%.4g", value);
        text += (text.empty() ? "" : ", ") + std::string(number);
    }
    return text;
}

std::string describe_preprocess(const ImageSpec& spec, int64_t resampled) {
    std::string text = resampled == 0
                           ? "not resampled"
                           : std::to_string(resampled) + " resized (bicubic, antialiased) and centre-cropped to " +
                                 std::to_string(spec.width) + "x" + std::to_string(spec.height);
    return text + "; / 255; minus mean " + numbers(spec.mean) + "; over std " + numbers(spec.std);
}

} // namespace

Result<Batch> load_images(const std::vector<std::string>& paths, const ImageSpec& spec, Progress& progress) {
    NORMSCOPE_LET(listing, list_images(paths));
    Batch batch;
    const auto total = static_cast<int64_t>(listing.files.size());
    batch.shape = {total, spec.channels, spec.height, spec.width};
    int64_t resampled = 0;
    for (const std::string& file : listing.files) {
        NORMSCOPE_TRY(progress.check());
        progress.report("read", fs::path(file).filename().string(), static_cast<int64_t>(batch.names.size()), total);
        NORMSCOPE_LET(image, read_image(file, static_cast<int>(spec.channels)));
        resampled += image.width != spec.width || image.height != spec.height ? 1 : 0;
        append_normalised(fitted(image, spec), spec, batch.values);
        batch.names.push_back(fs::path(file).filename().string());
    }
    if (!listing.labels.empty())
        batch.labels = listing.labels;
    batch.description = std::to_string(total) + (total == 1 ? " image of " : " images of ") + paths.front();
    batch.preprocess = describe_preprocess(spec, resampled);
    return batch;
}

} // namespace normscope
