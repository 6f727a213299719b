// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/model/vit_grid.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <tuple>

namespace normscope {
namespace {

/// The side of a square of `count` patches, 0 when it is none.
int64_t square_side(int64_t count) {
    const auto side = static_cast<int64_t>(std::llround(std::sqrt(static_cast<double>(std::max<int64_t>(count, 0)))));
    return side * side == count ? side : 0;
}

class GridPlanner {
public:
    GridPlanner(const SettingReader& settings, TensorNeeds& needs, VitPlan& plan)
        : settings_(settings), needs_(needs), plan_(plan) {}

    Result<void> run() {
        NORMSCOPE_LET(table, needs_.allow("pos_embed", {1, any_size, plan_.width}));
        NORMSCOPE_LET(told, settings_.extent("image_size"));
        if (table == nullptr)
            return grid_without_positions(told);
        const int64_t entries = table->shape[1];
        if (told &&
            settle_grid(entries, told->value.first / plan_.patch_height, told->value.second / plan_.patch_width)) {
            plan_.input.height = told->value.first;
            plan_.input.width = told->value.second;
            tell(extent_text(plan_.input.height, plan_.input.width), told->source);
            return {};
        }
        const std::string found = "pos_embed has " + std::to_string(entries) + " entries for " +
                                  std::to_string(plan_.prefix()) + " prefix tokens and the patches of " +
                                  extent_text(plan_.patch_height, plan_.patch_width) + " pixels";
        if (told && told->source == "user")
            return Error{ErrorCode::cannot_run, "--set image_size",
                         "expected a size that the position table was made for, found " +
                             extent_text(told->value.first, told->value.second) + "; " + found};
        if (told)
            plan_.warnings.push_back("the image size told by " + told->source + " does not fit: " + found);
        // Where both fit (only tiny grids with registers), the table is of patches alone, as timm's with registers are.
        const int64_t with_prefix = square_side(entries - plan_.prefix()), without = square_side(entries);
        const int64_t side = without != 0 ? without : with_prefix;
        if (with_prefix != 0 && without != 0 && plan_.prefix() > 0)
            plan_.warnings.push_back(found + ": " + extent_text(side, side) +
                                     " patches were assumed; say --set image_size=HEIGHTxWIDTH if they are fewer");
        if (side == 0 || !settle_grid(entries, side, side))
            return Error{ErrorCode::cannot_run, "pos_embed",
                         "expected a square grid of patches; " + found + "; say --set image_size=HEIGHTxWIDTH"};
        plan_.input.height = side * plan_.patch_height;
        plan_.input.width = side * plan_.patch_width;
        tell(extent_text(plan_.input.height, plan_.input.width), "keys");
        return {};
    }

private:
    /// True when a table of `entries` fits this grid, with the prefix tokens or without.
    bool settle_grid(int64_t entries, int64_t rows, int64_t columns) {
        plan_.patches = rows * columns;
        plan_.positions_cover_prefix = plan_.patches + plan_.prefix() == entries;
        return plan_.patches > 0 && (plan_.positions_cover_prefix || plan_.patches == entries);
    }

    Result<void> grid_without_positions(const std::optional<Told<std::pair<int64_t, int64_t>>>& told) {
        const auto size = told.value_or(Told<std::pair<int64_t, int64_t>>{{224, 224}, "family default"});
        std::tie(plan_.input.height, plan_.input.width) = size.value;
        plan_.patches = (plan_.input.height / plan_.patch_height) * (plan_.input.width / plan_.patch_width);
        const std::string text = extent_text(plan_.input.height, plan_.input.width);
        if (plan_.patches == 0)
            return Error{ErrorCode::cannot_run, "image_size",
                         "expected at least one patch of " + extent_text(plan_.patch_height, plan_.patch_width) +
                             " pixels, found images of " + text + "; say --set image_size=HEIGHTxWIDTH"};
        if (!told)
            plan_.warnings.push_back("image_size=" + text +
                                     " was assumed; say --set image_size=HEIGHTxWIDTH if it is not");
        tell(text, size.source);
        return {};
    }

    void tell(const std::string& size, const std::string& source) { plan_.told["image_size"] = {size, source}; }

    const SettingReader& settings_;
    TensorNeeds& needs_;
    VitPlan& plan_;
};

} // namespace

std::string extent_text(int64_t height, int64_t width) {
    return std::to_string(height) + "x" + std::to_string(width);
}

Result<void> plan_vit_grid(const SettingReader& settings, TensorNeeds& needs, VitPlan& plan) {
    return GridPlanner(settings, needs, plan).run();
}

} // namespace normscope
