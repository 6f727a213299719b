# SPDX-License-Identifier: GPL-3.0-or-later
"""What is kept of one norm layer: its tensors, a sample of its tokens, its summary."""
from dataclasses import dataclass, field

import numpy as np
import torch

from .dump import encoded
from .samples import BottomK, Places
from .summary import LayerSummary
from .tensors import dense
from .write_summary import summary_parts


@dataclass
class Options:
    """What to keep; see `record`."""

    gradient: str | None = "norm"
    sample: int | None = None
    dtype: str = "float32"
    statistics: bool | str = True
    seed: int = 0
    first_row: int = 0  # running index of this rank's first row, apart from those of other ranks

    def check(self):
        choices = {"gradient": (None, "norm", "total", "both"), "dtype": ("float32", "float16", "bfloat16"),
                   "statistics": (True, "moments", False)}
        for name, allowed in choices.items():
            if getattr(self, name) not in allowed:
                raise ValueError(f"{name}: expected one of {allowed}, found {getattr(self, name)!r}")
        if self.sample is not None and (not isinstance(self.sample, int) or self.sample < 0):
            raise ValueError(f"sample: expected None or a number of tokens, found {self.sample!r}")
        if self.sample == 0 and not self.statistics:
            raise ValueError("expected something to record, found sample=0 with statistics=False; allow one of them")

    @property
    def gradients(self):
        return {None: (), "norm": ("input_grad", "output_grad"), "total": ("input_grad_total", "output_grad"),
                "both": ("input_grad", "input_grad_total", "output_grad")}[self.gradient]


@dataclass
class Description:
    """A store as it travels to another rank; grids travel apart."""

    identity: tuple
    norm: object
    summary: LayerSummary | None
    kept: object
    parameter_gradients: dict


@dataclass
class Call:
    """One call of a layer: which part of the recording it is, so that gradients may come at any time."""

    store: "LayerStore"
    first_sample: int
    valid: np.ndarray | None  # (rows,) bool: not padding
    place: np.ndarray  # of the tokens kept: rows in this call …
    slot: np.ndarray  # … where they are kept …
    index: np.ndarray  # … and their running index
    arrived: set = field(default_factory=set)  # gradients


def unknown(*shape):
    """NaN until something is known, whatever PyTorch's default device and dtype are."""
    return torch.full(shape, torch.nan, dtype=torch.float32, device="cpu")


class KeptTokens:
    """A uniform sample of a layer's tokens: rows of every quantity, by slot."""

    def __init__(self, options):
        self.chosen = BottomK(options.sample, options.seed)
        self.values = {}  # quantity: float32 (slots, channels)
        self.token, self.sample = np.zeros(0, np.int32), np.zeros(0, np.int32)

    def grow(self, slots):
        """Makes room, in steps that double."""
        room = len(self.token)
        if slots <= room:
            return
        more = max(slots, 2 * room) - room
        self.token, self.sample = (np.pad(v, (0, more)) for v in (self.token, self.sample))
        for quantity, values in self.values.items():
            self.values[quantity] = torch.cat([values, unknown(more, values.shape[1])])

    def choose(self, first_row, places):
        """Chooses among the rows of a call. Returns (place, slot) of those that are now kept."""
        place, slot = self.chosen.offer(first_row, places)
        self.grow(len(self.chosen.keys))
        self.forget(slot)
        self.token[slot], self.sample[slot] = places.tokens_of(place), places.samples_of(place)
        return place, slot

    def put(self, quantity, slots, rows, place):
        """The rows at `place` of a call's rows."""
        if quantity not in self.values:
            self.values[quantity] = unknown(len(self.token), rows.shape[1])
        chosen = rows[torch.from_numpy(place).to(rows.device)]
        self.values[quantity][torch.from_numpy(slots)] = chosen.float().cpu()

    def forget(self, slots):
        """The gradients of tokens that these slots held before."""
        for values in self.values.values():
            values[torch.from_numpy(slots)] = torch.nan

    def merge(self, other, first_sample):
        slots, chosen = self.chosen.take(other.chosen.index, other.chosen.keys)
        self.grow(len(self.chosen.keys))
        self.forget(slots)
        self.token[slots] = other.token[chosen]
        self.sample[slots] = other.sample[chosen] + first_sample
        for quantity, values in other.values.items():
            self.put(quantity, slots, values, chosen)

    def parts(self, group, dump):
        """What to write, as `Dump.replace` takes it: tensors of one sample, and which tokens they are."""
        order = self.chosen.order()
        if len(order) == 0:
            return []

        def tensor(quantity):
            def make(parent, name):
                values = encoded(self.values[quantity][torch.from_numpy(order)][None], dump.dtype)
                if group.attrs["channel_axis"] == 1:
                    values = np.ascontiguousarray(values.swapaxes(1, 2))
                dataset = parent.create_dataset(name, data=values, chunks=values.shape, maxshape=(None,) +
                                                values.shape[1:])
                dump.mark(dataset, quantity)

            return group, quantity, make

        def places(name, values):
            return group, name, lambda parent, to: parent.create_dataset(to, data=values[order].astype(np.int32))

        return [*(tensor(quantity) for quantity in self.values), places("token_positions", self.token),
                places("token_samples", self.sample)]


