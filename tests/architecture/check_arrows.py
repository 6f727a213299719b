#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Checks that every #include follows an arrow of docs/architecture.md and that each library stays in its rooms."""
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]

CORE = {f"core/{room}" for room in ("base", "checkpoint", "statistics", "recording", "analysis", "report", "input", "model",
                                    "capture", "run")}
# Room -> the rooms it may include. Transitive: an arrow to a room brings what that room's headers use.
ARROWS = {
    "core/base": set(),
    "core/checkpoint": {"core/base"},
    "core/statistics": {"core/base"},
    "core/recording": {"core/base", "core/statistics"},
    "core/analysis": {"core/base", "core/statistics", "core/recording"},
    "core/report": {"core/base", "core/statistics", "core/recording", "core/analysis"},
    "core/input": {"core/base", "core/checkpoint", "core/statistics", "core/recording"},
    "core/model": {"core/base", "core/checkpoint", "core/statistics", "core/recording"},
    "core/capture": {"core/base", "core/checkpoint", "core/statistics", "core/recording", "core/model", "core/input"},
    "core/run": {"core/base", "core/checkpoint", "core/statistics", "core/recording", "core/model", "core/input",
                 "core/capture"},
    "ui/jobs": {"core/base"},
    "ui/plots": {"core/base", "core/statistics", "core/recording", "core/analysis", "ui/jobs"},
    "ui/export": {"core/base", "core/statistics", "core/recording", "core/analysis", "core/report", "ui/plots",
                  "ui/jobs"},
    "ui/session": CORE | {"ui/jobs", "ui/export", "ui/plots"},
    "ui/models": CORE | {"ui/session", "ui/jobs", "ui/plots", "ui/export"},
    "ui/panels": CORE | {"ui/session", "ui/jobs", "ui/models", "ui/plots", "ui/export"},
    "ui/shell": CORE | {"ui/session", "ui/jobs", "ui/models", "ui/plots", "ui/export", "ui/panels"},
}
LIBRARIES = {  # pattern of an include -> the rooms it may stand in
    r"qcustomplot\.h": {"ui/plots"},
    r"hdf5|H5\w+\.h": {"core/recording"},
    r"torch/|ATen/|c10/": {"core/model", "core/capture"},
    r"Q[A-Z]\w+|Qt\w+/.*": {"core/input", "ui/plots", "ui/jobs", "ui/session", "ui/models", "ui/panels", "ui/shell", "app"},
    r"nlohmann/.*": {"core/checkpoint", "core/recording", "core/report", "core/model"},
    r"CLI/.*": {"app"},
}


def violations():
    for path in sorted([*ROOT.glob("core/**/*"), *ROOT.glob("ui/**/*"), *ROOT.glob("app/*")]):
        if path.suffix not in {".cpp", ".h"}:
            continue
        room = path.parent.relative_to(ROOT).as_posix()
        for number, line in enumerate(path.read_text().splitlines(), 1):
            found = re.match(r'\s*#include\s+([<"])([^>"]+)', line)
            if not found:
                continue
            place, target = f"{path.relative_to(ROOT)}:{number}", found[2]
            if found[1] == '"' and "/" in target:
                into = target.rsplit("/", 1)[0]
                if into != room and room != "app" and into not in ARROWS.get(room, set()):
                    yield f"{place}: {room} -> {into} is not an arrow of the design"
            for pattern, rooms in LIBRARIES.items():
                if found[1] == "<" and re.match(pattern, target) and room not in rooms:
                    yield f"{place}: <{target}> belongs in {', '.join(sorted(rooms))}"


def main():
    found = list(violations())
    print("\n".join(found) or "every include follows an arrow")
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()
