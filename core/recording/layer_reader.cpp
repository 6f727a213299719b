// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/recording/dump_layout.h"
#include "core/recording/dump_parts.h"
#include "core/recording/hdf_rows.h"
#include "core/recording/summary_io.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace normscope::hdf {

namespace {

constexpr int64_t most_parameters = 1 << 24; // of one kind in one layer

int bounded(const Object& group, const std::string& name, int64_t value, int64_t least) {
    if (value < least || value > std::numeric_limits<int32_t>::max())
        fail(ErrorCode::damaged, group.place + "@" + name,
             "expected a number from " + std::to_string(least) + ", found " + std::to_string(value));
    return static_cast<int>(value);
}

std::optional<Told<double>> read_eps(const Object& group) {
    const auto eps = number(group, "eps");
    if (!eps)
        return std::nullopt;
    if (!std::isfinite(*eps) || *eps < 0)
        fail(ErrorCode::damaged, group.place + "@eps",
             "expected a finite number from 0, found " + std::to_string(*eps));
    return Told<double>{*eps, text(group, "eps_source").value_or("metadata")};
}

NormLayer read_identity(const Object& group, const LayerPlace& place, int index) {
    NormLayer layer;
    layer.name = place.name;
    layer.kind_text = text(group, "kind").value_or("");
    layer.kind = kind_from_name(layer.kind_text);
    layer.index = bounded(group, "index", integer(group, "index").value_or(index), 0);
    layer.call = bounded(group, "call", integer(group, "call").value_or(0), 0);
    layer.channel_axis = bounded(group, "channel_axis", integer(group, "channel_axis").value_or(-1), -1);
    layer.eps = read_eps(group);
    layer.weight_offset = number(group, "weight_offset").value_or(0);
    return layer;
}

/// What `read` gives; where it fails, what there is without it, with a note.
template <typename Read>
auto readable(LeftOut& left_out, Read read) -> std::invoke_result_t<Read> {
    auto result = guarded(read);
    if (result)
        return std::move(*result);
    left_out.add(result.error());
    return {};
}

/// Whether a writer has made a tensor and not come to its first sample.
bool awaits_samples_at(const Object& root, const std::string& path) {
    return has_at(root, path) && awaits_samples(open_dataset_at(root, path));
}

std::shared_ptr<Rows> read_tensor(const Object& root, const std::string& path, int channel_axis) {
    if (!has_at(root, path) || awaits_samples_at(root, path))
        return nullptr;
    return std::make_shared<Rows>(open_dataset_at(root, path), channel_axis);
}

/// What is to be said of a tensor's values.
void note_values(const Rows& rows, LayerRecording& into) {
    into.from_float64 = into.from_float64 || rows.is_wide();
    into.warnings.insert(into.warnings.end(), rows.notes().begin(), rows.notes().end());
}

/// Opens a tensor that has the shape of the input, or none. Where a writer stopped between two tensors, both keep the
/// samples that they share.
std::shared_ptr<const Rows> read_like(Rows& input, const Object& group, const std::string& name, int axis) {
    auto rows = read_tensor(group, name, axis);
    if (rows && rows->samples() != input.samples() && rows->grows() && input.grows()) {
        const auto shared = std::min(rows->samples(), input.samples());
        rows->keep_samples(shared);
        input.keep_samples(shared);
    }
    if (rows &&
        (rows->samples() != input.samples() || rows->rows() != input.rows() || rows->channels() != input.channels()))
        fail(ErrorCode::damaged, rows->place(),
             "expected the shape of " + input.place() + ", " + std::to_string(input.samples()) + " × " +
                 std::to_string(input.tokens()) + " × " + std::to_string(input.channels()) + ", found " +
                 std::to_string(rows->samples()) + " × " + std::to_string(rows->tokens()) + " × " +
                 std::to_string(rows->channels()));
    return rows;
}

/// One number for each stored token; nothing where they are not told.
std::vector<int32_t> read_places(const Object& group, const char* name, int64_t tokens) {
    if (!has(group, name))
        return {};
    const auto dataset = open_dataset(group, name);
    const auto told = integers_of(dataset, tokens);
    if (static_cast<int64_t>(told.size()) != tokens)
        fail(ErrorCode::damaged, dataset.place,
             "expected one number for each of the " + std::to_string(tokens) + " tokens, found " +
                 std::to_string(told.size()));
    std::vector<int32_t> places;
    for (const auto place : told)
        places.push_back(bounded(dataset, name, place, 0));
    return places;
}

void read_tensors(const Object& root, const Object& group, const LayerPlace& place, LayerRecording& into,
                  LeftOut& left_out) {
    if (awaits_samples_at(root, place.input) || awaits_samples_at(root, place.output))
        return;
    const auto axis = into.layer.channel_axis;
    const auto input = read_tensor(root, place.input, axis);
    if (!input || !has_at(root, place.output)) {
        if (input || has_at(root, place.output))
            fail(ErrorCode::missing, group.place,
                 std::string("expected an input and an output, found ") + (input ? "no output" : "no input"));
        return;
    }
    const auto output = read_like(*input, root, place.output, axis);
    for (const auto quantity : {Quantity::input_grad, Quantity::input_grad_total, Quantity::output_grad})
        into.tensor(quantity) = readable(left_out, [&]() -> std::shared_ptr<const RowSource> {
            return read_like(*input, group, layout::name_of(quantity), axis);
        });
    into.input = input;
    into.output = output;
    into.layer.channels = input->channels();
    into.samples = input->samples();
    into.tokens = input->tokens();
    note_values(*input, into);
    note_values(*output, into);
    for (auto [places, name] : {std::pair(&into.token_positions, layout::token_positions),
                                std::pair(&into.token_samples, layout::token_samples)})
        *places = readable(left_out, [&, name = name] { return read_places(group, name, into.tokens); });
}

/// Channels of a layer without tensors.
int64_t told_channels(const Object& group, const NormLayer& layer) {
    int64_t channels = 1;
    const auto shape = integers(group, "normalized_shape");
    for (const auto size : shape)
        channels = size > 0 && size <= most_parameters / channels ? channels * size : most_parameters + 1;
    if (channels > most_parameters)
        fail(ErrorCode::damaged, group.place + "@normalized_shape", "expected the sizes of channels, found others");
    return shape.empty() ? static_cast<int64_t>(layer.weight.size()) : channels;
}

bool fits(int64_t length, int64_t channels, bool one_is_enough) {
    return length == 0 || length == channels || channels == 0 || (one_is_enough && length == 1);
}

/// One value a channel, or also a single one. None where the layer has no such parameter.
std::vector<float> read_parameter(const Object& group, const std::string& name, int64_t channels, bool one_is_enough) {
    if (!has(group, name))
        return {};
    auto values = all_values(open_dataset(group, name), most_parameters);
    if (!fits(static_cast<int64_t>(values.size()), channels, one_is_enough))
        fail(ErrorCode::damaged, group.at(name),
             "expected " + std::to_string(channels) + " values, found " + std::to_string(values.size()));
    return values;
}

void read_parameters(const Object& group, LayerRecording& into, LeftOut& left_out) {
    auto& layer = into.layer;
    const auto read = [&](const char* name, bool one_is_enough = false) {
        return readable(left_out, [&] { return read_parameter(group, name, layer.channels, one_is_enough); });
    };
    layer.weight = read("weight");
    if (layer.channels == 0)
        layer.channels = told_channels(group, layer);
    layer.bias = read("bias");
    layer.alpha = read("alpha", true);
    layer.shift = read("shift", true);
    into.weight_grad = read("weight_grad");
    into.bias_grad = read("bias_grad");
    into.alpha_grad = read("alpha_grad", true);
    into.shift_grad = read("shift_grad", true);
}

/// Channels of a LayerNorm2d whose file does not say on which axis they are: the axis that is as long as the
/// parameters, or else axis 1, as of images.
void assume_axis_of_images(const Object& root, const Object& group, const LayerPlace& place, LayerRecording& into) {
    auto& layer = into.layer;
    if (layer.kind != NormKind::layer_norm_2d || integer(group, "channel_axis") || !has_at(root, place.input))
        return;
    const auto shape = sizes(open_dataset_at(root, place.input));
    if (shape.size() < 3)
        return;
    auto told = integers(group, "normalized_shape");
    if (told.empty() && has(group, "weight"))
        told = sizes(open_dataset(group, "weight"));
    const auto channels = told.empty() ? 0 : told.front();
    const bool first = channels == shape[1], last = channels == shape.back();
    layer.channel_axis = last && !first ? -1 : 1;
    if (first == last)
        into.warnings.push_back("@channel_axis is not told; axis 1 of " + std::to_string(shape.size()) +
                                " is taken, as LayerNorm2d has its channels");
}

} // namespace

