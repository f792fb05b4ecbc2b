"""Which schedulers of the rules there are, and which workers suit each."""

from __future__ import annotations

from typing import Literal

Engine = Literal["compiled", "simpy"]
ENGINES: tuple[Engine, ...] = ("compiled", "simpy")

Workers = Literal["threads", "processes"]

WORKERS: dict[Engine, Workers] = {"compiled": "threads", "simpy": "processes"}
"""The compiled engine releases the interpreter's lock while it runs; SimPy never does."""
