"""Small duties of every file of code: it names its encoding, and what is public says what it is."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from tests.house.reading import aliases, full_name, miniature, modules

# Calls that read or write text, and at which position (from 0) the encoding would stand.
TEXT_CALLS = {"read_text": 0, "write_text": 1, "open": None}
# Things called open that open no text file.
OTHER_OPENS = {
    *("webbrowser.open", "os.open", "zipfile.open", "tarfile.open", "PIL.Image.open", "shelve.open"),
    "pikepdf.Pdf.open",
}
PROCESSES = {"subprocess.run", "subprocess.Popen", "subprocess.check_output", "subprocess.call"}


def unnamed_encodings(folder: Path) -> list[str]:
    """List the places that read or write text in whatever encoding the system happens to use."""
    faults = []
    for module in modules(folder, "sim", "tests", "benchmarks"):
        bound = aliases(module.tree)
        for node in ast.walk(module.tree):
            if not isinstance(node, ast.Call):
                continue
            name = full_name(node.func, bound)
            last = name.rpartition(".")[2]
            given = {item.arg for item in node.keywords}
            if name in PROCESSES and {"text", "universal_newlines"} & given and "encoding" not in given:
                faults.append(f"{module.where}:{node.lineno}: {name} reads text without an encoding")
            if last not in TEXT_CALLS or name in OTHER_OPENS or name.startswith("self."):
                continue
            if "encoding" in given or None in given:  # None: **options, which cannot be seen into
                continue
            position = TEXT_CALLS[last]
            if position is not None and len(node.args) > position:
                continue
            if last == "open" and "b" in _mode(node, builtin=name in {"open", "io.open"}):
                continue
            faults.append(f"{module.where}:{node.lineno}: {name} without an encoding")
    return faults


def _mode(call: ast.Call, *, builtin: bool) -> str:
    """Return the mode that an open() is given in so many words, else "r" (a mode nobody can read is text)."""
    given = [item.value for item in call.keywords if item.arg == "mode"]
    given += call.args[1:2] if builtin else call.args[0:1]
    match given:
        case [ast.Constant(value=str(mode)), *_]:
            return mode
        case _:
            return "r"


def undocumented(folder: Path) -> list[str]:
    """List the modules and the public classes, functions and methods of ``sim`` without a docstring."""
    faults = []
    for module in modules(folder, "sim"):
        if not ast.get_docstring(module.tree):
            faults.append(f"{module.where}: the module says nothing of itself")
        for node, name in _public(module.tree, ""):
            if not ast.get_docstring(node):
                faults.append(f"{module.where}:{node.lineno}: {name} has no docstring")
    return faults


def _public(
    scope: ast.Module | ast.ClassDef, prefix: str
) -> list[tuple[ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef, str]]:
    """Return what a module or a public class offers, with its name; what is inside a function is private."""
    found: list[tuple[ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef, str]] = []
    for node in scope.body:
        if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            if node.name.startswith("_"):
                continue
            decorators = {ast.unparse(item).rpartition(".")[2] for item in node.decorator_list}
            if decorators & {"overload", "override", "setter"}:
                continue
            found.append((node, prefix + node.name))
            if isinstance(node, ast.ClassDef):
                found += _public(node, f"{prefix}{node.name}.")
    return found


RULES = (unnamed_encodings, undocumented)


@pytest.mark.parametrize("rule", RULES)
def test_the_code_does_its_duties(rule, repository):
    assert any(True for _ in modules(repository, "sim"))
    assert rule(repository) == []


@pytest.mark.parametrize(
    ("rule", "text"),
    [
        (unnamed_encodings, "f = open('a.txt')"),
        (unnamed_encodings, "f = open('a.txt', 'w')"),
        (unnamed_encodings, "f = path.open()"),
        (unnamed_encodings, "f = path.open(mode)"),
        (unnamed_encodings, "t = path.read_text()"),
        (unnamed_encodings, "path.write_text('ö')"),
        (unnamed_encodings, "import subprocess\nsubprocess.run(['ls'], text=True)"),
        (undocumented, "x = 1"),
        (undocumented, '"""A."""\ndef f():\n    return 1'),
        (undocumented, '"""A."""\nclass C:\n    x = 1'),
        (undocumented, '"""A."""\nclass C:\n    """B."""\n    def f(self):\n        return 1'),
    ],
)
def test_a_duty_not_done_is_seen(rule, text, tmp_path):
    assert rule(miniature(tmp_path, {"sim/a.py": text})) != []


@pytest.mark.parametrize("rule", RULES)
def test_a_duty_done_is_left_alone(rule, tmp_path):
    text = '''"""A."""
import webbrowser

def f(path):
    """B."""
    webbrowser.open("page.html")
    with path.open("rb") as binary, open("a.png", mode="wb") as other, path.open(encoding="utf-8") as text:
        path.write_text("ö", "utf-8")
        return path.read_text(encoding="utf-8")

def _g():
    return 1

class C:
    """D."""

    def __len__(self):
        return 1
'''
    assert rule(miniature(tmp_path, {"sim/a.py": text})) == []
