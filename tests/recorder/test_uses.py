# SPDX-License-Identifier: GPL-3.0-or-later
"""Other ways of running a model: nested tensors, transforms, threads, decoding with a cache; norms of other makes."""
import copy
import threading
import unittest
import warnings

import numpy as np
import torch
from common import RecorderTest, attributes, layer, names, stack
from torch import nn
from torch.nn import functional
from torch.nn.utils import parametrizations, parametrize

import normscope
from normscope.positions import told_positions

try:
    import transformers
except ImportError:
    transformers = None


class UsesTest(RecorderTest):
    def warnings_of(self, run):
        with warnings.catch_warnings(record=True) as told:
            warnings.simplefilter("always")
            run()
        return [str(warning.message) for warning in told if "normscope" in str(warning.message)]

    # --- nested tensors, transforms --------------------------------------------------------------------------------

    def test_nested_tensors_are_recorded_as_padded_ones(self):
        model, parts = nn.Sequential(nn.Linear(8, 8), nn.LayerNorm(8)), [torch.randn(n, 8) for n in (3, 5, 2)]
        for layout in (torch.jagged, torch.strided):
            with normscope.record(model, self.path):
                y = model(torch.nested.nested_tensor(parts, layout=layout))
                torch.nested.to_padded_tensor(y * y * y, 0.0).sum().backward()
            values, _ = layer(self.path, "1")
            np.testing.assert_array_equal(values["mask"].reshape(3, 5), [[1, 1, 1, 0, 0], [1] * 5, [1, 1, 0, 0, 0]])
            self.assertEqual(attributes(self.path, "layers/1/stats/input")["count"], 80)
            for sample, part in enumerate(parts):
                x = model[0](part).detach().requires_grad_()
                model[1](x).pow(3).sum().backward()
                np.testing.assert_allclose(values["input"][sample, : len(part)], x.detach(), rtol=1e-6, atol=1e-6)
                np.testing.assert_allclose(values["input_grad"][sample, : len(part)], x.grad, rtol=1e-4, atol=1e-5)

    def test_a_padded_transformer_encoder_gives_what_it_gives_without_recording(self):
        one = nn.TransformerEncoderLayer(16, 2, 32, batch_first=True)
        with warnings.catch_warnings(), torch.no_grad():
            warnings.simplefilter("ignore")
            model, x = nn.TransformerEncoder(one, 2, norm=nn.LayerNorm(16)).eval(), torch.randn(4, 7, 16)
            padding = torch.arange(7)[None] >= torch.tensor([5, 5, 2, 4])[:, None]
            wanted = model(x, src_key_padding_mask=padding)
            with normscope.record(model, self.path):
                torch.testing.assert_close(model(x, src_key_padding_mask=padding), wanted, rtol=1e-6, atol=1e-6)
        self.assertEqual(len(names(self.path)), 5)
        self.assertEqual(attributes(self.path, "layers/layers.0.norm1/stats/input")["count"], 16 * 16)

    def test_what_has_no_values_is_refused_by_name(self):
        model, x = stack(), torch.randn(2, 3, 32)
        runs = (lambda: torch.vmap(model)(x[None]), lambda: torch.func.jvp(model, (x,), (x,)),
                lambda: torch.func.grad(lambda x: model[0].norm1(x).sum())(x), lambda: torch.jit.trace(model, (x,)))
        for run in runs:
            with self.assertRaisesRegex(TypeError, "normscope: .*leave the with block"), \
                    normscope.record(model, self.path):
                run()
        empty = copy.deepcopy(model).to("meta")
        with self.assertRaisesRegex(TypeError, "normscope: 0.norm1: .*meta"), normscope.record(empty, self.path):
            empty(x.to("meta"))

    def test_the_first_gradient_of_a_double_backward(self):
        model, x = stack(), torch.randn(2, 3, 32, requires_grad=True)
        with normscope.record(model, self.folder / "first.h5"):
            torch.autograd.grad(model(x).square().sum(), x)
        for gradient in ("norm", "both"):
            with normscope.record(model, self.path, gradient=gradient):
                first, = torch.autograd.grad(model(x).square().sum(), x, create_graph=True)
                first.square().sum().backward()
            for name in names(self.path):
                wanted, values = layer(self.folder / "first.h5", name)[0], layer(self.path, name)[0]
                for quantity in ("input_grad", "output_grad"):
                    np.testing.assert_allclose(values[quantity], wanted[quantity], rtol=1e-5, atol=1e-6)

    def test_a_backward_after_the_block_and_copies_of_the_model_are_not_recorded(self):
        model, x = stack(), torch.randn(2, 3, 32)
        with normscope.record(model, self.path):
            loss = model(x).sum()
            copy.deepcopy(model)(x)
        loss.backward()
        self.assertEqual(layer(self.path, "2")[0]["input"].shape, (2, 3, 32))

    # --- threads ---------------------------------------------------------------------------------------------------

    def test_threads_give_a_sample_one_number_at_all_layers(self):
        model, failed = stack(), []

        def train(seed):
            try:
                for step in range(5):
                    x = torch.randn(2, 3, 32, generator=torch.Generator().manual_seed(10 * seed + step))
                    model(x).square().sum().backward()
            except Exception as error:
                failed.append(error)

        with normscope.record(model, self.path):
            threads = [threading.Thread(target=train, args=(seed,)) for seed in range(4)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
        self.assertEqual(failed, [])
        self.assertEqual(len(names(self.path)), 5)
        first = torch.from_numpy(layer(self.path, "0.norm1")[0]["input"])
        self.assertEqual(first.shape, (40, 3, 32))
        values, _ = layer(self.path, "2")
        with torch.no_grad():
            np.testing.assert_allclose(values["input"], model[1](model[0](first)).numpy(), rtol=1e-5, atol=1e-6)
        y = model[2](torch.from_numpy(values["input"])).detach().numpy()
        np.testing.assert_allclose(values["output_grad"], 2 * y, rtol=1e-5, atol=1e-5)

    def test_a_recorder_records_one_block(self):
        model = stack()
        recorder = normscope.record(model, self.path)
        with recorder:
            model(torch.randn(2, 3, 32))
        with self.assertRaisesRegex(RuntimeError, "normscope: .*found one that has recorded"), recorder:
            pass
        with self.assertRaisesRegex(RuntimeError, "normscope: .*begin_batch inside"):
            recorder.begin_batch()
        self.assertEqual(len(names(self.path)), 5)

    # --- decoding --------------------------------------------------------------------------------------------------

    def test_arguments_tell_positions(self):
        ids, step = torch.zeros(2, 4, dtype=torch.long), torch.zeros(2, 1, dtype=torch.long)
        cache = type("Cache", (), {"get_seq_length": lambda self: 7})()
        old = ((torch.zeros(2, 3, 7, 5), torch.zeros(2, 3, 7, 5)),)
        seven, both = [[7], [7]], [[4], [7]]
        for given, wanted in (({"start_pos": 7}, seven), ({"cache_position": torch.tensor([7])}, seven),
                              ({"position": torch.tensor([4, 7])}, both), ({"past_key_values": cache}, seven),
                              ({"past_key_values": old}, seven), ({"position_ids": torch.tensor([[4], [7]])}, both),
                              ({"past_key_values": cache, "position_ids": torch.tensor([[4], [7]])}, seven)):
            np.testing.assert_array_equal(told_positions({"input_ids": step, **given}), wanted, str(given))
        np.testing.assert_array_equal(told_positions({"tokens": ids, "input_pos": torch.arange(3, 7)}),
                                      [[3, 4, 5, 6]] * 2)
        packed = torch.tensor([[0, 1, 0, 1]] * 2)
        for given in ({}, {"position_ids": packed}, {"past_key_values": None}):
            self.assertIsNone(told_positions({"input_ids": ids, **given}))

    @unittest.skipUnless(transformers, "needs transformers")
    def test_decoding_with_a_cache_goes_on_with_the_samples(self):
        config = transformers.Qwen3Config(vocab_size=97, hidden_size=48, intermediate_size=96, num_hidden_layers=2,
                                          num_attention_heads=4, num_key_value_heads=2, head_dim=12)
        model, tokens = transformers.Qwen3ForCausalLM(config).eval(), torch.randint(97, (3, 8))
        with normscope.record(model, self.path, sample=1000), torch.no_grad():
            whole = model.generate(tokens, max_new_tokens=4, min_new_tokens=4, do_sample=False, pad_token_id=0)
        with normscope.record(model, self.folder / "whole.h5"), torch.no_grad():
            model(whole[:, :-1])
        self.assertEqual(attributes(self.path, "run")["n_samples"], 3)
        for name in ("model.layers.1.input_layernorm", "model.layers.0.self_attn.q_norm"):
            values, wanted = layer(self.path, name)[0], layer(self.folder / "whole.h5", name)[0]["input"]
            wanted = wanted.reshape(3, -1, wanted.shape[-1])
            self.assertEqual(values["input"].shape[1], wanted.shape[0] * wanted.shape[1])
            found = values["input"][0], wanted[values["token_samples"], values["token_positions"]]
            np.testing.assert_allclose(*found, rtol=1e-3, atol=1e-4)  # one token at a time is summed in another order

    def test_positions_that_nothing_tells_are_said(self):
        model, x = nn.Sequential(nn.LayerNorm(8)), torch.randn(2, 5, 8)

        def run(**options):
            with normscope.record(model, self.path, sample=100, **options):
                for part in (x[:, :3], x[:, 3:4], x[:, 4:]):
                    model(part)

        told = self.warnings_of(run)
        self.assertEqual(len(told), 1)
        self.assertIn("position", told[0])

    # --- norms of other makes ----------------------------------------------------------------------------------------

    def test_norms_that_have_other_modules_are_recorded(self):
        class Half(nn.Module):
            def forward(self, weight):
                return weight / 2

        class RMSNormAct(nn.Module):
            def __init__(self):
                super().__init__()
                self.weight, self.eps, self.act = nn.Parameter(torch.randn(16)), 1e-6, nn.Identity()

            def forward(self, x):
                return self.act(x * torch.rsqrt(x.square().mean(-1, keepdim=True) + self.eps) * self.weight)

        class Adapter(nn.Module):
            def __init__(self):
                super().__init__()
                self.base_layer, self.lora = nn.LayerNorm(16), nn.Linear(16, 16)

            def forward(self, x):
                return self.base_layer(x) + self.lora(x)

        class NoLayerNormConvLayer(nn.Module):
            def __init__(self):
                super().__init__()
                self.conv = nn.Conv1d(5, 5, 2)

            def forward(self, x):
                return functional.pad(self.conv(x), (0, 1))

        class Unnamed(nn.LayerNorm):
            pass

        model = nn.Sequential(nn.LayerNorm(16), RMSNormAct(), Adapter(), NoLayerNormConvLayer(), nn.LayerNorm(16),
                              Unnamed(16))
        parametrize.register_parametrization(model[0], "weight", Half())
        parametrizations.weight_norm(model[4])
        with normscope.record(model, self.path):
            model(torch.randn(3, 5, 16)).sum().backward()
        self.assertEqual(names(self.path), ["0", "1", "2.base_layer", "4", "5"])
        kinds = [layer(self.path, name)[1]["kind"] for name in names(self.path)]
        self.assertEqual(kinds, ["LayerNorm", "RMSNorm", "LayerNorm", "LayerNorm", "LayerNorm"])
        np.testing.assert_array_equal(layer(self.path, "0")[0]["weight"], np.full(16, 0.5, np.float32))

    def test_layers_that_were_not_called_are_named(self):
        model = stack()

        def run():
            with normscope.record(model, self.path):
                model[0](torch.randn(2, 3, 32))

        self.assertIn("3 of 5 norm layers were not called and are not in the dump: 1.norm1, 1.norm2, 2",
                      self.warnings_of(run)[0])

    def test_an_epsilon_that_no_module_stores_is_tried(self):
        class OlmoLayerNorm(nn.Module):
            def __init__(self, eps, scale=False):
                super().__init__()
                self.hidden_eps, self.normalized_shape = [eps], (16,)
                self.weight = nn.Parameter(torch.randn(16)) if scale else None

            def forward(self, x):
                return functional.layer_norm(x, (16,), self.weight, None, self.hidden_eps[0])

        class ScaledRMSNorm(nn.Module):
            def __init__(self):
                super().__init__()
                self.g = nn.Parameter(torch.randn(16))

            def forward(self, x):
                return functional.normalize(x, dim=-1) * 4 * self.g

        for module, kind, eps in ((OlmoLayerNorm(1e-5), "LayerNorm", 1e-5), (OlmoLayerNorm(1e-6, True), "LayerNorm", 1e-6),
                                  (OlmoLayerNorm(1e-3), "LayerNorm", 1e-3), (OlmoLayerNorm(1e-12), "LayerNorm", 1e-12),
                                  (ScaledRMSNorm(), "RMSNorm", 0.0)):
            with normscope.record(nn.Sequential(module), self.path) as recorder:
                recorder.model(torch.randn(4, 50, 16) * torch.logspace(-3, 1, 50)[:, None])
            _, told = layer(self.path, "0")
            self.assertEqual(told["kind"], kind)
            self.assertRegex(told["eps_source"], "^tried: fits the output")
            self.assertEqual(told["eps"], eps)
        with normscope.record(nn.Sequential(OlmoLayerNorm(1e-6)), self.path) as recorder:
            recorder.model(torch.randn(4, 50, 16) * 1000)  # beside such a variance no ε shows
        told = layer(self.path, "0")[1]
        self.assertEqual((told["eps"], told["eps_source"][:31]), (1e-5, "tried: fits the output, as do 1"))
        with normscope.record(nn.Sequential(nn.LayerNorm(16)), self.path) as recorder:
            recorder.model(torch.randn(2, 3, 16))
        self.assertEqual(layer(self.path, "0")[1]["eps_source"], "module")


if __name__ == "__main__":
    unittest.main()
