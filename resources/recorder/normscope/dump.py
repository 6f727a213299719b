# SPDX-License-Identifier: GPL-3.0-or-later
"""The file of a recording: a NormScope dump, version 1.0 (docs/file-format.md), written while the run goes on.

What lies on the disk is consistent after every flush, also when the process dies or the disk fills up: tensors only
ever grow, summaries are written beside the old ones and take their place after a flush, and the cache of HDF5 holds
changed metadata back until then. The superblock is of version 2, which has no mark of an open writer that would keep
readers out.
"""
import atexit
import os
from datetime import datetime, timezone

import h5py
import numpy as np
import torch

from .bytes_on_disk import BytesOnDisk, WriteError

FORMAT, FORMAT_VERSION, VERSION = "normscope-dump", "1.0", "0.1.0"
SMALL_CHUNK, LARGE_CHUNK = 1 << 20, 1 << 26  # bytes: samples are gathered up to the first, cut beyond the second
EXACT_IN_FLOAT = 1 << 24
TEXT = h5py.string_dtype()


def make_group(parent, name, nexus_class):
    """A group whose attributes stay in its header; HDF5 would spend 2 KB on more than 8."""
    creation = h5py.h5p.create(h5py.h5p.GROUP_CREATE)
    creation.set_attr_phase_change(64, 0)
    group = h5py.Group(h5py.h5g.create(parent.id, name.encode(), gcpl=creation))
    group.attrs["NX_class"] = nexus_class
    return group


def make_plot(parent, name, signal, axes):
    """A group that viewers plot: one signal over its axes."""
    plot = make_group(parent, name, "NXdata")
    plot.attrs["signal"] = signal
    plot.attrs["axes"] = np.array(axes, dtype=TEXT)
    return plot


def packed(group, name, values):
    """A small dataset, gzipped in one chunk."""
    return group.create_dataset(name, data=values, chunks=values.shape, compression="gzip", compression_opts=1,
                                shuffle=True)


def group_name(layer):
    name = layer.replace("/", "%2F")
    return "%2E" if name in ("", ".") else name


def encoded(tensor, dtype):
    """A tensor as the numpy array that is stored; bfloat16 as uint16."""
    tensor = tensor.detach().to(getattr(torch, dtype)).cpu().contiguous()
    return tensor.view(torch.int16).numpy().view(np.uint16) if dtype == "bfloat16" else tensor.numpy()


