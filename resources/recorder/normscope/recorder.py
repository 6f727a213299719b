# SPDX-License-Identifier: GPL-3.0-or-later
"""`with normscope.record(model, "run.h5"):` writes what the norm layers of a PyTorch model do into a NormScope dump."""
import contextlib
import threading
import time
import warnings

import numpy as np
import torch

from .bytes_on_disk import WriteError
from .distributed import rank_and_world, reduce_stores, shard_path
from .dump import Dump
from .hooks import Tap, Turns, in_backward
from .layers import find_layers, unwrapped
from .norm import Norm
from .positions import Decoding, arguments
from .store import LayerStore, Options
from .tensors import dense, without_any_values
from .write_summary import text_list, write_gradient_flow

SUMMARY_SHARE = 0.02  # of the time that writing summaries while the run goes on may take


def record(model, path, *, layers=None, gradient="norm", sample=None, dtype="float32", statistics=True,
           loss="user's loss", mask=None, seed=0, reduce=False):
    """Records every forward and backward pass of `model` inside the `with` block into the dump `path`.

    layers      None: LayerNorm, RMSNorm, DyT, Derf and their like. A regular expression, or a list of names and
                expressions: those whose names match, GroupNorm, BatchNorm and others too.
    gradient    "norm": of the norm's own input, as a full backward hook gives it. "total": of the residual stream that
                the input is part of. "both", or None.
    sample      Tokens to keep of each layer: None all, 0 none, or a number, drawn uniformly from the whole run.
    dtype       "float32", "float16" or "bfloat16" of the tensors in the file.
    statistics  True: exact moments, densities, profiles and histograms of every point; "moments"; or False.
    loss        What the gradients are of, in words.
    mask        Padding: a (samples, tokens) tensor, true where there is a token, or the name of the model's argument
                that is one ("attention_mask"). Padding is left out of statistics and samples.
    seed        Of the samples.
    reduce      Under torch.distributed: merge the summaries of all ranks into one file, instead of a file for each.
    """
    options = Options(gradient, sample, dtype, statistics, seed)
    options.check()
    if mask is not None and not isinstance(mask, (str, torch.Tensor)):
        raise ValueError(f"mask: expected a tensor or the name of the model's argument, found {type(mask).__name__}")
    return Recorder(model, path, options, about=dict(layers=layers, loss=loss, mask=mask, reduce=reduce))


def truth_values(mask):
    """A mask of padding as (samples, tokens) bool, true where there is a token. Numbers are 0 or 1, as tokenizers give them;
    any others would be a mask of another meaning, such as one that is added to attention."""
    if mask is None:
        return None
    told = f"{mask.dtype} {tuple(mask.shape)}" if isinstance(mask, torch.Tensor) else type(mask).__name__
    if not isinstance(mask, torch.Tensor) or mask.dim() != 2 or not ((mask == 0) | (mask == 1)).all():
        raise ValueError(f"normscope: mask: expected (samples, tokens) of true and false, or of 1 and 0, found {told}; give one "
                         "such, or leave mask out")
    return mask.bool()


