# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs the built program as scripts do. Standard library only: the tests run where nothing was installed by hand."""
import json
import os
import pathlib
import shutil
import subprocess
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
SAMPLE = ROOT / "resources/sample"
BERT = SAMPLE / "all-minilm-l6-v2.h5"
IMAGES = ["--input", SAMPLE / "images", "--labels", SAMPLE / "labels.txt"]
PROGRAM = os.environ["NORMSCOPE"]


class ProgramTest(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="normscope-test-"))
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)

    def run_program(self, *arguments, code=0, timeout=300, **more):
        done = subprocess.run([PROGRAM, *map(str, arguments)], capture_output=True, text=True, timeout=timeout,
                              stdin=subprocess.DEVNULL, **more)
        self.assertEqual(done.returncode, code, f"{arguments}\n{done.stdout[-500:]}\n{done.stderr[-1500:]}")
        return done

    def run_json(self, *arguments):
        return json.loads(self.run_program(*arguments, "--json").stdout)

    def assert_fails(self, code, *arguments, says=()):
        """One line of error that names what it concerns, the promised exit code, nothing on standard output."""
        done = self.run_program(*arguments, code=code, timeout=60)
        lines = done.stderr.strip().splitlines()
        self.assertEqual(len(lines), 1, done.stderr)
        self.assertTrue(lines[0].startswith("normscope: "), lines[0])
        places = lines[0].split(": ")
        self.assertNotIn(True, [place == before for before, place in zip(places, places[1:])], "a place is named twice: " + lines[0])
        for word in says:
            self.assertIn(str(word), lines[0])
        self.assertEqual(done.stdout, "")

    def files(self):
        return sorted(p.relative_to(self.folder).as_posix() for p in self.folder.rglob("*") if p.is_file())
