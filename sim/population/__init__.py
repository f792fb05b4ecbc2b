"""Population: every person of a run, drawn at once from keyed chances."""

from sim.population.compiled import compiled, source_hash
from sim.population.people import (
    PERSON,
    MandateEvent,
    Population,
    draw_population,
    mandate_events,
    referral_rate,
)
from sim.population.randomness import name_codes

__all__ = [
    "PERSON",
    "MandateEvent",
    "Population",
    "compiled",
    "draw_population",
    "mandate_events",
    "name_codes",
    "referral_rate",
    "source_hash",
]
