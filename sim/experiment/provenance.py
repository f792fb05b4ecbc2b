"""What a result was made with: the code, the libraries, the machine."""

from __future__ import annotations

import hashlib
import platform
from collections.abc import Iterable
from functools import lru_cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

PACKAGE = Path(__file__).resolve().parent.parent
"""The package's own folder."""

LIBRARIES = ("joblib", "llvmlite", "numba", "numpy", "pandas", "pyarrow", "pydantic", "scipy", "simpy")
"""Libraries whose versions can change a number or a file."""

DECIDING = ("parameters", "population", "flow", "outcomes", "economy", "experiment/run.py")
"""The rooms, and the module that joins them, through which a scenario becomes numbers."""

DECIDING_LIBRARIES = ("llvmlite", "numba", "numpy", "pandas", "simpy")
"""The libraries that those rooms compute with."""

_SOURCES = frozenset({".py", ".yaml"})


@lru_cache(maxsize=1)
def source_hash() -> str:
    """SHA-256 over the package's sources, the same on every system and in every folder."""
    return _hash_of(PACKAGE, (path for path in PACKAGE.rglob("*") if path.suffix in _SOURCES))


def deciding_code(package: Path = PACKAGE) -> str:
    """SHA-256 over all that, beside a run's inputs, decides its numbers to the last bit.

    That is the sources in `DECIDING`, the versions in `DECIDING_LIBRARIES`, and the machine's kind: the
    system's own mathematics library rounds some logarithms and powers otherwise than another system's. Words,
    figures and reports are left out, so a new sentence makes no run anew. The engines are not told apart:
    they agree to the last bit.
    """
    files = (
        path
        for part in DECIDING
        for path in ([package / part] if part.endswith(".py") else (package / part).rglob("*.py"))
    )
    facts = [_hash_of(package, files), platform.system(), platform.machine(), *platform.libc_ver()]
    facts += [f"{name} {_version(name)}" for name in DECIDING_LIBRARIES]
    return hashlib.sha256("\n".join(facts).encode("utf-8")).hexdigest()


def _hash_of(package: Path, files: Iterable[Path]) -> str:
    whole = hashlib.sha256()
    for path in sorted(files, key=lambda path: path.relative_to(package).as_posix()):
        text = path.read_bytes().replace(b"\r\n", b"\n")
        whole.update(path.relative_to(package).as_posix().encode("utf-8") + b"\0")
        whole.update(hashlib.sha256(text).digest())
    return whole.hexdigest()


def file_hash(path: Path) -> str:
    """SHA-256 of a file's bytes."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def library_versions() -> dict[str, str]:
    """Version of Python, of this package and of every library that can change a result."""
    names = ("jobbtorg-simulator", *LIBRARIES)
    return {"python": platform.python_version(), **{name: _version(name) for name in names}}


@lru_cache(maxsize=64)  # asked for with every run that the store keeps; looking it up is slower than writing
def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:  # run from a copy that was never installed
        return "not installed"
