// SPDX-License-Identifier: GPL-3.0-or-later
// Files of tests/golden/make_odd_dumps.py, which h5py wrote: norm layers beside what is none, or cannot be read.
#include "core/recording/mapping.h"
#include "core/recording/normalize.h"
#include "dump_fixture.h"

#include <algorithm>
#include <cmath>

using namespace normscope;
using namespace normscope::test;

namespace {

std::string odd(const std::string& name) {
    return std::string(SOURCE_DIR) + "/tests/golden/odd/" + name;
}

std::shared_ptr<const Recording> open(const std::string& path) {
    auto opened = open_dump(path);
    if (!opened) {
        ADD_FAILURE() << opened.error().line();
        return std::make_shared<Recording>();
    }
    return *opened;
}

std::vector<std::string> names_of(const Recording& recording) {
    std::vector<std::string> names;
    for (const auto& layer : recording.layers)
        names.push_back(layer.layer.name);
    return names;
}

const LayerRecording& layer_of(const Recording& recording, const std::string& name) {
    const auto found = std::ranges::find_if(recording.layers, [&](const auto& of) { return of.layer.name == name; });
    if (found == recording.layers.end())
        throw std::runtime_error("no layer " + name);
    return *found;
}

/// How many of the lines hold all of the words.
int64_t lines_with(const std::vector<std::string>& lines, const std::vector<std::string>& words) {
    return std::ranges::count_if(lines, [&](const std::string& line) {
        return std::ranges::all_of(words, [&](const auto& word) { return line.find(word) != std::string::npos; });
    });
}

void expect_one(const std::vector<std::string>& lines, const std::vector<std::string>& words) {
    EXPECT_EQ(lines_with(lines, words), 1) << words.front() << " " << words.back() << " in:\n"
                                           << testing::PrintToString(lines);
}

/// r + c / 8 at row r and channel c, times `factor`
void expect_pattern(const RowSource& rows, float factor) {
    ASSERT_EQ(rows.channels(), 8);
    const auto values = all(rows);
    for (size_t i = 0; i < values.size(); ++i)
        ASSERT_EQ(values[i], factor * (static_cast<float>(i / 8) + static_cast<float>(i % 8) / 8)) << i;
}

/// The recording as it is when the file is written and read again.
std::shared_ptr<const Recording> again(const Recording& recording, const Folder& folder) {
    Progress progress;
    WriteOptions keep;
    keep.keep_unknown = true;
    const auto written = write_dump(recording, folder.file("again.h5"), progress, keep);
    EXPECT_TRUE(written) << written.error().line();
    return open(folder.file("again.h5"));
}

} // namespace

TEST(OddDumps, OneMemberThatCannotBeReadLeavesTheRest) {
    const auto recording = open(odd("members.h5"));
    EXPECT_EQ(names_of(*recording), (std::vector<std::string>{"good", "partly"}));
    expect_pattern(*layer_of(*recording, "good").output, -1);
    const auto& partly = layer_of(*recording, "partly");
    expect_pattern(*partly.output, -1);
    EXPECT_FALSE(partly.input_grad || partly.summary || !partly.layer.weight.empty());
    const auto& said = recording->warnings;
    expect_one(said, {"layers/dangling", "leads to none"});
    expect_one(said, {"layers/round", "leads to none"});
    expect_one(said, {"layers/away", "no_such_file.h5"});
    expect_one(said, {"layers/elsewhere", "/etc/other.h5"});
    expect_one(said, {"layers/ragged/input", "found variable-length"});
    expect_one(said, {"layers/integers/input", "found int32"});
    expect_one(said, {"layers/texts/input", "found text"});
    expect_one(said, {"layers/compound/input", "found compound"});
    expect_one(said, {"layers/unequal/output", "3 × 5 × 8, found 3 × 4 × 8"});
    expect_one(said, {"layers/nothing/input", "size 0"});
    expect_one(said, {"layers/empty/input", "size 0"});
    expect_one(said, {"layers/broken/input", "leads to none"});
    expect_one(said, {"partly/input_grad", "found int64"});
    expect_one(said, {"partly/weight", "expected 8 values, found 5"});
    expect_one(said, {"partly/stats", "expected a group"});
    expect_one(said, {"run/mask", "3 axes"});
}

TEST(OddDumps, NorDoesItInAFileOfAnotherLayout) {
    const auto recording = open(odd("foreign_members.h5"));
    EXPECT_EQ(names_of(*recording), (std::vector<std::string>{"good"}));
    for (const auto* name : {"/dangling", "/round", "/trip", "/away", "/elsewhere", "/broken/x", "/ragged/x",
                             "/integers/x", "/texts/x", "/compound/x", "/unequal/x", "/nothing/x"})
        EXPECT_EQ(lines_with(recording->warnings, {std::string(name)}), 1) << name;
    const auto listed = list_file(odd("foreign_members.h5"));
    ASSERT_TRUE(listed) << listed.error().line();
    EXPECT_EQ(listed->datasets.size(), 17u);
    EXPECT_EQ(listed->left_out.size(), 6u);
}