class Recorder:
    """What `record` returns. Every forward of the model begins a batch; `begin_batch` does so by hand."""

    def __init__(self, model, path, options, about):
        self.model, self.options, self.about = unwrapped(model), options, about
        self.path, self.mask = path, about["mask"]
        self.modules = find_layers(self.model, about["layers"])
        self.rank, self.world = 0, 1
        self.stores, self.dump = {}, None
        self.cleanup = contextlib.ExitStack()
        self.mutex = threading.RLock()
        self.turns = Turns()
        self.used = self.recording = False
        self.failure = None  # the write that ended the recording

    def __deepcopy__(self, _):
        """A copy of the model has the hooks too, which do not record it."""
        return self

    # --- the with block ------------------------------------------------------------------------------------------

    def __enter__(self):
        if self.used:
            raise RuntimeError("normscope: expected a recorder that is new, found one that has recorded; call "
                               "normscope.record again for each block, each with its own path")
        self.used = True
        self.rank, self.world = rank_and_world()
        self.reduces = self.about["reduce"] and self.world > 1
        self.options.first_row = self.rank << 40
        if self.reduces and self.options.sample is None:
            self.options.sample = 0  # the tensors of all ranks have no room in one file
        if self.reduces and not self.options.statistics:
            raise ValueError("reduce=True merges statistics, found statistics=False; leave reduce out")
        if not self.reduces or self.rank == 0:
            self.dump = Dump(self._own_path(), self.options.dtype, self._origin())
        self.calls, self.batch_mask, self.steps = {}, None, None
        self.decoding = Decoding(whole=self.options.sample is None)
        self.summary_cost, self.summaries_written = 0.0, -np.inf
        self.names_written, self.mask_rows = 0, 0
        self._attach()
        self.recording = True
        return self

    def _attach(self):
        with contextlib.ExitStack() as entering:
            entering.enter_context(torch.compiler.set_stance("force_eager"))  # compiled code would pass the hooks by
            self.taps = [Tap(self, name, module) for name, module in self.modules.items()]
            for tap in self.taps:
                entering.callback(tap.remove)
            for handle in (self.model.register_forward_pre_hook(self._on_forward, with_kwargs=True),
                           self.model.register_forward_hook(self._after_forward, always_call=True)):
                entering.callback(handle.remove)
            self.cleanup = entering.pop_all()

    def __exit__(self, kind, error, trace):
        with self.mutex:
            self._detach()
            try:
                self._finish(raises=kind is None)
            except WriteError as failed:
                self.failure = failed
        if self.failure and kind is None:
            raise self.failure

    def _detach(self):
        self.recording = False
        self.cleanup.close()

    def _finish(self, raises):
        try:
            if not self.failure:
                self._end_batch(last=True)
            if self.reduces and raises:
                self._merge_ranks()
            if raises:
                self._say_what_is_missing()
        except Exception:
            if raises:
                raise
        finally:
            if self.dump:
                self.dump.finish()

    def _say_what_is_missing(self):
        missing = [name or "the model itself" for name in self.modules if name not in self.stores]
        if not self.stores:
            warnings.warn("normscope: no norm layer ran inside the with block; the dump is empty", stacklevel=4)
        elif missing and not self.failure:
            shown = ", ".join(missing[:5]) + (", …" if len(missing) > 5 else "")
            warnings.warn(f"normscope: {len(missing)} of {len(self.modules)} norm layers were not called and are not in the "
                          f"dump: {shown}", stacklevel=4)

    @contextlib.contextmanager
    def _writing(self):
        """Around all that writes inside the block: one thread at a time. A write that fails ends the recording, not the
        run: the model goes on without hooks, and the error is raised when the block ends."""
        with self.mutex:
            try:
                yield
            except WriteError as error:
                self._detach()
                self.failure = error
                warnings.warn(f"normscope: {error}", RuntimeWarning, stacklevel=3)

    def _own_path(self):
        return self.path if self.world == 1 or self.reduces else shard_path(self.path, self.rank)

    def _origin(self):
        options, name = self.options, type(self.model).__name__
        run = dict(loss=self.about["loss"] if options.gradient else "", seed=np.uint64(options.seed), input="",
                   preprocess="", device=str(next(iter(self.model.parameters()), torch.zeros(())).device.type))
        if self.world > 1:
            run.update(world_size=self.world, rank=self.rank)
        return {"model": dict(name=name, family="", checkpoint="", checkpoint_format="", checkpoint_sha256="",
                              torch_version=str(torch.__version__), n_tensors=len(self.model.state_dict())),
                "run": run}

    # --- batches -------------------------------------------------------------------------------------------------

    def _on_forward(self, model, args, kwargs):
        if in_backward() or model is not self.model:  # a copy of the model has the hooks too
            return
        self.turns.take(lambda: self.recording)
        if not self.recording:
            return
        around = without_any_values()
        if around:
            raise TypeError(f"normscope: expected the model to be called on tensors whose values can be read, found it inside "
                            f"{around}; leave the with block for that")
        self.begin_batch()
        given = arguments(self.model, args, kwargs)
        self.batch_mask = truth_values(given.get(self.mask) if isinstance(self.mask, str) else self.mask)
        self.steps = self.decoding.steps(given)

    def _after_forward(self, model, *_):
        if not in_backward() and model is self.model:
            self.turns.give()

    def begin_batch(self):
        """Ends the batch before: what was recorded is in the file then. A layer that runs twice in one batch is
        recorded as NAME and NAME#1. Called by itself whenever the model's forward begins."""
        if not self.recording:
            if self.failure:
                return
            raise RuntimeError("normscope: expected begin_batch inside the with block, found it outside")
        with self._writing():
            self._end_batch()
            self.steps = None
            for tap in self.taps:
                tap.begin_batch()

    def _end_batch(self, last=False):
        if not self.calls and not last:
            return
        self.calls = {}
        if not self.dump:
            return
        for store in self.stores.values():
            store.pad()
        samples = max((store.samples for store in self.stores.values()), default=0)
        self.dump.run.attrs.modify("n_samples", samples)
        # Summaries are as large after a batch as after all; they are written as often as costs little.
        since = time.monotonic() - self.summaries_written
        if last or since * SUMMARY_SHARE >= self.summary_cost:
            self._write_summaries()
        else:
            self.dump.flush()

    def _write_summaries(self):
        began = time.monotonic()
        parts = [part for store in self.stores.values() for part in store.parts()]
        flow = [(store.index, store.summary) for store in self.stores.values() if store.summary]
        if any("grad" in quantity for _, summary in flow for quantity in summary.moments):
            parts.append((self.dump.entry, "gradient_flow",
                          lambda parent, name: write_gradient_flow(parent, name, flow)))
        if len(self.stores) > self.names_written:
            self.names_written = len(self.stores)
            names = [store.group.name.rsplit("/", 1)[-1] for store in self.stores.values()]
            parts.append((self.dump.entry, "layer_names", text_list(names)))
        self.dump.replace(parts)
        self.summaries_written = time.monotonic()
        self.summary_cost = self.summaries_written - began

    # --- what the taps call --------------------------------------------------------------------------------------

    def take(self, tap, module, x, y):
        """Keeps one call's tensors; returns the call, to which gradients belong, or None where none was recorded."""
        with self._writing():
            return self._take(tap, module, x, y) if self.recording else None

    def arrived(self, call, quantity, gradient):
        """Takes a gradient that belongs to a call."""
        with self._writing():
            if self.recording:
                call.store.gradient(call, quantity, gradient)

    def _take(self, tap, module, x, y):
        call = self.calls.get(tap.name, 0)
        name = tap.name if call == 0 else f"{tap.name}#{call}"
        with torch.no_grad(), torch.autocast(x.device.type, enabled=False):
            if name not in self.stores:
                norm = Norm(module, dense(x)[0], dense(y)[0])
                self.stores[name] = LayerStore((name, len(self.stores) + 1, call), norm, self.options, self.dump)
                if call == 0 and self.options.gradient:
                    self._watch_parameters(self.stores[name])
            if not self.calls:
                self._keep_mask(x)
            self.calls[tap.name] = call + 1
            return self.stores[name].forward(x, y, self.batch_mask, self.steps)

    def _watch_parameters(self, store):
        for name, parameter in store.norm.owned().items():
            if parameter.requires_grad and parameter.is_leaf:
                handle = parameter.register_hook(lambda gradient, name=name: self._parameter_arrived(
                    store, name, gradient))
                self.cleanup.callback(handle.remove)

    def _parameter_arrived(self, store, name, gradient):
        with self.mutex:
            if gradient is not None:  # it is None where a second derivative does not reach the parameter
                store.add_parameter_gradient(name, gradient)

    def _keep_mask(self, x):
        if self.batch_mask is None or self.options.sample is not None or not self.dump:
            return
        self.dump.write_mask(self.mask_rows, self.batch_mask)
        self.mask_rows += len(self.batch_mask)

    # --- ranks ---------------------------------------------------------------------------------------------------

    def _merge_ranks(self):
        def adopt(description):
            name = description.identity[0]
            identity = (name, len(self.stores) + 1, description.identity[2])
            self.stores[name] = LayerStore(identity, description.norm, self.options, self.dump)
            return self.stores[name]

        samples = reduce_stores(self.stores, adopt)
        if self.dump:
            self.dump.run.attrs.modify("n_samples", samples)
            self._write_summaries()
