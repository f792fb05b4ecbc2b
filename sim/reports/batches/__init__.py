"""Many reports: each made in a process of its own, published whole or not at all, and never made twice."""

from sim.reports.batches.keeping import Job, Kept, kept
from sim.reports.batches.lock import BusyError, only_one
from sim.reports.batches.running import Outcome, State, run_jobs

__all__ = ["BusyError", "Job", "Kept", "Outcome", "State", "kept", "only_one", "run_jobs"]
