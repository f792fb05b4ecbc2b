"""What this machine lacks for the simulator, as findings; their sentences are ``sim/words/LANG/doctor.yaml``.

A finding is *good*, a *remark* (results will come, more slowly or not to the last digit) or *lacking*
(something will fail).  Nothing is changed here: what is tried out is a file without a name, gone at once.
"""

from __future__ import annotations

import importlib.metadata
import os
import platform
import shutil
import sys
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from packaging.requirements import InvalidRequirement, Requirement
from packaging.specifiers import SpecifierSet

from sim.places import OUTPUTS, PARAMETERS, REPOSITORY

if TYPE_CHECKING:
    from sim.words import Words

State = Literal["good", "remark", "lacking"]

DISTRIBUTION = "jobbtorg-simulator"
GIB = 1024**3
ROOMY_MEMORY, TIGHT_MEMORY = 2.0, 0.5
"""GiB that should, and that must, be free for a batch of runs of the whole city."""
ROOMY_DISK, TIGHT_DISK = 1.0, 0.1
"""GiB that should, and that must, be free where results are written."""


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at.

    Attributes
    ----------
    key : str
        Key of the sentence in ``doctor.yaml``, for example ``memory_tight``.
    state : {"good", "remark", "lacking"}
        How it is.
    values : mapping
        What fills the sentence's places: a text, or a number in the unit that the sentence names.
    """

    key: str
    state: State
    values: Mapping[str, str | float] = field(default_factory=dict)


def examine(
    repository: Path = REPOSITORY, parameters: Path = PARAMETERS, outputs: Path = OUTPUTS
) -> tuple[Finding, ...]:
    """Look at everything the simulator needs.

    Parameters
    ----------
    repository : Path
        Where ``constraints.txt`` is, the versions that results are checked with.
    parameters : Path
        Folder with passports and scenarios.
    outputs : Path
        Folder where results are to be written; it need not exist yet.

    Returns
    -------
    tuple of Finding
        In the order in which a person would mend them.
    """
    return (
        python_version(),
        *packages(repository / "constraints.txt"),
        parameter_folder(parameters),
        writable(outputs, "outputs"),
        compiled_cache(),
        kernel(),
        disk(outputs),
        memory(),
        cores(),
    )


def exit_status(findings: Iterable[Finding]) -> int:
    """Return 1 when something is lacking, else 0."""
    return int(any(finding.state == "lacking" for finding in findings))


def sentences(findings: Iterable[Finding], words: Words) -> tuple[tuple[State, str], ...]:
    """Say each finding, and at last the whole, in a language.

    Parameters
    ----------
    findings : iterable of Finding
        As `examine` returns them.
    words : Words
        The language.

    Returns
    -------
    tuple of (state, sentence)
        One pair for each finding and one for all of them together.
    """
    from sim.words import Name  # noqa: PLC0415 - so that findings can be had without the words' own packages

    findings = tuple(findings)
    said: list[tuple[State, str]] = []
    for finding in findings:
        values = {
            place: Name(value if isinstance(value, str) else words.plain(value))
            for place, value in finding.values.items()
        }
        said.append((finding.state, str(words.text(f"doctor.{finding.key}", **values))))
    whole: State = "lacking" if exit_status(findings) else "good"
    return (*said, (whole, str(words.text(f"doctor.all_{whole}"))))


def python_version(running: str | None = None) -> Finding:
    """Hold the running Python against what the package asks for."""
    running = running or platform.python_version()
    try:
        needed = importlib.metadata.metadata(DISTRIBUTION)["Requires-Python"] or ""
    except importlib.metadata.PackageNotFoundError:
        needed = ""
    values = {"found": running, "needed": needed}
    if SpecifierSet(needed).contains(running, prereleases=True):
        return Finding("python_good", "good", {"found": running})
    return Finding("python_other", "lacking", values)


def packages(constraints: Path, distribution: str = DISTRIBUTION) -> Iterator[Finding]:
    """Hold the installed packages against what the distribution declares and against the pinned versions.

    A missing package, or one outside the declared bounds, is lacking; one beside its pin is a remark.
    """
    try:
        declared = importlib.metadata.requires(distribution) or []
    except importlib.metadata.PackageNotFoundError:
        yield Finding("package_absent", "lacking")
        return
    missing = []
    for requirement in map(Requirement, declared):
        if requirement.marker and not requirement.marker.evaluate({"extra": ""}):
            continue
        found = _installed(requirement.name)
        if found is None or not requirement.specifier.contains(found, prereleases=True):
            missing.append(f"{requirement.name}{requirement.specifier}" + (f" ({found})" if found else ""))
    if missing:
        yield Finding("packages_missing", "lacking", {"names": ", ".join(missing)})
    pins = _pins(constraints)
    if pins is None:
        yield Finding("pins_absent", "remark", {"place": str(constraints)})
        return
    beside = [
        f"{pin.name} {found} ({pin.specifier})"
        for pin in pins
        if (found := _installed(pin.name)) and not pin.specifier.contains(found, prereleases=True)
    ]
    if beside:
        yield Finding("packages_differ", "remark", {"names": ", ".join(beside)})
    elif not missing:
        yield Finding("packages_good", "good", {"number": len(pins)})


def _installed(name: str) -> str | None:
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return None


def _pins(constraints: Path) -> Sequence[Requirement] | None:
    """Return the pins that hold on this system and Python, or None when the file cannot be read as pins."""
    try:
        lines = constraints.read_text(encoding="utf-8").splitlines()
        pins = [Requirement(line) for line in lines if line.strip()]
    except (OSError, UnicodeDecodeError, InvalidRequirement):
        return None
    return [pin for pin in pins if pin.marker is None or pin.marker.evaluate()]


def parameter_folder(folder: Path) -> Finding:
    """See whether the parameters are where they are looked for (reading them checks what is in them)."""
    found = (folder / "passports").is_dir() and (folder / "scenarios").is_dir()
    values = {"place": str(folder)}
    return (
        Finding("parameters_good", "good", values)
        if found
        else Finding("parameters_absent", "lacking", values)
    )


def writable(folder: Path, name: str) -> Finding:
    """See whether a file can be written in the folder, or where the folder would be made.

    Parameters
    ----------
    folder : Path
        The folder; it need not exist.
    name : str
        Beginning of the findings' keys: ``outputs`` or ``cache``.
    """
    values = {"place": str(folder)}
    try:
        with tempfile.TemporaryFile(dir=_existing(folder)):
            return Finding(f"{name}_good", "good", values)
    except OSError:
        return Finding(f"{name}_closed", "lacking", values)


def _existing(folder: Path) -> Path:
    """Return the folder, or the nearest one above it that exists."""
    return next((place for place in (folder, *folder.parents) if place.exists()), Path.cwd())


def compiled_cache(folder: Path | None = None) -> Finding:
    """See whether what Numba compiles can be kept from one start to the next."""
    if folder is None:
        try:
            import numba  # noqa: PLC0415 - a second's import that only this look needs
        except ImportError:
            return Finding("cache_unknown", "lacking")
        import sim.population.compiled  # noqa: F401, PLC0415 - it names the folder

        folder = Path(str(numba.config.CACHE_DIR))
    found = writable(folder, "cache")
    if found.state == "good" and folder.is_relative_to(tempfile.gettempdir()):
        return Finding("cache_temporary", "remark", found.values)
    return found


def kernel(name: str = "python3") -> Finding:
    """See whether notebooks would run on this environment's Python."""
    try:
        from jupyter_client.kernelspec import KernelSpecManager, NoSuchKernel  # noqa: PLC0415
    except ImportError:
        return Finding("kernel_absent", "lacking", {"name": name})
    try:
        command = KernelSpecManager().get_kernel_spec(name).argv[0]
    except NoSuchKernel:
        return Finding("kernel_absent", "lacking", {"name": name})
    # Jupyter starts a bare name as the Python that it runs on itself.
    if not Path(command).is_absolute() or Path(command).parent == Path(sys.executable).parent:
        return Finding("kernel_good", "good", {"name": name})
    return Finding("kernel_other", "lacking", {"name": name, "place": command})


