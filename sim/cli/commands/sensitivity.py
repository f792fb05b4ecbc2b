"""``jobbtorg sensitivity``: what an answer hangs on, and what would turn it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from sim.cli.errors import CommandError
from sim.cli.options import Options
from sim.cli.request import Request
from sim.cli.screen import Screen


def command(screen: Screen, options: Options) -> Callable[..., None]:
    """The command in the screen's language."""

    def sensitivity(
        base: str = options.base,
        other: str = options.other,
        measure: str = options.measure,
        sobol: int = options.sobol,
        named: int = options.named,
        inputs: list[str] = options.inputs,
        settings: list[str] = options.settings,
        end: str | None = options.end,
        runs: int = options.runs,
        seed: int = options.seed,
        jobs: int | None = options.jobs,
        level: float = options.level,
        out: Path | None = options.out,
        parameters: Path | None = options.parameters,
        store: bool = options.store,
    ) -> None:
        if base == other:
            raise CommandError("same-scenarios", name=base)
        from sim.cli.actions import sensitivity as action  # noqa: PLC0415 - help need not wait for the compiler

        names, laid = (base, other), tuple(settings)
        request = Request(names, laid, None, end, runs, seed, jobs, "compiled", level, out, parameters, store)
        action.sensitivity(screen, request, measure, tuple(inputs), sobol, named)

    return sensitivity
