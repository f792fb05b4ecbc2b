"""Flow: people moving through offices, caseload slots, measures and queues, month by month.

The rules (`rules`, `transitions`, `revision`) are one set; the engines differ only in how they order time.
"""

from sim.flow.history import OFFICE_MONTH, STAY, History
from sim.flow.simulation import ENGINES, simulate
from sim.flow.stages import ENROLLED_STAGES, SLOT_STAGES, EndedBy, Stage

__all__ = [
    "ENGINES",
    "ENROLLED_STAGES",
    "OFFICE_MONTH",
    "SLOT_STAGES",
    "STAY",
    "EndedBy",
    "History",
    "Stage",
    "simulate",
]
