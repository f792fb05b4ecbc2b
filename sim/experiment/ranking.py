"""By what it is told whom a policy touches most."""

from __future__ import annotations

from typing import Literal

Ranking = Literal["months", "money"]
"""Months enrolled, or what the person cost the City."""

RANKINGS: tuple[Ranking, ...] = ("months", "money")
