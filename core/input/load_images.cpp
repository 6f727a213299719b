// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/input/batch.h"
#include "core/input/fit_image.h"
#include "core/input/image_file.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <filesystem>
#include <system_error>
#include <unistd.h>

namespace normscope {
namespace {

namespace fs = std::filesystem;

/// The images that the paths name, and a class each where sub-folders give one.
struct Listing {
    std::vector<std::string> files;
    std::vector<std::string> names;
    std::vector<int64_t> labels; ///< as long as `files`, or empty
};

/// The entries of a folder in the byte order of their names, without hidden ones (.ipynb_checkpoints is no class).
Result<std::vector<fs::path>> entries(const fs::path& folder) {
    std::error_code error;
    std::vector<fs::path> found;
    for (auto entry = fs::directory_iterator(folder, error); !error && entry != fs::directory_iterator();
         entry.increment(error))
        if (!entry->path().filename().native().starts_with('.'))
            found.push_back(entry->path());
    if (error)
        return Error{ErrorCode::cannot_read, folder.string(), "expected a readable folder, found: " + error.message()};
    std::sort(found.begin(), found.end(), [](const fs::path& a, const fs::path& b) { return a.native() < b.native(); });
    return found;
}

Result<void> list_folder(const fs::path& folder, Listing& listing) {
    const auto add = [&](const fs::path& path) {
        listing.files.push_back(path.string());
        listing.names.push_back(path.lexically_relative(folder).string());
    };
    NORMSCOPE_LET(found, entries(folder));
    std::vector<fs::path> folders;
    for (const fs::path& path : found) {
        std::error_code ignored;
        if (fs::is_directory(path, ignored))
            folders.push_back(path);
        else if (has_image_ending(path.string()))
            add(path);
    }
    if (!listing.files.empty())
        return {};
    for (std::size_t label = 0; label < folders.size(); ++label) {
        NORMSCOPE_LET(inside, entries(folders[label]));
        for (const fs::path& path : inside) {
            if (!has_image_ending(path.string()))
                continue;
            add(path);
            listing.labels.push_back(static_cast<int64_t>(label));
        }
    }
    return {};
}

Result<Listing> list_images(const std::vector<std::string>& paths) {
    Listing listing;
    std::error_code ignored;
    if (paths.size() == 1 && fs::is_directory(paths.front(), ignored)) {
        NORMSCOPE_TRY(list_folder(paths.front(), listing));
    } else {
        listing.files = paths;
        for (const std::string& path : paths)
            listing.names.push_back(fs::path(path).filename().string());
    }
    if (listing.files.empty())
        return Error{ErrorCode::cannot_run, paths.empty() ? "" : paths.front(),
                     "expected images, or sub-folders with images, found none; name a folder with PNG or JPEG files"};
    return listing;
}

/// Refuses what cannot be asked, and more input than half of the memory holds.
Result<void> check_spec(const ImageSpec& spec, int64_t images) {
    constexpr double least_crop = 0.01;
    constexpr int64_t most_pixels = 1 << 28; // of one input: 16,384 × 16,384
    if (!(spec.crop >= least_crop && spec.crop <= 1.0))
        return Error{ErrorCode::bad_argument, "crop",
                     "expected a share from 0.01 to 1, found " + std::to_string(spec.crop)};
    if ((spec.channels != 1 && spec.channels != 3) || spec.height < 1 || spec.width < 1 ||
        spec.height > most_pixels / spec.width)
        return Error{ErrorCode::cannot_run, "input",
                     "expected a network for 1 or 3 channels of at most 2^28 pixels, found " +
                         std::to_string(spec.channels) + " of " + std::to_string(spec.height) + " x " +
                         std::to_string(spec.width)};
    const double bytes = static_cast<double>(spec.channels * spec.height * spec.width) * sizeof(float);
    const double budget = static_cast<double>(sysconf(_SC_PHYS_PAGES)) * static_cast<double>(sysconf(_SC_PAGESIZE)) / 2;
    if (bytes * static_cast<double>(images) > budget)
        return Error{ErrorCode::out_of_memory, "input",
                     "expected at most " + std::to_string(static_cast<int64_t>(budget / bytes)) +
                         " images of this size (half of the memory), found " + std::to_string(images) + "; name fewer"};
    return {};
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
    const auto total = static_cast<int64_t>(listing.files.size());
    NORMSCOPE_TRY(check_spec(spec, total));
    Batch batch;
    batch.shape = {total, spec.channels, spec.height, spec.width};
    batch.values.reserve(static_cast<std::size_t>(total * spec.channels * spec.height * spec.width));
    int64_t resampled = 0;
    for (std::size_t i = 0; i < listing.files.size(); ++i) {
        NORMSCOPE_TRY(progress.check());
        progress.report("read", listing.names[i], static_cast<int64_t>(i), total);
        NORMSCOPE_LET(image, read_image(listing.files[i], static_cast<int>(spec.channels)));
        resampled += image.width != spec.width || image.height != spec.height ? 1 : 0;
        append_normalised(fit_image(std::move(image), spec), spec, batch.values);
    }
    batch.names = std::move(listing.names);
    if (!listing.labels.empty())
        batch.labels = listing.labels;
    batch.description = std::to_string(total) + (total == 1 ? " image of " : " images of ") + paths.front() +
                        (paths.size() > 1 ? " and others" : "");
    batch.preprocess = describe_preprocess(spec, resampled);
    return batch;
}

} // namespace normscope
