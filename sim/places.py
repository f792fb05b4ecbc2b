"""Where the project keeps what it reads and writes.

The data folders stand at the top of the repository, beside the package, so that people find and edit them.
They are found from this file's own place: the package is meant to be installed in editable mode from a copy
of the repository (``make`` does that; by hand it is ``pip install -c constraints.txt -e .``).

These paths are only defaults.  Every public function that reads or writes takes the folder as an argument,
and the command line has an option for it, so parameters for another city or results on another disk need no
change here.
"""

from pathlib import Path

REPOSITORY = Path(__file__).resolve().parent.parent
"""The top of the repository."""

PARAMETERS = REPOSITORY / "parameters"
"""Passports, tables, sources and scenarios: data only."""

NOTEBOOKS = REPOSITORY / "notebooks"
"""One notebook per question, stored without outputs."""

OUTPUTS = REPOSITORY / "outputs"
"""What runs write; nothing in it is tracked but its README."""
