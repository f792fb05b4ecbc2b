"""From a scenario and its people to a world ready to run, and from a world that has run to its history."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.flow.history import OFFICE_MONTH, STAY, History
from sim.flow.policy import (
    agency_destinations,
    build_policy,
    caseworker_roles,
    clock_roles,
    combined_product,
    leader_sets,
    meant_for,
    office_centre,
    own_staff_share,
    place_weight,
    plan_posts,
    self_support,
    transfer_shares,
    vacant_share,
)
from sim.flow.rules import pace, shaped
from sim.flow.thresholds import clock_codes
from sim.flow.transitions import FADE_STEPS
from sim.flow.world import (
    ARRIVAL,
    CONSTANT,
    COUNT_LOG,
    COUNTERS,
    EVENT,
    NOWHERE,
    OFFICE,
    PLACE,
    QUEUE,
    SURE_MONTHS,
    Policy,
    World,
    measure_dtype,
    state_dtype,
)
from sim.parameters import Scenario
from sim.population import Population
from sim.population.compiled import compiled
from sim.population.randomness import as_exponential, uniforms

SIX_MONTHS = 6.0
CACHE_LINE = 64  # bytes
LOG_ROWS_A_PERSON = 8


def build_world(scenario: Scenario, population: Population) -> World:
    """Return the world of one run before anything has happened in it.

    Parameters
    ----------
    scenario : Scenario
    population : Population
        The same run's people.
    """
    fixed = scenario.once(_fixed)
    offices, measures, clocks = len(fixed["office_centre"]), len(fixed["measure"]), len(fixed["clock_code"])
    people = len(population.people)
    person, classes = _people(scenario, population, fixed["clock_code"])
    arrival, office = _arrivals(population.people, offices)
    queue = np.zeros(offices * (classes + measures), dtype=QUEUE)
    queue["head"] = queue["tail"] = NOWHERE
    constant = fixed["constant"].copy()
    constant["key0"], constant["key1"] = population.key
    posts = fixed["policy"].posts.shape
    return World(
        **{
            **fixed,
            "person": person,
            "office": office,
            "place": np.zeros((offices, measures), dtype=PLACE),
            "queue": queue,
            "rate": np.zeros((offices, 2, fixed["fastest"].shape[1], scenario.months, clocks)),
            "constant": constant,
            "arrival": arrival,
            "look": np.full((offices, scenario.months), NOWHERE, dtype=np.int32),
            "look_next": np.full(people, NOWHERE, dtype=np.int32),
            "look_previous": np.full(people, NOWHERE, dtype=np.int32),
            "counter": np.zeros(COUNTERS, dtype=np.int64),
            "outbox": np.empty(2 * people + offices * (measures + 1) + 8, dtype=EVENT),
            "log": np.empty(LOG_ROWS_A_PERSON * people + 1, dtype=STAY),
            "office_month": np.zeros((scenario.months, offices), dtype=OFFICE_MONTH),
            "wanted": np.zeros(posts),
            "wanted_of_centre": np.zeros((posts[0], fixed["office_centre"].max() + 1, posts[2])),
            "posts": np.zeros(posts),
            "places": np.zeros((scenario.months, offices, measures)),
        }
    )


def _fixed(scenario: Scenario) -> dict[str, Any]:
    """Return the parts of a world that no run changes, so that all runs of a scenario share them."""
    destinations, needs = scenario.keys("people.destinations"), scenario.keys("people.needs")
    policy = build_policy(scenario)
    leading = leader_sets(scenario)[0]
    return {
        "fastest": np.tile(_fastest(scenario, policy), (1, len(leading), 1)),
        "base": _base(scenario),
        "waiting_pace": waiting_pace(scenario),
        "elasticity": scenario.array("exits.elasticity", destinations, needs),
        "matching_scale": _matching_scale(scenario),
        "unchanged": np.ones(len(destinations)),
        "supported": self_support(scenario),
        "office_centre": office_centre(scenario),
        "caseworker_role": caseworker_roles(scenario),
        "clock_role": np.ascontiguousarray(clock_roles(scenario)),
        "clock_code": clock_codes(destinations),
        "leading": leading,
        "agency_months": scenario.array("cooperation.transfer_months", scenario.keys("cooperation.agencies")),
        "agency_destination": agency_destinations(scenario),
        "return_factor": scenario.array("returns.destination_factor", destinations),
        "handover": scenario.array("measures.handover_months", needs),
        "meant_for": meant_for(scenario),
        "least_months": np.array(scenario.table("measures.catalogue").columns["least_months"], dtype=float),
        "place_share": scenario.array("measures.place_share", scenario.keys("measures.catalogue")),
        "place_weight": place_weight(scenario),
        "measure": _measures(scenario),
        "constant": _constant(scenario),
        "policy": policy,
    }


def _arrivals(people: NDArray[np.void], offices: int) -> tuple[NDArray[np.void], NDArray[np.void]]:
    """Return each office's people in the order in which they come, ARRIVAL[N], and the offices before time 0.

    The stock came before time 0; ties are by index.
    """
    times = np.where(people["initial"], -people["elapsed"], people["referred"])
    office = np.zeros(offices, dtype=OFFICE)
    office["end"] = np.cumsum(np.bincount(people["office"], minlength=offices))
    office["first"][1:] = office["end"][:-1]
    office["next"] = office["first"]
    order = np.argsort(people["office"], kind="stable")
    for first, end in zip(office["first"], office["end"], strict=True):
        there = order[first:end]
        there[:] = there[np.argsort(times[there], kind="stable")]
    arrival = np.empty(len(order), dtype=ARRIVAL)
    arrival["time"], arrival["person"] = times[order], order
    return arrival, office


def with_longer_log(world: World) -> World:
    """Return the same world with a log of twice the length and room for everybody's next stay."""
    log = np.empty(2 * len(world.log) + len(world.person), dtype=STAY)
    log[: len(world.log)] = world.log
    return world._replace(log=log)


