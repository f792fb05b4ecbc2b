"""The measures of people and work: what happened, before any money."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from sim.outcomes.measures import Measure


def people_measures(destinations: Sequence[str], measures: Sequence[str]) -> tuple[Measure, ...]:
    """Return the measures of people and work.

    Parameters
    ----------
    destinations, measures : sequence of str
        Data keys: each destination has its exits and its stock outside, each measure its starts.
    """
    return (
        Measure("aspirants_year", "people", "people", ("aspirants",), kinds=("year",)),
        Measure(
            "self_support_share_year", "share", "ratio", ("self_supporting",), ("aspirants",), kinds=("year",)
        ),
        Measure("referrals", "people", "flow", ("referrals",)),
        Measure("no_shows", "people", "flow", ("no_shows",)),
        Measure("enrolments", "spells", "flow", ("enrolments",)),
        Measure("returns", "spells", "flow", ("returns",)),
        Measure("exits", "spells", "flow", ("exits",)),
        *(_exits(key) for key in destinations),
        *(_starts(key) for key in measures),
        Measure("releases", "people", "flow", ("releases",)),
        Measure("stock", "people", "stock", ("months_enrolled",)),
        Measure("waiting", "people", "stock", ("months_waiting",)),
        Measure("in_assessment", "people", "stock", ("months_assessment",)),
        Measure("in_coaching", "people", "stock", ("months_coaching",)),
        Measure("in_measures", "people", "stock", ("months_measure",)),
        Measure("outside", "people", "stock", ("months_outside",)),
        *(_outside(key) for key in destinations),
        *(_months_after(key) for key in destinations),
        Measure("wait_days", "days", "ratio", ("wait_days",), ("enrolments", "returns")),
        _nine_in_ten("wait_days_p90", "caseworker"),
        Measure("unserved", "spells", "flow", ("unserved",)),
        Measure("plan_days", "days", "ratio", ("plan_days",), ("enrolments", "returns")),
        _nine_in_ten("plan_days_p90", "plan"),
        Measure("unplanned", "spells", "flow", ("unplanned",)),
        Measure("self_support_share_of_exits", "share", "ratio", ("exits_self_support",), ("exits",)),
        Measure("closed_within_18_months", "share", "ratio", ("closed_in_time",), ("enrolments_followed",)),
        Measure("caseload", "cases", "ratio", ("slot_months",), ("caseworkers",), by_segment=False),
        Measure("posts", "posts", "stock", ("posts",), by_segment=False),
    )


def _nine_in_ten(key: str, until: Literal["caseworker", "plan"]) -> Measure:
    among = ("enrolments", "returns")
    return Measure(key, "days", "quantile", among, kinds=("year", "total"), share=0.9, until=until)


def _exits(key: str) -> Measure:
    return Measure(
        f"exits_{key}", "spells", "flow", (f"exits_{key}",), words="exits_to", fills={"destination": key}
    )


def _outside(key: str) -> Measure:
    return Measure(
        f"outside_{key}",
        "people",
        "stock",
        (f"months_outside_{key}",),
        words="outside_after",
        fills={"destination": key},
    )


def _months_after(key: str) -> Measure:
    return Measure(
        f"months_after_{key}",
        "months",
        "flow",
        (f"months_outside_{key}",),
        words="months_after",
        fills={"destination": key},
    )


def _starts(key: str) -> Measure:
    return Measure(
        f"{key}_starts", "people", "flow", (f"starts_{key}",), words="starts_of", fills={"measure": key}
    )
