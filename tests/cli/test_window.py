# SPDX-License-Identifier: GPL-3.0-or-later
"""The window as scripts meet it: without a display it says what to do instead, and it takes pictures of itself."""
import os
import struct
import subprocess
import unittest

from program import BERT, PROGRAM, ProgramTest


def without_display(*args):
    environment = {key: value for key, value in os.environ.items()
                   if key not in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")}
    return subprocess.run([PROGRAM, *map(str, args)], env=environment, capture_output=True, text=True, timeout=120)


class Window(ProgramTest):
    def test_without_a_display_it_names_the_command_line(self):
        for args in ([], [BERT]):
            done = without_display(*args)
            self.assertEqual(done.returncode, 2)
            self.assertEqual(done.stdout, "")
            self.assertEqual(len(done.stderr.splitlines()), 1)
            self.assertIn("normscope report", done.stderr)

    def test_it_takes_a_picture_of_itself(self):
        picture = self.folder / "window.png"
        done = without_display(BERT, "--screenshot", picture, "--size", "900x600", "--select",
                               "encoder.layer.4.output.LayerNorm")
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        header = picture.read_bytes()[:24]
        self.assertEqual(header[:8], b"\x89PNG\r\n\x1a\n")
        self.assertEqual(struct.unpack(">II", header[16:]), (900, 600))

    def test_a_layer_or_panel_that_is_not_there(self):
        for words in (["--select", "nowhere"], ["--panel", "nowhere"]):
            done = without_display(BERT, "--screenshot", self.folder / "window.png", *words)
            self.assertEqual(done.returncode, 2)
            self.assertIn("nowhere", done.stderr)
        self.assertEqual(self.files(), [])


if __name__ == "__main__":
    unittest.main()
