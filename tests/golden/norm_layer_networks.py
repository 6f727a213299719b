# SPDX-License-Identifier: GPL-3.0-or-later
"""The tiny networks of make_norm_layers.py: BUILDERS maps a name to a function that gives (model, keywords)."""
import math

import timm
import timm.models.mlp_mixer
import torch
import torchvision
import transformers
from torch import nn
from torchvision.models.convnext import CNBlockConfig, ConvNeXt
from torchvision.models.swin_transformer import SwinTransformer

BUILDERS = {}
TOKENS = torch.tensor([[3, 4, 5, 6, 7, 8]])
TEXT = dict(hidden_size=8, num_hidden_layers=2, num_attention_heads=2, intermediate_size=16, vocab_size=50,
            max_position_embeddings=32, pad_token_id=0, bos_token_id=1, eos_token_id=2)
PICTURE = dict(hidden_size=8, num_hidden_layers=2, num_attention_heads=2, intermediate_size=16, image_size=8,
               patch_size=4)
PAIR = dict(d_model=8, encoder_layers=2, decoder_layers=2, encoder_attention_heads=2, decoder_attention_heads=2,
            encoder_ffn_dim=16, decoder_ffn_dim=16, vocab_size=50, max_position_embeddings=32, pad_token_id=0,
            bos_token_id=1, eos_token_id=2, decoder_start_token_id=1, num_hidden_layers=2)
SOUND = dict(hidden_size=8, num_hidden_layers=2, num_attention_heads=2, intermediate_size=16, vocab_size=50,
             conv_dim=[8, 8, 8], conv_kernel=[10, 3, 2], conv_stride=[5, 2, 2], num_conv_pos_embeddings=4,
             num_conv_pos_embedding_groups=2, num_feat_extract_layers=3)
GPT = dict(n_embd=8, n_layer=2, n_head=2, n_positions=32)
KV = dict(num_key_value_heads=1, head_dim=4)  # one head of keys and values, of width 4

MASKED = {
    "bert": {}, "roberta": {}, "megatron-bert": {}, "albert": dict(embedding_size=4), "electra": dict(embedding_size=4),
    "distilbert": dict(dim=8, n_layers=2, n_heads=2, hidden_dim=16),
    "modernbert": dict(global_attn_every_n_layers=2, local_attention=4, cls_token_id=1, sep_token_id=2),
    "deberta-v2": dict(relative_attention=True, pos_att_type="c2p|p2c", norm_rel_ebd="layer_norm",
                       position_biased_input=False, share_att_key=True, position_buckets=8),
    "esm": dict(mask_token_id=4, position_embedding_type="rotary", emb_layer_norm_before=True, token_dropout=False),
    "mobilebert": dict(embedding_size=8, intra_bottleneck_size=4, true_hidden_size=4),
}
CAUSAL = {
    "llama": KV, "mistral": KV, "mixtral": dict(KV, num_local_experts=2), "qwen2": KV, "qwen3": KV, "gemma": KV,
    "gemma2": dict(KV, query_pre_attn_scalar=4), "gemma3_text": dict(KV, query_pre_attn_scalar=4), "olmo": KV,
    "olmo2": KV, "phi": dict(num_key_value_heads=2, qk_layernorm=True), "phi3": dict(num_key_value_heads=1),
    "cohere": dict(KV, use_qk_norm=True), "glm4": dict(KV, partial_rotary_factor=0.5), "gpt_neox": {},
    "stablelm": dict(KV, qk_layernorm=True, num_key_value_heads=2), "opt": dict(ffn_dim=16, word_embed_proj_dim=8),
    "bloom": dict(n_layer=2, n_head=2), "falcon": {}, "gpt2": GPT, "gptj": dict(GPT, rotary_dim=4),
    "mpt": dict(d_model=8, n_layers=2, n_heads=2, max_seq_len=32, expansion_ratio=2), "mamba": dict(state_size=4),
    "mamba2": dict(state_size=4, num_heads=4, head_dim=4, n_groups=1, chunk_size=4),
    "rwkv": dict(attention_hidden_size=8, context_length=32), "lfm2": dict(KV, layer_types=["conv", "full_attention"]),
    "deepseek_v3": dict(q_lora_rank=4, kv_lora_rank=4, qk_nope_head_dim=4, qk_rope_head_dim=4, v_head_dim=4, n_group=1,
                        n_routed_experts=2, topk_group=1, num_experts_per_tok=1, first_k_dense_replace=1,
                        moe_intermediate_size=8),
    "jamba": dict(num_key_value_heads=1, attn_layer_period=2, attn_layer_offset=1, expert_layer_period=2, num_experts=2,
                  expert_layer_offset=1, use_mamba_kernels=False, mamba_d_state=4, mamba_dt_rank=2),
    "qwen3_next": dict(KV, linear_num_value_heads=2, linear_num_key_heads=2, linear_key_head_dim=4,
                       linear_value_head_dim=4, num_experts=2, num_experts_per_tok=1, moe_intermediate_size=8,
                       shared_expert_intermediate_size=8, layer_types=["linear_attention", "full_attention"]),
}
SEQUENCES = {"bart": {}, "mbart": {}, "pegasus": {}, "marian": {}}
T5 = dict(d_kv=4, d_ff=16, num_layers=2, num_heads=2, num_decoder_layers=2)
for name in ("t5", "mt5", "umt5"):
    SEQUENCES[name] = dict(T5, feed_forward_proj="relu" if name == "t5" else "gated-gelu")
