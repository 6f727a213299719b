# SPDX-License-Identifier: GPL-3.0-or-later
"""The hooks at one norm layer."""
import threading
import warnings
from dataclasses import dataclass

import torch
from torch import nn

from .tensors import alias, first_tensor, give_history, sizes, tracked, without_values


def in_backward():
    """True while the backward pass runs: a forward then is the recomputation of a checkpointed one."""
    return torch._C._current_graph_task_id() != -1


class Turns:
    """Lets one thread at a time run the model, so that a sample has the same number at every layer."""

    def __init__(self):
        self.lock, self.own = threading.RLock(), threading.local()

    def take(self, wanted):
        """Waits for this thread's turn; gives up when wanted() is false."""
        while wanted():
            if self.lock.acquire(timeout=0.5):
                self.own.count = getattr(self.own, "count", 0) + 1
                return

    def give(self):
        if getattr(self.own, "count", 0):
            self.own.count -= 1
            self.lock.release()


class Link:
    """From the gradients that are watched to the call that they belong to, which is known later."""

    def __init__(self, recorder, call=None):
        self.recorder, self.call = recorder, call

    def watch(self, quantity, tensor, shape=None):
        def arrived(gradient):
            if self.call is not None and gradient is not None:
                self.recorder.arrived(self.call, quantity, gradient if shape is None else gradient.reshape(shape))

        return tensor.register_hook(arrived)


@dataclass
class Entered:
    """A call that has not returned."""

    link: Link
    given: torch.Tensor  # what the caller gave
    passed: torch.Tensor  # the alias that the layer got, or the same
    before: torch.Tensor  # the values as they were
    version: int  # of `given`, which counts changes in place
    whole: object  # the hook at `given`, or None


class Pending(threading.local):
    """The calls of a thread that have not returned."""

    def __init__(self):
        self.calls = []


class Tap:
    """Records every call of `module` through `recorder`, which gives the stores and is told the gradients."""

    def __init__(self, recorder, name, module):
        self.recorder, self.name, self.module = recorder, name, module
        self.gradient = recorder.options.gradient
        # Of a module that has others its name is less to go by: it is left out where it turns out to be no norm.
        self.doubtful = recorder.about["layers"] is None and next(module.children(), None) is not None
        # PyTorch's own leave their input as it is. Others may work in place, which no counter shows in inference mode.
        self.may_change = type(module) not in (nn.LayerNorm, nn.RMSNorm)
        self.pending = Pending()
        self.unwatched = []  # calls without a graph: reentrant checkpointing runs them again in the backward pass
        self.handles = [module.register_forward_pre_hook(self._before, with_kwargs=True),
                        module.register_forward_hook(self._after, with_kwargs=True)]

    def __deepcopy__(self, _):
        """A copy of the model has this tap too, which does not record its layers."""
        return self

    def begin_batch(self):
        self.pending.calls.clear()
        self.unwatched.clear()

    def remove(self):
        for handle in self.handles:
            handle.remove()

    def _before(self, module, args, kwargs):
        again = in_backward()
        if module is not self.module or again and not self.unwatched:
            return None
        x = self._input(args, kwargs)
        link = Link(self.recorder, self._called_before() if again else None)
        before = x.detach().clone() if self.may_change and not again else x
        version = 0 if x.is_inference() else x._version
        passed, whole = self._watched(x, link)
        self.pending.calls.append(Entered(link, x, passed, before, version, whole))
        if passed is x:
            return None
        return (tuple(passed if value is x else value for value in args),
                {key: passed if value is x else value for key, value in kwargs.items()})

    def _input(self, args, kwargs):
        x = first_tensor(args)
        x = first_tensor(kwargs) if x is None else x
        if x is None:
            raise TypeError(f"normscope: {self.name}: expected a tensor of floats as input, found "
                            f"{[type(value).__name__ for value in (*args, *kwargs.values())]}; leave the layer out")
        why = without_values(x)
        if why:
            raise TypeError(f"normscope: {self.name}: expected a tensor whose values can be read as input, found {why}")
        return x

    def _called_before(self):
        if len(self.unwatched) > 1:
            raise RuntimeError(f"normscope: {self.name}: expected one call of the layer under a reentrant checkpoint, "
                               f"found {len(self.unwatched)}; use checkpoint(…, use_reentrant=False)")
        return self.unwatched.pop()

    def _watched(self, x, link):
        """(what the layer gets, the hook at x). An alias that only the norm uses has the gradient of the norm path, which
        is what a full backward hook gives; that of x itself is the gradient of the whole residual stream."""
        if not self.gradient or not torch.is_grad_enabled() or x.is_inference():
            return x, None
        if x.requires_grad and self.gradient in ("total", "both"):
            link.watch("input_grad_total", x)
        if self.gradient == "total":
            return x, None
        whole = self._watched_before_changes(x, link) if x.requires_grad and self.may_change else None
        # Where nothing before it needs a gradient the graph begins here.
        passed = alias(x) if x.requires_grad else tracked(x)
        link.watch("input_grad", passed)
        return passed, whole

    @staticmethod
    def _watched_before_changes(x, link):
        """The hook at what a layer in place would change. It cuts its alias off; the gradient of x from before is then
        that of the norm path. Where x is a view the change reaches what it is a view of."""
        if x.is_nested or not x._is_view():
            return link.watch("input_grad", x)
        base = x._base
        same = base.numel() == x.numel() and base.is_contiguous() and x.is_contiguous()
        return link.watch("input_grad", base, x.shape) if same else None

    def _after(self, module, _, __, output):
        again = in_backward()
        if module is not self.module or again and not self.pending.calls:
            return
        entered = self.pending.calls.pop()
        self._after_changes(entered)
        y = first_tensor(output, entered.before)
        if y is None:
            self._refuse(entered.before, output)
            return
        if not again:
            entered.link.call = self.recorder.take(self, module, entered.before, y)
            if self.gradient and not torch.is_grad_enabled():
                self.unwatched.append(entered.link.call)
        if self.gradient and y.requires_grad:
            entered.link.watch("output_grad", y)

    def _after_changes(self, entered):
        x = entered.given
        changed = not x.is_inference() and x._version != entered.version
        if entered.whole and not changed:
            entered.whole.remove()
        if changed and entered.passed is not x and not x.requires_grad:
            give_history(x, entered.passed)

    def _refuse(self, x, output):
        found = first_tensor(output)
        message = (f"normscope: {self.name}: expected an output of shape {sizes(x)} like its input, found "
                   f"{type(output).__name__ if found is None else sizes(found)}")
        if not self.doubtful:
            raise TypeError(message + "; leave the layer out")
        self.remove()
        warnings.warn(message + "; it is left out", stacklevel=4)