def build_history(scenario: Scenario, population: Population, world: World) -> History:
    """Return what a finished world leaves behind."""
    centres = scenario.keys("organisation.centres")
    return History(
        start=scenario.start,
        months=scenario.months,
        centres=centres,
        offices=scenario.keys("organisation.offices"),
        office_centre=office_centre(scenario),
        roles=scenario.keys("organisation.roles"),
        needs=scenario.keys("people.needs"),
        groups=scenario.keys("people.groups"),
        age_bands=scenario.keys("people.age_bands"),
        destinations=scenario.keys("people.destinations"),
        measures=scenario.keys("measures.catalogue"),
        streams=population.streams,
        people=population.people,
        stays=world.log[: world.counter[COUNT_LOG]],
        office_months=world.office_month,
        posts=world.posts,
        places=world.places,
    )


def _people(
    scenario: Scenario, population: Population, clock_code: NDArray[np.uint64]
) -> tuple[NDArray[np.void], int]:
    """Return everybody's state before time 0, and how many priority classes there are."""
    classes, rank, first_row = scenario.once(_ranks)
    person = _in_lines(len(population.people), state_dtype(len(clock_code)))
    _set_out(
        person,
        population.people,
        population.ends,
        population.stream_codes,
        rank,
        first_row,
        clock_code,
        *population.key,
    )
    return person, classes


def _ranks(scenario: Scenario) -> tuple[int, NDArray[np.int64], NDArray[np.int64]]:
    """Return how many priority classes there are, and by group and age the class and first row of rates."""
    groups, ages = scenario.keys("people.groups"), scenario.keys("people.age_bands")
    priority = scenario.array("intake.priority", groups, ages).astype(np.int64)
    classes, rank = np.unique(priority, return_inverse=True)
    first_row = leader_sets(scenario)[1] * len(scenario.keys("people.needs"))
    return len(classes), rank.reshape(priority.shape), first_row


def _in_lines(size: int, dtype: np.dtype[np.void]) -> NDArray[np.void]:
    """Return records of zeros, the first at the beginning of a line of the processor's memory."""
    raw = np.zeros(size * dtype.itemsize + CACHE_LINE, dtype=np.uint8)
    skipped = -raw.ctypes.data % CACHE_LINE
    return raw[skipped : skipped + size * dtype.itemsize].view(dtype)


@compiled
def _set_out(  # type: ignore[no-untyped-def]
    person, drawn, ends, stream_codes, rank, first_row, clock_code, key0, key1
):
    """Fill in what was drawn of everybody, and the thresholds of first spells, stream by stream."""
    first = 0
    for stream in range(len(stream_codes)):
        part, code = slice(first, ends[stream]), stream_codes[stream]
        _set_out_stream(person[part], drawn[part], code, rank, first_row, clock_code, key0, key1)
        first = ends[stream]


