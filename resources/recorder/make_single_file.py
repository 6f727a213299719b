# SPDX-License-Identifier: GPL-3.0-or-later
"""Joins the modules of the package into one file, normscope.py, for who would rather copy a file than install.

    python make_single_file.py [OUTPUT]        (standard output without one)

Plain Python, no other package; the same modules give the same bytes.
"""
import ast
import sys
from pathlib import Path

PACKAGE = Path(__file__).parent / "normscope"
HEADER = "# SPDX-License-Identifier: GPL-3.0-or-later\n# One file of the package normscope, made by make_single_file.py.\n"


def module_path(name):
    return PACKAGE / f"{name}.py"


def inner_imports(tree):
    """The modules of the package that a module imports."""
    return [node.module for node in tree.body if isinstance(node, ast.ImportFrom) and node.level == 1]


def in_order(name, found):
    """Appends what `name` needs, then `name` itself."""
    tree = ast.parse(module_path(name).read_text(encoding="utf-8"))
    for needed in inner_imports(tree):
        if needed not in found:
            in_order(needed, found)
    if name not in found:
        found.append(name)
    return found


def split(name):
    """A module as (imports of other packages, names it defines, the rest of its text)."""
    text = module_path(name).read_text(encoding="utf-8")
    tree, lines = ast.parse(text), text.splitlines(keepends=True)
    imports, names = set(), []
    for node in tree.body:
        is_import = isinstance(node, (ast.Import, ast.ImportFrom))
        is_text = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
        if is_import and getattr(node, "level", 0) == 0:
            imports.add(ast.unparse(node))
        if isinstance(node, ast.ImportFrom) and node.level and any(alias.asname for alias in node.names):
            raise SystemExit(f"{name}.py: expected imports of the package under their own names")
        if is_import or is_text:
            lines[node.lineno - 1 : node.end_lineno] = [""] * (node.end_lineno - node.lineno + 1)
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            names.append(node.name)
        if isinstance(node, ast.Assign):
            names += [target.id for assigned in node.targets for target in ast.walk(assigned)
                      if isinstance(target, ast.Name)]
    rest = "".join(line for line in lines if not line.startswith("# SPDX"))
    return imports, names, rest.strip("\n")


def joined():
    package = ast.parse(module_path("__init__").read_text(encoding="utf-8"))
    order = []
    for name in inner_imports(package):
        in_order(name, order)
    imports, owners, parts = set(), {}, []
    for name in order:
        more, names, rest = split(name)
        imports |= more
        for defined in names:
            if owners.setdefault(defined, name) != name:
                raise SystemExit(f"{defined}: expected one module to define it, found {owners[defined]} and {name}")
        parts.append(f"# --- {name} ---\n\n{rest}\n")
    ours = '__all__ = ["Recorder", "record", "__version__"]\n__version__ = VERSION\n'
    ordered = sorted(imports, key=lambda line: (line.startswith("from"), line))
    return "\n\n".join([f'{HEADER}"""{ast.get_docstring(package, clean=False)}"""\n' + "\n".join(ordered), *parts, ours])


def main():
    text = joined()
    if len(sys.argv) > 1:
        Path(sys.argv[1]).write_text(text, encoding="utf-8")
    else:
        sys.stdout.write(text)


if __name__ == "__main__":
    main()
