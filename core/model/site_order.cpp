// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/model/site_order.h"

#include "core/model/site_places.h"
#include "core/recording/natural_order.h"

#include <algorithm>
#include <iterator>
#include <map>
#include <set>
#include <span>
#include <string>
#include <tuple>
#include <unordered_map>
#include <unordered_set>

namespace normscope {
namespace {

enum class Level { network, block, attention };

bool is_list_of_blocks(const Module& module) {
    const bool named = module.words.has("blocks") || module.words.has("layers") || module.words.has("layer") ||
                       module.words.has("block") || module.words.has("stages");
    return named && std::ranges::any_of(module.children, [](const Module* child) {
               const SiteWords& words = child->words;
               return words.is_number() || (words.number() >= 0 && (words.has("layer") || words.has("block")));
           });
}

bool is_mixer(const Module& module) {
    return !module.words.has("norm") &&
           (module.words.has("attn") || module.words.has("mixer") || module.words.has("mamba"));
}

Level level_of(const Module& module) {
    if (std::ranges::any_of(module.children, [](const Module* child) { return is_list_of_blocks(*child); }))
        return Level::network;
    if (is_mixer(module) || (module.owner != nullptr && is_mixer(*module.owner) && module.part == "self"))
        return Level::attention;
    const bool attends = std::ranges::any_of(
        module.children, [](const Module* child) { return is_mixer(*child) && !child->words.has("pool"); });
    return attends || module.words.number() >= 0 ? Level::block : Level::network;
}

int usual_place(Level level, const Module& module) {
    if (level == Level::network)
        return network::blocks;
    if (level == Level::attention)
        return attention::inner;
    return module.words.has("norm") ? block::between : block::ffn;
}

/// Between two stages: before the blocks of the next one, or behind those of the first.
int place_of_downsampling(const Module& stage) {
    const Module* const stages = stage.owner;
    if (stages == nullptr || stage.words.number() < 0)
        return network::before_blocks;
    const auto number = [](const Module* module) { return module->words.number(); };
    const auto [first, last] = std::ranges::minmax_element(stages->children, {}, number);
    const auto has = [](const Module* of) {
        return std::ranges::any_of(of->children, [](const Module* child) { return child->words.has("downsample"); });
    };
    return has(*first) && !has(*last) ? network::more_blocks : network::before_blocks;
}

/// An element of a list that runs in turns with others, and the module whose name says its place in a turn.
using Turns = std::map<const Module*, const Module*>;

struct NumberedList {
    std::set<int64_t> numbers;
    Turns elements;

    void add(const Module& element, const Module& named) {
        numbers.insert(element.words.number());
        elements.emplace(&element, &named);
    }
    /// Whether it holds what joins blocks.
    bool joins() const {
        return std::ranges::any_of(elements, [](const auto& element) {
            const SiteWords& words = element.second->words;
            return words.has("norm") || words.has("emb") || words.has("downsample");
        });
    }
};

/// Lists of one length of which one holds norms, embeddings or downsampling: XLM's attentions and layer_norm1,
/// SegFormer's patch_embeddings, block and layer_norm; in a network also numbered siblings: patch_embed1, block1,
/// norm1.
Turns elements_in_turns(const Module& owner, Level level) {
    std::map<std::string, NumberedList> lists;
    for (const Module* child : owner.children) {
        if (level == Level::network && child->words.number() >= 0 && !child->words.is_number())
            lists[child->words.stem()].add(*child, *child);
        if (std::ranges::all_of(child->children, [](const Module* element) { return element->words.is_number(); }))
            for (const Module* element : child->children)
                lists[std::string(child->part) + "."].add(*element, *child);
    }
    std::map<std::set<int64_t>, std::vector<const NumberedList*>> alike;
    for (const auto& [name, list] : lists)
        if (list.numbers.size() > 1)
            alike[list.numbers].push_back(&list);
    Turns turns;
    for (const auto& [numbers, same] : alike)
        if (same.size() > 1 && std::ranges::any_of(same, [](const NumberedList* list) { return list->joins(); }))
            for (const NumberedList* list : same)
                turns.insert(list->elements.begin(), list->elements.end());
    return turns;
}

class Order {
public:
    Order(const ModuleTree& tree, bool file_is_sorted) : sorted_(file_is_sorted) {
        const auto holds = [&](const SiteRow& row) {
            return tree.any_key_has(row.has) && (row.lacks.empty() || !tree.any_key_has(row.lacks));
        };
        const std::span<const SiteRow> tables[]{network::rows, block::rows, attention::rows};
        for (std::size_t level = 0; level < std::size(tables); ++level)
            std::ranges::copy_if(tables[level], std::back_inserter(rows_[level]), holds);
        visit(tree.root());
    }

    std::vector<const Module*> take() { return std::move(found_); }

private:
    struct Place {
        int place = 0;
        int64_t number = -1;
        int within = 0; ///< Among lists that run in turns
        const Module* module = nullptr;
    };

    /// What all siblings share.
    struct Siblings {
        Level level;
        int downsampling; ///< The place of what lies between two stages
        std::unordered_set<std::string_view> texts;
    };

    int place_of(const Module& module, const Siblings& siblings) const {
        if (siblings.level == Level::network && module.words.has("downsample"))
            return siblings.downsampling;
        for (const SiteRow& row : rows_[static_cast<std::size_t>(siblings.level)]) {
            const bool fits =
                row.words.front() == '=' ? module.words.text() == row.words.substr(1) : module.words.has_all(row.words);
            if (fits && (row.beside.empty() || siblings.texts.contains(row.beside)))
                return row.place;
        }
        return usual_place(siblings.level, module);
    }

    /// The children of `owner`, or their elements where lists run in turns, with their places.
    std::vector<Place> places_in(const Module& owner) {
        const auto [downsampling, is_new] = downsampling_.try_emplace(owner.owner, 0);
        if (is_new)
            downsampling->second = place_of_downsampling(owner);
        Siblings siblings{level_of(owner), downsampling->second, {}};
        for (const Module* child : owner.children)
            siblings.texts.insert(child->words.text());
        const Turns turns = elements_in_turns(owner, siblings.level);
        std::vector<Place> places;
        for (const Module* child : owner.children) {
            const int place = place_of(*child, siblings);
            if (turns.contains(child))
                places.push_back({network::blocks, child->words.number(), place, child});
            else if (child->children.empty() || !turns.contains(child->children.front()))
                places.push_back({place, child->words.number(), 0, child});
            else
                for (const Module* element : child->children)
                    places.push_back({network::blocks, element->words.number(), place, element});
        }
        return places;
    }

    void visit(const Module& owner) {
        found_.push_back(&owner);
        std::vector<Place> places = places_in(owner);
        std::ranges::stable_sort(places, [&](const Place& a, const Place& b) {
            const auto key = [](const Place& p) { return std::tuple(p.place, p.number, p.within); };
            if (key(a) != key(b))
                return key(a) < key(b);
            return sorted_ && natural_less(std::string(a.module->part), std::string(b.module->part));
        });
        for (const Place& place : places)
            visit(*place.module);
    }

    bool sorted_;
    std::unordered_map<const Module*, int> downsampling_; ///< By list of stages
    std::vector<SiteRow> rows_[3];                        ///< By level: the rows that hold for this file.
    std::vector<const Module*> found_;
};

} // namespace

std::vector<const Module*> in_order_of_sites(const ModuleTree& tree, bool file_is_sorted) {
    return Order(tree, file_is_sorted).take();
}

} // namespace normscope
