// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/input/batch.h"
#include "core/input/fit_image.h"
#include "core/input/image_file.h"
#include "core/input/image_list.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <unistd.h>

namespace normscope {
namespace {

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

/// (v / scale − mean) / std, in the float steps of torchvision's ToTensor and Normalize.
float normalised(float value, float scale, const ImageSpec& spec, std::size_t channel) {
    const auto mean = static_cast<float>(channel < spec.mean.size() ? spec.mean[channel] : 0.0);
    const auto std = static_cast<float>(channel < spec.std.size() ? spec.std[channel] : 1.0);
    return (value / scale - mean) / std;
}

/// Planes one after the other.
void append_normalised(const Pixels& image, const ImageSpec& spec, std::vector<float>& values) {
    const auto count = static_cast<std::size_t>(image.width) * image.height;
    const auto channels = static_cast<std::size_t>(image.channels);
    for (std::size_t c = 0; c < channels; ++c)
        for (std::size_t i = 0; i < count; ++i)
            values.push_back(normalised(image.values[i * channels + c], 255.0f, spec, c));
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

std::string describe_preprocess(const ImageSpec& spec, int64_t resized) {
    const std::string to = std::to_string(spec.width) + "x" + std::to_string(spec.height);
    std::string text = resized == 0 ? "not resized"
                                    : std::to_string(resized) + " resized (" + spec.interpolation +
                                          ", antialiased) and cut to " + to + " (crop " + numbers({spec.crop}) + ", " +
                                          spec.crop_mode + ")";
    return text + "; / 255; minus mean " + numbers(spec.mean) + "; over std " + numbers(spec.std);
}

/// Names of images about which there is the same to say.
struct Remark {
    std::string said;
    std::vector<std::string> names;

    void add_to(std::vector<std::string>& warnings, int64_t total) const {
        if (!names.empty())
            warnings.push_back(std::to_string(names.size()) + " of " + std::to_string(total) + " images " + said +
                               ": " + names.front() + (names.size() > 1 ? ", …" : ""));
    }
};

class ImageLoader {
public:
    ImageLoader(const ImageSpec& spec, Batch& batch) : spec_(spec), batch_(batch) {}

    Result<void> add(const std::string& file, const std::string& name) {
        ImageNotes notes;
        NORMSCOPE_LET(image, read_image(file, static_cast<int>(spec_.channels), &notes));
        if (notes.more_frames)
            animated_.names.push_back(name);
        if (notes.clipped)
            clipped_.names.push_back(name);
        const bool fits = image.width == spec_.width && image.height == spec_.height;
        resized_ += fits && (spec_.keeps_fitting || spec_.crop == 1.0) ? 0 : 1;
        NORMSCOPE_LET(fitted, fit_image(std::move(image), spec_).within(file));
        append_normalised(fitted, spec_, batch_.values);
        return {};
    }

    void finish() {
        animated_.add_to(batch_.warnings, batch_.samples());
        clipped_.add_to(batch_.warnings, batch_.samples());
        batch_.preprocess = describe_preprocess(spec_, resized_);
    }

private:
    const ImageSpec& spec_;
    Batch& batch_;
    int64_t resized_ = 0;
    Remark animated_{"have several frames or pages, of which the first is taken", {}};
    Remark clipped_{"are 16-bit grey, in which all above 255 became white, as Pillow makes it", {}};
};

} // namespace

Result<Batch> load_images(const std::vector<std::string>& paths, const ImageSpec& spec, Progress& progress) {
    NORMSCOPE_LET(list, list_images(paths));
    const auto total = static_cast<int64_t>(list.files.size());
    NORMSCOPE_TRY(check_spec(spec, total));
    Batch batch;
    batch.shape = {total, spec.channels, spec.height, spec.width};
    batch.values.reserve(static_cast<std::size_t>(total * spec.channels * spec.height * spec.width));
    batch.warnings = list.warnings;
    ImageLoader loader(spec, batch);
    for (std::size_t i = 0; i < list.files.size(); ++i) {
        NORMSCOPE_TRY(progress.check());
        progress.report("read", list.names[i], static_cast<int64_t>(i), total);
        NORMSCOPE_TRY(loader.add(list.files[i], list.names[i]));
    }
    loader.finish();
    batch.names = std::move(list.names);
    if (!list.labels.empty())
        batch.labels = list.labels;
    batch.source = paths.front();
    batch.description = std::to_string(total) + (total == 1 ? " image of " : " images of ") + paths.front() +
                        (paths.size() > 1 ? " and others" : "");
    return batch;
}

void normalise_array(Batch& batch, double scale, const ImageSpec& spec) {
    const auto channels = static_cast<std::size_t>(batch.shape.size() > 1 ? batch.shape[1] : 1);
    const std::size_t plane = batch.values.size() / std::max<std::size_t>(batch.samples() * channels, 1);
    for (std::size_t i = 0; i < batch.values.size(); ++i) {
        const std::size_t c = plane == 0 ? 0 : i / plane % channels;
        batch.values[i] = normalised(batch.values[i], static_cast<float>(scale), spec, c);
    }
    batch.preprocess =
        "/ " + numbers({scale}) + "; minus mean " + numbers(spec.mean) + "; over std " + numbers(spec.std);
}

} // namespace normscope
