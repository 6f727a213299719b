# SPDX-License-Identifier: GPL-3.0-or-later
"""Everything that is kept of every point of one norm layer."""
import torch

from .grids import Grids
from .samples import PointSample
from .statistics import LogHistogram, Moments


def _without_padding(first, valid, *tensors):
    """The valid rows of tensors whose first row is the `first` of the call."""
    if valid is None:
        return tensors
    chosen = torch.from_numpy(valid[first : first + len(tensors[0])]).to(tensors[0].device)
    return tuple(tensor[chosen] for tensor in tensors)


class LayerSummary:
    """`full`: moments, density, profile, histograms and a sample of points; otherwise moments alone."""

    QUANTITIES = ("input", "output", "input_grad", "output_grad")

    def __init__(self, full, seed):
        self.full = full
        self.moments = {}  # by quantity; "output" is the value before the affine part
        self.histograms = {}  # by quantity, of the gradients
        self.grids = Grids()
        self.scatter = PointSample(seed)

    def add_points(self, first_row, channels, places, blocks):
        """`blocks` gives (first row, x, y), which are (rows, channels) float32; `places` says what the rows are."""
        chosen = self.scatter.choose(first_row, channels, places) if self.full else None
        for first, x, y in blocks:
            if self.full:
                self.scatter.fill(chosen, first, x, y)
            self._add_block(*_without_padding(first, places.valid, x, y))

    def _add_block(self, x, y):
        of_x, of_y = Moments.of(x), Moments.of(y)
        self._moments("input").merge(of_x)
        self._moments("output").merge(of_y)
        if not self.full:
            return
        x, y = x.reshape(-1), y.reshape(-1)
        if not (of_x.all_finite and of_y.all_finite):
            both = torch.isfinite(x) & torch.isfinite(y)
            x, y = x[both], y[both]
            of_x, of_y = Moments.of(x), Moments.of(y)
        self.grids.add(x, y, of_x.largest, of_y.largest)

    def add_gradient(self, quantity, valid, blocks):
        """`blocks` gives (first row, gradient), which is (rows, channels) float32."""
        for first, gradient in blocks:
            gradient, = _without_padding(first, valid, gradient)
            moments = Moments.of(gradient)
            self._moments(quantity).merge(moments)
            if self.full:
                self.histograms.setdefault(quantity, LogHistogram()).add(gradient, moments.zero)

    def _moments(self, quantity):
        return self.moments.setdefault(quantity, Moments())

    def merge_small(self, other, first_sample):
        """All but the grids; the samples of `other` are numbered from `first_sample`."""
        for quantity, moments in other.moments.items():
            self._moments(quantity).merge(moments)
        for quantity, histogram in other.histograms.items():
            self.histograms.setdefault(quantity, LogHistogram()).merge(histogram)
        self.scatter.merge(other.scatter, first_sample)

    def without_grids(self):
        """The part that `merge_small` wants, for sending."""
        small = LayerSummary(self.full, 0)
        small.moments, small.histograms, small.scatter = self.moments, self.histograms, self.scatter
        return small
