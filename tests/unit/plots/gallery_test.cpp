// SPDX-License-Identifier: GPL-3.0-or-later
// Every figure in every state it has to cope with. NORMSCOPE_GALLERY=FOLDER keeps the pictures to be looked at.
#include "tests/unit/plots/synthetic.h"
#include "ui/plots/figure.h"

#include <QTemporaryDir>
#include <gtest/gtest.h>

#include <cstdlib>

using namespace normscope;

namespace {

class Gallery : public testing::Test {
protected:
    void show(const Figure& figure, const std::string& name, FigureStyle style = {}) {
        if (style.height_mm == FigureStyle().height_mm)
            style = natural_style(figure, style);
        const Result<void> written = export_figure(figure, style, folder() + "/" + name, "gallery");
        EXPECT_TRUE(written) << name << ": " << written.error().line();
    }

    static FigureStyle dark() {
        FigureStyle style;
        style.theme = FigureTheme::dark;
        return style;
    }

private:
    std::string folder() const {
        const char* kept = std::getenv("NORMSCOPE_GALLERY");
        return kept != nullptr ? kept : temporary_.path().toStdString();
    }

    QTemporaryDir temporary_;
};

TEST_F(Gallery, Scatter) {
    const AnalysisPtr deep = synthetic::analysis(synthetic::deep(12));
    show(*scatter_figure(deep, deep->layers[8]), "scatter.png");
    show(*scatter_figure(deep, deep->layers[1]), "scatter_linear.png");
    show(*scatter_figure(deep, deep->layers[5]), "scatter_dark.png", dark());
    show(*scatter_figure(deep, deep->layers[8]), "scatter_100mm.png", {178, 100.5});
    show(*scatter_figure(deep, deep->layers[8]), "scatter_narrow.png", {85});
    show(*scatter_figure(deep, deep->layers[8]), "scatter.svg");
    show(*scatter_figure(deep, deep->layers[8]), "scatter.pdf");
}

TEST_F(Gallery, ScatterOfDifficultLayers) {
    std::string name = "model.visual_encoder.transformer.resblocks.11";
    while (name.size() < 120)
        name += ".attention.output";
    name.resize(120);
    const AnalysisPtr rms = synthetic::with_layer(
        synthetic::analysis({{name, NormKind::rms_norm, 1, 6, false, true}}), 0, [](LayerAnalysis& layer) {
            layer.warnings = {"2 values of the input are not finite; their rows are left out of the fit",
                              "ε was taken from the family; say --set eps=VALUE if it is another",
                              "a third warning that nobody reads because it is so very long that it cannot be shown"};
        });
    show(*scatter_figure(rms, rms->layers[0]), "scatter_long_name_nan.png");
    show(*gradient_figure(rms, rms->layers[0]), "gradients_none.png");
    show(*depth_figure(rms), "depth_one_layer.png");
    show(*overview_figure(rms, evenly_chosen(*rms, 8)), "overview_one_layer.png");
    const AnalysisPtr dyt = synthetic::analysis(synthetic::deep(3, NormKind::dyt));
    show(*scatter_figure(dyt, dyt->layers[2]), "scatter_dyt.png");
    const auto empty = std::make_shared<Analysis>();
    empty->layers.push_back(std::make_shared<LayerAnalysis>());
    show(*scatter_figure(empty, empty->layers[0]), "scatter_empty.png");
    show(*overview_figure(empty, evenly_chosen(*empty, 8)), "overview_empty.png");
    show(*depth_figure(empty), "depth_empty.png");
}

TEST_F(Gallery, GradientsAndDepth) {
    const AnalysisPtr deep = synthetic::analysis(synthetic::deep(25, NormKind::dyt));
    show(*gradient_figure(deep, deep->layers[4]), "gradients.png");
    show(*gradient_figure(deep, deep->layers[4]), "gradients_dark.png", dark());
    show(*depth_figure(deep), "depth_dyt.png");
    const AnalysisPtr layer_norms = synthetic::analysis(synthetic::deep(13));
    show(*depth_figure(layer_norms), "depth.png");
    show(*depth_figure(layer_norms), "depth_flat_dark.png", {178, 110, 8, 200, FigureTheme::dark});
}

TEST_F(Gallery, Overview) {
    AnalysisPtr deep = synthetic::with_layer(synthetic::analysis(synthetic::deep(25)), 1, [](LayerAnalysis& layer) {
        for (CurveFit& fit : layer.fits)
            fit.flags = {"alpha-undetermined"};
    });
    deep = synthetic::with_layer(deep, 3, [](LayerAnalysis& layer) {
        layer.layer.name = "model.visual_encoder.transformer.resblocks.11.attention.output.LayerNorm";
    });
    show(*scatter_figure(deep, deep->layers[1]), "scatter_undetermined.png");
    show(*depth_figure(deep), "depth_undetermined.png");
    show(*overview_figure(deep, evenly_chosen(*deep, 13)), "overview_13.png");
    show(*overview_figure(deep, evenly_chosen(*deep, 8)), "overview.png");
    show(*overview_figure(deep, evenly_chosen(*deep, 0)), "overview_all.png");
    show(*overview_figure(deep, evenly_chosen(*deep, 8)), "overview_dark.png", dark());
    show(*overview_figure(deep, evenly_chosen(*deep, 4)), "overview.svg");
}

} // namespace
