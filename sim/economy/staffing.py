"""Staffing: the City's own rule and plan of 2007, and the posts of a run beside them.

Source: DET2007, "Beräkning av bemanning" and "Bemanningsplan".
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sim.flow.history import History
from sim.flow.policy import caseworker_roles, plan_posts
from sim.outcomes.measures import ALL
from sim.outcomes.tallies import centre_sums
from sim.parameters import Scenario

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class StaffingRule:
    """How the City went from people to caseworkers.

    Attributes
    ----------
    people : float
        Who may need measures.
    procured_people : float
        Of them, those with providers.
    own_staff_share : float
        Own staff's work for one of those, as a share of the work for anybody else.
    caseload : float
        Cases a caseworker.
    planned_caseworkers, planned_posts : float
        Those of the plan's table.
    posts_at_most : float
        The most that the paper allows.
    """

    people: float
    procured_people: float
    own_staff_share: float
    caseload: float
    planned_caseworkers: float
    planned_posts: float
    posts_at_most: float

    @property
    def cases(self) -> float:
        """People, with those at providers counted at own staff's share of the work."""
        return self.people - self.procured_people * (1.0 - self.own_staff_share)

    @property
    def caseworkers(self) -> float:
        """Caseworkers that the cases need. The paper says 120–130."""
        return self.cases / self.caseload

    @property
    def overhead(self) -> float:
        """The plan's posts that are not caseworkers: team leaders and administrators."""
        return self.planned_posts - self.planned_caseworkers

    @property
    def posts(self) -> float:
        """Posts that the rule needs, with the plan's overhead: more than the paper's 140 at most."""
        return self.caseworkers + self.overhead

    @property
    def planned_caseload(self) -> float:
        """Cases a caseworker that the plan's table means: above the caseload that the rule starts from."""
        return self.cases / self.planned_caseworkers


def staffing_rule(scenario: Scenario) -> StaffingRule:
    """Return the City's rule of 2007 with the plan's table beside it."""
    plan = plan_posts(scenario)
    return StaffingRule(
        people=scenario.number("plan.people"),
        procured_people=scenario.number("plan.procured_people"),
        own_staff_share=scenario.number("plan.own_staff_share"),
        caseload=scenario.number("plan.caseload"),
        planned_caseworkers=float((plan @ caseworker_roles(scenario)).sum()),
        planned_posts=float(plan.sum()),
        posts_at_most=scenario.number("plan.posts_at_most"),
    )


def plan_cases(scenario: Scenario) -> NDArray[np.float64]:
    """Return the cases that own staff serve by the City's rule, float64[C].

    Each centre has its target group, less own staff's saving for its part of the people with providers, who
    are spread as the target group.
    """
    centres, groups = scenario.keys("organisation.centres"), scenario.keys("people.groups")
    target = scenario.array("people.target_group", centres, groups).sum(axis=1)
    saved = scenario.number("plan.procured_people") * (1.0 - scenario.number("plan.own_staff_share"))
    cases: NDArray[np.float64] = target * (1.0 - saved / target.sum())
    return cases


def rule_caseworkers(scenario: Scenario) -> NDArray[np.float64]:
    """Return caseworkers by the City's rule with each centre's own target group, float64[C].

    The paper rounds the whole target group to 7,500 people; here nobody is rounded away.
    """
    return plan_cases(scenario) / scenario.number("plan.caseload")


def plan_caseload(scenario: Scenario) -> NDArray[np.float64]:
    """Return cases a caseworker in the plan, float64[C+1]; the last is the whole city."""
    cases = plan_cases(scenario)
    caseworkers = plan_posts(scenario) @ caseworker_roles(scenario)
    caseload: NDArray[np.float64] = np.append(cases, cases.sum()) / np.append(caseworkers, caseworkers.sum())
    return caseload


@dataclass(frozen=True)
class Staffing:
    """Posts of the plan, and of a run.

    Attributes
    ----------
    centres, roles : tuple of str
    plan : float64[C, R]
    path : float64[M, C, R]
        The run's, month by month.
    """

    centres: tuple[str, ...]
    roles: tuple[str, ...]
    plan: NDArray[np.float64]
    path: NDArray[np.float64]

    @property
    def mean(self) -> NDArray[np.float64]:
        """The run's posts, mean over its months: float64[C, R]."""
        return np.asarray(self.path.mean(axis=0))

    def table(self) -> pd.DataFrame:
        """Return rows centre, role, plan, run, difference; with `ALL` for the totals over either."""
        import pandas as pd  # noqa: PLC0415 - who only measures need not wait for it

        plan, run = _with_totals(self.plan), _with_totals(self.mean)
        return pd.DataFrame(
            [
                (centre, role, plan[c, r], run[c, r], run[c, r] - plan[c, r])
                for c, centre in enumerate((*self.centres, ALL))
                for r, role in enumerate((*self.roles, ALL))
            ],
            columns=["centre", "role", "plan", "run", "difference"],
        )


def staffing(scenario: Scenario, history: History) -> Staffing:
    """Return a run's posts by centre and role beside the plan's."""
    path = centre_sums(history.posts, history.office_centre, len(history.centres))
    return Staffing(history.centres, history.roles, plan_posts(scenario), path)


def _with_totals(posts: NDArray[np.float64]) -> NDArray[np.float64]:
    rows = np.vstack([posts, posts.sum(axis=0)])
    return np.hstack([rows, rows.sum(axis=1, keepdims=True)])