// The library that is linked may know them: then both layers open.
TEST(OddDumps, AFileOfANewerLibraryOpensOrSaysWhatToDo) {
    const auto recording = open(odd("newer.h5"));
    if (recording->layers.size() == 2)
        return;
    EXPECT_EQ(names_of(*recording), (std::vector<std::string>{"good"}));
    expect_one(recording->warnings, {"/newer/x", "newer HDF5 (layout version 5)", "libver=(\"earliest\", \"v110\")"});
}

TEST(OddDumps, ALayerHasTheNameThatItsAttributeGives) {
    const auto recording = open(odd("names.h5"));
    EXPECT_EQ(names_of(*recording),
              (std::vector<std::string>{"slash/inside", "variable", "a/b", "of_one", "alias", "empty", "fixed", "café",
                                        "twice", "layer_0007", "number"}));
    for (const auto& layer : recording->layers)
        expect_pattern(*layer.input, 1);
    EXPECT_EQ(layer_of(*recording, "fixed").mask->at(3), 0); // found though the group has another name
    EXPECT_EQ(layer_of(*recording, "fixed").mask->at(4), 1);
    expect_one(recording->warnings, {"layer_names", "the first is gone"});
    expect_one(recording->warnings, {"name twice", "layer_0007"});
    expect_one(recording->warnings, {"/plain", "another name of alias"});
    expect_one(recording->warnings, {"number@name", "found int64"});
    const Folder folder;
    const auto written = again(*recording, folder);
    EXPECT_EQ(names_of(*written), names_of(*recording));
    EXPECT_EQ(written->warnings.size(), 2u)
        << testing::PrintToString(written->warnings); // of padding and unknown kinds
}

TEST(OddDumps, LinksInCirclesShowEachObjectOnce) {
    const auto recording = open(odd("circles.h5"));
    EXPECT_EQ(names_of(*recording), (std::vector<std::string>{"ln"}));
    const auto listed = list_datasets(odd("circles.h5"));
    ASSERT_TRUE(listed) << listed.error().line();
    std::vector<std::string> paths;
    for (const auto& dataset : *listed)
        paths.push_back(dataset.path);
    EXPECT_EQ(paths,
              (std::vector<std::string>{"a/b/c/d/e/f/g/h/i/j/k/l/m/n/o/p/q/r/s/t/tail", "ln/input", "ln/output"}));
}

TEST(OddDumps, CoordinatesAreNoLayer) {
    EXPECT_EQ(names_of(*open(odd("coordinates.h5"))), (std::vector<std::string>{"L000"}));
    for (const auto* file : {"netcdf.h5", "anndata.h5", "keras.h5"})
        EXPECT_EQ(open_dump(odd(file)).error().code, ErrorCode::unknown_layout) << file;
}

TEST(OddDumps, ValuesAreReadAsTheirFileMeansThem) {
    const auto recording = open(odd("values.h5"));
    for (const auto* name : {"ml_dtypes", "int16", "opaque", "reversed", "longdouble", "images", "square"}) {
        SCOPED_TRACE(name);
        const auto& layer = layer_of(*recording, name);
        expect_pattern(*layer.input, 1);
        expect_pattern(*layer.output, -1);
        EXPECT_EQ(layer.samples, 3);
    }
    EXPECT_EQ(layer_of(*recording, "reversed").tokens, 5);
    std::vector<float> row(8);
    ASSERT_TRUE(layer_of(*recording, "reversed").input->read(7, 1, row)); // inside a sample
    EXPECT_EQ(row[1], 7.125f);
    EXPECT_EQ(layer_of(*recording, "images").layer.channel_axis, 1);
    expect_one(all_warnings(*recording), {"square: @channel_axis", "axis 1"});
    expect_one(all_warnings(*recording), {"ml_dtypes/input", "bfloat16"});
    const auto& filled = layer_of(*recording, "filled");
    EXPECT_TRUE(std::isnan(all(*filled.input)[1]));
    EXPECT_EQ(all(*filled.input)[2], 0.25f);
    expect_one(all_warnings(*recording), {"filled/input", "_FillValue", "9.96921e+36", "NaN"});
    EXPECT_TRUE(layer_of(*recording, "wide").from_float64);
    const Folder folder;
    expect_pattern(*layer_of(*again(*recording, folder), "reversed").input, 1);
}

