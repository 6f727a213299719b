// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/analysis/fit.h"
#include "tests/unit/analysis/clouds.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <cmath>
#include <fstream>
#include <limits>

namespace normscope {
namespace {

Profile profile_of(const std::vector<float>& x, const std::vector<float>& y) {
    Profile profile;
    profile.add(x, y);
    return profile;
}

nlohmann::json golden(const char* part) {
    std::ifstream file(SOURCE_DIR "/tests/golden/fits.json");
    return nlohmann::json::parse(file).at(part);
}

test::Cloud cloud_of(const nlohmann::json& golden) {
    return golden.contains("spread")
               ? test::layer_norm_cloud(golden["tokens"], golden["channels"], golden["spread"], golden["outlier"],
                                        golden["seed"])
               : test::heavy_cloud(golden["tokens"], golden["channels"], golden["outlier"], golden["seed"]);
}

// curve_fit stops at 1e-8 or so; what several points in a bin of a large cloud blur is left.
constexpr double near = 1e-5;

TEST(Fit, EqualsSciPyWithBothWeightings) {
    for (const auto& one : golden("cases")) {
        const LayerAnalysis layer = test::analysed(cloud_of(one), {});
        for (const Weighting weighting : {Weighting::points, Weighting::bins}) {
            const CurveFit& fit = *layer.main_fit(weighting);
            const auto& expected = one[weighting_name(weighting)];
            SCOPED_TRACE(one["seed"].dump() + weighting_name(weighting));
            const double A = expected["A"], alpha = expected["alpha"];
            EXPECT_NEAR(fit.A * fit.alpha, A * alpha, near * std::abs(A * alpha));
            EXPECT_NEAR(fit.r2_points, expected["r2_points"].get<double>(), 1e-6);
            EXPECT_NEAR(fit.rmse / expected["rmse"].get<double>(), 1.0, near);
            EXPECT_NEAR(layer.line.r2_points, expected["r2_line"].get<double>(), 1e-6);
            if (fit.has_flag("alpha-undetermined"))
                continue;
            EXPECT_NEAR(fit.A, A, near * std::abs(A));
            EXPECT_NEAR(fit.alpha, alpha, near * alpha);
            EXPECT_NEAR(fit.offset, expected["offset"].get<double>(), near * std::abs(A));
            EXPECT_NEAR(fit.max_residual, expected["max_residual"].get<double>(), near * std::abs(A));
            if (weighting == Weighting::points) { // errors come from a Jacobian at bin means: 1e-4 of their size
                EXPECT_NEAR(fit.A_error / expected["A_error"].get<double>(), 1.0, 1e-4);
                EXPECT_NEAR(fit.alpha_error / expected["alpha_error"].get<double>(), 1.0, 1e-4);
                EXPECT_NEAR(fit.offset_error / expected["offset_error"].get<double>(), 1.0, 1e-4);
            }
        }
    }
}

TEST(Fit, IsTheGlobalLeastSquaresOfHeavyTailsForEveryCurve) {
    for (const auto& one : golden("heavy")) {
        AnalysisOptions options;
        options.curves = all_curves();
        const LayerAnalysis layer = test::analysed(cloud_of(one), options);
        for (const auto& [curve, by_weighting] : one["fits"].items())
            for (const auto& [weighting, expected] : by_weighting.items()) {
                const CurveFit& fit =
                    *layer.fit(*curve_from_name(curve), weighting == "points" ? Weighting::points : Weighting::bins);
                SCOPED_TRACE(one["seed"].dump() + " " + curve + " " + weighting);
                if (fit.has_flag("step") || fit.has_flag("alpha-undetermined"))
                    continue;
                EXPECT_NEAR(fit.alpha / expected[1].get<double>(), 1.0, near);
                EXPECT_NEAR(fit.A / expected[0].get<double>(), 1.0, near);
            }
    }
}

TEST(Fit, RecoversExactParametersOfEveryCurve) {
    for (const Curve curve : all_curves()) {
        std::vector<float> x, y;
        for (int i = -2000; i <= 2000; ++i) {
            x.push_back(static_cast<float>(i) / 256); // exact in float, so that y's rounding is the only error
            y.push_back(static_cast<float>(3.5 * curve_value(curve, 0.8 * x.back()) - 0.25));
        }
        const CurveFit fit = fit_curve(profile_of(x, y), {curve, Weighting::points});
        SCOPED_TRACE(curve_name(curve));
        // y is float32 (6e-8 relative); the bins near ±8 join up to two points
        EXPECT_NEAR(fit.A * (curve == Curve::linear ? 1.0 / 0.8 : 1.0), 3.5, 2e-5);
        EXPECT_NEAR(fit.alpha * (curve == Curve::linear ? 0.8 : 1.0), 0.8, 1e-5);
        EXPECT_NEAR(fit.offset, -0.25, 1e-5);
        EXPECT_GT(fit.r2_points, 1 - 1e-9);
        EXPECT_GT(fit.r2_bins, 1 - 1e-9);
    }
}

TEST(Fit, FlagsDegenerateData) {
    const float nan = std::numeric_limits<float>::quiet_NaN();
    EXPECT_TRUE(fit_curve(Profile()).has_flag("no-points"));
    EXPECT_TRUE(fit_curve(profile_of({nan, nan}, {1, 2})).has_flag("no-points"));
    const CurveFit constant = fit_curve(profile_of({2, 2, 2}, {1, 3, 5}));
    EXPECT_TRUE(constant.has_flag("constant"));
    EXPECT_DOUBLE_EQ(constant.offset, 3.0);
    EXPECT_TRUE(fit_curve(profile_of({-1, 1}, {-1, 1})).has_flag("too-few-points"));
    EXPECT_TRUE(fit_curve(profile_of({0, 0}, {1, 1})).has_flag("constant"));
}

TEST(Fit, FlagsAlphaOfAStraightLine) {
    std::vector<float> x, y;
    for (int i = -500; i <= 500; ++i) {
        x.push_back(static_cast<float>(i));
        y.push_back(0.01f * static_cast<float>(i));
    }
    const CurveFit fit = fit_curve(profile_of(x, y));
    EXPECT_TRUE(fit.has_flag("alpha-undetermined"));
    EXPECT_NEAR(fit.A * fit.alpha, 0.01, 1e-5); // tanh over |u| ≤ 0.001 bends by u³/3
    EXPECT_TRUE(std::isfinite(fit.A));
}

TEST(Fit, DoesNotDependOnHowThePointsWereSplit) {
    const auto cloud = test::layer_norm_cloud(50, 64, 5, 100, 7);
    Profile whole = profile_of(cloud.x, cloud.y), merged;
    for (std::size_t first = 0; first < cloud.x.size(); first += 333) {
        const std::size_t count = std::min<std::size_t>(333, cloud.x.size() - first);
        Profile part;
        part.add({&cloud.x[first], count}, {&cloud.y[first], count});
        merged.merge(part);
    }
    const CurveFit a = fit_curve(whole), b = fit_curve(merged);
    EXPECT_NEAR(a.alpha, b.alpha, 1e-10 * a.alpha); // sums in another order
    EXPECT_NEAR(a.A, b.A, 1e-10 * std::abs(a.A));
}

TEST(Curve, VectorTanhEqualsTheLibrarys) {
    std::vector<double> x, y(4001);
    for (int i = -2000; i <= 2000; ++i)
        x.push_back(i / 64.0);
    curve_values(Curve::tanh, 0.7, x, y);
    for (std::size_t i = 0; i < x.size(); ++i)
        EXPECT_NEAR(y[i], std::tanh(0.7 * x[i]), 4e-16) << x[i]; // as the header promises
}

} // namespace
} // namespace normscope
