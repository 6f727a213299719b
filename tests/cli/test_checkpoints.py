# SPDX-License-Identifier: GPL-3.0-or-later
"""Checkpoints as people have them: in several files, hashed or not, beside a config that is broken."""
import hashlib
import json
import unittest

from program import IMAGES, SAMPLE, ProgramTest

VIT = SAMPLE / "vit-layernorm.safetensors"


def read(path):
    whole = path.read_bytes()
    size = int.from_bytes(whole[:8], "little")
    header = json.loads(whole[8 : 8 + size])
    header.pop("__metadata__", None)
    data = whole[8 + size :]
    return {name: (entry, data[entry["data_offsets"][0] : entry["data_offsets"][1]]) for name, entry in header.items()}


def write(path, tensors):
    header, data = {}, b""
    for name, (entry, values) in tensors.items():
        header[name] = {**entry, "data_offsets": [len(data), len(data) + len(values)]}
        data += values
    text = json.dumps(header).encode()
    path.write_bytes(len(text).to_bytes(8, "little") + text + data)
    return path


class Checkpoints(ProgramTest):
    def setUp(self):
        super().setUp()
        self.tensors = read(VIT)

    def some(self, name, chosen):
        return write(self.folder / name, {key: value for key, value in self.tensors.items() if chosen(key)})

    def assert_is_shown_and_not_run(self, path, *words):
        warnings = " ".join(self.run_json("inspect", path)["warnings"])
        for word in words:
            self.assertIn(word, warnings)
        for command in (["capture", path, *IMAGES, "-o", self.folder / "o.h5"],
                        ["report", path, *IMAGES, "--out", self.folder / "o", "--formats", "json"]):
            self.assert_fails(3, *command, says=[path, *words])
        self.assertFalse((self.folder / "o.h5").exists() or (self.folder / "o").exists())

    def test_a_shard_is_shown_and_not_run(self):
        late = ("blocks.10.", "blocks.11.")
        first, second = "model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors"
        # The first has all that a shallower network needs.
        self.some(first, lambda key: not key.startswith(late))
        self.some(second, lambda key: key.startswith(late))
        self.assert_is_shown_and_not_run(self.folder / first, "part 1 of 2", "save_file(")
        self.assert_is_shown_and_not_run(self.folder / second, "part 2 of 2", "save_file(")
        index = self.folder / "model.safetensors.index.json"
        index.write_text(json.dumps({"metadata": {}, "weight_map": {
            key: second if key.startswith(late) else "renamed.safetensors" for key in self.tensors}}))
        (self.folder / first).rename(self.folder / "renamed.safetensors")
        self.assert_is_shown_and_not_run(self.folder / "renamed.safetensors", "2 files", index.name)
        self.assert_fails(3, "inspect", index, says=[index, "several files", "save_file("])

    def test_a_network_that_ends_in_its_blocks_may_be_a_part(self):
        cut = self.some("cut.safetensors", lambda key: key.startswith(("cls_token", "pos_embed", "patch_embed.", "blocks.")))
        self.assert_is_shown_and_not_run(cut, "norm.weight", "final_norm=false")
        self.run_program("capture", cut, *IMAGES[:2], "--set", "final_norm=false", "--loss", "sum-squares", "-o", self.folder / "o.h5")

    def test_the_only_shard_runs(self):
        only = self.some("model-00001-of-00001.safetensors", lambda key: True)
        self.run_program("capture", only, *IMAGES, "-o", self.folder / "o.h5")

    def test_a_hash_is_made_where_it_is_asked_for_or_written(self):
        digest = hashlib.sha256(VIT.read_bytes()).hexdigest()
        self.assertIsNone(self.run_json("inspect", VIT)["source"]["sha256"])
        self.assertEqual(self.run_json("inspect", VIT, "--hash")["source"]["sha256"], digest)
        self.assertIn(digest, self.run_program("inspect", VIT, "--hash").stdout)
        dump = self.folder / "o.h5"
        self.run_program("capture", VIT, *IMAGES, "--no-grad", "-o", dump)
        self.assertEqual(self.run_json("inspect", dump)["source"]["sha256"], digest)
        report = self.run_json("report", VIT, *IMAGES, "--out", self.folder / "o", "--formats", "json")
        self.assertEqual(report["source"]["sha256"], digest)

    def test_a_broken_config_is_mentioned_where_the_network_cannot_be_planned(self):
        path = self.some("vit.safetensors", lambda key: key != "blocks.3.mlp.fc2.weight")
        config = self.folder / "config.json"
        config.write_text('{"num_heads": 4')
        told = " ".join(self.run_json("inspect", path)["warnings"])
        self.assertIn(str(config), told)
        self.assert_fails(3, "capture", path, *IMAGES, "-o", self.folder / "o.h5", says=["blocks.3.mlp.fc2.weight", config])


if __name__ == "__main__":
    unittest.main()
