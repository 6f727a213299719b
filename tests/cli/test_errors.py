# SPDX-License-Identifier: GPL-3.0-or-later
"""Bad input of every kind: one line that names the file, the promised exit code, and nothing lost or left behind."""
import json
import os
import pathlib
import pickle
import resource
import subprocess
import unittest
import unittest.mock
import zipfile

from program import BERT, IMAGES, PROGRAM, SAMPLE, ProgramTest

VIT = SAMPLE / "vit-layernorm.safetensors"


def safetensors(header, data=b""):
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    return len(text).to_bytes(8, "little") + text + data


class RunsCode:
    def __reduce__(self):
        return os.system, ("touch /tmp/normscope-was-here",)


class Errors(ProgramTest):
    def write(self, name, data):
        path = self.folder / name
        path.write_bytes(data)
        return path

    def test_the_command_line(self):
        self.assert_fails(2, "--nonsense")
        self.assert_fails(2, "report", BERT, "--out", self.folder / "o", "--formats", "jpeg", says=["--formats", "png"])
        self.assert_fails(2, "report", BERT, "--out", self.folder / "o", "--curve", "sine", says=["tanh", "erf"])
        self.assert_fails(2, "report", VIT, "--out", self.folder / "o", says=["--input"])
        self.assert_fails(2, "capture", VIT, *IMAGES, "--set", "colour=blue", "-o", self.folder / "o.h5", says=["heads", "eps"])
        self.assert_fails(2, "capture", VIT, *IMAGES, "--layers", "([", "-o", self.folder / "o.h5")
        self.assert_fails(2, "capture", VIT, *IMAGES, "--loss", "hope", "-o", self.folder / "o.h5", says=["labels"])
        for option in ("--sample", "--batch-size", "--threads", "--seed"):
            self.assert_fails(2, "capture", VIT, *IMAGES, option, -1, "-o", self.folder / "o.h5", says=[option, "at least 0, found `-1`"])
            self.assert_fails(2, "capture", VIT, *IMAGES, option, 10**12 if option == "--threads" else "many", "-o", self.folder / "o.h5",
                              says=[option])
        self.assertEqual(self.files(), [])

    def test_threads_are_bounded_by_the_machine(self):
        done = self.run_program("capture", VIT, "--input", "random", "--threads", 1000, "-o", self.folder / "o.h5")
        self.assertIn(f"{os.cpu_count()} threads run", done.stderr)
        for threads in (20_000, 100_000, 2**31 - 1):
            self.assert_fails(2, "capture", VIT, "--input", "random", "--threads", threads, "-o", self.folder / "o.h5",
                              says=["--threads", "1024"])

    def test_names_of_strangers_do_not_reach_the_terminal_raw(self):
        names = ["\x1b[31mred\x1b[2J.norm.weight", "two\nlines.norm.weight", "c1\x9bm.norm.weight"]
        header = {name: {"dtype": "F32", "shape": [1], "data_offsets": [4 * i, 4 * i + 4]} for i, name in enumerate(names)}
        path = self.write("names.safetensors", safetensors({**header, "__metadata__": {"a\x1b": "b\x1b\n"}}, bytes(12)))
        done = self.run_program("inspect", path)
        for text in (done.stdout, done.stderr):
            self.assertNotRegex(text, "[\x00-\x08\x0b-\x1f\x7f-\x9f]")
        self.assertIn("\\x1b[31mred\\x1b[2J.norm", done.stdout)
        self.assertIn("two\\nlines.norm", done.stdout)
        self.assertEqual({t["name"] for t in self.run_json("inspect", path)["tensors"]}, set(names))

    def test_no_gpu(self):
        with unittest.mock.patch.dict(os.environ, CUDA_VISIBLE_DEVICES=""):
            self.assert_fails(4, "capture", VIT, *IMAGES, "--device", "cuda", "-o", self.folder / "o.h5", says=["--device cpu"])
        self.assertEqual(self.files(), [])

    def test_files_that_are_no_checkpoint(self):
        cases = {
            "empty.safetensors": b"",
            "text.pt": b"hello, this is not a checkpoint at all\n",
            "renamed.safetensors": (SAMPLE / "images/0000.png").read_bytes(),
            "lfs.safetensors": b"version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n",
            "length.safetensors": (1 << 60).to_bytes(8, "little") + b"{}",
            "shape.safetensors": safetensors({"a": {"dtype": "F32", "shape": [1 << 60, 16], "data_offsets": [0, 4]}}, b"1234"),
            "dtype.safetensors": safetensors({"a": {"dtype": "F99", "shape": [1], "data_offsets": [0, 4]}}, b"1234"),
            "hole.safetensors": safetensors({"a": {"dtype": "F32", "shape": [1], "data_offsets": [4, 8]}}, b"12345678"),
        }
        for name, data in cases.items():
            with self.subTest(name):
                self.assert_fails(3, "inspect", self.write(name, data), says=[name])
        self.assert_fails(3, "inspect", self.folder / "missing.pt", says=["missing.pt"])
        self.assert_fails(3, "inspect", self.folder, says=[self.folder])

    def test_truncated_files(self):
        for source in (VIT, BERT):
            whole = source.read_bytes()
            for size in (1, 7, 8, 9, 100, 4096, len(whole) // 2, len(whole) - 1):
                with self.subTest(source=source.name, size=size):
                    path = self.write("cut" + source.suffix, whole[:size])
                    self.assert_fails(3, "report", path, "--out", self.folder / "o", "--formats", "json",
                                      *([] if source == BERT else IMAGES), says=["cut"])

    def test_a_pickle_that_wants_to_run_code_runs_nothing(self):
        marker = pathlib.Path("/tmp/normscope-was-here")
        marker.unlink(missing_ok=True)
        path = self.folder / "evil.pt"
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("evil/data.pkl", pickle.dumps(RunsCode(), 2))
            archive.writestr("evil/version", "3\n")
        self.assert_fails(3, "inspect", path, says=["evil.pt"])
        self.assertFalse(marker.exists())

    def test_a_zip_bomb_costs_no_memory(self):
        path = self.folder / "bomb.pt"
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            with archive.open("bomb/data.pkl", "w", force_zip64=True) as entry:
                for _ in range(300):
                    entry.write(bytes(1 << 20))
        self.assert_fails(3, "inspect", path, says=["bomb.pt"])

    def test_a_missing_tensor_is_named(self):
        whole = VIT.read_bytes()
        size = int.from_bytes(whole[:8], "little")
        header = json.loads(whole[8 : 8 + size])
        renamed = {("blocks.3.norm9.weight" if key == "blocks.3.norm1.weight" else key): v for key, v in header.items()}
        path = self.write("missing.safetensors", safetensors(renamed, whole[8 + size :]))
        self.assert_fails(3, "capture", path, *IMAGES, "-o", self.folder / "o.h5", says=["blocks.3.norm1"])

    def test_a_network_of_no_known_family_is_read_but_not_run(self):
        header = {"lines.0.norm.weight": {"dtype": "F32", "shape": [1], "data_offsets": [0, 4]}}
        path = self.write("other.safetensors", safetensors(header, b"1234"))
        self.run_program("inspect", path)
        self.assert_fails(3, "capture", path, "--input", "random", "-o", self.folder / "o.h5", says=["other.safetensors", "vit"])

    def test_input_that_does_not_fit(self):
        numpy_header = "{'descr': '<f4', 'fortran_order': False, 'shape': (1, 1, 5, 5), }"
        header = numpy_header.ljust(117) + "\n"
        data = b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header.encode() + bytes(100)
        self.assert_fails(4, "capture", VIT, "--input", self.write("small.npy", data), "-o", self.folder / "o.h5", says=["28", "small.npy"])
        (self.folder / "none").mkdir()
        self.assert_fails(4, "capture", VIT, "--input", self.folder / "none", "-o", self.folder / "o.h5", says=["none"])
        broken = self.folder / "images"
        broken.mkdir()
        (broken / "a.png").write_bytes((SAMPLE / "images/0000.png").read_bytes()[:60])
        self.assert_fails(3, "capture", VIT, "--input", broken, "-o", self.folder / "o.h5", says=["a.png"])
        labels = self.write("labels.txt", b"1\n2\n")
        self.assert_fails(3, "capture", VIT, "--input", SAMPLE / "images", "--labels", labels, "-o", self.folder / "o.h5",
                          says=["labels.txt"])
        self.assertFalse((self.folder / "o.h5").exists())

    def test_output_that_cannot_be_written(self):
        self.assert_fails(5, "report", BERT, "--out", "/proc/nothing/here", "--formats", "json", says=["/proc/nothing"])
        self.assert_fails(5, "capture", VIT, *IMAGES, "--no-grad", "-o", "/proc/nothing/o.h5", says=["/proc/nothing"])

    def test_a_full_disk_loses_nothing(self):
        """A limit on file size stands for the disk: writes fail in the middle of a file."""
        before = b'{"report": "of yesterday"}'
        out = self.folder / "out"
        out.mkdir()
        (out / "report.json").write_bytes(before)

        def limit():
            resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))

        for formats in ("json", "png", "pdf", "csv", "h5"):
            with self.subTest(formats):
                done = subprocess.run([PROGRAM, "report", str(BERT), "--out", str(out), "--formats", formats], text=True,
                                      capture_output=True, preexec_fn=limit, timeout=120)
                self.assertEqual(done.returncode, 5, done.stderr)
                self.assertEqual([p.name for p in out.rglob("*") if p.is_file()], ["report.json"])
                self.assertEqual((out / "report.json").read_bytes(), before)


if __name__ == "__main__":
    unittest.main()
