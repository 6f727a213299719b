# SPDX-License-Identifier: GPL-3.0-or-later
"""Where the tokens of a forward stand in their samples: a model that decodes with a cache gets one token at a time."""
import inspect
import warnings
from dataclasses import dataclass

import torch

TOKENS = ("decoder_input_ids", "decoder_inputs_embeds", "input_ids", "inputs_embeds")
# By what they count: tokens from the start of the sample on, padding too, as the cache does; then a model's own positions.
STARTS = ("cache_position", "input_pos", "start_pos", "cache_pos", "past_length", "past_key_values_length", "seqlen_offset",
          "position_offset", "pos_offset", "offset", "start_position", "position", "pos")
CACHES = ("past_key_values", "past_key_value", "cache_params", "inference_params", "kv_cache", "cache", "past")
POSITIONS = ("position_ids", "positions")


@dataclass
class Steps:
    """Tokens that come after others of their samples."""

    table: torch.Tensor  # (samples, tokens): positions
    continues: bool  # the samples of the forward before

    @property
    def samples(self):
        """(samples, tokens): which sample of the forward a token is of."""
        return torch.arange(len(self.table), device="cpu")[:, None].expand(self.table.shape)


def arguments(model, args, kwargs):
    """{name: value} of a forward's arguments."""
    try:
        return {**inspect.signature(model.forward).bind_partial(*args, **kwargs).arguments, **kwargs}
    except (TypeError, ValueError):  # forward itself will say what is wrong with them
        return dict(kwargs)


def told_positions(given):
    """(samples, tokens) positions of a forward's tokens, by its arguments {name: value}; None where nothing tells."""
    shape = shape_of_tokens(given)
    if shape is None:
        return None
    for tells, names in ((_start, STARTS), (_length, CACHES), (_first_positions, POSITIONS)):
        for value in (given[name] for name in names if given.get(name) is not None):
            first = tells(value, shape)
            if first is not None:
                return first.reshape(-1, 1).expand(shape[0], 1) + torch.arange(shape[1], device="cpu")
    return None


def shape_of_tokens(given):
    """(samples, tokens) of the first argument that has both: token numbers, or vectors."""
    named = [given[name] for name in TOKENS if given.get(name) is not None]
    for value in named + list(given.values()):
        if isinstance(value, torch.Tensor) and not value.is_nested and value.dim() == 2 + value.is_floating_point():
            return tuple(value.shape[:2])
    return None


def _start(value, shape):
    """A number, that of each sample, or the first of those of the tokens."""
    if isinstance(value, int) and not isinstance(value, bool):
        return torch.tensor([value], device="cpu")
    if not isinstance(value, torch.Tensor) or value.is_floating_point() or value.dim() > 1:
        return None
    value = value.detach().reshape(-1).cpu()
    if len(value) in (1, shape[1]):
        return value[:1]
    return value if len(value) == shape[0] else None


def _length(cache, shape):
    """How many tokens a cache holds: of transformers, of mamba and flash-attention, or the pairs (keys, values) of old."""
    try:
        found = next((getattr(cache, name) for name in ("get_seq_length", "seqlen_offset") if hasattr(cache, name)), None)
        found = found() if callable(found) else found
    except (ValueError, NotImplementedError):  # one without attention has no length
        return None
    while isinstance(cache, (tuple, list)) and cache:
        cache = cache[0]
    if isinstance(cache, torch.Tensor) and cache.dim() == 4:
        found = cache.shape[-2]
    return None if found is None else _start(found, shape)


def _first_positions(value, shape):
    """Of positions that count on from each sample's first: those first ones."""
    if not isinstance(value, torch.Tensor) or value.is_floating_point() or value.shape[-1:] != (shape[1],):
        return None
    rows = value.detach().cpu().reshape(-1, shape[1])[-shape[0] :]  # several axes of positions: the last
    counts_on = bool((rows == rows[:, :1] + torch.arange(shape[1], device="cpu")).all())
    return rows[:, 0] if counts_on and len(rows) in (1, shape[0]) else None


class Decoding:
    """Follows the forwards of a run: which of them go on with the samples of the one before."""

    def __init__(self, whole):
        self.whole, self.last, self.said = whole, None, set()

    def steps(self, given):
        """Where the tokens of a forward with these arguments are, or None where they begin their samples."""
        shape, positions = shape_of_tokens(given), told_positions(given)
        before, self.last = self.last, shape
        follows = before is not None and shape is not None and before[0] == shape[0]
        if positions is None:
            if follows and shape[1] == 1:
                self._say("forwards of one token, and no argument that tells its position (cache_position, position_ids, "
                          "past_key_values, start_pos …)", "each is recorded as the first token of a new sample; pass one")
            return None
        if not bool((positions[:, 0] > 0).any()):
            return None
        if self.whole:
            self._say("steps of decoding", "whole tensors have each as a sample of its own, whose tokens count from 0; "
                      "keep a sample of the tokens, which has their positions (sample=4096)")
            return None
        return Steps(positions, follows)

    def _say(self, found, way):
        if found not in self.said:
            self.said.add(found)
            warnings.warn(f"normscope: found {found}: {way}", stacklevel=5)
