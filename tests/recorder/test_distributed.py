# SPDX-License-Identifier: GPL-3.0-or-later
"""Two Gloo ranks: merged summaries equal those of one process, and shards are complete dumps."""
import os
import socket
import unittest

import numpy as np
import torch
from common import RecorderTest, attributes, full_density, layer, names, stack
from torch import distributed, multiprocessing
from torch.nn.parallel import DistributedDataParallel

import normscope


def batch_of(rank):
    """Two ranks see values of different sizes, so that their grids differ."""
    generator = torch.Generator().manual_seed(rank)
    return torch.randn(4, 10, 32, generator=generator) * (1.0, 700.0)[rank]


def model_of(kind):
    torch.manual_seed(0)
    torch.set_num_threads(1)
    model = stack()
    if kind == "ddp":
        return DistributedDataParallel(model)
    if kind == "fsdp":
        from torch.distributed.device_mesh import init_device_mesh
        from torch.distributed.fsdp import fully_shard
        mesh = init_device_mesh("cpu", (2,))
        for block in model[:-1]:
            fully_shard(block, mesh=mesh)
        return fully_shard(model, mesh=mesh)
    return model.cuda() if kind == "cuda" else model


def work(rank, port, path, kind, options):
    os.environ.update(MASTER_ADDR="127.0.0.1", MASTER_PORT=str(port))
    distributed.init_process_group("gloo", rank=rank, world_size=2)
    model = model_of(kind)
    with normscope.record(model, path, **options):
        model(batch_of(rank).to("cuda" if kind == "cuda" else "cpu")).square().mean().backward()
    distributed.destroy_process_group()


def launch(path, kind="ddp", **options):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    multiprocessing.spawn(work, (port, str(path), kind, options), nprocs=2)


class DistributedTest(RecorderTest):
    def setUp(self):
        super().setUp()
        self.alone = self.folder / "alone.h5"

    def record_alone(self, **options):
        model = model_of("alone")
        with normscope.record(model, self.alone, **options):
            for rank in (0, 1):
                model(batch_of(rank)).square().mean().backward()

    def assert_same_summaries(self):
        self.assertEqual(names(self.path), names(self.alone))
        for name in names(self.path):
            for found, expected in zip(full_density(self.path, name), full_density(self.alone, name)):
                np.testing.assert_array_equal(found, expected)
            values, _ = layer(self.path, name)
            wanted, _ = layer(self.alone, name)
            for quantity in ("input_grad", "output_grad"):
                np.testing.assert_array_equal(values[f"histogram_{quantity}/counts"],
                                              wanted[f"histogram_{quantity}/counts"])
            np.testing.assert_array_equal(values["profile/count"], wanted["profile/count"])
            for column in ("sum_x", "sum_y", "sum_yy"):
                np.testing.assert_allclose(values[f"profile/{column}"], wanted[f"profile/{column}"], rtol=1e-12,
                                           atol=1e-9)
            for quantity in ("input", "output", "input_grad", "output_grad"):
                self.assert_same_moments(f"layers/{name}/stats/{quantity}")

    def assert_same_moments(self, place):
        found, expected = attributes(self.path, place), attributes(self.alone, place)
        for measure in ("count", "nan", "inf", "zero", "min", "max"):
            self.assertEqual(found[measure], expected[measure], measure)
        scale = expected["rms"]
        np.testing.assert_allclose(found["mean"] / scale, expected["mean"] / scale, rtol=1e-12, atol=1e-12)
        np.testing.assert_allclose(found["m2"], expected["m2"], rtol=1e-12)

    def test_merged_ranks_equal_one_process(self):
        self.record_alone()
        launch(self.path, reduce=True)
        self.assertEqual([path.name for path in self.folder.glob("run*")], ["run.h5"])
        self.assert_same_summaries()
        self.assertEqual(attributes(self.path, "run")["n_samples"], 8)
        values, _ = layer(self.path, names(self.path)[0])
        self.assertNotIn("input", values)
        self.assertEqual(set(values["scatter/sample"]), set(range(8)))

    def test_merged_ranks_keep_a_sample_of_all_tokens(self):
        self.record_alone()
        launch(self.path, reduce=True, sample=30)
        wanted, _ = layer(self.alone, "0.norm2")
        values, _ = layer(self.path, "0.norm2")
        at = values["token_samples"], values["token_positions"]
        self.assertEqual(len(set(zip(*at))), 30)
        self.assertEqual(set(at[0] // 4), {0, 1})
        for quantity in ("input", "output", "input_grad", "output_grad"):
            np.testing.assert_array_equal(values[quantity][0], wanted[quantity][at])

    def test_each_rank_writes_a_shard_of_its_own_samples(self):
        self.record_alone()
        launch(self.path)
        self.assertEqual(sorted(path.name for path in self.folder.glob("run*")),
                         ["run.rank0000.h5", "run.rank0001.h5"])
        for rank in (0, 1):
            shard = self.folder / f"run.rank000{rank}.h5"
            self.assertEqual(names(shard), names(self.alone))
            for name in names(shard):
                values, wanted = layer(shard, name)[0], layer(self.alone, name)[0]
                for quantity in ("input", "output", "input_grad", "output_grad"):
                    np.testing.assert_array_equal(values[quantity], wanted[quantity][4 * rank : 4 * rank + 4])

    def test_sharded_parameters_are_recorded_whole(self):
        self.record_alone()
        launch(self.path, kind="fsdp", reduce=True)
        self.assert_same_summaries()
        values, wanted = layer(self.path, "1.norm1")[0], layer(self.alone, "1.norm1")[0]
        np.testing.assert_array_equal(values["weight"], wanted["weight"])


if __name__ == "__main__":
    unittest.main()
