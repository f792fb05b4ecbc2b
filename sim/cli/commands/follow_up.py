"""``jobbtorg follow-up``: results, cost and assistance by target group, centre and tertial."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from sim.cli.options import Options
from sim.cli.request import Request
from sim.cli.screen import Screen


def command(screen: Screen, options: Options) -> Callable[..., None]:
    """The command in the screen's language."""

    def follow_up(
        scenario: str = options.one_scenario,
        settings: list[str] = options.settings,
        end: str | None = options.end,
        period: str = options.period,
        runs: int = options.runs,
        seed: int = options.seed,
        jobs: int | None = options.jobs,
        level: float = options.level,
        out: Path | None = options.out,
        parameters: Path | None = options.parameters,
        store: bool = options.store,
    ) -> None:
        from sim.cli.actions import follow_up as action  # noqa: PLC0415 - help need not wait for the compiler

        laid = tuple(settings)
        request = Request(
            *((scenario,), laid, None, end, runs, seed, jobs, "compiled", level, out, parameters, store)
        )
        action.follow_up(screen, request, period)

    return follow_up
