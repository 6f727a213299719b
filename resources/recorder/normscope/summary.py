# SPDX-License-Identifier: GPL-3.0-or-later
"""Everything that is kept of every point of one norm layer."""
import torch

from .grids import Density, Profile
from .samples import PointSample
from .statistics import LogHistogram, Moments


class LayerSummary:
    """`full`: moments, density, profile, histograms and a sample of points; otherwise moments alone."""

    QUANTITIES = ("input", "output", "input_grad", "output_grad")

    def __init__(self, full, seed):
        self.full = full
        self.moments = {}  # by quantity; "output" is the value before the affine part
        self.histograms = {}  # by quantity, of the gradients
        self.density, self.profile = Density(), Profile()
        self.scatter = PointSample(seed)

    def add_points(self, first_row, x, y, places):
        """x and y are (rows, channels) float32; `places` = (first sample, tokens a sample, valid rows or None)."""
        rows, valid = x.shape[0], places[2]
        if self.full:
            self.scatter.add(first_row, rows, x, y, places)
        if valid is not None:
            chosen = torch.from_numpy(valid).to(x.device)
            x, y = x[chosen], y[chosen]
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
        self.density.add(x, y, of_x.largest, of_y.largest)
        self.profile.add(x, y, of_x.largest)

    def add_gradient(self, quantity, gradient, valid):
        """`gradient` is (rows, channels) float32."""
        if valid is not None:
            gradient = gradient[torch.from_numpy(valid).to(gradient.device)]
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