TEST(OddDumps, AMaskOfTruthValuesLeavesItsTokensOut) {
    const auto recording = open(odd("masked.h5"));
    const auto& mask = *layer_of(*recording, "ln").mask;
    EXPECT_EQ(std::vector<uint8_t>(mask.begin(), mask.begin() + 5), (std::vector<uint8_t>{1, 1, 1, 0, 0}));
    EXPECT_EQ(std::ranges::count(mask, 0), 6);
    EXPECT_EQ(std::ranges::count(*layer_of(*recording, "bits").mask, 0), 4);
    EXPECT_EQ(*layer_of(*recording, "channels_first").mask, mask); // (samples, channels, tokens)
}

TEST(OddDumps, AMaskThatIsAddedToAttentionIsNotTakenForTruthValues) {
    const auto recording = open(odd("additive_mask.h5"));
    EXPECT_EQ(layer_of(*recording, "ln").mask, nullptr);
    expect_one(recording->warnings, {"run/mask", "negative"});
}

TEST(OddDumps, AUserBlockMayBeOfAnySize) {
    const Folder folder;
    write_bytes(folder.file("block.h5"), std::string(1 << 18, '\0') + bytes_of(odd("masked.h5")));
    expect_pattern(*open(folder.file("block.h5"))->layers.at(0).input, 1);
}

// torch.nn.LayerNorm and RMSNorm of rows that hold Inf, −Inf, NaN, and of nothing else.
TEST(OddDumps, RowsThatAreNotFiniteNormalizeAsInPyTorch) {
    const auto recording = open(odd("not_finite.h5"));
    for (const auto* kind : {"LayerNorm", "RMSNorm"}) {
        const auto& layer = layer_of(*recording, kind);
        const auto x = all(*layer.input), torch = all(*layer.output);
        std::vector<float> y(x.size());
        normalize_rows(layer.layer, x, y);
        for (size_t i = 0; i < y.size(); ++i) {
            EXPECT_EQ(std::isnan(y[i]), std::isnan(torch[i])) << kind << " " << i;
            if (!std::isnan(torch[i])) {
                EXPECT_NEAR(y[i], torch[i], 1e-6) << kind << " " << i; // rounding of float32
            }
        }
    }
}

namespace {

enum class Stored { all_tokens, some_tokens };

/// Eight samples whose summaries cover the first `summarized` of them, written and read again.
std::shared_ptr<const Recording> with_summaries_of(int64_t summarized, const Folder& folder,
                                                   Stored stored = Stored::all_tokens) {
    auto recording = full_recording(8, 5, 6);
    auto& layer = recording.layers.front();
    if (stored == Stored::all_tokens)
        layer.token_positions.clear();
    const auto count = static_cast<size_t>(summarized * 5 * 6);
    const auto part = [&](const RowSource& rows) {
        auto values = all(rows);
        values.resize(count);
        return values;
    };
    const auto x = part(*layer.input), y = part(*layer.output), g = part(*layer.input_grad);
    LayerSummary summary;
    summary.input.emplace().add(x);
    summary.output.emplace().add(y);
    summary.input_grad.emplace().add(g);
    summary.input_grad_histogram.emplace().add(g);
    summary.density.emplace().add(x, y);
    summary.profile.emplace().add(x, y);
    layer.summary = std::move(summary);
    Progress progress;
    const auto written = write_dump(recording, folder.file("run.h5"), progress);
    EXPECT_TRUE(written) << written.error().line();
    return open(folder.file("run.h5"));
}

} // namespace

TEST(OddDumps, TensorsOfMoreSamplesThanTheSummariesAreShown) {
    const Folder folder;
    const auto killed = with_summaries_of(2, folder);
    EXPECT_FALSE(killed->layers.at(0).summary);
    EXPECT_EQ(killed->layers[0].warnings,
              (std::vector<std::string>{"summaries of 2 samples; the tensors hold 8 samples and are shown"}));
    const auto written = again(*killed, folder); // nor do they come back
    EXPECT_FALSE(written->layers.at(0).summary);
    EXPECT_TRUE(written->layers[0].warnings.empty());
    const auto whole = with_summaries_of(8, folder);
    EXPECT_TRUE(whole->layers.at(0).summary);
    EXPECT_TRUE(whole->layers[0].warnings.empty());
}

// Some tokens of eight samples are stored, up to the 13th of each; the summaries cover more than them, and not all.
TEST(OddDumps, SummariesThatLackSamplesSaySo) {
    const Folder folder;
    const auto sampled = with_summaries_of(8, folder, Stored::some_tokens);
    ASSERT_TRUE(sampled->layers.at(0).summary);
    expect_one(sampled->layers[0].warnings, {"summaries of 240 points are shown", "lack some of the 8 samples"});
}