class LayerStore:
    """`identity` is (name, index, call). `dump` is None on ranks that write no file."""

    def __init__(self, identity, norm, options, dump):
        self.name, self.index, self.call = identity
        self.norm, self.options, self.dump = norm, options, dump
        self.samples = self.rows = 0
        self.latest = 0, 0  # the first sample of the latest call, and how many
        self.kept = KeptTokens(options) if options.sample else None
        self.summary = LayerSummary(options.statistics is True, options.seed) if options.statistics else None
        self.parameter_gradients = {}  # float64, summed over the run
        self.missing = {quantity: {} for quantity in options.gradients}  # gradients by first sample: shape
        self.group = dump.add_layer(self.name, self.attributes(), norm.parameters) if dump else None

    def attributes(self):
        norm = self.norm
        shape = norm.normalized_shape
        told = dict(kind=norm.kind, index=self.index, call=self.call, channel_axis=norm.channel_axis,
                    normalized_shape=shape[0] if len(shape) == 1 else np.array(shape),
                    has_affine=int("weight" in norm.parameters or "bias" in norm.parameters))
        if norm.eps is not None:
            told.update(eps=norm.eps, eps_source=norm.eps_source)
        if norm.weight_offset:
            told.update(weight_offset=norm.weight_offset)  # the affine part multiplies by weight + offset
        return told

    def forward(self, x, y, mask, steps=None):
        """Takes one call's input and output. `mask` is (samples, tokens) bool, true where there is no padding; `steps`
        says where its tokens are where they do not begin their samples."""
        norm = self.norm
        x, of_parts = dense(x)
        y, _ = dense(y)
        shaped = norm.shaped(x)
        places = self._places(shaped, mask if of_parts is None else of_parts, steps)
        place, slot, index = self._choose(places)
        if self.options.sample is None and self.dump:
            self.dump.write_samples(self.group, "input", self.samples, shaped)
            self.dump.write_samples(self.group, "output", self.samples, norm.shaped(y))
            if of_parts is not None or "mask" in self.group:
                self.dump.write_row_mask(self.group, self.rows, places)
            for waiting in self.missing.values():
                waiting[self.samples] = shaped.shape
        if self.kept:
            self.kept.put("input", slot, norm.rows(x), place)
            self.kept.put("output", slot, norm.rows(y), place)
        if self.summary:
            self.summary.add_points(self.options.first_row + self.rows, norm.channels, places, self._points(x, y))
        call = Call(self, places.first_sample, places.valid, place, slot, index)
        self.latest = places.first_sample, places.samples
        self.samples = max(self.samples, places.first_sample + places.samples)
        self.rows += places.rows
        return call

    def _places(self, shaped, mask, steps):
        """What the rows of a call are. Samples are new ones, unless its tokens come after those of the call before."""
        samples, rows = shaped.shape[0], shaped.numel() // max(1, self.norm.channels)
        places = Places(rows, max(1, rows // max(1, samples)), self.samples, samples, self.norm.of_rows(shaped, mask))
        token = self.norm.of_rows(shaped, steps.table) if steps else None
        if token is not None:
            heads = shaped.shape[2] if shaped.dim() == 4 and shaped.shape[:2] == steps.table.shape else 1
            places.samples = len(steps.table)
            places.told = self.norm.of_rows(shaped, steps.samples), token * heads + np.arange(rows) % heads
            if steps.continues and self.latest[1] == places.samples:
                places.first_sample = self.latest[0]
        return places

    def _points(self, x, y):
        for first, x_rows, y_rows in self.norm.row_blocks(x, y):
            yield first, x_rows, self.norm.normalized(x_rows) if self.norm.can_normalize else y_rows

    def _choose(self, places):
        first = self.options.first_row + self.rows
        if not self.kept:
            return (np.zeros(0, np.int64),) * 3
        place, slot = self.kept.choose(first, places)
        return place, slot, first + place

    def gradient(self, call, quantity, gradient):
        """Takes a gradient of the loss; of a second backward through the same call nothing is kept."""
        if quantity in call.arrived:
            return
        call.arrived.add(quantity)
        gradient, _ = dense(gradient)
        if self.options.sample is None and self.dump:
            self.dump.write_samples(self.group, quantity, call.first_sample, self.norm.shaped(gradient))
            self.missing[quantity].pop(call.first_sample, None)
        if self.kept:
            still = self.kept.chosen.index[call.slot] == call.index
            self.kept.put(quantity, call.slot[still], self.norm.rows(gradient), call.place[still])
        if self.summary and (quantity != "input_grad_total" or self.options.gradient == "total"):
            self.summary.add_gradient(quantity.removesuffix("_total"), call.valid, self.norm.row_blocks(gradient))

    def add_parameter_gradient(self, name, gradient):
        gradient = gradient.detach().reshape(-1).double().cpu()
        self.parameter_gradients[name] = self.parameter_gradients.get(name, 0.0) + gradient

    def description(self):
        summary = self.summary.without_grids() if self.summary else None
        return Description((self.name, self.index, self.call), self.norm, summary, self.kept, self.parameter_gradients)

    def merge(self, other, first_sample):
        """Takes another rank's description, all but the grids; its samples are numbered from `first_sample`."""
        if self.summary:
            self.summary.merge_small(other.summary, first_sample)
        if self.kept:
            self.kept.merge(other.kept, first_sample)
        for name, gradient in other.parameter_gradients.items():
            self.add_parameter_gradient(name, gradient)

    def pad(self):
        """Gradients that did not come are NaN where others did, so that all tensors have one shape."""
        for quantity, waiting in self.missing.items():
            if waiting and quantity in self.group:
                for first, shape in waiting.items():
                    self.dump.write_samples(self.group, quantity, first, unknown(*shape))
                waiting.clear()

    def parts(self):
        """What to write anew, as `Dump.replace` takes it."""
        parts = summary_parts(self.group, self.summary, self.options.seed) if self.summary else []
        for name, values in self.parameter_gradients.items():
            parts.append((self.group, f"{name}_grad", lambda parent, to, values=values: parent.create_dataset(
                to, data=values.float().numpy())))
        if self.kept:
            parts += self.kept.parts(self.group, self.dump)
        if self.summary and self.summary.grids.total and "default" not in self.group.attrs:
            self.group.attrs["default"] = "scatter"
        return parts