LayerRecording read_tensor_pair(const Object& root, const PairMapping& pair) {
    const auto input = std::make_shared<Rows>(open_dataset_at(root, pair.input), pair.channel_axis);
    LayerRecording recording;
    const auto output = read_like(*input, root, pair.output, pair.channel_axis);
    recording.input = input;
    recording.output = output;
    if (!output)
        fail(ErrorCode::missing, root.at(pair.output), "expected a dataset, found nothing");
    recording.samples = input->samples();
    recording.tokens = input->tokens();
    recording.layer.channels = input->channels();
    note_values(*input, recording);
    note_values(*output, recording);
    return recording;
}

LayerRecording read_layer(const Object& root, const LayerPlace& place, int index, LeftOut& left_out) {
    const auto group = open_group_at(root, place.group);
    LayerRecording recording;
    recording.layer = read_identity(group, place, index);
    const auto tensors = guarded([&] {
        assume_axis_of_images(root, group, place, recording);
        read_tensors(root, group, place, recording, left_out);
    });
    read_parameters(group, recording, left_out);
    recording.summary = readable(left_out, [&] { return read_summary(group); });
    if (!tensors && !recording.summary)
        throw Failure{tensors.error()};
    if (!tensors)
        left_out.add(tensors.error());
    const bool waits = tensors && (awaits_samples_at(root, place.input) || awaits_samples_at(root, place.output));
    if (!recording.input && !recording.summary && !waits)
        fail(ErrorCode::missing, group.place, "expected tensors (input and output) or summaries, found neither");
    return recording;
}

} // namespace normscope::hdf
