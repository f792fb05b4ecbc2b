"""How the hot path is compiled: one decorator, and a cache that cannot serve an old rule.

Numba's on-disk cache looks only at the file a function stands in; a function that calls an edited rule
in another file would be served with the old rule in it. So the cache lives in a folder named by the hash
of every source file of the two compiled rooms: edit one and all of it is compiled anew.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from pathlib import Path
from typing import Any

import numba

SIM = Path(__file__).resolve().parents[1]
COMPILED_ROOMS = ("population", "flow")


def source_hash(package: Path = SIM) -> str:
    """Return the hash of the sources of the compiled rooms, the same on every platform.

    Parameters
    ----------
    package : Path
        The folder that holds the rooms.
    """
    digest = hashlib.blake2b(digest_size=8)
    for room in COMPILED_ROOMS:
        for path in sorted((package / room).glob("*.py")):
            digest.update(f"{room}/{path.name}\n".encode())
            digest.update(path.read_bytes().replace(b"\r\n", b"\n"))
    return digest.hexdigest()


def _cache_folder() -> Path:
    """Beside the sources when that can be written, else in the system's folder for temporary files."""
    name = f"compiled-{source_hash()}"
    beside = SIM / "__pycache__"
    try:
        beside.mkdir(exist_ok=True)
        if os.access(beside, os.W_OK):
            return beside / name
    except OSError:
        pass
    return Path(tempfile.gettempdir()) / "jobbtorg" / name


numba.config.CACHE_DIR = str(_cache_folder())


OPTIONS = {
    "cache": True,
    "nogil": True,
    # both engines must add, multiply and compare to the same bit
    "fastmath": False,
    "error_model": "numpy",
    # an entry from C that nothing uses: a tenth of the time to compile
    "no_cfunc_wrapper": True,
    # into each that calls it: a loop over people can do several at once, and a run is one loop without calls
    # (a seventh of its events' time, for a sixth more to compile)
    "forceinline": True,
}


def compiled(function: Any) -> Any:
    """Compile a function for the hot path: cached, without the interpreter's lock, strict arithmetic."""
    return numba.njit(**OPTIONS)(function)
