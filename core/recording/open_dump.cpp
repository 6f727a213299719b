// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/files.h"
#include "core/recording/dump.h"
#include "core/recording/dump_files.h"
#include "core/recording/dump_layout.h"
#include "core/recording/dump_parts.h"
#include "core/recording/hdf_rows.h"
#include "core/recording/join.h"
#include "core/recording/left_out.h"
#include "core/recording/mapping.h"
#include "core/recording/probe.h"

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <functional>
#include <sstream>
#include <thread>

namespace normscope {

namespace {

/// Size and time of a file; what they are when there is none is as good as any.
uint64_t file_state(const std::string& path) {
    std::error_code error;
    const auto size = std::filesystem::file_size(path, error);
    const auto time = std::filesystem::last_write_time(path, error).time_since_epoch().count();
    return static_cast<uint64_t>(size) * 0x9e3779b97f4a7c15u + static_cast<uint64_t>(time);
}

/// Reads the first and the last rows of a tensor, as a view would.
Result<void> touch(const RowSource& rows) {
    constexpr int64_t block = 1 << 16; // floats
    const auto count = std::min(rows.rows(), std::max<int64_t>(1, block / rows.channels()));
    std::vector<float> values(static_cast<size_t>(count * rows.channels()));
    NORMSCOPE_TRY(rows.read(0, count, values));
    return rows.read(rows.rows() - count, count, values);
}

/// The tensors that open and cannot be read, as lines of `LAYER QUANTITY REASON`, for the process that goes on.
std::string unreadable_tensors(const Recording& recording) {
    constexpr size_t limit = 12 << 10; // bytes that a probe passes on, with room for one more line
    std::ostringstream lines;
    for (size_t layer = 0; layer < recording.layers.size(); ++layer)
        for (const Quantity quantity : every_quantity) {
            const auto& rows = recording.layers[layer].tensor(quantity);
            const auto read = rows ? touch(*rows) : Result<void>();
            if (!read)
                lines << layer << ' ' << static_cast<int>(quantity) << ' ' << read.error().line() << '\n';
            if (lines.tellp() > static_cast<std::streamoff>(limit))
                throw hdf::Failure{read.error()};
        }
    return lines.str();
}

/// Takes out what the lines name; a layer without its input or output shows its summary alone.
void leave_out(const std::string& lines, Recording& recording) {
    std::istringstream stream(lines);
    LeftOut left_out;
    size_t place = 0;
    for (int quantity = 0; stream >> place >> quantity && place < recording.layers.size();) {
        std::string reason;
        std::getline(stream >> std::ws, reason);
        left_out.add({ErrorCode::damaged, "", reason});
        auto& layer = recording.layers[place];
        layer.tensor(static_cast<Quantity>(quantity)) = nullptr;
        if (!layer.input || !layer.output)
            for (const auto each : every_quantity)
                layer.tensor(each) = nullptr;
    }
    std::erase_if(recording.layers, [](const LayerRecording& layer) { return !layer.input && !layer.summary; });
    if (recording.layers.empty())
        throw hdf::Failure{left_out.first()};
    for (const auto& line : left_out.lines())
        recording.warnings.push_back(line);
}

using Opened = Result<std::shared_ptr<const Recording>>;

/// How a file becomes a recording. Throws hdf::Failure.
using Read = std::function<std::shared_ptr<Recording>(const std::string& path, const std::string& group)>;

Opened open_once(const std::string& path, const std::string& group, const Read& read) {
    NORMSCOPE_LET(file, RandomAccessFile::open(path));
    const auto walk = [&] { return hdf::guarded([&] { return unreadable_tensors(*read(path, group)); }); };
    NORMSCOPE_LET(unreadable, probe_text(path, walk, limits_for(file->size())));
    return hdf::guarded([&]() -> std::shared_ptr<const Recording> {
        auto recording = read(path, group);
        leave_out(unreadable, *recording);
        return recording;
    });
}

/// A writer may be in the middle of a change: a file that changes while it fails to open is tried again.
Opened open_patiently(const std::string& path, const std::string& group, const Read& read) {
    constexpr int trials = 4;
    constexpr std::chrono::milliseconds pause(50);
    for (int trial = 1;; ++trial) {
        const auto before = file_state(path);
        auto opened = open_once(path, group, read);
        if (opened || trial == trials || file_state(path) == before)
            return opened;
        std::this_thread::sleep_for(pause);
    }
}

/// The pairs that were saved for a file of this layout. Errors: those of both files.
Result<std::vector<PairMapping>> saved_pairs(const std::string& path, const std::string& group,
                                             const std::string& store) {
    NORMSCOPE_LET(datasets, list_datasets(group.empty() ? path : path + "::/" + group));
    return load_mapping(store, layout_key(datasets));
}

/// By the pairs that are named; else as the file tells; else, where it is no dump of ours, by those that were saved.
Opened open_file(const std::string& path, const std::string& group, const Pairing& pairing) {
    const auto open_by = [&](const std::vector<PairMapping>& pairs) {
        return open_patiently(path, group,
                              [&](const auto& file, const auto& in) { return hdf::read_pairs(file, in, pairs); });
    };
    if (!pairing.pairs.empty())
        return open_by(pairing.pairs);
    auto opened = open_patiently(path, group, hdf::read_dump);
    std::error_code error;
    if ((opened && (*opened)->run.format == layout::format) || !std::filesystem::exists(pairing.store, error))
        return opened;
    const auto saved = saved_pairs(path, group, pairing.store);
    if (!saved && !opened && opened.error().code == ErrorCode::unknown_layout)
        return saved.error();
    if (!saved || saved->empty())
        return opened;
    auto mapped = open_by(*saved);
    if (mapped)
        return mapped;
    return Error{ErrorCode::unknown_layout, mapped.error().where,
                 "the pairs that were saved for this layout do not fit: " + mapped.error().message};
}

using Shards = std::vector<std::shared_ptr<const Recording>>;

/// Adds the shards of one name; a file that is there already (named twice, or a sibling) counts once.
Result<void> add_shards(const std::string& name, const Pairing& pairing, std::vector<std::string>& seen,
                        Shards& shards) {
    NORMSCOPE_LET(found, find_dump_files(name));
    for (const auto& file : found.files) {
        std::error_code error;
        const auto known = std::filesystem::weakly_canonical(file, error).string() + "::" + found.group;
        if (std::ranges::find(seen, known) != seen.end())
            continue;
        seen.push_back(known);
        NORMSCOPE_LET(shard, open_file(file, found.group, pairing));
        shards.push_back(std::move(shard));
    }
    return {};
}

void add_files(const RowSource& rows, std::vector<std::string>& files) {
    if (const auto* joined = dynamic_cast<const JoinedRows*>(&rows)) {
        for (const auto& part : joined->parts())
            add_files(*part, files);
    } else if (const auto* stored = dynamic_cast<const hdf::Rows*>(&rows)) {
        // What cannot be opened any more keeps nothing from being written elsewhere.
        (void)hdf::guarded([&] {
            const hdf::Lock lock;
            for (std::string& file : hdf::source_files(stored->dataset()))
                files.push_back(std::move(file));
        });
    }
}

} // namespace

Result<std::shared_ptr<const Recording>> open_dumps(const std::vector<std::string>& names, const Pairing& pairing) {
    std::vector<std::string> seen;
    Shards shards;
    for (const auto& name : names)
        NORMSCOPE_TRY(add_shards(name, pairing, seen, shards));
    if (shards.empty())
        return Error{ErrorCode::bad_argument, "", "expected the name of a dump, found none"};
    NORMSCOPE_LET(joined, join(shards).within(names.front()));
    if (shards.size() == 1)
        return joined;
    auto shown = std::make_shared<Recording>(*joined);
    shown->run.path = names.front();
    shown->warnings.push_back(std::to_string(shards.size()) + " shards are shown as one recording");
    return std::shared_ptr<const Recording>(shown);
}

std::vector<std::string> all_warnings(const Recording& recording) {
    std::vector<std::pair<std::string, std::vector<std::string>>> layers; // by warning
    for (const auto& layer : recording.layers)
        for (const auto& warning : layer.warnings) {
            auto at = std::ranges::find(layers, warning, [](const auto& entry) { return entry.first; });
            if (at == layers.end())
                at = layers.insert(at, {warning, {}});
            at->second.push_back(layer.layer.name);
        }
    auto lines = recording.warnings;
    for (const auto& [warning, names] : layers)
        lines.push_back(names.front() +
                        (names.size() > 1 ? " and " + std::to_string(names.size() - 1) + " more layers" : "") + ": " +
                        warning);
    return lines;
}

uint64_t dump_state(const std::string& path) {
    const auto found = find_dump_files(path);
    uint64_t state = 0;
    for (const auto& file : found ? found->files : std::vector<std::string>())
        state = state * 31 + file_state(file);
    return state;
}

Result<std::shared_ptr<const Recording>> open_dump(const std::string& path, const Pairing& pairing) {
    return open_dumps({path}, pairing);
}

std::vector<std::string> files_read(const Recording& recording) {
    std::vector<std::string> files;
    for (const LayerRecording& layer : recording.layers)
        for (const Quantity quantity : every_quantity)
            if (const auto& rows = layer.tensor(quantity))
                add_files(*rows, files);
    std::ranges::sort(files);
    files.erase(std::unique(files.begin(), files.end()), files.end());
    files.insert(files.end(), recording.files.begin(), recording.files.end());
    return files;
}

} // namespace normscope
