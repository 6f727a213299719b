// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/recording/dump_stream.h"

#include "core/base/files.h"
#include "core/recording/dump_frame.h"
#include "core/recording/dump_layout.h"
#include "core/recording/hdf_write.h"
#include "core/recording/keep_unknown.h"
#include "core/recording/spread_points.h"
#include "core/recording/summary_io.h"
#include "core/recording/tensor_writer.h"
#include "core/recording/virtual_writer.h"

#include <array>
#include <optional>

namespace normscope {

namespace {

using Tensors = std::array<std::optional<hdf::TensorWriter>, every_quantity.size()>;

} // namespace

// Everything that has a name in the file is made first; then the file is opened anew to append values alone.
struct DumpStream::File {
    AtomicFile target;
    std::string path;
    WriteOptions options;
    hdf::Object root; ///< Closed before the target goes.
    std::vector<Tensors> layers;
    std::vector<SpreadPoints> spread; ///< By layer

    File(const std::string& to, const WriteOptions& how) : target(to), path(to), options(how) {}

    std::optional<hdf::TensorWriter>& at(const TensorPlace& place) {
        return layers.at(place.layer).at(static_cast<std::size_t>(place.quantity));
    }

    void start(const Recording& plan, const std::vector<TensorPlace>& coming) {
        root = hdf::create_root(target.part_path(), path);
        hdf::write_head(root, plan, path);
        layers.resize(plan.layers.size());
        for (const LayerRecording& layer : plan.layers)
            spread.emplace_back(layer);
        for (const auto& place : coming)
            make(plan.layers.at(place.layer), place.quantity);
        if (coming.empty() || options.virtual_tensors)
            return;
        reopen(hdf::Writing::appending);
        for (const auto& place : coming) {
            const auto& layer = plan.layers[place.layer];
            const auto group = hdf::open_layer(root, layer);
            at(place).emplace(group, place.quantity, hdf::tensor_shape(layer, group));
        }
    }

    void make(const LayerRecording& layer, Quantity quantity) const {
        const auto group = hdf::open_layer(root, layer);
        if (options.virtual_tensors)
            hdf::write_virtual(group, layout::name_of(quantity), *layer.tensor(quantity), path);
        else
            hdf::create_tensor(group, quantity, hdf::tensor_shape(layer, group));
        hdf::set_gradient_path(group, quantity);
    }

    void show_points(const Recording& whole) const {
        for (std::size_t i = 0; i < spread.size(); ++i)
            if (const LayerRecording& layer = whole.layers[i]; !layer.summary)
                hdf::write_spread_points(hdf::open_layer(root, layer), spread[i].points(layer));
    }

    /// All that is open closes first: an ordered writer is the only one.
    void reopen(hdf::Writing writing) {
        hdf::flush(root);
        for (auto& tensors : layers)
            tensors = {};
        root = {};
        root = hdf::reopen_root(target.part_path(), path, writing);
    }

    bool keeps_unknown(const Recording& whole) const {
        return options.keep_unknown && whole.run.format == layout::format && !whole.files.empty() &&
               whole.run.path.find("::/") == std::string::npos;
    }
};

DumpStream::DumpStream(std::unique_ptr<File> file) : file_(std::move(file)) {}
DumpStream::DumpStream(DumpStream&&) noexcept = default;
DumpStream& DumpStream::operator=(DumpStream&&) noexcept = default;
DumpStream::~DumpStream() = default;

Result<DumpStream> DumpStream::create(const std::string& path, const Recording& plan,
                                      const std::vector<TensorPlace>& coming, const WriteOptions& options) {
    auto file = std::make_unique<File>(path, options);
    NORMSCOPE_TRY(hdf::guarded([&] { file->start(plan, coming); }));
    return DumpStream(std::move(file));
}

Result<void> DumpStream::append(const TensorPlace& tensor, std::span<const float> rows) {
    file_->spread.at(tensor.layer).append(tensor.quantity, rows);
    return hdf::guarded([&] { file_->at(tensor).value().append(rows); });
}

Result<void> DumpStream::flush() {
    return hdf::guarded([&] { hdf::flush(file_->root); });
}

Result<void> DumpStream::finish(const Recording& whole, Progress& progress) {
    NORMSCOPE_TRY(hdf::guarded([&] {
        file_->reopen(hdf::Writing::anything);
        hdf::write_tail(file_->root, whole, progress);
        file_->show_points(whole);
        hdf::flush(file_->root);
        file_->root = {};
    }));
    if (file_->keeps_unknown(whole)) {
        NORMSCOPE_LET(differing, keep_unknown(whole.files, file_->target.part_path(), file_->path));
        if (file_->options.differing != nullptr)
            *file_->options.differing = std::move(differing);
    }
    NORMSCOPE_TRY(progress.check());
    return file_->target.commit();
}

} // namespace normscope
