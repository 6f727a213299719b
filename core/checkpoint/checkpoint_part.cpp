// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/checkpoint/checkpoint_part.h"

#include "core/checkpoint/block_numbers.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <filesystem>
#include <optional>
#include <regex>
#include <set>

namespace normscope {

namespace {

namespace fs = std::filesystem;

constexpr size_t most_neighbours = 20000; // names of a folder that are looked at

/// The names in a folder that match, but for `own`.
std::vector<std::string> neighbours(const fs::path& folder, const std::string& own, const std::regex& pattern) {
    std::vector<std::string> names;
    std::error_code ended;
    size_t seen = 0;
    for (fs::directory_iterator at(folder.empty() ? "." : folder, ended), end;
         !ended && at != end && ++seen <= most_neighbours; at.increment(ended)) {
        const std::string name = at->path().filename().string();
        if (name != own && std::regex_match(name, pattern))
            names.push_back(name);
    }
    std::ranges::sort(names);
    return names;
}

/// A name as a pattern that it matches itself.
std::string quoted(const std::string& text) {
    static const std::regex special(R"([.^$|()\[\]{}*+?\\])");
    return std::regex_replace(text, special, R"(\$&)");
}

/// "model-00001-of-00002.safetensors", "pytorch_model-00001-of-00002.bin", "model-00001-of-000163.safetensors".
std::optional<std::string> numbered(const std::string& name) {
    static const std::regex pattern(R"((?:^|.*[-_.])(\d{3,9})[-_]of[-_](\d{3,9})(?:[-_.].*|$))");
    std::smatch match;
    if (!std::regex_match(name, match, pattern) || std::stol(match[2]) < 2)
        return {};
    return "part " + std::to_string(std::stol(match[1])) + " of " + std::to_string(std::stol(match[2])) +
           " by its name";
}

/// The files that the weight map of an index names.
std::set<std::string> files_of_index(const std::string& path) {
    constexpr uint64_t longest_index = uint64_t{64} << 20;
    const auto text = read_text(path, longest_index);
    const auto json = text ? nlohmann::json::parse(*text, nullptr, /*allow_exceptions=*/false) : nlohmann::json();
    std::set<std::string> files;
    if (json.is_object() && json.contains("weight_map") && json["weight_map"].is_object())
        for (const auto& file : json["weight_map"])
            if (file.is_string())
                files.insert(file.get<std::string>());
    return files;
}

/// Whether an index beside the file names it among several.
std::optional<std::string> indexed(const fs::path& path) {
    static const std::regex index(R"(.*\.index\.(?:.*\.)?json)");
    const std::string own = path.filename().string();
    for (const std::string& name : neighbours(path.parent_path(), own, index)) {
        const auto files = files_of_index((path.parent_path() / name).string());
        if (files.size() > 1 && files.contains(own))
            return "one of the " + std::to_string(files.size()) + " files that " + name + " beside it lists";
    }
    return {};
}

/// A name in which the number of a piece stands between `before` and `behind`.
struct PieceName {
    std::string before, number, behind;
    bool certain; ///< Such a number means nothing else. A rank may be that of an adapter: pieces begin with rank 0.
};

/// Names by which programs save one file for each rank: Meta's consolidated.00.pth, DeepSpeed's
/// mp_rank_00_model_states.pt, Megatron's folders mp_rank_00, fairseq's checkpoint-shard0.pt, FSDP's rank-0.pt and
/// model_world_size_8_rank_0.pt.
std::optional<PieceName> piece_name(const std::string& name) {
    static const std::pair<std::regex, bool> patterns[]{
        {std::regex(R"((consolidated\.)(\d+)(\.\w+))"), true},
        {std::regex(R"(((?:|.*[-_.])(?:mp|tp)_rank_)(\d+)(|[-_.].*))"), true},
        {std::regex(R"((.*[-_.]shard[-_]?)(\d+)(|[-_.].*))"), true},
        {std::regex(R"(((?:|.*[-_.])rank[-_]?)(\d+)(|[-_.].*))"), false},
    };
    std::smatch match;
    for (const auto& [pattern, certain] : patterns)
        if (std::regex_match(name, match, pattern))
            return PieceName{match[1], match[2], match[3], certain};
    return {};
}

bool is_zero(const std::string& digits) {
    return digits.find_first_not_of('0') == std::string::npos;
}

/// One of several ranks: others lie beside it, its number is not the first, or the name tells how many there are.
std::optional<std::string> one_rank(const fs::path& path) {
    const std::string own = path.filename().string();
    const auto name = piece_name(own);
    if (!name)
        return {};
    bool first = is_zero(name->number);
    const std::regex alike(quoted(name->before) + "(\\d+)" + quoted(name->behind));
    const auto others = neighbours(path.parent_path(), own, alike);
    for (const std::string& other : others)
        first = first || is_zero(std::regex_replace(other, alike, "$1"));
    if (!others.empty() && (first || name->certain))
        return "one rank's piece, as its name and " + others.front() + " beside it tell";
    static const std::regex several(R"(.*world_size_0*([2-9]|[1-9]\d+)(?:\D.*|$))");
    if ((name->certain && !is_zero(name->number)) || std::regex_match(own, several))
        return "one rank's piece by its name";
    return {};
}

/// Files that never hold a whole network: each rank's share of ZeRO 3, one layer of a pipeline.
bool always_a_piece(const std::string& name) {
    static const std::regex pattern(R"((?:.*zero_pp_rank_\d+_.*|layer_\d+-model_\d+-model_states\..*))");
    return std::regex_match(name, pattern);
}

std::string whole_of_ranks() {
    return "; join the pieces with the tool of the program that saved them (for DeepSpeed zero_to_fp32.py, which lies "
           "beside them) and save the whole state dict as one file; a file that is whole all the same opens under "
           "another name";
}

} // namespace

std::string whole_of_shards(bool safetensors) {
    return safetensors
               ? "; join the files in Python, save_file({k: v for f in FILES for k, v in load_file(f).items()}, "
                 "\"whole.safetensors\") of safetensors.torch, and open that"
               : "; join the files in Python, torch.save({k: v for f in FILES for k, v in torch.load(f).items()}, "
                 "\"whole.pt\"), and open that";
}

std::string part_of_checkpoint(const TensorCatalog& catalog) {
    const fs::path path(catalog.path);
    const std::string name = path.filename().string();
    auto shard = numbered(name);
    if (!shard)
        shard = indexed(path);
    if (shard)
        return *shard + whole_of_shards(catalog.format == "safetensors");
    auto piece = always_a_piece(name) ? std::optional<std::string>("one rank's piece by its name") : one_rank(path);
    const fs::path folder = path.parent_path();
    if (!piece && folder.filename().string().starts_with("mp_rank_"))
        piece = one_rank(folder);
    const auto world = catalog.metadata.find("mp_world_size"); // DeepSpeed
    if (!piece && world != catalog.metadata.end() && world->second != "1")
        piece = "the piece of one of " + world->second + " ranks, as its mp_world_size tells";
    if (piece)
        return *piece + whole_of_ranks();
    const std::string holes = missing_blocks(catalog);
    return holes.empty() ? "" : holes + whole_of_shards(catalog.format == "safetensors");
}

} // namespace normscope