SOUNDS = {"wav2vec2": {}, "hubert": {}, "wavlm": {},
          "data2vec-audio": dict(num_conv_pos_embeddings=2, conv_pos_kernel_size=3)}
HALVES = dict(depths=[1, 2], image_size=32)
PICTURES = {
    "vit": {}, "deit": {}, "beit": dict(use_mean_pooling=True), "dinov2": {}, "dinov3_vit": {},
    "swin": dict(HALVES, embed_dim=4, num_heads=[1, 2], num_attention_heads=[1, 2], window_size=2, image_size=16,
                 patch_size=2),
    "convnext": dict(HALVES, hidden_sizes=[4, 8], num_stages=2),
    "convnextv2": dict(HALVES, hidden_sizes=[4, 8], num_stages=2),
    "segformer": dict(hidden_sizes=[4, 4, 8, 8], depths=[1, 2, 1, 1], num_attention_heads=[1, 1, 2, 2],
                      decoder_hidden_size=8, image_size=32),
    "sam_vision_model": dict(image_size=32, output_channels=8, global_attn_indexes=[1], window_size=2, mlp_dim=16),
}


def of_transformers(label, kind, sizes, auto, inputs):
    """Adds the builder of a model_type; `inputs` gives the keywords of its forward by its config."""
    def build():
        config = transformers.AutoConfig.for_model(kind, **sizes)
        return getattr(transformers, auto).from_config(config), inputs(config)
    BUILDERS[label] = build


def tokens(_):
    return {"input_ids": TOKENS}


def two_tokens(_):
    return {"input_ids": TOKENS, "decoder_input_ids": TOKENS}


def sound(_):
    return {"input_values": torch.randn(1, 800)}


def picture(config):
    side = getattr(config, "image_size", None) or 32
    return {"pixel_values": torch.randn(1, 3, side, side)}


for name, sizes in MASKED.items():
    of_transformers(name, name, {**TEXT, **sizes}, "AutoModelForMaskedLM", tokens)
for name, sizes in CAUSAL.items():
    of_transformers(name, name, {**TEXT, **sizes}, "AutoModelForCausalLM", tokens)
of_transformers("falcon, new decoder", "falcon", dict(TEXT, new_decoder_architecture=True, num_kv_heads=1),
                "AutoModelForCausalLM", tokens)
for name, sizes in SEQUENCES.items():
    of_transformers(name, name, {**PAIR, **sizes}, "AutoModel", two_tokens)
for name, sizes in SOUNDS.items():
    of_transformers(name, name, {**SOUND, **sizes}, "AutoModel", sound)
of_transformers("wav2vec2, stable", "wav2vec2", dict(SOUND, feat_extract_norm="layer", do_stable_layer_norm=True),
                "AutoModel", sound)
for name, sizes in PICTURES.items():
    of_transformers(name, name, {**PICTURE, **sizes},
                    "AutoModelForSemanticSegmentation" if name == "segformer" else "AutoModel", picture)
