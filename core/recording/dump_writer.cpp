// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/recording/dump.h"
#include "core/recording/dump_layout.h"
#include "core/recording/dump_stream.h"
#include "core/recording/tensor_writer.h"

#include <algorithm>

namespace normscope {

namespace {

std::vector<TensorPlace> tensors_of(const Recording& recording) {
    std::vector<TensorPlace> places;
    for (std::size_t layer = 0; layer < recording.layers.size(); ++layer)
        for (const Quantity quantity : every_quantity)
            if (recording.layers[layer].tensor(quantity))
                places.push_back({layer, quantity});
    return places;
}

/// Copies tensors into a dump, chunk by chunk.
class Copy {
public:
    Copy(const Recording& recording, DumpStream& stream, Progress& progress)
        : recording_(recording), stream_(stream), progress_(progress) {}

    Result<void> all(const std::vector<TensorPlace>& places) {
        for (const auto& place : places)
            total_ += tensor(place).rows();
        for (std::size_t i = 0; i < places.size(); ++i) {
            NORMSCOPE_TRY(one(places[i]));
            if (i + 1 == places.size() || places[i + 1].layer != places[i].layer)
                NORMSCOPE_TRY(stream_.flush()); // after a kill, the layers so far can be read
        }
        return {};
    }

private:
    const RowSource& tensor(const TensorPlace& place) const {
        return *recording_.layers[place.layer].tensor(place.quantity);
    }

    Result<void> one(const TensorPlace& place) {
        const RowSource& rows = tensor(place);
        const LayerRecording& layer = recording_.layers[place.layer];
        const hdf::TensorShape shape{layer.samples, layer.tokens, layer.layer.channels};
        if (rows.rows() != shape.samples * shape.tokens || rows.channels() != shape.channels)
            return Error{ErrorCode::cannot_write, layer.layer.name + "/" + layout::name_of(place.quantity),
                         "expected " + std::to_string(shape.samples) + " × " + std::to_string(shape.tokens) +
                             " rows, found " + std::to_string(rows.rows())};
        for (int64_t row = 0, count = 0; row < rows.rows(); row += count) {
            NORMSCOPE_TRY(progress_.check());
            progress_.report("write", layer.layer.name, done_, total_);
            count = shape.rows_of_chunk(row);
            block_.resize(static_cast<std::size_t>(count * shape.channels));
            NORMSCOPE_TRY(rows.read(row, count, block_));
            NORMSCOPE_TRY(stream_.append(place, block_));
            done_ += count;
        }
        return {};
    }

    const Recording& recording_;
    DumpStream& stream_;
    Progress& progress_;
    int64_t done_ = 0, total_ = 0; ///< rows
    std::vector<float> block_;
};

} // namespace

Result<void> write_dump(const Recording& recording, const std::string& path, Progress& progress,
                        const WriteOptions& options) {
    const auto places = tensors_of(recording);
    NORMSCOPE_LET(stream, DumpStream::create(path, recording, places, options));
    if (!options.virtual_tensors)
        NORMSCOPE_TRY(Copy(recording, stream, progress).all(places));
    return stream.finish(recording, progress);
}

} // namespace normscope
