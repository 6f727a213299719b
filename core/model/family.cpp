// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/model/network.h"
#include "core/model/settings.h"
#include "core/model/vit.h"

namespace normscope {

std::string recognise_family(const TensorCatalog& catalog) {
    return looks_like_vit(catalog) ? "vit" : "";
}

Result<std::unique_ptr<Network>> build_network(const TensorCatalog& catalog, const NetworkSettings& settings) {
    const auto said = SettingReader(settings).text("family");
    const Told<std::string> family = said ? *said : Told<std::string>{recognise_family(catalog), "keys"};
    if (family.value.empty())
        return Error{ErrorCode::not_supported, catalog.path,
                     "expected the keys of a known family, found another network; families that run: vit (timm's "
                     "VisionTransformer). `inspect` shows what the checkpoint holds"};
    if (family.value != "vit")
        return Error{family.source == "user" ? ErrorCode::bad_argument : ErrorCode::not_supported, catalog.path,
                     "expected a known family, found \"" + family.value + "\" (told by " + family.source +
                         "); families that run: vit"};
    auto plan = plan_vit(catalog, settings).within(catalog.path);
    if (!plan)
        return plan.error();
    plan->told["family"] = family;
    return build_vit(catalog, std::move(*plan)).within(catalog.path);
}

} // namespace normscope
