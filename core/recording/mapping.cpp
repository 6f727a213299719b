// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/recording/mapping.h"

#include "core/base/files.h"
#include "core/recording/dump_files.h"
#include "core/recording/dump_parts.h"
#include "core/recording/hdf_rows.h"
#include "core/recording/hdf_tree.h"
#include "core/recording/natural_order.h"
#include "core/recording/probe.h"
#include "core/recording/suggest_pairs.h"

#include <algorithm>
#include <unordered_set>

namespace normscope {

namespace {

using hdf::Object;

/// Each dataset once, under the shortest of its names.
FileDatasets walk(const std::string& path, const std::string& group) {
    const auto tree = hdf::walk_tree(hdf::open_group_at(hdf::open_root(path), group));
    FileDatasets list;
    std::unordered_set<std::string> known;
    for (const auto& in : tree.groups)
        for (const auto& dataset : in.datasets)
            if (known.insert(dataset.identity).second)
                list.datasets.push_back({dataset.path, dataset.type, dataset.shape});
    std::ranges::sort(list.datasets, natural_less, &DatasetEntry::path);
    list.left_out = tree.left_out.lines();
    return list;
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
    auto layer = pair.output.empty() ? read_columns(root, pair) : hdf::read_tensor_pair(root, pair);
    auto& norm = layer.layer;
    norm.name = pair.layer();
    norm.kind_text = pair.kind;
    norm.kind = kind_from_name(pair.kind);
    norm.channel_axis = pair.channel_axis;
    if (pair.eps)
        norm.eps = {*pair.eps, "user"};
    return layer;
}

} // namespace

std::shared_ptr<Recording> hdf::read_pairs(const std::string& path, const std::string& group,
                                           const std::vector<PairMapping>& pairs) {
    if (pairs.empty())
        fail(ErrorCode::bad_argument, path, "expected a pair of datasets, found none");
    auto recording = std::make_shared<Recording>();
    recording->run.path = group.empty() ? path : path + "::/" + group;
    recording->run.format = "hdf5";
    recording->files = {path};
    recording->pairs = pairs;
    const auto root = open_group_at(open_root(path), group);
    const auto problems = detail_problems(pairs);
    for (size_t i = 0; i < pairs.size(); ++i) {
        if (!problems[i].empty())
            fail(ErrorCode::bad_argument, root.at(pairs[i].input), problems[i]);
        recording->layers.push_back(read_pair(root, pairs[i]));
        recording->layers.back().layer.index = static_cast<int>(i) + 1;
    }
    warn_of_unknown(*recording);
    return recording;
}

Result<FileDatasets> list_file(const std::string& path) {
    NORMSCOPE_LET(found, find_dump_files(path));
    const auto& file = found.files.front();
    NORMSCOPE_LET(readable, RandomAccessFile::open(file));
    NORMSCOPE_TRY(probe(
        file, [&] { return hdf::guarded([&] { walk(file, found.group); }); }, limits_for(readable->size())));
    return hdf::guarded([&] { return walk(file, found.group); });
}

Result<std::vector<DatasetEntry>> list_datasets(const std::string& path) {
    NORMSCOPE_LET(list, list_file(path));
    return std::move(list.datasets);
}

std::string layout_key(const std::vector<DatasetEntry>& datasets) {
    std::string key;
    for (const auto& dataset : datasets)
        key += (key.empty() ? "" : " ") + dataset.path + ":" + std::to_string(dataset.shape.size());
    return key;
}

} // namespace normscope
