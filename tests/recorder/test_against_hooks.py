# SPDX-License-Identifier: GPL-3.0-or-later
"""What the recorder writes is what plain PyTorch hooks give, on networks of the transformers library."""
import unittest

import numpy as np
import torch
from common import RecorderTest, layer, names

import normscope

try:
    import transformers
except ImportError:
    transformers = None


def plain_hooks(model, modules):
    """{name: tensors} by forward hooks and full backward hooks, filled when the model runs."""
    kept, order, handles = {}, [], []

    def attach(name, module):
        kept[name] = {}

        def forward(_, inputs, output):
            order.append(name)
            kept[name].update(input=inputs[0].detach().clone(), output=output.detach().clone())

        def backward(_, of_inputs, of_outputs):
            kept[name].update(input_grad=of_inputs[0].clone(), output_grad=of_outputs[0].clone())

        handles.extend([module.register_forward_hook(forward), module.register_full_backward_hook(backward)])

    for name, module in modules.items():
        attach(name, module)
    return kept, order, handles


@unittest.skipUnless(transformers, "needs transformers")
class HuggingFaceTest(RecorderTest):
    def compare(self, model, run, is_norm):
        modules = {name: module for name, module in model.named_modules() if is_norm(module)}
        kept, order, handles = plain_hooks(model, modules)
        run().backward()
        for handle in handles:
            handle.remove()
        expected_gradients = {name: parameter.grad.clone() for name, parameter in model.named_parameters()
                              if parameter.grad is not None}
        model.zero_grad()
        with normscope.record(model, self.path):
            run().backward()
        self.assertEqual(names(self.path), order)
        self.assertGreater(len(order), 4)
        for name in order:
            values, _ = layer(self.path, name)
            for quantity in ("input", "output", "input_grad", "output_grad"):
                np.testing.assert_array_equal(values[quantity], kept[name][quantity].numpy(), f"{name} {quantity}")
            for parameter in ("weight", "bias"):
                if f"{name}.{parameter}" in expected_gradients:
                    np.testing.assert_allclose(values[parameter + "_grad"],
                                               expected_gradients[f"{name}.{parameter}"].numpy(), rtol=1e-6)
        for name, parameter in model.named_parameters():  # recording does not touch training
            if name in expected_gradients:
                torch.testing.assert_close(parameter.grad, expected_gradients[name], rtol=0, atol=0)
        return order

    def test_llama_gives_the_same_names_tensors_and_gradients(self):
        config = transformers.LlamaConfig(vocab_size=97, hidden_size=48, intermediate_size=96, num_hidden_layers=3,
                                          num_attention_heads=4, num_key_value_heads=2, rms_norm_eps=1e-5)
        model = transformers.LlamaForCausalLM(config)
        tokens = torch.randint(97, (3, 17))
        self.compare(model, lambda: model(input_ids=tokens, labels=tokens).loss,
                     lambda module: type(module).__name__ == "LlamaRMSNorm")
        _, told = layer(self.path, "model.layers.0.input_layernorm")
        self.assertEqual((told["kind"], told["eps"], told["channel_axis"]), ("RMSNorm", 1e-5, -1))

    def test_wav2vec2_gives_the_same_names_tensors_and_gradients(self):
        for stable, convolutions in ((False, "group"), (True, "layer")):
            config = transformers.Wav2Vec2Config(
                hidden_size=48, intermediate_size=96, num_hidden_layers=2, num_attention_heads=4, conv_dim=(32, 32),
                conv_kernel=(10, 3), conv_stride=(5, 2), num_conv_pos_embeddings=16, num_conv_pos_embedding_groups=4,
                do_stable_layer_norm=stable, feat_extract_norm=convolutions, mask_time_prob=0.0, layerdrop=0.0)
            model = transformers.Wav2Vec2Model(config).eval()
            sound = torch.randn(2, 1600)
            order = self.compare(model, lambda: model(sound).last_hidden_state.square().mean(),
                                 lambda module: isinstance(module, torch.nn.LayerNorm))
            self.assertEqual("feature_extractor.conv_layers.1.layer_norm" in order, convolutions == "layer")

    def test_a_group_norm_is_recorded_when_named(self):
        config = transformers.Wav2Vec2Config(
            hidden_size=48, intermediate_size=96, num_hidden_layers=1, num_attention_heads=4, conv_dim=(32, 32),
            conv_kernel=(10, 3), conv_stride=(5, 2), num_conv_pos_embeddings=16, num_conv_pos_embedding_groups=4)
        model = transformers.Wav2Vec2Model(config).eval()
        with normscope.record(model, self.path, layers="conv_layers.0"):
            model(torch.randn(2, 1600)).last_hidden_state.sum().backward()
        self.assertEqual(names(self.path), ["feature_extractor.conv_layers.0.layer_norm"])
        values, told = layer(self.path, names(self.path)[0])
        self.assertEqual((told["kind"], told["channel_axis"]), ("GroupNorm", 1))
        self.assertEqual(values["input"].shape[:2], (2, 32))

    def test_the_total_gradient_is_that_of_the_residual_stream(self):
        config = transformers.LlamaConfig(vocab_size=97, hidden_size=48, intermediate_size=96, num_hidden_layers=2,
                                          num_attention_heads=4, num_key_value_heads=4)
        model = transformers.LlamaForCausalLM(config)
        tokens, totals = torch.randint(97, (2, 9)), {}

        named = "model.layers.1.input_layernorm"

        def keep(_, inputs):
            inputs[0].register_hook(lambda gradient: totals.update({named: gradient.clone()}))

        handle = model.get_submodule(named).register_forward_pre_hook(keep)
        model(input_ids=tokens, labels=tokens).loss.backward()
        handle.remove()
        with normscope.record(model, self.path, gradient="both"):
            model(input_ids=tokens, labels=tokens).loss.backward()
        values, _ = layer(self.path, named)
        # The alias changes the order in which three gradients are added, so the last bit may differ.
        np.testing.assert_allclose(values["input_grad_total"], totals[named].numpy(), rtol=1e-5, atol=1e-7)
        self.assertGreater(np.abs(values["input_grad_total"] - values["input_grad"]).max(), 0)


if __name__ == "__main__":
    unittest.main()
