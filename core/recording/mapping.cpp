// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/recording/mapping.h"

#include "core/base/files.h"
#include "core/recording/dump_parts.h"
#include "core/recording/hdf_rows.h"
#include "core/recording/natural_order.h"
#include "core/recording/probe.h"

#include <algorithm>
#include <cmath>

namespace normscope {

namespace {

using hdf::Object;

constexpr int deepest = 16;
constexpr size_t most_groups = 10'000, most_datasets = 100'000; // a group may hold itself; these end the walk

class Listing {
public:
    void enter(const Object& group, const std::string& path, int depth) {
        if (++groups_ > most_groups)
            return;
        for (const auto& name : hdf::members(group)) {
            if (hdf::is_external(group, name) || datasets_.size() >= most_datasets)
                continue;
            const auto below = path.empty() ? name : path + "/" + name;
            if (hdf::is_group(group, name) && depth < deepest)
                enter(hdf::open_group(group, name), below, depth + 1);
            else if (hdf::is_dataset(group, name)) {
                const auto dataset = hdf::open_dataset(group, name);
                datasets_.push_back({below, hdf::type_name(dataset), hdf::sizes(dataset)});
            }
        }
    }

    std::vector<DatasetEntry> take() {
        std::ranges::sort(datasets_, natural_less, &DatasetEntry::path);
        return std::move(datasets_);
    }

private:
    size_t groups_ = 0;
    std::vector<DatasetEntry> datasets_;
};

std::vector<DatasetEntry> walk(const std::string& path) {
    Listing listing;
    listing.enter(hdf::open_root(path), "", 0);
    return listing.take();
}

/// One column of an (N, 2) set as rows of one channel.
class Column final : public RowSource {
public:
    Column(std::shared_ptr<const RowSource> pairs, int64_t column) : pairs_(std::move(pairs)), column_(column) {}

    int64_t rows() const override { return pairs_->rows(); }
    int64_t channels() const override { return 1; }
    int64_t block_rows() const override { return pairs_->block_rows(); }
    Result<void> read(int64_t first, int64_t count, std::span<float> into) const override {
        const auto width = pairs_->channels();
        std::vector<float> both(static_cast<size_t>(count * width));
        NORMSCOPE_TRY(pairs_->read(first, count, both));
        for (int64_t i = 0; i < count; ++i)
            into[static_cast<size_t>(i)] = both[static_cast<size_t>(i * width + column_)];
        return {};
    }

private:
    std::shared_ptr<const RowSource> pairs_;
    int64_t column_;
};

LayerRecording read_columns(const Object& root, const PairMapping& pair) {
    const auto rows = std::make_shared<hdf::Rows>(hdf::open_dataset_at(root, pair.input), -1);
    if (rows->channels() != 2)
        hdf::fail(ErrorCode::bad_argument, rows->place(),
                  "expected an (N, 2) set of x and y, found " + std::to_string(rows->channels()) +
                      " columns; name an output too");
    LayerRecording layer;
    layer.input = std::make_shared<Column>(rows, 0);
    layer.output = std::make_shared<Column>(rows, 1);
    layer.samples = rows->rows();
    layer.tokens = 1;
    layer.layer.channels = 1;
    return layer;
}

LayerRecording read_pair(const Object& root, const PairMapping& pair) {
    if (pair.channel_axis != -1 && pair.channel_axis != 1)
        hdf::fail(ErrorCode::bad_argument, pair.input,
                  "expected the channels on axis -1 or 1, found " + std::to_string(pair.channel_axis));
    if (pair.eps && (!std::isfinite(*pair.eps) || *pair.eps < 0))
        hdf::fail(ErrorCode::bad_argument, pair.input, "expected a finite ε from 0");
    auto layer = pair.output.empty() ? read_columns(root, pair) : hdf::read_tensor_pair(root, pair);
    auto& norm = layer.layer;
    norm.name = pair.name.empty() ? pair.input : pair.name;
    norm.kind_text = pair.kind;
    norm.kind = kind_from_name(pair.kind);
    norm.channel_axis = pair.channel_axis;
    if (pair.eps)
        norm.eps = {*pair.eps, "user"};
    return layer;
}

std::shared_ptr<Recording> read_mapped(const std::string& path, const std::vector<PairMapping>& pairs) {
    auto recording = std::make_shared<Recording>();
    recording->run.path = path;
    recording->run.format = "hdf5";
    recording->files = {path};
    const auto root = hdf::open_root(path);
    for (const auto& pair : pairs) {
        recording->layers.push_back(read_pair(root, pair));
        recording->layers.back().layer.index = static_cast<int>(recording->layers.size());
    }
    if (pairs.empty())
        hdf::fail(ErrorCode::bad_argument, path, "expected a pair of datasets, found none");
    return recording;
}

} // namespace

Result<std::vector<DatasetEntry>> list_datasets(const std::string& path) {
    NORMSCOPE_LET(file, RandomAccessFile::open(path));
    NORMSCOPE_TRY(probe(path, [&] { return hdf::guarded([&] { walk(path); }); }));
    return hdf::guarded([&] { return walk(path); });
}

Result<std::shared_ptr<const Recording>> open_mapped(const std::string& path, const std::vector<PairMapping>& pairs) {
    NORMSCOPE_LET(file, RandomAccessFile::open(path));
    NORMSCOPE_TRY(probe(path, [&] { return hdf::guarded([&] { read_mapped(path, pairs); }); }));
    return hdf::guarded([&]() -> std::shared_ptr<const Recording> { return read_mapped(path, pairs); });
}

std::string layout_key(const std::vector<DatasetEntry>& datasets) {
    std::string key;
    for (const auto& dataset : datasets)
        key += (key.empty() ? "" : " ") + dataset.path + ":" + std::to_string(dataset.shape.size());
    return key;
}

} // namespace normscope
