"""What a result was made with: the code, the libraries, the machine."""

from __future__ import annotations

import hashlib
import platform
from functools import lru_cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

PACKAGE = Path(__file__).resolve().parent.parent
"""The package's own folder."""

LIBRARIES = ("joblib", "llvmlite", "numba", "numpy", "pandas", "pyarrow", "pydantic", "scipy", "simpy")
"""Libraries whose versions can change a number or a file."""

_SOURCES = frozenset({".py", ".yaml"})


@lru_cache(maxsize=1)
def source_hash() -> str:
    """SHA-256 over the package's sources, the same on every system and in every folder."""
    whole = hashlib.sha256()
    files = (path for path in PACKAGE.rglob("*") if path.suffix in _SOURCES)
    for path in sorted(files, key=lambda path: path.relative_to(PACKAGE).as_posix()):
        text = path.read_bytes().replace(b"\r\n", b"\n")
        whole.update(path.relative_to(PACKAGE).as_posix().encode("utf-8") + b"\0")
        whole.update(hashlib.sha256(text).digest())
    return whole.hexdigest()


def file_hash(path: Path) -> str:
    """SHA-256 of a file's bytes."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def library_versions() -> dict[str, str]:
    """Version of Python, of this package and of every library that can change a result."""
    versions = {"python": platform.python_version()}
    for name in ("jobbtorg-simulator", *LIBRARIES):
        try:
            versions[name] = version(name)
        except PackageNotFoundError:  # run from a copy that was never installed
            versions[name] = "not installed"
    return versions
