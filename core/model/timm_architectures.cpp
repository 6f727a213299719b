// SPDX-License-Identifier: GPL-3.0-or-later
// Made by tests/golden/make_timm_architectures.py from timm 1.0.31; make it again instead of editing it.
// clang-format off
#include "core/model/architectures.h"

namespace normscope {

const std::vector<ArchitectureGroup>& timm_architectures() {
    static const std::vector<ArchitectureGroup> groups{
    {"",
     "beit_base_patch16_224 beit_base_patch16_384 beit_large_patch16_224 beit_large_patch16_384 "
     "beit_large_patch16_512 beitv2_base_patch16_224 beitv2_large_patch16_224 cait_m36_384 cait_m48_448 "
     "cait_s24_224 cait_s24_384 cait_s36_384 cait_xs24_384 cait_xxs24_224 cait_xxs24_384 cait_xxs36_224 "
     "cait_xxs36_384 deepseek_vit_412m_enc eva02_enormous_patch14_clip_224 eva02_small_patch14_224 "
     "eva02_small_patch14_336 eva02_tiny_patch14_224 eva02_tiny_patch14_336 eva_giant_patch14_224 "
     "eva_giant_patch14_336 eva_giant_patch14_560 eva_giant_patch14_clip_224 hiera_base_224 hiera_base_abswin_256 "
     "hiera_base_plus_224 hiera_huge_224 hiera_large_224 hiera_small_224 hiera_small_abswin_256 hiera_tiny_224 "
     "hieradet_small qwen3_vit_306m_enc qwen3_vit_416m_enc qwen3_vit_88m_enc sam2_hiera_base_plus sam2_hiera_large "
     "sam2_hiera_small sam2_hiera_tiny samvit_base_patch16 samvit_base_patch16_224 samvit_huge_patch16 "
     "samvit_large_patch16 test_vit_relpos vit_7b_patch16_dinov3 vit_base_mci_224 vit_base_patch16_18x2_224 "
     "vit_base_patch16_dinov3 vit_base_patch16_dinov3_qkvb vit_base_patch16_lingbot vit_base_patch16_rope_224 "
     "vit_base_patch16_rope_ape_224 vit_base_patch16_rope_mixed_224 vit_base_patch16_rope_mixed_ape_224 "
     "vit_base_patch16_rope_reg1_gap_256 vit_base_patch16_xp_224 vit_base_r26_s32_224 vit_base_r50_s16_224 "
     "vit_base_r50_s16_384 vit_base_resnet26d_224 vit_base_resnet50d_224 vit_betwixt_patch16_rope_reg4_gap_256 "
     "vit_dlittle_patch16_reg1_gap_256 vit_dpwee_patch16_reg1_gap_256 vit_dwee_patch16_reg1_gap_256 "
     "vit_giant_patch16_lingbot vit_huge_patch14_xp_224 vit_huge_plus_patch16_dinov3 "
     "vit_huge_plus_patch16_dinov3_qkvb vit_large_patch14_xp_224 vit_large_patch16_dinov3 "
     "vit_large_patch16_dinov3_qkvb vit_large_patch16_lingbot vit_large_patch16_rope_224 "
     "vit_large_patch16_rope_ape_224 vit_large_patch16_rope_mixed_224 vit_large_patch16_rope_mixed_ape_224 "
     "vit_large_r50_s32_224 vit_large_r50_s32_384 vit_medium_patch16_rope_reg1_gap_256 "
     "vit_mediumd_patch16_rope_reg1_gap_256 vit_pe_core_base_patch16_224 vit_pe_core_gigantic_patch14_448 "
     "vit_pe_core_large_patch14_336 vit_pe_core_small_patch16_384 vit_pe_core_tiny_patch16_384 "
     "vit_pe_lang_gigantic_patch14_448 vit_pe_lang_large_patch14_448 vit_pe_spatial_base_patch16_512 "
     "vit_pe_spatial_gigantic_patch14_448 vit_pe_spatial_large_patch14_448 vit_pe_spatial_small_patch16_512 "
     "vit_pe_spatial_tiny_patch16_512 vit_pwee_patch16_reg1_gap_256 vit_relpos_base_patch16_224 "
     "vit_relpos_base_patch16_cls_224 vit_relpos_base_patch16_clsgap_224 vit_relpos_base_patch16_plus_240 "
     "vit_relpos_base_patch16_rpn_224 vit_relpos_base_patch32_plus_rpn_256 vit_relpos_medium_patch16_224 "
     "vit_relpos_medium_patch16_cls_224 vit_relpos_medium_patch16_rpn_224 vit_relpos_small_patch16_224 "
     "vit_relpos_small_patch16_rpn_224 vit_small_patch16_18x2_224 vit_small_patch16_dinov3 "
     "vit_small_patch16_dinov3_qkvb vit_small_patch16_lingbot vit_small_patch16_rope_224 "
     "vit_small_patch16_rope_ape_224 vit_small_patch16_rope_mixed_224 vit_small_patch16_rope_mixed_ape_224 "
     "vit_small_plus_patch16_dinov3 vit_small_plus_patch16_dinov3_qkvb vit_small_r26_s32_224 vit_small_r26_s32_384 "
     "vit_small_resnet26d_224 vit_small_resnet50d_s16_224 vit_srelpos_medium_patch16_224 "
     "vit_srelpos_small_patch16_224 vit_tiny_patch16_dinov3_qkvb vit_tiny_r_s16_p8_224 vit_tiny_r_s16_p8_384 "
     "vitamin_base_224 vitamin_large2_224 vitamin_large2_256 vitamin_large2_336 vitamin_large2_384 "
     "vitamin_large_224 vitamin_large_256 vitamin_large_336 vitamin_large_384 vitamin_small_224 vitamin_xlarge_256 "
     "vitamin_xlarge_336 vitamin_xlarge_384"},
    {"heads=10 eps=1e-5",
     "vit_betwixt_patch32_clip_224"},
    {"heads=10 pool=avg",
     "vit_betwixt_patch16_gap_256 vit_betwixt_patch16_reg1_gap_256 vit_betwixt_patch16_reg4_gap_256 "
     "vit_betwixt_patch16_reg4_gap_384"},
    {"heads=12",
     "deit3_base_patch16_224 deit3_base_patch16_384 deit_base_distilled_patch16_224 "
     "deit_base_distilled_patch16_384 deit_base_patch16_224 deit_base_patch16_384 flexivit_base "
     "vit_base_patch14_dinov2 vit_base_patch14_reg1_tipsv2 vit_base_patch14_reg4_dinov2 vit_base_patch16_224 "
     "vit_base_patch16_224_miil vit_base_patch16_384 vit_base_patch32_224 vit_base_patch32_384 vit_base_patch8_224"},
    {"heads=12 act=gelu_tanh pool=avg",
     "vit_base_patch32_siglip_gap_256"},
    {"heads=12 act=gelu_tanh pool=map",
     "vit_base_patch32_siglip_256"},
    {"heads=12 act=quick_gelu eps=1e-5",
     "vit_base_patch16_clip_quickgelu_224 vit_base_patch32_clip_quickgelu_224"},
    {"heads=12 act=silu eps=1e-5 norm=rmsnorm pool=avg gate=first",
     "aimv2_huge_patch14_224 aimv2_huge_patch14_336 aimv2_huge_patch14_448"},
    {"heads=12 block=post-norm pool=avg",
     "vit_base_patch16_rpn_224"},
    {"heads=12 eps=1e-5",
     "vit_base_patch16_clip_224 vit_base_patch16_clip_384 vit_base_patch32_clip_224 vit_base_patch32_clip_256 "
     "vit_base_patch32_clip_384 vit_base_patch32_clip_448"},
    {"heads=12 eps=1e-5 pool=avg",
     "beit3_base_patch16_224"},
    {"heads=12 final_norm=false",
     "vit_base_patch16_radio_v3"},
    {"heads=12 pool=",
     "mae_vit_base_patch16 mae_vit_base_patch16_dec512d8b vit_base_patch16"},
    {"heads=12 pool=avg",
     "vit_base_patch16_reg4_gap_256 vit_base_patch16_siglip_gap_224 vit_base_patch16_siglip_gap_256 "
     "vit_base_patch16_siglip_gap_384 vit_base_patch16_siglip_gap_512"},
    {"heads=12 pool=map",
     "vit_base_patch16_siglip_224 vit_base_patch16_siglip_256 vit_base_patch16_siglip_384 "
     "vit_base_patch16_siglip_512"},
    {"heads=13 pool=avg",
     "vit_so150m2_patch16_reg1_gap_256 vit_so150m2_patch16_reg1_gap_384 vit_so150m2_patch16_reg1_gap_448"},
    {"heads=14",
     "vit_base_patch16_plus_240 vit_base_patch32_plus_256"},
    {"heads=14 eps=1e-5",
     "vit_base_patch16_plus_clip_240"},
    {"heads=14 pool=avg",
     "vit_so150m_patch16_reg4_gap_256 vit_so150m_patch16_reg4_gap_384"},
    {"heads=14 pool=map",
     "vit_so150m_patch16_reg4_map_256"},
    {"heads=16",
     "deit3_huge_patch14_224 deit3_large_patch16_224 deit3_large_patch16_384 flexivit_large vit_giant_patch14_224 "
     "vit_gigantic_patch14_224 vit_huge_patch14_224 vit_large_patch14_224 vit_large_patch14_dinov2 "
     "vit_large_patch14_reg1_tipsv2 vit_large_patch14_reg4_dinov2 vit_large_patch16_224 vit_large_patch16_384 "
     "vit_large_patch32_224 vit_large_patch32_384 vit_so400m_patch14_reg1_tipsv2"},
    {"heads=16 act=gelu_tanh pool=avg",
     "vit_giantopt_patch16_siglip_gap_256 vit_giantopt_patch16_siglip_gap_384 vit_large_patch16_siglip_gap_512 "
     "vit_so400m_patch16_siglip_gap_256 vit_so400m_patch16_siglip_gap_384 vit_so400m_patch16_siglip_gap_512"},
    {"heads=16 act=gelu_tanh pool=map",
     "vit_giantopt_patch16_siglip_256 vit_giantopt_patch16_siglip_384 vit_large_patch16_siglip_512 "
     "vit_so400m_patch16_siglip_256 vit_so400m_patch16_siglip_384 vit_so400m_patch16_siglip_512"},
    {"heads=16 act=quick_gelu eps=1e-5",
     "vit_gigantic_patch14_clip_quickgelu_224 vit_huge_patch14_clip_quickgelu_224 "
     "vit_huge_patch14_clip_quickgelu_378 vit_large_patch14_clip_quickgelu_224 "
     "vit_large_patch14_clip_quickgelu_336"},
    {"heads=16 act=silu eps=1e-5 norm=rmsnorm pool=avg gate=first",
     "aimv2_1b_patch14_224 aimv2_1b_patch14_336 aimv2_1b_patch14_448"},
    {"heads=16 eps=1e-5",
     "vit_giant_patch14_clip_224 vit_gigantic_patch14_clip_224 vit_gigantic_patch14_clip_378 "
     "vit_huge_patch14_clip_224 vit_huge_patch14_clip_336 vit_huge_patch14_clip_378 vit_large_patch14_clip_224 "
     "vit_large_patch14_clip_336"},
    {"heads=16 eps=1e-5 pool=avg",
     "beit3_giant_patch14_224 beit3_giant_patch14_336 beit3_large_patch16_224"},
    {"heads=16 final_norm=false",
     "vit_huge_patch16_radio_v3 vit_huge_patch16_radio_v4 vit_intern300m_patch14_448 vit_large_patch16_radio_v3 "
     "vit_so400m_patch16_radio_v4"},
    {"heads=16 pool=",
     "mae_vit_huge_patch14 mae_vit_huge_patch14_dec512d8b mae_vit_large_patch16 mae_vit_large_patch16_dec512d8b "
     "vit_huge_patch14 vit_large_patch16"},
    {"heads=16 pool=avg",
     "eva_large_patch14_196 eva_large_patch14_336 vit_base_patch16_gap_224 vit_giant_patch16_gap_224 "
     "vit_huge_patch14_gap_224 vit_huge_patch16_gap_448 vit_large_patch16_siglip_gap_256 "
     "vit_large_patch16_siglip_gap_384 vit_so400m_patch14_siglip_gap_224 vit_so400m_patch14_siglip_gap_378 "
     "vit_so400m_patch14_siglip_gap_384 vit_so400m_patch14_siglip_gap_448 vit_so400m_patch14_siglip_gap_896"},
    {"heads=16 pool=map",
     "vit_large_patch16_siglip_256 vit_large_patch16_siglip_384 vit_so400m_patch14_siglip_224 "
     "vit_so400m_patch14_siglip_378 vit_so400m_patch14_siglip_384"},
    {"heads=2",
     "test_vit"},
    {"heads=2 pool=avg",
     "test_vit2"},
    {"heads=24 act=silu eps=1e-5 norm=rmsnorm pool=avg gate=first",
     "aimv2_3b_patch14_224 aimv2_3b_patch14_336 aimv2_3b_patch14_448"},
    {"heads=24 act=silu gate=first",
     "vit_giant_patch14_dinov2 vit_giant_patch14_reg1_tipsv2 vit_giant_patch14_reg4_dinov2"},
    {"heads=24 final_norm=false",
     "vit_giant_patch16_radio_v3"},
    {"heads=3",
     "deit_tiny_distilled_patch16_224 deit_tiny_patch16_224 vit_tiny_patch16_224 vit_tiny_patch16_384"},
    {"heads=3 norm=rmsnorm pool=avg",
     "test_vit4"},
    {"heads=3 pool=map pool_include_prefix=true",
     "test_vit3"},
    {"heads=4 eps=1e-5",
     "vit_xsmall_patch16_clip_224"},
    {"heads=4 pool=avg",
     "vit_wee_patch16_reg1_gap_256"},
    {"heads=5 pool=avg",
     "vit_little_patch16_reg1_gap_256 vit_little_patch16_reg4_gap_256"},
    {"heads=6",
     "deit3_small_patch16_224 deit3_small_patch16_384 deit_small_distilled_patch16_224 deit_small_patch16_224 "
     "flexivit_small vit_small_patch14_dinov2 vit_small_patch14_reg4_dinov2 vit_small_patch16_224 "
     "vit_small_patch16_36x1_224 vit_small_patch16_384 vit_small_patch32_224 vit_small_patch32_384 "
     "vit_small_patch8_224"},
    {"heads=8",
     "deit3_medium_patch16_224"},
    {"heads=8 act=silu eps=1e-5 norm=rmsnorm pool=avg gate=first",
     "aimv2_large_patch14_224 aimv2_large_patch14_336 aimv2_large_patch14_448"},
    {"heads=8 eps=1e-5",
     "vit_medium_patch16_clip_224 vit_medium_patch32_clip_224"},
    {"heads=8 pool=avg",
     "vit_medium_patch16_gap_240 vit_medium_patch16_gap_256 vit_medium_patch16_gap_384 "
     "vit_medium_patch16_reg1_gap_256 vit_medium_patch16_reg4_gap_256 vit_mediumd_patch16_reg4_gap_256 "
     "vit_mediumd_patch16_reg4_gap_384"},
    };
    return groups;
}

} // namespace normscope
