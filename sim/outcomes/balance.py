"""People are conserved: who has come in, who has gone out and who is inside, counted in two ways."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.flow.history import History
from sim.flow.stages import ENROLLED_STAGES, EndedBy, Stage


@dataclass(frozen=True)
class Balance:
    """People by centre at the start of every month and at the horizon, each int64[months + 1, centres].

    Comings and goings are those before that moment, cumulated; those exactly on it come after it.

    Attributes
    ----------
    initial, enrolments, returns : comings in
    exits : goings out
    inside : counted from who is in an enrolled stage then, without looking at comings and goings
    """

    initial: NDArray[np.int64]
    enrolments: NDArray[np.int64]
    returns: NDArray[np.int64]
    exits: NDArray[np.int64]
    inside: NDArray[np.int64]

    @property
    def missing(self) -> NDArray[np.int64]:
        """Initial + enrolments + returns - exits - inside: 0 everywhere in a sound history."""
        return self.initial + self.enrolments + self.returns - self.exits - self.inside


def balance(history: History) -> Balance:
    """Hold comings and goings against who is inside, at every 1st and by centre.

    Parameters
    ----------
    history : History

    Returns
    -------
    Balance
    """
    stays = history.stays
    enrolled = np.isin(stays["stage"], ENROLLED_STAGES)
    enrolment = (stays["stage"] == Stage.REFERRED) & (stays["ended_by"] == EndedBy.ENROLLED)
    returned = (stays["stage"] == Stage.OUTSIDE) & (stays["ended_by"] == EndedBy.RETURN)
    gone = enrolled & (stays["destination"] >= 0)
    centre_of_initial = history.office_centre[history.people["office"][history.people["initial"]]]
    initial = np.bincount(centre_of_initial, minlength=len(history.centres))
    return Balance(
        initial=np.tile(initial, (history.months + 1, 1)),
        enrolments=_before(history, stays[enrolment]),
        returns=_before(history, stays[returned]),
        exits=_before(history, stays[gone]),
        inside=_inside(history, stays[enrolled]),
    )


def _before(history: History, stays: NDArray[np.void]) -> NDArray[np.int64]:
    """Count the stays that ended before each 1st."""
    by_month = np.zeros((history.months + 1, len(history.centres)), dtype=np.int64)
    month = np.floor(stays["end"]).astype(np.int64)
    inside_run = month < history.months
    np.add.at(by_month, (month[inside_run] + 1, history.office_centre[stays["office"][inside_run]]), 1)
    return np.cumsum(by_month, axis=0)


def _inside(history: History, stays: NDArray[np.void]) -> NDArray[np.int64]:
    """Count those whose stay began before each 1st and had not ended before it; at 0, who starts inside."""
    centre = history.office_centre[stays["office"]]
    inside = np.zeros((history.months + 1, len(history.centres)), dtype=np.int64)
    opening = (stays["begin"] == 0.0) & (stays["spell"] == 0) & history.people["initial"][stays["person"]]
    for index in np.unique(stays["person"][opening], return_index=True)[1]:
        inside[0, centre[opening][index]] += 1
    for moment in range(1, history.months + 1):
        there = (stays["begin"] < moment) & (stays["end"] >= moment)
        inside[moment] = np.bincount(centre[there], minlength=len(history.centres))
    return inside
