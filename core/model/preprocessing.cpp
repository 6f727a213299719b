// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/model/preprocessing.h"

#include <algorithm>
#include <array>

namespace normscope {
namespace {

constexpr const char* timm_default = "timm default";

class PreprocessingReader {
public:
    PreprocessingReader(const SettingReader& settings, InputSpec& spec, std::map<std::string, Told<std::string>>& told)
        : settings_(settings), spec_(spec), told_(told) {}

    Result<void> run() {
        NORMSCOPE_TRY(colours("mean", spec_.mean));
        NORMSCOPE_TRY(colours("std", spec_.std));
        if (std::any_of(spec_.std.begin(), spec_.std.end(), [](double s) { return !(s > 0); }))
            return settings_.refuse("std", "numbers above 0");
        NORMSCOPE_TRY(crop());
        NORMSCOPE_TRY(word("crop_mode", {"center", "squash", "border"}, spec_.crop_mode));
        NORMSCOPE_TRY(word("interpolation", {"bicubic", "bilinear", "nearest", "lanczos", "hamming", "box"},
                           spec_.interpolation));
        return scale();
    }

private:
    Result<void> colours(const char* key, std::vector<double>& into) {
        const auto text = settings_.text(key);
        const auto channels = static_cast<std::size_t>(spec_.channels);
        if (!text || (text->source == timm_default && channels != 3)) { // timm's are those of three colours
            into.assign(channels, 0.5);
            told_[key] = {"0.5", "family default"};
            return {};
        }
        NORMSCOPE_LET(values, settings_.per_channel(key, spec_.channels));
        into = values ? std::move(values->value) : std::vector<double>();
        told_[key] = *text;
        return {};
    }

    Result<void> crop() {
        NORMSCOPE_LET(share, settings_.positive("crop"));
        if (share && share->value > 1)
            return settings_.refuse("crop", "a share up to 1");
        spec_.crop = share ? share->value : 0.9;
        spec_.crop_is_assumed = !share;
        told_["crop"] = share ? *settings_.text("crop") : Told<std::string>{"0.9", "family default"};
        return {};
    }

    /// What is the usual is not worth a line of its own.
    Result<void> word(const char* key, const std::vector<std::string>& choices, std::string& into) {
        NORMSCOPE_LET(said, settings_.choice(key, choices));
        into = said ? said->value : choices.front();
        if (said)
            told_[key] = *said;
        return {};
    }

    /// A `scale` in a config is anything's: only the user's counts.
    Result<void> scale() {
        const auto text = settings_.text("scale");
        if (!text || text->source != "user")
            return {};
        NORMSCOPE_LET(number, settings_.positive("scale"));
        spec_.scale = number ? number->value : 0;
        told_["scale"] = *text;
        return {};
    }

    const SettingReader& settings_;
    InputSpec& spec_;
    std::map<std::string, Told<std::string>>& told_;
};

} // namespace

Result<void> read_preprocessing(const SettingReader& settings, InputSpec& spec,
                                std::map<std::string, Told<std::string>>& told) {
    return PreprocessingReader(settings, spec, told).run();
}

void add_timm_preprocessing(NetworkSettings& settings) {
    constexpr std::array<std::pair<const char*, const char*>, 5> defaults{{{"mean", "0.485,0.456,0.406"},
                                                                           {"std", "0.229,0.224,0.225"},
                                                                           {"crop", "0.875"},
                                                                           {"crop_mode", "center"},
                                                                           {"interpolation", "bicubic"}}};
    for (const auto& [key, value] : defaults)
        settings.values.emplace(key, Told<std::string>{value, timm_default});
}

} // namespace normscope
