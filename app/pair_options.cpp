// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/pair_options.h"

namespace normscope {

void add_pair_options(CLI::App& command, PairOptions& options) {
    command
        .add_option("--pair", options.pairs,
                    "INPUT,OUTPUT[,name=NAME][,kind=KIND][,eps=EPS][,channel_axis=1]: two datasets of an HDF5 file "
                    "that make a layer, or one of two columns, x and y; repeatable. Channels are on axis -1, the last, "
                    "if channel_axis=0 or 1 does not say otherwise (1 for LayerNorm2d); with 0 the samples are last")
        ->expected(1)
        ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
    command.add_option("--mappings", options.store,
                       "JSON file of saved pairs, such as the window's: read for a file of an unknown layout, written "
                       "where --pair is given");
}

Result<Pairing> parse_pairing(const PairOptions& options) {
    Pairing pairing;
    pairing.store = options.store;
    for (const auto& words : options.pairs) {
        NORMSCOPE_LET(pair, parse_pair(words));
        pairing.pairs.push_back(std::move(pair));
    }
    return pairing;
}

} // namespace normscope