@compiled
def _set_out_stream(  # type: ignore[no-untyped-def]
    person, drawn, code, rank, first_row, clock_code, key0, key1
):
    ordinals = drawn.ordinal
    chances = np.empty((len(clock_code), len(person)))
    for clock in range(len(clock_code)):
        chances[clock] = uniforms(key0, key1, code, ordinals, clock_code[clock])
    for index in range(len(person)):
        state, one = person[index], drawn[index]
        state.stream_code = code
        state.ordinal = one.ordinal
        state.enrolled = -one.elapsed
        state.office = one.office
        state.needs = one.needs
        state.group = one.group
        state.age = one.age
        state.initial = one.initial
        state.no_show = one.no_show
        state.rank = rank[one.group, one.age]
        state.row = first_row[one.group, one.age] + one.needs
        state.effect = state.full_effect = 1.0
        state.measure = state.queue = state.previous = state.next = state.look = NOWHERE
        state.destination = NOWHERE
        if not one.no_show:
            for clock in range(len(clock_code)):
                state.remaining[clock] = as_exponential(chances[clock, index])


def _base(scenario: Scenario) -> NDArray[np.float64]:
    """Return people's own speed of each clock, float64[needs, ages, destinations], per month.

    The mean spell stays what the hazard says, whatever the clocks' shape.
    """
    needs, ages = scenario.keys("people.needs"), scenario.keys("people.age_bands")
    shape = scenario.number("exits.duration_shape")
    hazard = math.gamma(1.0 + 1.0 / shape) * scenario.array("exits.hazard", needs)[:, None]
    split = scenario.array("exits.destination_share", needs, scenario.keys("people.destinations"))
    by_age = _shaped(scenario.array("exits.age_factor", ages), shape)
    return (hazard * _shaped(split, shape))[:, None, :] * by_age[None, :, None]


def _shaped(ratios: NDArray[np.float64], shape: float) -> NDArray[np.float64]:
    """Return ratios of hazards as ratios of the speed of clocks of a shape, by the rules' own power."""
    return np.array([shaped(ratio, shape) for ratio in ratios.flat]).reshape(ratios.shape)


def waiting_pace(scenario: Scenario) -> NDArray[np.float64]:
    """Return what waiting makes of each clock's speed, float64[destinations, needs]."""
    elasticity = scenario.array(
        "exits.elasticity", scenario.keys("people.destinations"), scenario.keys("people.needs")
    )
    if scenario.text("exits.waiting_pace_mode") == "fixed":
        return np.full(elasticity.shape, scenario.number("exits.waiting_pace"))
    level, reference = scenario.number("exits.waiting_load"), scenario.number("exits.reference_caseload")
    # the rule's own power, so that every pace of a run is rounded by one function
    return np.array([[pace(level, reference, 0.0, math.inf, e) for e in row] for row in elasticity])


def first_return_hazard(scenario: Scenario) -> float:
    """Return the hazard of return just after an exit, per month; it falls in a straight line to none.

    Set so that those who need benefit at six months, and have not had it all along, are those who came
    back: what the hazard adds up to by then is minus the logarithm of those who haven't.
    """
    end = scenario.number("returns.months_to_none")
    back = scenario.number("returns.needing_benefit_at_six_months")
    back -= scenario.number("returns.still_on_benefit_share")
    until = min(SIX_MONTHS, end)
    return -math.log1p(-back) / (until - until**2 / (2.0 * end))


def _fastest(scenario: Scenario, policy: Policy) -> NDArray[np.float64]:
    """Return what no month for a while makes more of each clock's speed, float64[M, needs, destinations].

    Between its bounds a load makes most of the pace at one of them.
    """
    floor, ceiling = scenario.number("exits.load_floor"), scenario.number("exits.load_ceiling")
    elasticity = scenario.array(
        "exits.elasticity", scenario.keys("people.destinations"), scenario.keys("people.needs")
    )
    reference = scenario.number("exits.reference_caseload")
    at_bounds = [
        [[pace(load, reference, floor, ceiling, e) for e in row] for row in elasticity]
        for load in (floor, ceiling)
    ]
    served = np.max(at_bounds, axis=0) * max(1.0, scenario.number("staff.leader_effect"))
    cycle = np.stack([policy.cycle[m : m + SURE_MONTHS].max(axis=0) for m in range(scenario.months)])
    fastest = np.maximum(waiting_pace(scenario), served).T * cycle[:, None, :]
    return _shaped(np.ascontiguousarray(fastest), scenario.number("exits.duration_shape"))


