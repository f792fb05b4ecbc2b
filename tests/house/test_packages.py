"""The lists of packages agree: what is declared, what is pinned, what conda gets, what is installed."""

from __future__ import annotations

import importlib.metadata
import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from ruamel.yaml import YAML

from tests.house.reading import miniature

DISTRIBUTION = "jobbtorg-simulator"
PIN = re.compile(r"[a-z0-9]+([._-][a-z0-9]+)*==[0-9][0-9a-z.+!]*( ; [a-zA-Z0-9_.<>=!'()* -]+)?")
# conda needs these, and they are not packages of the project
CONDA_ONLY = {"python", "pip"}


def declared(folder: Path) -> dict[str, Requirement]:
    """Return the requirements of pyproject.toml, those of the tests included, by canonical name."""
    project = tomllib.loads((folder / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    lines = [*project["dependencies"], *project["optional-dependencies"]["test"]]
    return {canonicalize_name(item.name): item for item in map(Requirement, lines)}


def pinned(folder: Path) -> list[Requirement]:
    """Return the lines of constraints.txt."""
    return [
        Requirement(line) for line in (folder / "constraints.txt").read_text(encoding="utf-8").splitlines()
    ]


def for_conda(folder: Path) -> dict[str, Requirement]:
    """Return what environment.yml asks of conda, and of pip in it, without Python, pip and the project."""
    listed = YAML(typ="safe").load((folder / "environment.yml").read_text(encoding="utf-8"))["dependencies"]
    of_pip = [name for item in listed if isinstance(item, dict) for name in item["pip"] if name != "-e ."]
    items = [Requirement(item) for item in [*(i for i in listed if isinstance(i, str)), *of_pip]]
    return {canonicalize_name(item.name): item for item in items if item.name not in CONDA_ONLY}


def pin_lines(folder: Path) -> list[str]:
    """List the lines of constraints.txt that are more than name==version and a marker."""
    lines = (folder / "constraints.txt").read_text(encoding="utf-8").splitlines()
    return [f"constraints.txt:{n}: {line}" for n, line in enumerate(lines, 1) if not PIN.fullmatch(line)]


def unpinned(folder: Path) -> list[str]:
    """List declared packages that no pin serves here, and pins outside what is declared."""
    faults = []
    here = {canonicalize_name(p.name): p for p in pinned(folder) if not p.marker or p.marker.evaluate()}
    for name, requirement in declared(folder).items():
        if name not in here:
            faults.append(f"{name} is declared and not pinned")
            continue
        version = next(iter(here[name].specifier)).version
        if not requirement.specifier.contains(version, prereleases=True):
            faults.append(f"{name} is pinned at {version}, outside {requirement.specifier}")
    return faults


def conda_differs(folder: Path) -> list[str]:
    """List the differences between environment.yml and pyproject.toml, names and bounds."""
    ours, theirs = declared(folder), for_conda(folder)
    faults = [f"environment.yml lacks {name}" for name in sorted(ours.keys() - theirs.keys())]
    faults += [f"environment.yml alone names {name}" for name in sorted(theirs.keys() - ours.keys())]
    return faults + [
        f"{name}: {theirs[name].specifier or 'any'} for conda, {ours[name].specifier or 'any'} declared"
        for name in sorted(ours.keys() & theirs.keys())
        if ours[name].specifier != theirs[name].specifier
    ]


def not_installed(folder: Path) -> list[str]:
    """List the packages of environment.yml that are missing here or whose installed version it refuses."""
    faults = []
    for name, requirement in for_conda(folder).items():
        try:
            version = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            faults.append(f"{name} is not installed")
            continue
        if not requirement.specifier.contains(version, prereleases=True):
            faults.append(f"{name} {version} is installed, outside {requirement.specifier}")
    return faults


def versions_differ(folder: Path) -> list[str]:
    """List the files that give another version of the project than pyproject.toml."""
    version = tomllib.loads((folder / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    cited = YAML(typ="safe").load((folder / "CITATION.cff").read_text(encoding="utf-8"))["version"]
    return [] if str(cited) == version else [f"CITATION.cff says {cited}, pyproject.toml {version}"]


RULES = (pin_lines, unpinned, conda_differs, not_installed, versions_differ)


@pytest.mark.parametrize("rule", RULES)
def test_the_lists_agree(rule, repository):
    assert len(declared(repository)) > 20
    assert rule(repository) == []


def test_everything_installed_for_the_project_is_pinned(repository):
    """Follow the requirements from the project on: what nobody pinned would differ between two machines."""
    names = {canonicalize_name(pin.name) for pin in pinned(repository)}
    waiting, seen, missing = [(DISTRIBUTION, "test")], set(), []
    while waiting:
        name, extra = waiting.pop()
        if (name, extra) in seen:
            continue
        seen.add((name, extra))
        if name != DISTRIBUTION and name not in names:
            missing.append(name)
        for line in importlib.metadata.requires(name) or []:
            item = Requirement(line)
            if item.marker is None or item.marker.evaluate({"extra": extra}):
                waiting += [(canonicalize_name(item.name), chosen) for chosen in ("", *item.extras)]
    assert len(seen) > 100
    assert sorted(set(missing)) == []


GOOD = {
    "pyproject.toml": '[project]\nversion = "1.0"\ndependencies = ["numpy<9"]\n'
    '[project.optional-dependencies]\ntest = ["pytest"]\n',
    "constraints.txt": "numpy==2.4.6 ; python_full_version >= '3.11'\n"
    "numpy==1.0 ; python_full_version < '3.11'\npytest==9.2.0\n",
    "environment.yml": "dependencies: [python>=3.11, pip, numpy<9, pytest, {pip: [-e .]}]\n",
    "CITATION.cff": "version: 1.0\n",
}


@pytest.mark.parametrize("rule", RULES)
def test_a_small_project_that_agrees_is_left_alone(rule, tmp_path):
    assert rule(miniature(tmp_path, GOOD)) == []


@pytest.mark.parametrize(
    ("rule", "file", "text"),
    [
        (pin_lines, "constraints.txt", "numpy @ https" + "://example.org/numpy.whl\n"),
        (pin_lines, "constraints.txt", "--index-url example.org\nnumpy==2.4.6\n"),
        (pin_lines, "constraints.txt", "numpy>=2.4.6\n"),
        (pin_lines, "constraints.txt", "numpy==2.4.6 # from a place\n"),
        (unpinned, "constraints.txt", "numpy==2.4.6\n"),
        (unpinned, "constraints.txt", "numpy==9.1\npytest==9.2.0\n"),
        (unpinned, "constraints.txt", "numpy==2.4.6 ; python_full_version < '3.11'\npytest==9.2.0\n"),
        (conda_differs, "environment.yml", "dependencies: [numpy<9]\n"),
        (conda_differs, "environment.yml", "dependencies: [numpy<9, pytest, scipy]\n"),
        (conda_differs, "environment.yml", "dependencies: [numpy, pytest]\n"),
        (not_installed, "environment.yml", "dependencies: [no-such-package]\n"),
        (not_installed, "environment.yml", "dependencies: [numpy<1]\n"),
        (versions_differ, "CITATION.cff", "version: 1.1\n"),
    ],
)
def test_lists_that_differ_are_seen(rule, file, text, tmp_path):
    assert rule(miniature(tmp_path, GOOD | {file: text})) != []
