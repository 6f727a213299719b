# SPDX-License-Identifier: GPL-3.0-or-later
"""The tensors that a layer gets and gives: which one is meant, whether its values can be had, nested ones as dense."""
import torch
from torch._subclasses.fake_tensor import FakeTensor
from torch.utils._python_dispatch import is_traceable_wrapper_subclass


def first_tensor(values, like=None):
    """The first floating-point tensor of arguments, a tuple, a list or a dict; of the shape of another, where given."""
    if isinstance(values, torch.Tensor):
        fits = values.is_floating_point() and (like is None or sizes(values) == sizes(like))
        return values if fits else None
    if isinstance(values, dict):
        values = values.values()
    if isinstance(values, (list, tuple, type({}.values()))):
        return next((found for value in values if (found := first_tensor(value, like)) is not None), None)
    return None


def sizes(tensor):
    """The shape; of a nested tensor those of its parts."""
    return tuple(tuple(part.shape) for part in tensor.unbind()) if tensor.is_nested else tuple(tensor.shape)


def without_any_values():
    """Why no values can be read now, whatever the tensor, or nothing."""
    if torch._C._functorch.peek_interpreter_stack() is not None:
        return "a transform of torch.func or vmap"
    return "torch.jit's tracing" if torch.jit.is_tracing() else ""


def without_values(tensor):
    """Why the values of a tensor cannot be read, or nothing."""
    around = without_any_values()
    if around:
        return f"one inside {around}; leave the with block for that"
    if tensor.device.type == "meta" or isinstance(tensor, FakeTensor):
        return "one without values (device meta, or fake as torch.export uses it); leave the with block for that"
    if not tensor.is_nested and is_traceable_wrapper_subclass(tensor):
        return f"a {type(tensor).__name__}; leave the layer out by layers="
    if tensor.is_nested and len({part.shape[1:] for part in tensor.unbind()}) > 1:
        return "a nested one whose parts differ in more than their length; leave the layer out by layers="
    return ""


def alias(tensor):
    """The same values under another name, through which alone the layer's gradient comes back."""
    if tensor.is_nested and tensor.layout == torch.strided:
        return torch.ops.aten.alias(tensor)
    return tensor.view_as(tensor)


class _Tracked(torch.autograd.Function):
    """An alias that has a graph though its tensor needs no gradient; it is no leaf, so that it may be changed in place."""

    @staticmethod
    def forward(_, tensor, anchor):
        return tensor.detach()

    @staticmethod
    def backward(_, gradient):
        return None, None


def tracked(tensor):
    return _Tracked.apply(tensor, torch.empty(0, dtype=torch.float32, device="cpu", requires_grad=True))


def give_history(tensor, changed):
    """`changed` is the tracked alias of `tensor`, changed in place: the tensor is a result of the same operations."""
    with torch.autograd._unsafe_preserve_version_counter(tensor):
        tensor.copy_(changed)


def dense(tensor):
    """(tensor, None), or a nested tensor padded with zeros and a mask (samples, tokens), true where there is a token."""
    tensor = tensor.detach()
    if not tensor.is_nested:
        return tensor, None
    parts = tensor.unbind()
    padded = torch.nn.utils.rnn.pad_sequence(parts, batch_first=True)
    lengths = torch.tensor([len(part) for part in parts], device="cpu")
    return padded, torch.arange(padded.shape[1], device="cpu") < lengths[:, None]
