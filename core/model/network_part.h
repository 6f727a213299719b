// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/model/network.h"

#include <optional>
#include <string>
#include <vector>

namespace normscope {

/// The tensors of a checkpoint that are one network: its family's keys fit below a prefix, the root.
struct NetworkPart {
    TensorCatalog catalog;                 ///< Names count from the root.
    std::optional<Told<std::string>> root; ///< Without its last dot; nothing where the file holds one bare network.
    std::vector<std::string> others;       ///< Roots of the other networks in the file.
};

/// True where the keys of a family fit somewhere.
bool has_network(const TensorCatalog& catalog);

/// The root's spelling of a bare network, and a container's of the top of the file.
inline constexpr const char* bare = ".";

/// Finds the network of a checkpoint by the keys, or at the root that the user names. An average (EMA, teacher …)
/// stands back behind what was trained. Errors: not_supported where no family fits; cannot_run where several networks
/// have the same right, listing their roots; bad_argument where the user names a root that is none.
Result<NetworkPart> network_part(const TensorCatalog& catalog, const NetworkSettings& settings);

} // namespace normscope
