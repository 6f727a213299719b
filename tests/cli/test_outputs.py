# SPDX-License-Identifier: GPL-3.0-or-later
"""What the user has is never replaced by surprise, wherever an output is named."""
import os
import shutil
import stat

from program import BERT, IMAGES, SAMPLE, ProgramTest

VIT = SAMPLE / "vit-layernorm.safetensors"


class Outputs(ProgramTest):
    def assert_kept(self, *arguments, files, says=()):
        """Refused as a wrong command line, and every file is as it was."""
        before = {path: path.read_bytes() for path in files}
        self.assert_fails(2, *arguments, says=says)
        for path, data in before.items():
            self.assertEqual(path.read_bytes(), data, path)

    def copies(self):
        checkpoint, images, labels = self.folder / "m.safetensors", self.folder / "images", self.folder / "labels.txt"
        shutil.copy(VIT, checkpoint)
        shutil.copytree(SAMPLE / "images", images)
        shutil.copy(SAMPLE / "labels.txt", labels)
        return checkpoint, images, labels

    def test_capture_keeps_what_it_reads(self):
        checkpoint, images, labels = self.copies()
        link, hard = self.folder / "link.h5", self.folder / "hard.h5"
        link.symlink_to(checkpoint)
        os.link(checkpoint, hard)
        picture = next(images.rglob("*.png"))
        for target in (checkpoint, labels, link, hard, picture, self.folder / "." / "m.safetensors"):
            for force in ([], ["--force"]):
                with self.subTest(target=target, force=force):
                    self.assert_kept("capture", checkpoint, "--input", images, "--labels", labels, "-o", target, *force,
                                     files=[checkpoint, labels, picture], says=[target.name, "read"])

    def test_a_pipe_stays_a_pipe(self):
        pipe = self.folder / "pipe"
        os.mkfifo(pipe)
        self.assert_fails(2, "capture", VIT, *IMAGES, "-o", pipe, says=["a pipe"])
        self.assertTrue(stat.S_ISFIFO(pipe.stat().st_mode))
        self.assert_fails(2, "convert", BERT, "-o", self.folder, says=["a folder"])

    def test_a_file_of_another_kind_needs_force(self):
        other = self.folder / "thesis.h5"
        other.write_bytes(b"the user's only copy")
        for command in (["capture", VIT, *IMAGES, "--no-grad"], ["convert", BERT], ["merge", BERT], ["summarize", BERT]):
            other.write_bytes(b"the user's only copy")
            self.assert_kept(*command, "-o", other, files=[other], says=["thesis.h5", "--force"])
            self.run_program(*command, "-o", other, "--force")
            self.run_program(*command, "-o", other)  # a dump replaces a dump

    def test_dumps_keep_what_they_are_made_of(self):
        shards = self.folder / "shards"
        shards.mkdir()
        for rank in range(2):
            shutil.copy(BERT, shards / f"run.rank{rank:04d}.h5")
        names = sorted(shards.iterdir())
        for source in (shards, names[0], shards / "run.rank*.h5"):
            for command in ("merge", "summarize"):
                with self.subTest(source=source, command=command):
                    self.assert_kept(command, source, "-o", names[1], "--force", files=names, says=[names[1].name])

    def test_what_a_virtual_dump_refers_to_is_an_input(self):
        shard, master = self.folder / "recording.h5", self.folder / "master.h5"
        shutil.copy(BERT, shard)
        self.run_program("merge", shard, "-o", master, "--virtual")
        for command in ("convert", "merge", "summarize"):
            self.assert_kept(command, master, "-o", shard, "--force", files=[shard], says=["recording.h5", "read"])
        self.assert_kept("report", master, "--out", self.folder, "--formats", "h5", files=[shard], says=["recording.h5"])

    def test_configs_and_mappings_are_inputs(self):
        checkpoint, images, _ = self.copies()
        config = self.folder / "config.json"
        shutil.copy(SAMPLE / "config.json", config)
        self.assert_kept("capture", checkpoint, "--input", images, "-o", config, "--force", files=[config], says=["config.json"])
        mappings, unknown = self.folder / "report.json", SAMPLE.parents[1] / "tests/golden/layouts/unknown.h5"
        pair = "step_1000/block_0/attention/before,step_1000/block_0/attention/after"
        self.run_program("convert", unknown, "--pair", pair, "--mappings", mappings, "-o", self.folder / "a.h5")
        self.assert_kept("convert", unknown, "--mappings", mappings, "-o", mappings, "--force", files=[mappings])
        self.assert_kept("report", unknown, "--mappings", mappings, "--out", self.folder, "--formats", "json", files=[mappings])

    def test_a_report_keeps_what_it_reads_and_says_so_before_it_runs(self):
        checkpoint, images, labels = self.copies()
        (images / "overview.png").write_bytes(next(images.rglob("*.png")).read_bytes())
        self.assert_kept("report", checkpoint, "--input", images, "--out", images, "--formats", "png",
                         files=[images / "overview.png"], says=["overview.png"])
        dump = self.folder / "recording.h5"
        shutil.copy(BERT, dump)
        self.assert_kept("report", dump, "--out", self.folder, "--formats", "h5", files=[dump], says=["recording.h5"])
        self.assertNotIn(".staged", " ".join(self.files()))
        self.assert_fails(5, "report", dump, "--out", checkpoint, "--formats", "json", says=["a folder"])

    def test_saved_mappings_replace_no_other_file(self):
        config = self.folder / "config.json"
        config.write_text('{"architecture": "vit_tiny_patch16_224"}')
        unknown = SAMPLE.parents[1] / "tests/golden/layouts/unknown.h5"
        before = config.read_text()
        done = self.run_program("inspect", unknown, "--pair", "step_1000/block_0/attention/before,step_1000/block_0/attention/after", "--mappings", config, code=3)
        self.assertIn("config.json", done.stderr)
        self.assertEqual(config.read_text(), before)

    def test_an_output_without_a_folder_says_which_is_missing(self):
        self.assert_fails(5, "capture", VIT, *IMAGES, "-o", self.folder / "no/such/o.h5", says=["no/such", "make it first"])
        self.assert_fails(5, "summarize", BERT, "-o", self.folder / "no/o.h5", says=["make it first"])


if __name__ == "__main__":
    import unittest

    unittest.main()
