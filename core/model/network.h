// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/checkpoint/tensor_catalog.h"
#include "core/recording/recording.h"

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace at {
class Tensor;
}

namespace normscope {

/// The keys of `--set`.
const std::vector<std::string>& known_settings();

/// What the user said by `--set`, and what a config beside the checkpoint says. Keys are those of `known_settings`.
struct NetworkSettings {
    std::map<std::string, Told<std::string>> values;
};

/// The settings a config file beside the checkpoint (`NAME.json`, else `config.json` in its folder) and the file's own
/// metadata tell, in the words of `--set` (num_heads, num_attention_heads → heads, layer_norm_eps → eps, …).
/// A config that is not JSON, and a value that makes no sense, are passed over with a warning.
NetworkSettings settings_beside(const TensorCatalog& catalog, std::vector<std::string>& warnings);

/// Applies one `KEY=VALUE` of the user. Errors: bad_argument, listing the keys the families know.
Result<void> apply_setting(const std::string& assignment, NetworkSettings& settings);

/// How a network wants its input.
struct InputSpec {
    int64_t channels = 3, height = 224, width = 224;
    double crop = 0.875;                   ///< timm's crop_pct
    bool crop_is_assumed = false;          ///< Nothing told the crop: an image of the network's size is left as it is.
    std::string crop_mode = "center";      ///< timm's: center, squash, border
    std::string interpolation = "bicubic"; ///< Pillow's filters: bilinear, bicubic, nearest, lanczos, hamming, box
    std::vector<double> mean, std;         ///< One a channel, on values in [0, 1]
    double scale =
        0; ///< What the values of an array are divided by before mean and std apply; 0: it is taken as it is.
};

/// What a tap sees at each norm layer as it runs: the layer, its input and its output after the affine part. It returns
/// the input that the norm shall use and may replace nothing else, so that capture does not change the network.
class NormTap {
public:
    virtual ~NormTap() = default;
    virtual at::Tensor before(int index, const at::Tensor& x) = 0;
    virtual at::Tensor after(int index, const at::Tensor& y) = 0;
};

/// A runnable model with its norm layers in execution order.
class Network {
public:
    virtual ~Network() = default;
    virtual std::string family() const = 0;
    virtual const std::vector<NormLayer>& norm_layers() const = 0;
    virtual InputSpec input_spec() const = 0;
    virtual int64_t classes() const = 0; ///< Length of the logits, 0 for a network without a head.
    /// Rows of `channels` values that one sample brings to norm layer `index` (0-based): its tokens, times the heads
    /// for norms of queries and keys.
    virtual int64_t norm_rows(int index) const = 0;
    /// About how many bytes one sample occupies from forward to backward, for the choice of a batch size.
    virtual int64_t sample_bytes() const = 0;
    virtual const std::map<std::string, Told<std::string>>& told() const = 0;
    virtual const std::vector<std::string>& warnings() const = 0;
    /// input (B, channels, height, width) → logits (B, classes), or features (B, C) without a head. `tap` may be null.
    /// Throws c10::Error, and what the tap throws.
    virtual at::Tensor forward(const at::Tensor& input, NormTap* tap) const = 0;
    virtual void to_device(const std::string& device) = 0;
    /// The parameter tensors of norm layer `index` (0-based) by name, for their gradients.
    virtual std::map<std::string, at::Tensor> norm_parameters(int index) const = 0;
};

/// Norm layers as a catalog's keys show them.
struct FoundLayers {
    std::vector<NormLayer> layers; ///< In the order in which names say that they run.
    std::string assumed;           ///< What the keys leave open of their kinds, in one line; "" where nothing.
};

/// The norm layers a catalog's keys show, without running anything; for `inspect`, also of families that cannot be run.
/// What a norm layer is says norm_rule.h, in which order they run site_order.h.
FoundLayers find_norm_layers(const TensorCatalog& catalog);

/// "vit", or "" where no native family fits the keys below any prefix.
std::string recognise_family(const TensorCatalog& catalog);

/// Builds the network of a recognised checkpoint. Whatever neither keys nor settings tell is assumed and stands in the
/// first of its warnings, in one line. Errors: not_supported (unknown family or architecture, a tensor that would be
/// ignored; says which), missing (a tensor is not there), damaged (a shape does not fit), cannot_run (something must be
/// told, such as heads), bad_argument (a setting the family does not know or that makes no sense).
Result<std::unique_ptr<Network>> build_network(const TensorCatalog& catalog, const NetworkSettings& settings);

} // namespace normscope
