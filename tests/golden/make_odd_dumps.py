# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes tests/golden/odd: HDF5 files that hold norm layers beside what this program cannot or must not take for one.

numpy 2.4, h5py 3.16 (HDF5 2.0), torch 2.13, ml_dtypes 0.6; run from anywhere: python make_odd_dumps.py
Value of every tensor at row r (over all axes but the channels) and channel c: r + c / 8, outputs the negative.
"""
from pathlib import Path

import h5py
import ml_dtypes
import numpy as np
import torch

HERE = Path(__file__).parent / "odd"
HERE.mkdir(exist_ok=True)


def values(*shape):
    rows = np.arange(np.prod(shape[:-1])).reshape(*shape[:-1], 1)
    return (rows + np.arange(shape[-1]) / 8).astype(np.float32)


x = values(3, 5, 8)
LAYERS = "/entry/layers"


def pair(group, a=x, b=-x, names=("input", "output")):
    group[names[0]], group[names[1]] = a, b
    return group


def odd_members(group):
    """What cannot be opened, or cannot be a pair, by its name."""
    group["dangling"] = h5py.SoftLink("/nothing/of/that/name")
    group["round"], group["trip"] = h5py.SoftLink("trip"), h5py.SoftLink("round")
    group["away"] = h5py.ExternalLink("no_such_file.h5", "/x")
    group["elsewhere"] = h5py.ExternalLink("/etc/other.h5", "/x")


def odd_pairs(group, names):
    ragged = group.create_group("ragged")
    for name in names:
        made = ragged.create_dataset(name, (3,), dtype=h5py.vlen_dtype(np.float32))
        made[:] = [np.ones(i + 1, "f4") for i in range(3)]
    pair(group.create_group("integers"), x.astype("i4"), x.astype("i4"), names)
    pair(group.create_group("texts"), np.array([[b"a"] * 3] * 2), np.array([[b"b"] * 3] * 2), names)
    fields = np.zeros((3, 5), [("re", "f4"), ("im", "f4")])
    pair(group.create_group("compound"), fields, fields, names)
    pair(group.create_group("unequal"), x, -x[:, :4], names)
    pair(group.create_group("nothing"), h5py.Empty("f4"), h5py.Empty("f4"), names)
    pair(group.create_group("empty"), x[:0], x[:0], names)
    broken = group.create_group("broken")
    broken[names[0]], broken[names[1]] = h5py.SoftLink("/nowhere"), -x


# One member that cannot be read: the rest opens, in a dump and in a file of another layout.
with h5py.File(HERE / "members.h5", "w") as file:
    layers = file.create_group(LAYERS)
    pair(layers.create_group("good")).attrs.update(kind="LayerNorm", eps=1e-5)
    odd_members(layers)
    odd_pairs(layers, ("input", "output"))
    partly = pair(layers.create_group("partly"))
    partly["input_grad"], partly["weight"], partly["stats"] = x.astype("i8"), np.ones(5), 3
    file["/entry/run/mask"] = np.ones((2, 2, 2), "u1")
with h5py.File(HERE / "foreign_members.h5", "w") as file:
    pair(file.create_group("good"), names="xy")
    odd_members(file)
    odd_pairs(file, "xy")
with h5py.File(HERE / "newer.h5", "w", libver="latest") as file:
    pair(file.create_group("good"), names="xy")
    file.create_dataset("newer/x", data=x, chunks=(1, 5, 8), compression="gzip")
    file["newer/y"] = -x

# Names. Every way in which h5py stores a text.
with h5py.File(HERE / "names.h5", "w") as file:
    layers = file.create_group(LAYERS)
    for group, name in {
            "layer_0003": "variable", "layer_0001": np.bytes_(b"fixed"), "layer_0002": np.array(["of_one"], object),
            "layer_0005": b"caf\xc3\xa9", "layer_0004": "slash/inside", "layer_0006": "twice", "layer_0007": "twice",
            "a%2Fb": "a/b", "plain": None, "number": 7, "empty": ""}.items():
        pair(layers.create_group(group))
        if name is not None:
            layers[group].attrs["name"] = name
    layers["layer_0001/mask"] = np.array([False] * 4 + [True] * 11)
    layers["alias"] = layers["plain"]
    layers.attrs["note"] = "no layer"
    layers["notes"] = np.arange(3)
    # By group or by name, in any order, with one that is not there.
    file["/entry/layer_names"] = ["slash/inside", "layer_0003", "a/b", "gone", "of_one"]

# Links that run in circles.
with h5py.File(HERE / "circles.h5", "w") as file:
    pair(file.create_group("deep/blocks/ln"))
    file["deep/blocks/ln/self"], file["deep/blocks/ln/up"] = file["deep/blocks/ln"], h5py.SoftLink("/")
    file["ln"] = file["deep/blocks/ln"]
    file["z_again/input"], file["z_again/output"] = file["ln/input"], file["ln/output"]
    nested = file.create_group("/".join("abcdefghijklmnopqrst"))
    nested["tail"] = np.float32(1)

# x and y that are no layer, each beside one that is, and in files whose program means something else by them.
with h5py.File(HERE / "coordinates.h5", "w") as file:
    pair(file.create_group("L000"), names="xy")
    scales = file.create_group("grid")
    for name, n in (("x", 8), ("y", 5)):
        scales[name] = np.linspace(0, 1, n)
        scales[name].make_scale(name)
    two = pair(file.create_group("curvilinear"), names="xy")
    for name in "xy":
        two[name].attrs["units"] = "degrees"
    mesh = pair(file.create_group("mesh"), names="xy")
    mesh["z"] = x
    scan = pair(file.create_group("scan"), names="xy")
    scan.attrs["NX_class"] = "NXdata"
    sensor = pair(file.create_group("sensor"), names="xy")
    sensor.attrs["NX_class"] = "NXdetector"
    matlab = pair(file.create_group("#refs#"), names="xy")
    for name in "xy":
        matlab[name].attrs["MATLAB_class"] = np.bytes_(b"double")
with h5py.File(HERE / "netcdf.h5", "w") as file:
    file.attrs["_NCProperties"] = "version=2,netcdf=4.9.2,hdf5=1.14.2"
    pair(file, names="xy")
with h5py.File(HERE / "anndata.h5", "w") as file:
    file.attrs["encoding-type"] = "anndata"
    pair(file.create_group("obsm"), names="xy")
with h5py.File(HERE / "keras.h5", "w") as file:
    file.attrs["keras_version"] = "2.15.0"
    pair(file.create_group("model_weights/dense"), names=("in", "out"))

# How values are stored.
with h5py.File(HERE / "values.h5", "w") as file:
    layers = file.create_group(LAYERS)
    bits = x.astype(ml_dtypes.bfloat16)
    layers["ml_dtypes/input"], layers["ml_dtypes/output"] = bits, (-x).astype(ml_dtypes.bfloat16)
    for name, stored, attribute in (("int16", "i2", "torch_dtype"), ("opaque", "V2", "dtype")):
        made = pair(layers.create_group(name), bits.view(stored), (-x).astype(ml_dtypes.bfloat16).view(stored))
        for tensor in made.values():
            tensor.attrs[attribute] = "bfloat16"
    pair(layers.create_group("reversed"), x.T.copy(), -x.T.copy()).attrs["channel_axis"] = 0
    pair(layers.create_group("longdouble"), x.astype(np.longdouble), -x.astype(np.longdouble))
    picture = np.moveaxis(values(3, 2, 5, 8), -1, 1).copy()  # (B, C, H, W) of 8 channels
    images = pair(layers.create_group("images"), picture, -picture)
    images.attrs.update(kind="LayerNorm2d", eps=1e-6, normalized_shape=8)
    square = np.moveaxis(values(3, 8, 8, 8), -1, 1).copy()
    pair(layers.create_group("square"), square, -square).attrs.update(kind="LayerNorm2d", eps=1e-6)
    filled = x.copy()
    filled[0, 0, :2] = 9.96921e36
    filled = pair(layers.create_group("filled"), filled)
    for tensor in filled.values():
        tensor.attrs["_FillValue"] = np.float32(9.96921e36)
    wide = x.astype("f8")
    wide[0, 0, 0] = 1e50
    pair(layers.create_group("wide"), wide, -x.astype("f8"))
with h5py.File(HERE / "masked.h5", "w") as file:
    pair(file.create_group(LAYERS + "/ln"))
    mask = np.ones((3, 5), bool)
    mask[:, 3:] = False
    file["/entry/run/mask"] = mask
    first = pair(file.create_group(LAYERS + "/channels_first"), x.transpose(0, 2, 1), -x.transpose(0, 2, 1))
    first.attrs["channel_axis"] = 1
    bits = pair(file.create_group(LAYERS + "/bits"))  # as PyTables stores truth values
    made = h5py.h5d.create(bits.id, b"mask", h5py.h5t.STD_B8LE, h5py.h5s.create_simple((15,)))
    made.write(h5py.h5s.ALL, h5py.h5s.ALL, (np.arange(15) > 3).astype("u1"), h5py.h5t.STD_B8LE)
with h5py.File(HERE / "additive_mask.h5", "w") as file:
    pair(file.create_group(LAYERS + "/ln"))
    file["/entry/run/mask"] = np.where(mask, 0, -1e9).astype("f4")  # as it is added to attention
# What PyTorch makes of rows that are not finite, without an affine part: NaN 1, Inf 2, −Inf 3, other values 0.
rows = torch.tensor(x[0, :1]).repeat(6, 1)
rows[1, 3], rows[2, 0], rows[3, 7] = torch.inf, -torch.inf, torch.nan
rows[4], rows[5, :2] = torch.inf, torch.tensor([torch.inf, -torch.inf])
with h5py.File(HERE / "not_finite.h5", "w") as file:
    layers = file.create_group(LAYERS)
    for kind, norm in (("LayerNorm", torch.nn.LayerNorm(8, elementwise_affine=False)),
                       ("RMSNorm", torch.nn.RMSNorm(8, eps=1e-5, elementwise_affine=False))):
        pair(layers.create_group(kind), rows.numpy(), norm(rows).numpy()).attrs.update(kind=kind, eps=1e-5)