class Dump:
    """Creates the file. `about` holds the attributes of /entry/model and /entry/run. What writes raises WriteError when
    the disk does not take it; the file is then what the last flush left."""

    def __init__(self, path, dtype, about):
        self.bytes = BytesOnDisk(path)
        # Without locks: the file is there to be watched.
        self.file = h5py.File(self.bytes, "w", libver=("v108", "v108"), locking=False)
        atexit.register(self.close)  # at the end of the process Python is gone before HDF5 closes what is open
        self._hold_metadata()
        self.dtype = dtype
        self.file.attrs.update(NX_class="NXroot", default="entry", format=FORMAT, format_version=FORMAT_VERSION,
                               creator=f"normscope recorder {VERSION}")
        self.entry = make_group(self.file, "entry", "NXentry")
        self.entry.attrs["default"] = "layers"
        for name, attributes in about.items():
            make_group(self.entry, name, "NXcollection").attrs.update(attributes)
        created = datetime.now(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
        self.run = self.entry["run"]
        self.run.attrs.update(n_samples=0, created=created)
        self.layers = make_group(self.entry, "layers", "NXcollection")
        try:
            self.flush()
        except WriteError:
            self.close()
            os.unlink(path)
            raise

    def _hold_metadata(self):
        config = self.file.id.get_mdc_config()
        config.set_initial_size = True
        config.initial_size = config.min_size = config.max_size = 64 << 20
        config.incr_mode = config.decr_mode = config.flash_incr_mode = 0
        self.file.id.set_mdc_config(config)

    def add_layer(self, name, attributes, parameters):
        """The group of a layer that was called for the first time."""
        group = make_group(self.layers, group_name(name), "NXsubentry")
        group.attrs["name"] = name
        group.attrs.update(attributes)
        for parameter, values in parameters.items():
            group[parameter] = values.cpu().numpy()
        if "default" not in self.layers.attrs:
            self.layers.attrs["default"] = group_name(name)
        return group

    def write_samples(self, group, name, first, tensor):
        """Samples from `first` on into a dataset that grows; `tensor` is (samples, …) of any float type."""
        values = encoded(tensor, self.dtype)
        if name not in group:
            self._create_tensor(group, name, values)
        dataset = group[name]
        if dataset.shape[1:] != values.shape[1:]:
            raise ValueError(f"{group.attrs['name']}: expected samples of shape {dataset.shape[1:]} as in the first "
                             f"batch, found {values.shape[1:]}; pad the batches to one length and give mask=, or keep "
                             "a sample of the tokens (sample=4096) or statistics alone (sample=0)")
        if dataset.shape[0] < first + len(values):
            dataset.resize(first + len(values), axis=0)
        dataset[first : first + len(values)] = values
        self._check()

    def _create_tensor(self, group, name, values):
        chunk = list(values.shape)
        sample = max(1, values[:1].nbytes)
        chunk[0] = max(1, min(SMALL_CHUNK // sample, len(values)))
        if values.ndim > 2 and sample > LARGE_CHUNK:
            axis = 1 if group.attrs["channel_axis"] == -1 else 2
            chunk[axis] = max(1, chunk[axis] * LARGE_CHUNK // sample)
        # Whole chunks go straight to the file, past the chunk cache; every value is written.
        dataset = group.create_dataset(name, (0, *values.shape[1:]), values.dtype, maxshape=(None, *values.shape[1:]),
                                       chunks=tuple(chunk), rdcc_nbytes=0, fill_time="never")
        self.mark(dataset, name)

    def write_mask(self, first, mask):
        """Padding of the samples from `first` on, for run/mask; nothing where batches differ in length."""
        values = mask.detach().to(torch.bool).cpu().numpy().astype(np.uint8)
        if "mask" not in self.run:
            self.run.create_dataset("mask", (0, values.shape[1]), np.uint8, maxshape=(None, values.shape[1]),
                                    chunks=(max(1, SMALL_CHUNK // (16 * values.shape[1])), values.shape[1]))
        dataset = self.run["mask"]
        if dataset.shape[1] == values.shape[1]:
            dataset.resize(first + len(values), axis=0)
            dataset[first:] = values

    def write_row_mask(self, group, first, places):
        """Padding of a layer's own rows from `first` on."""
        values = np.ones(places.rows, np.uint8) if places.valid is None else places.valid.astype(np.uint8)
        if "mask" not in group:
            group.create_dataset("mask", data=np.ones(first, np.uint8), maxshape=(None,), chunks=(SMALL_CHUNK // 16,))
        group["mask"].resize(first + len(values), axis=0)
        group["mask"][first:] = values

    def mark(self, dataset, quantity):
        """The attributes that say what a tensor is."""
        if self.dtype == "bfloat16":
            dataset.attrs["torch_dtype"] = "bfloat16"
        path = {"input_grad": "norm", "input_grad_total": "total"}.get(quantity)
        if path:
            dataset.attrs["path"] = path

    def flush(self):
        with self.bytes.flushing():
            self.file.flush()
        self._check()

    def replace(self, parts):
        """`parts` are (group, name, make): make(parent, name) writes a new object, which then takes the place of the
        old one. A process that dies on the way leaves the old or the new ones in the file, never half of one."""
        staged = self.entry.create_group("staged")
        for number, (_, _, make) in enumerate(parts):
            make(staged, str(number))
            self._check()
        self.flush()
        for number, (group, name, _) in enumerate(parts):
            if name in group:
                del group[name]
            self.file.move(f"{staged.name}/{number}", f"{group.name}/{name}")
        del self.entry["staged"]
        self.flush()

    def _check(self):
        error = self.bytes.error
        if error:
            raise WriteError(error.errno, f"{self.bytes.path}: the recording ended, since it could not be written: "
                             f"{error.strerror or error}; what was flushed before is kept; make room, or record less "
                             "(sample=, dtype=, layers=)")

    def close(self):
        """Closes the file, once; whether all of it is on the disk says `finish`."""
        if not self.file:
            return
        atexit.unregister(self.close)
        with self.bytes.flushing():
            self.file.close()
        self.bytes.close()

    def finish(self):
        self.close()
        self._check()
