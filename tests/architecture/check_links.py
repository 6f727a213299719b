#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Checks that every relative link and picture of the Markdown pages leads to a file, every #anchor to a heading, and that
every picture of docs is shown somewhere."""
import pathlib
import re
import sys
from urllib.parse import unquote

ROOT = pathlib.Path(__file__).resolve().parents[2]
LINK = re.compile(r"\[[^\]]*\]\(\s*<?([^)>\s]+)>?[^)]*\)")
CODE = re.compile(r"^```.*?^```|`[^`\n]*`", re.M | re.S)
HEADING = re.compile(r"^#+\s+(.+?)\s*$", re.M)


def prose(page):
    """A page without code, where brackets mean other things; pictures inside links are both found."""
    return CODE.sub("", page.read_text(encoding="utf-8")).replace("[![", "![")


def anchors(page):
    """The names that GitHub gives to a page's headings."""
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in HEADING.findall(page.read_text(encoding="utf-8"))}


def pages():
    folders = (ROOT / folder for folder in ("docs", "resources", "tests"))
    return sorted([*ROOT.glob("*.md"), *(page for folder in folders for page in folder.rglob("*.md"))])


def broken(page, target, shown):
    path, _, anchor = target.partition("#")
    file = (page.parent / unquote(path)).resolve() if path else page
    shown.add(file)
    if not file.exists():
        return "leads to no file"
    if ROOT not in file.parents:
        return "leads out of the repository"
    if anchor and file.suffix == ".md" and unquote(anchor) not in anchors(file):
        return "leads to no heading"
    return None


def violations():
    shown = set()
    for page in pages():
        for target in LINK.findall(prose(page)):
            if re.match(r"[a-z]+:", target):
                continue
            if reason := broken(page, target, shown):
                yield f"{page.relative_to(ROOT)}: {target} {reason}"
    for picture in sorted((ROOT / "docs").rglob("*.png")):
        if picture not in shown:
            yield f"{picture.relative_to(ROOT)}: no page shows this picture"


def main():
    found = list(violations())
    print("\n".join(found) or f"every link of {len(pages())} pages leads somewhere")
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()
