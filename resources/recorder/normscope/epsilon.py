# SPDX-License-Identifier: GPL-3.0-or-later
"""The ε of a norm layer: what its module stores, or which of the usual ones gives its output."""
import torch

ATTRIBUTES = ("eps", "variance_epsilon", "epsilon", "norm_eps", "layer_norm_eps", "layer_norm_epsilon", "rms_norm_eps",
              "ln_eps", "_eps")
USUAL = (1e-5, 1e-6, 1e-12, 1e-8, 1e-7, 1e-3, 1e-4, 1e-2, torch.finfo(torch.float32).eps, 0.0)
ROUNDING = 1.2e-7  # of float32: smaller errors do not count


def stored_epsilon(module, dtype):
    """What the module stores, or None. PyTorch's RMSNorm stores None for that of the type."""
    for name in ATTRIBUTES:
        value = getattr(module, name, None)
        if isinstance(value, (int, float, torch.Tensor)) and not isinstance(value, bool):
            return float(value)
    return torch.finfo(dtype).eps if hasattr(module, "eps") else None


def epsilons_to_try(stored):
    return USUAL if stored is None else (stored,)


def chosen_epsilon(tried):
    """(ε, how it was found) of pairs (ε, error of the output computed with it)."""
    best = min(error for _, error in tried)
    fitting = [eps for eps, error in tried if error <= max(1.5 * best, ROUNDING)]
    others = ", ".join(f"{eps:.3g}" for eps in fitting[1:])
    return fitting[0], "tried: fits the output" + (f", as do {others}" if others else "")
