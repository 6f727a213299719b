# SPDX-License-Identifier: GPL-3.0-or-later
"""The hooks at one norm layer."""
import torch

from .layers import first_tensor


def in_backward():
    """True while the backward pass runs: a forward then is the recomputation of a checkpointed one."""
    return torch._C._current_graph_task_id() != -1


class Link:
    """From the gradients that are watched to the call that they belong to, which is known later."""

    def __init__(self, call=None):
        self.call = call

    def watch(self, quantity, tensor):
        def arrived(gradient):
            if self.call is not None:
                self.call.store.gradient(self.call, quantity, gradient)

        tensor.register_hook(arrived)


class Tap:
    """Records every call of `module` through `recorder`, which gives the stores and is told the gradients."""

    def __init__(self, recorder, name, module):
        self.recorder, self.name = recorder, name
        self.gradient = recorder.options.gradient
        self.pending = []  # (link, input) of calls that have not returned
        self.unwatched = []  # calls without a graph: reentrant checkpointing runs them again in the backward pass
        self.handles = [module.register_forward_pre_hook(self._before, with_kwargs=True),
                        module.register_forward_hook(self._after, with_kwargs=True)]

    def begin_batch(self):
        self.pending.clear()
        self.unwatched.clear()

    def remove(self):
        for handle in self.handles:
            handle.remove()

    def _before(self, _, args, kwargs):
        again = in_backward()
        if again and not self.unwatched:
            return None
        x = first_tensor(args)
        x = first_tensor(kwargs) if x is None else x
        if x is None:
            raise TypeError(f"normscope: {self.name}: expected a tensor of floats as input, found "
                            f"{[type(value).__name__ for value in (*args, *kwargs.values())]}; leave the layer out")
        link = Link(self._called_before() if again else None)
        alias = self._watched(x, link)
        self.pending.append((link, alias))
        if alias is x:
            return None
        return (tuple(alias if value is x else value for value in args),
                {key: alias if value is x else value for key, value in kwargs.items()})

    def _called_before(self):
        if len(self.unwatched) > 1:
            raise RuntimeError(f"normscope: {self.name}: expected one call of the layer under a reentrant checkpoint, "
                               f"found {len(self.unwatched)}; use checkpoint(…, use_reentrant=False)")
        return self.unwatched.pop()

    def _watched(self, x, link):
        """An alias that only the norm uses has the gradient of the norm path, which is what a full backward hook
        gives; that of x itself is the gradient of the whole residual stream."""
        if not self.gradient or not torch.is_grad_enabled() or x.is_inference():
            return x
        if x.requires_grad and self.gradient in ("total", "both"):
            link.watch("input_grad_total", x)
        if self.gradient == "total":
            return x
        # Where nothing before it needs a gradient the graph begins here.
        alias = x.view_as(x) if x.requires_grad else x.detach().requires_grad_()
        link.watch("input_grad", alias)
        return alias

    def _after(self, module, _, __, output):
        again = in_backward()
        if again and not self.pending:
            return
        link, x = self.pending.pop()
        y = first_tensor(output, x.shape)
        if y is None:
            found = first_tensor(output)
            raise TypeError(f"normscope: {self.name}: expected an output of shape {tuple(x.shape)} like its input, "
                            f"found {type(output).__name__ if found is None else tuple(found.shape)}; leave the layer "
                            "out")
        if not again:
            link.call = self.recorder.take(self, module, x, y)
            if self.gradient and not torch.is_grad_enabled():
                self.unwatched.append(link.call)
        if self.gradient and y.requires_grad:
            link.watch("output_grad", y)