of_transformers("whisper", "whisper", dict(PAIR, num_mel_bins=8, max_source_positions=8, max_target_positions=16),
                "AutoModel", lambda _: {"input_features": torch.randn(1, 8, 16), "decoder_input_ids": TOKENS})
for name in ("clip", "siglip"):
    of_transformers(name, name, dict(text_config=dict(TEXT, eos_token_id=8), vision_config=PICTURE, projection_dim=8),
                    "AutoModel", lambda _: {"input_ids": TOKENS, "pixel_values": torch.randn(1, 3, 8, 8)})


def detr():
    backbone = transformers.ResNetConfig(embedding_size=4, hidden_sizes=[4, 8], depths=[1, 1], layer_type="basic",
                                         out_features=["stage2"])
    config = transformers.DetrConfig(**PAIR, num_queries=3, use_timm_backbone=False, use_pretrained_backbone=False,
                                     backbone=None, backbone_config=backbone)
    return transformers.DetrForObjectDetection(config), {"pixel_values": torch.randn(1, 3, 32, 32)}


def llava():
    config = transformers.LlavaConfig(
        text_config=transformers.LlamaConfig(**TEXT, **KV), vision_config=transformers.CLIPVisionConfig(**PICTURE),
        image_token_id=49, image_seq_length=4, vision_feature_layer=-1)
    return transformers.LlavaForConditionalGeneration(config), {
        "input_ids": torch.tensor([[3, 49, 49, 49, 49, 5]]), "pixel_values": torch.randn(1, 3, 8, 8)}


BUILDERS.update({"detr": detr, "llava": llava})


def of_timm(label, name, side=16, **sizes):
    BUILDERS["timm " + label] = lambda: (timm.create_model(name, num_classes=3, **sizes),
                                         {"x": torch.randn(1, 3, side, side)})


SMALL = dict(img_size=16, patch_size=8, embed_dim=12, depth=2, num_heads=3)
of_timm("vit", "vit_tiny_patch16_224", **SMALL)
of_timm("vit, all norms", "vit_tiny_patch16_224", **SMALL, qk_norm=True, pre_norm=True, scale_attn_norm=True,
        scale_mlp_norm=True, global_pool="avg")
of_timm("deit3", "deit3_small_patch16_224", **SMALL)
of_timm("eva02", "eva02_tiny_patch14_224", **SMALL, scale_mlp=True, scale_attn_inner=True)
of_timm("xcit", "xcit_nano_12_p8_224", img_size=16, embed_dim=12, depth=2, num_heads=3, cls_attn_layers=2)
of_timm("cait", "cait_xxs24_224", **SMALL)
of_timm("convnext", "convnext_tiny", side=32, depths=(1, 1, 1, 2), dims=(4, 4, 4, 8))
of_timm("swin", "swin_tiny_patch4_window7_224", side=32, img_size=32, window_size=2, depths=(1, 2), embed_dim=4,
        num_heads=(1, 2))


def mixer(block, **sizes):
    model = timm.models.mlp_mixer.MlpMixer(num_classes=3, img_size=16, patch_size=8, num_blocks=2, embed_dim=8,
                                          block_layer=block, **sizes)
    return model, {"x": torch.randn(1, 3, 16, 16)}


BUILDERS.update({
    "timm mixer": lambda: mixer(timm.models.mlp_mixer.MixerBlock),
    "timm resmlp": lambda: mixer(timm.models.mlp_mixer.ResBlock, mlp_ratio=4, norm_layer=timm.models.mlp_mixer.Affine),
    "torchvision convnext": lambda: (ConvNeXt([CNBlockConfig(4, 8, 1), CNBlockConfig(8, None, 2)], num_classes=3),
                                     {"x": torch.randn(1, 3, 32, 32)}),
    "torchvision swin": lambda: (SwinTransformer([4, 4], 4, [1, 2], [1, 2], [2, 2], num_classes=3),
                                 {"x": torch.randn(1, 3, 32, 32)}),
})


# Networks written by hand, in the names that people copy.

