// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string_view>

// Where the parts of a network run, by the words of their names (site_words.h): three tables, of a network or a tower
// of it, of a block, and of an attention or another mixer. Smaller places run first.
namespace normscope {

/// A row says: a part of a path with all these words ("=norm": these and no others) runs at this place among its
/// siblings. Some rows hold only beside a sibling of these words, or where some key of the file has, or none has, a
/// text. The first row that fits wins.
struct SiteRow {
    std::string_view words;
    int place;
    std::string_view beside = "", has = "", lacks = "";
};

namespace network { // what a whole network or a tower of it is made of
enum Place {
    input = 0,
    input_norm = 5,
    vision = 10,
    connector = 20,
    text = 30,
    encoder = 40,
    before_blocks = 45,
    blocks = 50,
    more_blocks = 55,
    final_norm = 60,
    decoder = 70,
    decoder_blocks = 75,
    decoder_norm = 78,
    last_norm = 80,
    pool = 90,
    head = 100
};
constexpr SiteRow rows[] = {
    {"=norm", input_norm, "feature extractor"},                             // SEW
    {"=norm", final_norm, "pos conv emb", ".conv_module."},                 // conformers
    {"=norm", input_norm, "pos conv emb", "", "conv_layers.1.layer_norm."}, // wav2vec 2.0 with post-norm blocks
    {"=norm", input_norm, "pos conv emb", ".pos_conv_embed.layers."},       // data2vec
    {"=norm", input_norm, "rel emb"},                                       // DeBERTa: of the relative embeddings
    {"enc norm", final_norm},
    {"=norm", last_norm, "dec"},
    {"emb norm", final_norm, "", ".operator_norm."}, // LFM2
    {"batch norm 1", input_norm},                    // ResNet's stem
    {"batch norm", last_norm, "norm"},               // of a conformer's convolution
    {"vocab norm", head},
    {"head norm", head},
    {"emb after norm", final_norm}, // ESM
    {"emb norm", input_norm},
    {"patch norm", input_norm},
    {"pre norm", input_norm},
    {"in norm", input_norm},
    {"input norm", input_norm},
    {"projection norm", input_norm},
    {"fc norm", pool},
    {"pool norm", pool},
    {"dec norm", decoder_norm},
    {"norm", final_norm},
    {"dec emb", decoder},
    {"dec blocks", decoder_blocks},
    {"dec layers", decoder_blocks},
    {"pool", pool},
    {"emb", input},
    {"stem", input},
    {"conv", input},
    {"extractor", input},
    {"projection", input_norm},
    {"head", head},
    {"classifier", head},
    {"lm", head},
    {"predictions", head},
    {"prediction", head},
    {"discriminator", head},
    {"generator", head},
    {"score", head},
    {"logits", head},
    {"connector", connector},
    {"qformer", connector},
    {"resampler", connector},
    {"prompt", before_blocks},
    {"dec", decoder},
    {"vision", vision},
    {"audio", vision},
    {"speech", vision},
    {"text", text},
    {"language", text},
    {"enc", encoder},
    {"backbone", encoder},
    {"cls attn", more_blocks}, // XCiT, CaiT
    {"cls", head},
    {"token only", more_blocks},
    {"single", more_blocks},   // Flux
    {"bottleneck", last_norm}, // MobileBERT's output
    {"shortcut", more_blocks},
};
} // namespace network

namespace block { // what a block is made of
enum Place {
    first = 0,
    first_half = 5,
    attention_input = 10,
    attention = 20,
    attention_output = 30,
    between = 35,
    cross_input = 40,
    cross_attention = 50,
    cross_output = 60,
    second_half = 65,
    ffn_input = 70,
    ffn = 80,
    ffn_output = 90,
    last = 100
};
constexpr SiteRow rows[] = {
    {"norm 0", first}, // RWKV
    {"pre norm", first, "norm 1"},
    {"norm 3", cross_input, "local mp"}, // XCiT
    {"norm 2", ffn_input, "local mp"},
    {"norm 2", cross_input, "norm 3"},                            // attention, cross-attention, feed-forward
    {"=norm", ffn_input, "", ".attention.LayerNorm."},            // ESM
    {"=norm", ffn_input, "", ".attention.self_attn_layer_norm."}, // XLM-R XL
    {"=norm", ffn_input, "", ".attention.ln."},                   // Megatron's BERT
    {"=norm", attention_input},
    {"altup", first},
    {"bottleneck", first}, // MobileBERT
    {"ffn 1 norm", first_half},
    {"ffn1 norm", first_half},
    {"ffn 2 norm", second_half},
    {"post per norm", last}, // Gemma 3n
    {"post cross norm", cross_output},
    {"cross norm", cross_input},
    {"enc attn norm", cross_input},
    {"post ffn norm", ffn_output},
    {"ffn out norm", ffn_output},
    {"ffn output norm", ffn_output},
    {"ffn post norm", ffn_output},
    {"post self attn norm", attention_output},
    {"post attn norm", between},
    {"attn post norm", attention_output},
    {"attn out norm", attention_output},
    {"attn output norm", attention_output},
    {"ffn norm", ffn_input},
    {"conv norm", between},
    {"q norm", attention},
    {"k norm", attention},
    {"attn norm", attention_input},
    {"self norm", attention_input},
    {"input norm", attention_input},
    {"before norm", attention_input},
    {"channel norm", ffn_input}, // RecurrentGemma
    {"pre norm", attention_input},
    {"operator norm", attention_input}, // LFM2
    {"temporal norm", attention_input},
    {"mixer norm", attention_input},
    {"after norm", ffn_input},
    {"final norm", ffn_input}, // BART, Whisper, wav2vec 2.0: the norm of the feed-forward half
    {"out norm", last},
    {"output norm", last},
    {"full norm", last}, // ALBERT
    {"norm 1", attention_input},
    {"norm 2", ffn_input},
    {"norm 3", ffn_input},
    {"norm 4", ffn_output},
    {"cross", cross_attention},
    {"enc attn", cross_attention},
    {"enc dec attn", cross_attention},
    {"attn 2", cross_attention},
    {"ffn 1", first_half},
    {"conv module", between},
    {"attn", attention},
    {"self", attention},
    {"mixer", attention},
    {"mamba", attention},
    {"temporal", attention},
    {"tokens", attention},
    {"laurel", attention_input}, // Gemma 3n
    {"output", ffn_output},
    {"input", first},
    {"local mp", cross_attention},
    {"ffn", ffn},
    {"experts", ffn},
    {"intermediate", ffn},
    {"downsample", last},
    {"shortcut", last},
};
} // namespace block

namespace attention { // what an attention or another mixer is made of
enum Place { query = 10, latent = 15, key = 20, value = 30, inner = 40, output = 50 };
constexpr SiteRow rows[] = {
    {"q norm", query}, {"dt norm", query}, {"kv norm", latent}, {"k norm", key},    {"v norm", value},
    {"q", query},      {"k", key},         {"qkv", query},      {"v", value},       {"norm", inner},
    {"proj", output},  {"self", inner},    {"out", output},     {"output", output},
};
} // namespace attention

} // namespace normscope
