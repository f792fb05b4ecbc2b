"""The grid of caseload × outsourcing share, for the map and for the committee's file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from sim.explorer.state import Plan, Settings
from sim.words import Quantity, Trace, exact

NORMS = (30.0, 35.0, 40.0, 45.0, 50.0, 60.0, 70.0)
"""Cases a caseworker."""

SHARES = (0.0, 0.1, 0.2, None, 0.4, 0.5)
"""Shares of the people with providers; None stands for the plan's places, a share between its neighbours."""


@dataclass(frozen=True)
class Grid:
    """Settings at every crossing of a caseload and a share.

    Attributes
    ----------
    norms : tuple of float
    shares : tuple of float or None
    """

    norms: tuple[float, ...] = NORMS
    shares: tuple[float | None, ...] = SHARES

    def cells(self, settings: Settings, plan: Plan) -> tuple[tuple[Settings, ...], ...]:
        """Return what is run at [share][norm]; everything but the two levers is as in the settings."""
        return tuple(
            tuple(at(replace(settings, norm=norm), share, plan) for norm in self.norms)
            for share in self.shares
        )


def at(settings: Settings, share: float | None, plan: Plan) -> Settings:
    """Return the settings with another procured part."""
    if share is None:
        return replace(
            settings, basis=plan.settings.basis, places=plan.settings.places, share=plan.settings.share
        )
    return replace(settings, basis="people", share=share, places=plan.settings.places)


def norm_quantities(norms: Sequence[float]) -> tuple[Quantity, ...]:
    """Return the caseloads with their source."""
    return tuple(exact(norm, "cases", Trace(parameters=("levers.caseload_norm",))) for norm in norms)


def share_quantities(shares: Sequence[float | None]) -> tuple[Quantity | None, ...]:
    """Return the shares with their source; None stays None."""
    trace = Trace(parameters=("levers.outsourcing_share",))
    return tuple(None if share is None else exact(share, "share", trace) for share in shares)