class AnnotatedLayerNorm(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.a_2, self.b_2 = nn.Parameter(torch.ones(width)), nn.Parameter(torch.zeros(width))

    def forward(self, x):
        return self.a_2 * (x - x.mean(-1, keepdim=True)) / (x.std(-1, keepdim=True) + 1e-6) + self.b_2


class Sublayer(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.norm = AnnotatedLayerNorm(width)

    def forward(self, x, inner):
        return x + inner(self.norm(x))


class Attention(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.linears = nn.ModuleList(nn.Linear(width, width) for _ in range(4))

    def forward(self, x, memory):
        q, k, v = (layer(z) for layer, z in zip(self.linears, (x, memory, memory)))
        return self.linears[3](torch.softmax(q @ k.transpose(-1, -2), -1) @ v)


class FeedForward(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.w_1, self.w_2 = nn.Linear(width, 2 * width), nn.Linear(2 * width, width)

    def forward(self, x):
        return self.w_2(torch.relu(self.w_1(x)))


class AnnotatedLayer(nn.Module):
    def __init__(self, width, crossed):
        super().__init__()
        self.self_attn, self.feed_forward = Attention(width), FeedForward(width)
        if crossed:
            self.src_attn = Attention(width)
        self.sublayer = nn.ModuleList(Sublayer(width) for _ in range(3 if crossed else 2))

    def forward(self, x, memory=None):
        x = self.sublayer[0](x, lambda x: self.self_attn(x, x))
        if memory is not None:
            x = self.sublayer[1](x, lambda x: self.src_attn(x, memory))
        return self.sublayer[-1](x, self.feed_forward)


class AnnotatedStack(nn.Module):
    def __init__(self, width, crossed):
        super().__init__()
        self.layers = nn.ModuleList(AnnotatedLayer(width, crossed) for _ in range(2))
        self.norm = AnnotatedLayerNorm(width)

    def forward(self, x, memory=None):
        for layer in self.layers:
            x = layer(x, memory)
        return self.norm(x)


class Annotated(nn.Module):
    """harvardnlp/annotated-transformer"""

    def __init__(self):
        super().__init__()
        self.encoder, self.decoder = AnnotatedStack(8, False), AnnotatedStack(8, True)
        self.src_embed, self.tgt_embed = (nn.Sequential(nn.Embedding(50, 8)) for _ in range(2))
        self.generator = nn.Linear(8, 50)

    def forward(self, x):
        return self.generator(self.decoder(self.tgt_embed(x), self.encoder(self.src_embed(x))))


class GainNorm(nn.Module):
    """x-transformers' RMSNorm: one parameter g."""

    def __init__(self, width):
        super().__init__()
        self.g = nn.Parameter(torch.ones(width))

    def forward(self, x):
        return nn.functional.normalize(x, dim=-1) * math.sqrt(x.shape[-1]) * self.g


class XLayers(nn.Module):
    def __init__(self):
        super().__init__()
        block = lambda inner: nn.ModuleList([nn.ModuleList([GainNorm(8)]), inner, nn.Identity()])
        self.layers = nn.ModuleList(block(inner) for _ in range(2) for inner in (Attention(8), FeedForward(8)))
        self.final_norm = GainNorm(8)

    def forward(self, x):
        for norms, inner, _ in self.layers:
            y = norms[0](x)
            x = x + (inner(y, y) if isinstance(inner, Attention) else inner(y))
        return self.final_norm(x)


class XTransformer(nn.Module):
    """lucidrains/x-transformers"""

    def __init__(self):
        super().__init__()
        self.token_emb, self.attn_layers = nn.ModuleDict({"emb": nn.Embedding(50, 8)}), XLayers()
        self.to_logits = nn.Linear(8, 50, bias=False)

    def forward(self, x):
        return self.to_logits(self.attn_layers(self.token_emb["emb"](x)))


class NanoLayerNorm(nn.Module):
    def __init__(self, width, bias):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(width))
        self.bias = nn.Parameter(torch.zeros(width)) if bias else None

    def forward(self, x):
        return nn.functional.layer_norm(x, self.weight.shape, self.weight, self.bias)


class NanoBlock(nn.Module):
    def __init__(self, norm):
        super().__init__()
        self.ln_1, self.ln_2 = norm(8), norm(8)
        self.attn = nn.ModuleDict({"c_attn": nn.Linear(8, 24, bias=False), "c_proj": nn.Linear(8, 8, bias=False)})
        self.mlp = nn.ModuleDict({"c_fc": nn.Linear(8, 32, bias=False), "c_proj": nn.Linear(32, 8, bias=False)})

    def forward(self, x):
        q, k, v = self.attn["c_attn"](self.ln_1(x)).split(8, -1)
        x = x + self.attn["c_proj"](torch.softmax(q @ k.transpose(-1, -2), -1) @ v)
        return x + self.mlp["c_proj"](torch.relu(self.mlp["c_fc"](self.ln_2(x))))


class NanoGPT(nn.Module):
    """karpathy/nanoGPT; its norms may be replaced by DyT."""

    def __init__(self, norm):
        super().__init__()
        blocks = nn.ModuleList(NanoBlock(norm) for _ in range(2))
        self.transformer = nn.ModuleDict(
            {"wte": nn.Embedding(50, 8), "wpe": nn.Embedding(32, 8), "h": blocks, "ln_f": norm(8)})
        self.lm_head = nn.Linear(8, 50, bias=False)

    def forward(self, x):
        x = self.transformer["wte"](x) + self.transformer["wpe"](torch.arange(x.shape[1]))
        for block in self.transformer["h"]:
            x = block(x)
        return self.lm_head(self.transformer["ln_f"](x))


class DyT(nn.Module):
    def __init__(self, width, bias=True):
        super().__init__()
        self.alpha, self.weight = nn.Parameter(torch.ones(1)), nn.Parameter(torch.ones(width))
        self.bias = nn.Parameter(torch.zeros(width)) if bias else None

    def forward(self, x):
        y = self.weight * torch.tanh(self.alpha * x)
        return y if self.bias is None else y + self.bias


class FmsBlock(nn.Module):
    def __init__(self):
        super().__init__()
        self.ln, self.ff_ln = DyT(8, False), DyT(8, False)
        self.attn = nn.ModuleDict({name: nn.Linear(8, 8, bias=False) for name in ("query", "key", "value", "dense")})
        self.ff_sub_layer = nn.ModuleDict({name: nn.Linear(8, 16, bias=False) for name in ("w1", "wg")})
        self.ff_sub_layer["w2"] = nn.Linear(16, 8, bias=False)

    def forward(self, x):
        y = self.ln(x)
        q, k, v = (self.attn[name](y) for name in ("query", "key", "value"))
        x = x + self.attn["dense"](torch.softmax(q @ k.transpose(-1, -2), -1) @ v)
        y, f = self.ff_ln(x), self.ff_sub_layer
        return x + f["w2"](torch.sigmoid(f["wg"](y)) * f["w1"](y))


class FmsLlama(nn.Module):
    """LLaMA of foundation-model-stack with DyT, as its authors trained it."""

    def __init__(self):
        super().__init__()
        self.shared = nn.ModuleDict({"emb": nn.Embedding(50, 8), "head": nn.Linear(8, 50, bias=False)})
        self.shared_scale = nn.Parameter(torch.ones(1))
        self.layers, self.dec_norm = nn.ModuleList(FmsBlock() for _ in range(2)), DyT(8, False)

    def forward(self, x):
        x = self.shared["emb"](x) * self.shared_scale
        for layer in self.layers:
            x = layer(x)
        return self.shared["head"](self.dec_norm(x))


class ScaleShiftNorm(nn.Module):
    """LLMs-from-scratch: scale and shift."""

    def __init__(self, width):
        super().__init__()
        self.scale, self.shift = nn.Parameter(torch.ones(width)), nn.Parameter(torch.zeros(width))

    def forward(self, x):
        return self.scale * nn.functional.layer_norm(x, x.shape[-1:]) + self.shift


class ScratchBlock(nn.Module):
    def __init__(self):
        super().__init__()
        self.att = Attention(8)
        self.ff = nn.ModuleDict({"layers": nn.Sequential(nn.Linear(8, 32), nn.GELU(), nn.Linear(32, 8))})
        self.norm1, self.norm2 = ScaleShiftNorm(8), ScaleShiftNorm(8)

    def forward(self, x):
        y = self.norm1(x)
        x = x + self.att(y, y)
        return x + self.ff["layers"](self.norm2(x))


class ScratchGPT(nn.Module):
    def __init__(self):
        super().__init__()
        self.tok_emb, self.pos_emb = nn.Embedding(50, 8), nn.Embedding(32, 8)
        self.trf_blocks = nn.Sequential(ScratchBlock(), ScratchBlock())
        self.final_norm, self.out_head = ScaleShiftNorm(8), nn.Linear(8, 50)

    def forward(self, x):
        return self.out_head(self.final_norm(self.trf_blocks(self.tok_emb(x) + self.pos_emb(torch.arange(x.shape[1])))))


class LucidAttention(nn.Module):
    def __init__(self):
        super().__init__()
        self.norm, self.to_qkv = nn.LayerNorm(8), nn.Linear(8, 24, bias=False)
        self.to_out = nn.Sequential(nn.Linear(8, 8), nn.Dropout(0))

    def forward(self, x):
        q, k, v = self.to_qkv(self.norm(x)).chunk(3, -1)
        return self.to_out(torch.softmax(q @ k.transpose(-1, -2), -1) @ v)


class LucidFeedForward(nn.Module):
    def __init__(self):
        super().__init__()
        self.net = nn.Sequential(nn.LayerNorm(8), nn.Linear(8, 16), nn.GELU(), nn.Dropout(0), nn.Linear(16, 8))

    def forward(self, x):
        return self.net(x)


class LucidViT(nn.Module):
    """lucidrains/vit-pytorch: norms inside Sequentials and ModuleLists."""

    def __init__(self):
        super().__init__()
        self.to_patch_embedding = nn.Sequential(nn.Flatten(2), nn.LayerNorm(12), nn.Linear(12, 8), nn.LayerNorm(8))
        self.cls_token, self.pos_embedding = nn.Parameter(torch.randn(1, 1, 8)), nn.Parameter(torch.randn(1, 5, 8))
        self.transformer = nn.Module()
        self.transformer.norm = nn.LayerNorm(8)
        self.transformer.layers = nn.ModuleList(nn.ModuleList([LucidAttention(), LucidFeedForward()]) for _ in range(2))
        self.mlp_head = nn.Linear(8, 3)

    def forward(self, x):
        x = torch.cat([self.cls_token, self.to_patch_embedding(x)], 1) + self.pos_embedding
        for attention, feed_forward in self.transformer.layers:
            x = attention(x) + x
            x = feed_forward(x) + x
        return self.mlp_head(self.transformer.norm(x)[:, 0])


class Pictures(nn.Module):
    """LayerNorm over (C, H, W), GroupNorm, BatchNorm, PReLU, and Linear layers called like norms."""

    def __init__(self):
        super().__init__()
        convolution = lambda inputs, outputs: nn.Conv2d(inputs, outputs, 3, padding=1)
        self.features = nn.Sequential(convolution(3, 4), nn.LayerNorm((4, 8, 8)), nn.PReLU(4), convolution(4, 4),
                                      nn.BatchNorm2d(4), nn.PReLU(4), convolution(4, 8), nn.GroupNorm(2, 8), nn.PReLU())
        self.normalize, self.norm_proj = nn.Linear(8, 8), nn.Linear(8, 8, bias=False)
        self.head = nn.Sequential(nn.LayerNorm(8), nn.Linear(8, 3))
        self.temperature = nn.Parameter(torch.ones(1))

    def forward(self, x):
        return self.head(self.norm_proj(self.normalize(self.features(x).mean((2, 3))))) * self.temperature


BUILDERS.update({
    "torch transformer": lambda: (nn.Transformer(8, 2, 2, 2, 16, batch_first=True),
                                  {"src": torch.randn(1, 3, 8), "tgt": torch.randn(1, 4, 8)}),
    "annotated transformer": lambda: (Annotated(), {"x": TOKENS}),
    "x-transformers": lambda: (XTransformer(), {"x": TOKENS}),
    "nanoGPT": lambda: (NanoGPT(lambda width: NanoLayerNorm(width, False)), {"x": TOKENS}),
    "nanoGPT, DyT": lambda: (NanoGPT(DyT), {"x": TOKENS}),
    "fms LLaMA, DyT": lambda: (FmsLlama(), {"x": TOKENS}),
    "LLMs from scratch": lambda: (ScratchGPT(), {"x": TOKENS}),
    "vit-pytorch": lambda: (LucidViT(), {"x": torch.randn(1, 4, 12)}),
    "convolutions": lambda: (Pictures(), {"x": torch.randn(1, 3, 8, 8)}),
})