def disk(folder: Path, free: float | None = None) -> Finding:
    """See how much room (GiB) there is where results are written."""
    if free is None:
        free = shutil.disk_usage(_existing(folder)).free / GIB
    return _roomy("disk", free, ROOMY_DISK, TIGHT_DISK)


def memory(free: float | None = None) -> Finding:
    """See how much memory (GiB) is free."""
    if free is None:
        try:
            import psutil  # noqa: PLC0415 - when it is missing, `packages` says so
        except ImportError:
            return Finding("memory_unknown", "remark")
        free = psutil.virtual_memory().available / GIB
    return _roomy("memory", free, ROOMY_MEMORY, TIGHT_MEMORY)


def _roomy(name: str, free: float, roomy: float, tight: float) -> Finding:
    values = {"free": round(free, 1), "needed": roomy}
    if free >= roomy:
        return Finding(f"{name}_good", "good", {"free": round(free, 1)})
    return Finding(f"{name}_tight", "remark" if free >= tight else "lacking", values)


def cores(number: int | None = None) -> Finding:
    """See how many processor cores runs may use at a time."""
    if number is None:
        usable = getattr(os, "sched_getaffinity", None)  # not on Windows and macOS
        number = len(usable(0)) if usable else os.cpu_count() or 1
    return (
        Finding("cores_one", "remark") if number == 1 else Finding("cores_good", "good", {"number": number})
    )
