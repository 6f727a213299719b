// SPDX-License-Identifier: GPL-3.0-or-later
// Numbers held to PyTorch's: every variant of the architecture in tests/golden/vit, and the sample's networks.
#include "golden.h"

#include <nlohmann/json.hpp>

#include <filesystem>

namespace normscope::test {
namespace {

const std::string headless = "dyt-channel"; // features, no classes: no loss to compare

std::vector<std::string> variants() {
    constexpr std::string_view ending = ".golden.safetensors";
    std::vector<std::string> names;
    for (const auto& file : std::filesystem::directory_iterator(golden_folder)) {
        const std::string name = file.path().filename();
        if (name.ends_with(ending) && name.rfind("sample-", 0) != 0 && name != headless + std::string(ending))
            names.push_back(name.substr(0, name.size() - ending.size()));
    }
    std::sort(names.begin(), names.end());
    return names;
}

std::string as_test_name(const testing::TestParamInfo<std::string>& info) {
    std::string name = info.param;
    std::replace_if(
        name.begin(), name.end(), [](char c) { return !std::isalnum(static_cast<unsigned char>(c)); }, '_');
    return name;
}

class Parity : public testing::TestWithParam<std::string> {};

TEST_P(Parity, EqualsPyTorch) {
    const Golden golden(GetParam());
    const auto network = golden_network(GetParam());
    CaptureOptions options;
    options.gradient = InputGradient::both;
    options.loss = Loss::prediction;
    Progress progress;
    const CaptureResult result = value_of(capture(*network, golden.batch(), options, progress));
    expect_values(result.logits, golden.floats("logits"), "logits");

    const auto order = nlohmann::json::parse(golden.catalog().metadata.at("layers"));
    ASSERT_EQ(result.recording->layers.size(), order.size());
    for (std::size_t i = 0; i < order.size(); ++i) {
        const LayerRecording& layer = result.recording->layers[i];
        const std::string name = order[i];
        EXPECT_EQ(layer.layer.name, name);
        EXPECT_EQ(layer.layer.index, static_cast<int>(i) + 1);
        expect_values(floats_of(layer.input), golden.floats(name + ".input"), name + ".input");
        expect_values(floats_of(layer.output), golden.floats(name + ".output"), name + ".output");
        expect_gradients(floats_of(layer.input_grad), golden.floats(name + ".input_grad"), name + ".input_grad");
        expect_gradients(floats_of(layer.input_grad_total), golden.floats(name + ".input_grad_total"), name + " total");
        expect_gradients(floats_of(layer.output_grad), golden.floats(name + ".output_grad"), name + ".output_grad");
        for (const auto& [parameter, gradient] :
             {std::pair("weight", layer.weight_grad), std::pair("bias", layer.bias_grad),
              std::pair("alpha", layer.alpha_grad)})
            if (golden.has(name + "." + parameter + "_grad"))
                expect_gradients(gradient, golden.floats(name + "." + parameter + "_grad"), name + "." + parameter);
            else
                EXPECT_TRUE(gradient.empty()) << name << "." << parameter;
    }
}

INSTANTIATE_TEST_SUITE_P(Vit, Parity, testing::ValuesIn(variants()), as_test_name);

TEST(Capture, FeaturesWithoutAHead) {
    const auto network = golden_network(headless);
    Progress progress;
    const CaptureResult result = value_of(capture(*network, Golden(headless).batch(), {}, progress));
    expect_values(result.logits, Golden(headless).floats("logits"), "features");
    EXPECT_EQ(result.recording->run.loss, "random-cotangent") << "there is no class to predict";
    EXPECT_FALSE(result.recording->warnings.empty());
}

class SampleParity : public testing::TestWithParam<std::string> {};

TEST_P(SampleParity, EqualsPyTorch) {
    const std::string sample = std::string(SOURCE_DIR) + "/resources/sample/", name = "sample-" + GetParam();
    const std::string images = sample + "images";
    if (!std::filesystem::exists(images) || !std::filesystem::exists(golden_folder + name + ".golden.safetensors"))
        GTEST_SKIP() << "the sample is not in this tree";
    const Golden golden(name);
    const auto network = network_of(sample + "vit-" + GetParam() + ".safetensors", {"heads=4"});
    Progress progress;
    ImageSpec spec;
    spec.channels = 1;
    spec.height = spec.width = 28;
    spec.crop = 1.0;
    spec.mean = {0.286};
    spec.std = {0.353};
    const Batch batch = value_of(load_images({images}, spec, progress));
    CaptureOptions options;
    options.loss = Loss::prediction;
    const CaptureResult result = value_of(capture(*network, batch, options, progress));
    expect_values(result.logits, golden.floats("logits"), "logits");
    ASSERT_EQ(result.recording->layers.size(), 25u);
    const auto rows = nlohmann::json::parse(golden.catalog().metadata.at("rows"));
    for (std::size_t i = 0; i < 25; i += 6)
        for (const auto& [quantity, source] : {std::pair("input", result.recording->layers[i].input),
                                               std::pair("output", result.recording->layers[i].output),
                                               std::pair("input_grad", result.recording->layers[i].input_grad),
                                               std::pair("output_grad", result.recording->layers[i].output_grad)}) {
            const std::string what = result.recording->layers[i].layer.name + "." + quantity;
            const std::vector<float> all = floats_of(source);
            std::vector<float> found;
            for (const int64_t row : rows)
                found.insert(found.end(), all.begin() + row * 64, all.begin() + (row + 1) * 64);
            const bool gradient = std::string(quantity).ends_with("grad");
            // A row's gradient may be far below the layer's largest, which is what its error is relative to.
            expect_near(found, golden.floats(what),
                        gradient ? 1e-3 * largest(all) + 1e-9 : 1e-4 * std::max(1.0, largest(all)), what);
            double squares = 0;
            for (const float value : all)
                squares += static_cast<double>(value) * value;
            const double rms = golden.floats(std::string("rms.") + quantity)[i];
            EXPECT_NEAR(std::sqrt(squares / static_cast<double>(all.size())), rms, 1e-4 * rms) << what;
        }
}

INSTANTIATE_TEST_SUITE_P(Vit, SampleParity, testing::Values("layernorm", "rmsnorm", "dyt"), as_test_name);

} // namespace
} // namespace normscope::test
