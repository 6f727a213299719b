// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/capture/tensor_sink.h"

#include <array>

namespace normscope {
namespace {

/// Floats of every tensor of every layer.
class Buffers {
public:
    explicit Buffers(std::size_t layers) : layers_(layers) {}

    std::vector<float>& of(const TensorPlace& tensor) {
        return layers_[tensor.layer][static_cast<std::size_t>(tensor.quantity)];
    }

    std::span<float> grow(const TensorPlace& tensor, int64_t floats) {
        std::vector<float>& values = of(tensor);
        const std::size_t before = values.size();
        values.resize(before + static_cast<std::size_t>(floats));
        return std::span(values).subspan(before);
    }

private:
    std::vector<std::array<std::vector<float>, every_quantity.size()>> layers_;
};

/// Keeps the whole run.
class MemorySink final : public TensorSink {
public:
    MemorySink(const Recording& plan, const std::vector<TensorPlace>& coming)
        : coming_(coming), values_(plan.layers.size()) {
        for (const TensorPlace& tensor : coming) {
            const LayerRecording& layer = plan.layers[tensor.layer];
            values_.of(tensor).reserve(static_cast<std::size_t>(layer.samples * layer.tokens * layer.layer.channels));
        }
    }

    std::span<float> room(const TensorPlace& tensor, int64_t floats) override { return values_.grow(tensor, floats); }
    Result<void> end_batch(Progress&) override { return {}; }

    Result<void> finish(Recording& whole, Progress&) override {
        for (const TensorPlace& tensor : coming_) {
            LayerRecording& layer = whole.layers[tensor.layer];
            layer.tensor(tensor.quantity) =
                std::make_shared<MemoryRows>(std::move(values_.of(tensor)), layer.layer.channels);
        }
        return {};
    }

private:
    std::vector<TensorPlace> coming_;
    Buffers values_;
};

/// Keeps one batch.
class DumpSink final : public TensorSink {
public:
    DumpSink(DumpStream stream, std::size_t layers, const std::vector<TensorPlace>& coming)
        : stream_(std::move(stream)), coming_(coming), batch_(layers) {}

    std::span<float> room(const TensorPlace& tensor, int64_t floats) override { return batch_.grow(tensor, floats); }

    Result<void> end_batch(Progress& progress) override {
        for (const TensorPlace& tensor : coming_) {
            NORMSCOPE_TRY(progress.check());
            NORMSCOPE_TRY(stream_.append(tensor, batch_.of(tensor)));
            batch_.of(tensor).clear();
        }
        return stream_.flush();
    }

    Result<void> finish(Recording& whole, Progress& progress) override { return stream_.finish(whole, progress); }

private:
    DumpStream stream_;
    std::vector<TensorPlace> coming_;
    Buffers batch_;
};

} // namespace

Result<std::unique_ptr<TensorSink>> TensorSink::create(const std::string& path, const Recording& plan,
                                                       const std::vector<TensorPlace>& coming) {
    if (path.empty())
        return std::unique_ptr<TensorSink>(std::make_unique<MemorySink>(plan, coming));
    NORMSCOPE_LET(stream, DumpStream::create(path, plan, coming));
    return std::unique_ptr<TensorSink>(std::make_unique<DumpSink>(std::move(stream), plan.layers.size(), coming));
}

} // namespace normscope
