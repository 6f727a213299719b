// SPDX-License-Identifier: GPL-3.0-or-later
// How long the interface thread is busy with a norm layer of 5 million points: showing it, and each frame of panning
// and zooming; and with the grid of 400 layers. Run it with QT_QPA_PLATFORM=offscreen.
#include "core/recording/normalize.h"
#include "ui/plots/figure_view.h"

#include <QApplication>
#include <QMouseEvent>
#include <QWheelEvent>
#include <benchmark/benchmark.h>

#include <chrono>
#include <cmath>
#include <random>

using namespace normscope;

namespace {

double longest_event = 0; ///< Seconds that the interface thread could not take another

/// Times each event, with what it brings about.
class Application : public QApplication {
public:
    using QApplication::QApplication;
    bool notify(QObject* receiver, QEvent* event) override {
        const auto start = std::chrono::steady_clock::now();
        const bool taken = QApplication::notify(receiver, event);
        const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
        longest_event = std::max(longest_event, took.count());
        return taken;
    }
};

constexpr int64_t channels = 1024, rows = 4900, samples = 25;

/// An S with a wide middle and two massive channels.
AnalysisPtr five_million_points() {
    std::mt19937 random(1);
    std::normal_distribution<float> normal;
    std::vector<float> x(static_cast<size_t>(rows * channels)), y(x.size());
    for (int64_t row = 0; row < rows; ++row) {
        const float scale = std::exp(0.5f * normal(random)), burst = 40 * std::exp(0.7f * normal(random));
        for (int64_t c = 0; c < channels; ++c)
            x[static_cast<size_t>(row * channels + c)] = scale * normal(random) + (c == 7    ? burst
                                                                                   : c == 23 ? -burst
                                                                                             : 0.0f);
    }
    Recording recording;
    recording.layers.emplace_back();
    LayerRecording& layer = recording.layers.back();
    layer.layer.name = "blocks.3.norm1";
    layer.layer.index = 1;
    layer.layer.kind = NormKind::layer_norm;
    layer.layer.channels = channels;
    layer.layer.eps = Told<double>{1e-6, "given"};
    layer.samples = samples;
    layer.tokens = rows / samples;
    normalize_rows(layer.layer, x, y);
    layer.input = std::make_shared<MemoryRows>(std::move(x), channels);
    layer.output = std::make_shared<MemoryRows>(std::move(y), channels);
    Progress progress;
    return std::make_shared<const Analysis>(*analyse(recording, {}, progress));
}

const AnalysisPtr& five_million() {
    static const AnalysisPtr analysis = five_million_points();
    return analysis;
}

std::shared_ptr<const Figure> figure() {
    const AnalysisPtr& analysis = five_million();
    ScatterOptions options;
    options.parts.heading = options.parts.provenance = false;
    return scatter_figure(analysis, analysis->layers[0], options);
}

/// A view of the size asked for, and what sends it events.
class Trial {
public:
    explicit Trial(const benchmark::State& state) {
        view_.resize(static_cast<int>(state.range(0)), static_cast<int>(state.range(1)));
        view_.show();
        show(figure());
        canvas_ = view_.childAt(view_.rect().center());
    }

    /// Until it is seen.
    void show(std::shared_ptr<const Figure> figure) {
        view_.setFigure(std::move(figure));
        do
            QApplication::processEvents(QEventLoop::WaitForMoreEvents);
        while (!view_.isCurrent());
        QApplication::processEvents();
    }

    QPointF middle() const { return {view_.width() * 0.4, view_.height() * 0.5}; }

    void mouse(QEvent::Type type, const QPointF& at) {
        QMouseEvent event(type, at, canvas_->mapToGlobal(at), Qt::LeftButton, Qt::LeftButton, {});
        QApplication::sendEvent(canvas_, &event);
        QApplication::processEvents();
    }

    void wheel(int angle) {
        QWheelEvent event(middle(), canvas_->mapToGlobal(middle()), {}, {0, angle}, Qt::NoButton, {}, Qt::NoScrollPhase,
                          false);
        QApplication::sendEvent(canvas_, &event);
        QApplication::processEvents();
    }

private:
    FigureView view_;
    QWidget* canvas_ = nullptr;
};

/// A full page of the grid, counted for the first time.
void show_grid(benchmark::State& state) {
    constexpr int layers = 40;
    Trial trial(state);
    std::vector<LayerPtr> copies;
    for (int i = 0; i < layers; ++i)
        copies.push_back(std::make_shared<const LayerAnalysis>(*five_million()->layers[0]));
    longest_event = 0;
    for (auto _ : state)
        trial.show(overview_figure(five_million(), copies));
    state.counters["busy_ms"] = 1000 * longest_event;
}

/// From a new figure to its picture: what walking to an analysed layer takes.
void show_layer(benchmark::State& state) {
    Trial trial(state);
    for (auto _ : state)
        trial.show(figure());
}

/// A frame of a drag whose mouse goes to and fro.
void pan(benchmark::State& state) {
    Trial trial(state);
    trial.mouse(QEvent::MouseButtonPress, trial.middle());
    int step = 0;
    for (auto _ : state) {
        ++step;
        trial.mouse(QEvent::MouseMove, trial.middle() + QPointF(20 + step % 50, step % 30));
    }
}

/// A notch of the wheel, in and out by turns.
void zoom(benchmark::State& state) {
    Trial trial(state);
    int step = 0;
    for (auto _ : state)
        trial.wheel(++step % 8 < 4 ? 120 : -120);
}

void sizes(benchmark::internal::Benchmark* bench) {
    bench->Args({1280, 800})->Args({2560, 1600})->Unit(benchmark::kMillisecond);
}

BENCHMARK(show_layer)->Apply(sizes);
BENCHMARK(show_grid)->Apply(sizes);
BENCHMARK(pan)->Apply(sizes);
BENCHMARK(zoom)->Apply(sizes);

} // namespace

int main(int argc, char** argv) {
    Application application(argc, argv);
    use_bundled_font();
    benchmark::Initialize(&argc, argv);
    benchmark::RunSpecifiedBenchmarks();
}