def _matching_scale(scenario: Scenario) -> NDArray[np.float64]:
    """Return by destination what makes the plan's city-wide load of the matching roles read as the reference.

    The plan (DET2007, "Beräkning av bemanning"): 7,500 people, 2,000 of them with providers at half a
    caseworker's work each, so 6,500 cases.
    """
    by_clock = clock_roles(scenario) @ plan_posts(scenario).sum(axis=0)
    scale: NDArray[np.float64] = (
        scenario.number("exits.reference_caseload") * by_clock / _plan_cases(scenario)
    )
    return scale


def _plan_cases(scenario: Scenario) -> float:
    kept = 1.0 - scenario.number("plan.own_staff_share")
    return scenario.number("plan.people") - kept * scenario.number("plan.procured_people")


def _measures(scenario: Scenario) -> NDArray[np.void]:
    """Return the catalogue of measures as records."""
    destinations, needs = scenario.keys("people.destinations"), scenario.keys("people.needs")
    groups, ages = scenario.keys("people.groups"), scenario.keys("people.age_bands")
    keys = scenario.keys("measures.catalogue")
    measure = np.zeros(len(keys), dtype=measure_dtype(len(destinations), len(needs), len(groups), len(ages)))
    measure["duration"] = scenario.array("measures.duration_months", keys)
    measure["end_exit_share"] = scenario.array("measures.end_exit_share", keys)
    measure["during"] = _shaped(
        combined_product(scenario, scenario.array("measures.during_factor", keys, destinations)),
        scenario.number("exits.duration_shape"),
    )
    measure["own"] = np.rint(2 * own_staff_share(scenario))
    catalogue = scenario.table("measures.catalogue").columns
    measure["procured"] = catalogue["procured"]
    supported = self_support(scenario)
    for index, towards in enumerate(catalogue["towards"]):
        one = np.array([destination == towards for destination in destinations])
        measure["affects"][index] = one if towards else supported
    measure["end_destination"] = [destinations.index(str(end)) for end in catalogue["end_destination"]]
    by_person = (
        scenario.array("measures.effect_needs", needs)[:, None, None]
        * scenario.array("measures.effect_group", groups)[None, :, None]
        * scenario.array("measures.effect_age", ages)[None, None, :]
    )
    effect = scenario.array("measures.effect", keys)[:, None, None, None]
    effect = effect * np.where(measure["procured"][:, None, None, None], by_person, 1.0)
    measure["effect"] = combined_product(scenario, effect)
    return measure


def _constant(scenario: Scenario) -> NDArray[np.void]:
    """Return the numbers that hold for everybody; a run's key is still to come."""
    constant = np.zeros(1, dtype=CONSTANT)
    values = {
        "horizon": scenario.months,
        "assessment_months": scenario.number("intake.assessment_months"),
        "approval_months": scenario.number("intake.approval_months"),
        "duration_shape": scenario.number("exits.duration_shape"),
        "leader_effect": scenario.number("staff.leader_effect"),
        "transfers": bool(transfer_shares(scenario).any()),
        "ready_months": scenario.number("measures.ready_months"),
        "return_rate": first_return_hazard(scenario),
        "return_end": scenario.number("returns.months_to_none"),
        "fade_step_months": scenario.number("measures.fade_months") / FADE_STEPS,
        "headroom": scenario.number("intake.headroom"),
        "reference": scenario.number("exits.reference_caseload"),
        "load_floor": scenario.number("exits.load_floor"),
        "load_ceiling": scenario.number("exits.load_ceiling"),
        "caseworker_scale": scenario.number("exits.reference_caseload")
        * float(plan_posts(scenario).sum(axis=0) @ caseworker_roles(scenario))
        / _plan_cases(scenario),
        "hiring_months": math.ceil(scenario.number("staff.hiring_months")),
        "filled_at_start": scenario.number("staff.filled_at_start"),
        "filled_share": 1.0 - vacant_share(scenario),
        "load_month_before": scenario.text("exits.load_basis") == "month_before",
        "release_on_cut": scenario.text("staff.cases_on_cut") == "release",
    }
    for name, value in values.items():
        constant[name] = value
    return constant
