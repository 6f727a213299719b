// SPDX-License-Identifier: GPL-3.0-or-later
// Mappings as JSON: { LAYOUT: [ { "input", "output", "name", "kind", "eps", "channel_axis" } … ] … }
#include "core/base/files.h"
#include "core/recording/mapping.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <filesystem>

namespace normscope {

namespace {

using Json = nlohmann::json;

constexpr uint64_t store_limit = 16 << 20; // bytes

Json to_json(const PairMapping& pair) {
    return {{"input", pair.input},
            {"output", pair.output},
            {"name", pair.name},
            {"kind", pair.kind},
            {"eps", pair.eps ? Json(*pair.eps) : Json(nullptr)},
            {"channel_axis", pair.channel_axis}};
}

PairMapping from_json(const Json& json) {
    PairMapping pair;
    pair.input = json.at("input").get<std::string>();
    pair.output = json.value("output", "");
    pair.name = json.value("name", "");
    pair.kind = json.value("kind", "");
    pair.channel_axis = json.value("channel_axis", -1);
    if (const auto eps = json.find("eps"); eps != json.end() && eps->is_number())
        pair.eps = eps->get<double>();
    return pair;
}

/// The whole store; empty where there is no such file yet.
Result<Json> read_store(const std::string& store) {
    std::error_code error;
    if (!std::filesystem::exists(store, error))
        return Json(Json::object());
    NORMSCOPE_LET(text, read_text(store, store_limit));
    auto json = Json::parse(text, nullptr, false);
    if (!json.is_object() || !std::ranges::all_of(json, [](const Json& pairs) { return pairs.is_array(); }))
        return Error{ErrorCode::damaged, store,
                     "expected saved mappings as JSON, found something else; name another file"};
    return json;
}

} // namespace

Result<void> save_mapping(const std::string& store, const std::string& layout, const std::vector<PairMapping>& pairs) {
    NORMSCOPE_LET(json, read_store(store));
    auto list = Json::array();
    for (const auto& pair : pairs)
        list.push_back(to_json(pair));
    json[layout] = std::move(list);
    std::error_code error; // where the folder cannot be made, writing says why
    std::filesystem::create_directories(std::filesystem::path(store).parent_path(), error);
    return write_file(store, json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n");
}

Result<void> remember_pairs(const std::string& path, const Pairing& pairing) {
    if (pairing.pairs.empty() || pairing.store.empty())
        return {};
    NORMSCOPE_LET(datasets, list_datasets(path));
    return save_mapping(pairing.store, layout_key(datasets), pairing.pairs);
}

Result<std::vector<PairMapping>> load_mapping(const std::string& store, const std::string& layout) {
    NORMSCOPE_LET(json, read_store(store));
    std::vector<PairMapping> pairs;
    try {
        if (const auto found = json.find(layout); found != json.end())
            for (const auto& entry : *found)
                pairs.push_back(from_json(entry));
    } catch (const Json::exception&) {
        return Error{ErrorCode::damaged, store, "expected saved mappings, found a broken one; remove it"};
    }
    return pairs;
}

} // namespace normscope
