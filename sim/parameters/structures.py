"""Structural alternatives: other ways to build the model, each an overlay that can be laid on any scenario.

What the model assumes beyond its numbers is a choice too: how fast people leave while they wait, where more
staff stops helping. Each such choice has its alternatives as files in ``structures/``, so that a study of
what the answer hangs on can go through all of them: ``plan-2008+waiting-pace-0``.
"""

from dataclasses import dataclass

from sim.parameters.library import Library
from sim.parameters.overlays import Overlay


@dataclass(frozen=True)
class Alternative:
    """One structural alternative.

    Attributes
    ----------
    name : str
        By which it is laid on a scenario: ``SCENARIO+NAME``.
    title : str
        What its file says it is, in the language of the data.
    keys : frozenset of str
        The parameters that it sets.
    """

    name: str
    title: str
    keys: frozenset[str]

    def excludes(self, other: "Alternative") -> bool:
        """Whether both answer the same question (they set the same parameter), so that only one can hold."""
        return not self.keys.isdisjoint(other.keys)


def structural_alternatives(library: Library) -> tuple[Alternative, ...]:
    """Every structural alternative in a folder of parameters, by name.

    Raises
    ------
    InputErrors
        If one of the files has faults.
    """
    return tuple(_alternative(library.overlay(name)) for name in library.structure_names)


def _alternative(overlay: Overlay) -> Alternative:
    keys = frozenset(key.partition("[")[0] for key in overlay.layer.changes)
    return Alternative(overlay.name, overlay.title, keys)
