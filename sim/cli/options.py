"""Arguments and options that several commands share, with help in the reader's language."""

from __future__ import annotations

from importlib.metadata import version
from typing import Any

import typer

from sim.cli.language import OPTION
from sim.words import Name, Words, languages

RUNS = 20
"""Runs where nobody asks for another number: waits stay rough, money and posts are steady."""

SEED = 2008
LEVEL = 0.90


def _tell_version(asked: bool) -> None:
    if asked:
        typer.echo(f"jobbtorg {version('jobbtorg-simulator')}")
        raise typer.Exit


class Options:
    """One of each, to be a parameter's default in a command; typer reads them there.

    Parameters
    ----------
    words : Words
    """

    def __init__(self, words: Words) -> None:
        def text(key: str) -> str:
            return words.raw(f"cli.options.{key}")

        def argument(key: str, metavar: str, default: Any = ...) -> Any:
            return typer.Argument(default, metavar=metavar, help=text(key), show_default=False)

        def option(key: str, default: Any, *names: str, metavar: str | None = None, **more: Any) -> Any:
            more["show_default"] = default not in (None, [], False)
            return typer.Option(default, *(names or (f"--{key}",)), help=text(key), metavar=metavar, **more)

        self.scenarios: Any = argument("scenarios", "SCENARIO")
        self.scenarios_or_archive: Any = argument("scenarios", "SCENARIO", default=None)
        self.archive: Any = option("from", None, metavar="MANIFEST")
        self.before: Any = argument("before", "RUN1")
        self.after: Any = argument("after", "RUN2")
        self.base: Any = argument("base", "BASE")
        self.others: Any = argument("others", "OTHER")
        self.files: Any = argument("files", "FILE")
        self.settings: Any = option("set", [], metavar="KEY=VALUE")
        self.start: Any = option("start", None, metavar="DATE")
        self.end: Any = option("end", None, metavar="DATE")
        self.runs: Any = option("runs", RUNS, min=2)
        self.seed: Any = option("seed", SEED, min=0)
        self.jobs: Any = option("jobs", None, min=1)
        self.engine: Any = option("engine", "compiled")
        self.level: Any = option("level", LEVEL)
        self.out: Any = option("out", None, metavar="DIR")
        self.out_file: Any = option("out_file", None, "--out", metavar="FILE")
        self.day: Any = option("date", None, metavar="DATE")
        self.case_number: Any = option("case-number", "")
        self.parameters: Any = option("parameters", None, metavar="DIR")
        self.csv: Any = option("csv", False, "--csv")
        self.store: Any = option("store", True, "--store/--no-store")
        self.targets: Any = option("target", [], metavar="MEASURE=HALFWIDTH")
        self.budget: Any = option("budget", None, min=2)
        self.one_scenario: Any = argument("one_scenario", "SCENARIO")
        self.period: Any = option("period", "total")
        self.xes: Any = option("xes", False, "--xes")
        self.other: Any = argument("other", "OTHER")
        self.run: Any = option("run", 0, min=0)
        self.person: Any = option("id", None, metavar="ID")
        self.by: Any = option("by", "months")
        self.figure: Any = option("figure", None, metavar="FILE")
        self.measure: Any = option("measure", "net_cost", metavar="MEASURE")
        self.batch_file: Any = argument("batch_file", "FILE")
        self.at_a_time: Any = option("at-a-time", None, min=1)
        self.minutes: Any = option("minutes", 30.0, min=0.1)
        self.against: Any = option("against", None, metavar="BASE")
        self.mean_wait: Any = option("mean-wait", None, metavar="DAYS")
        self.p90_wait: Any = option("p90-wait", None, metavar="DAYS")
        self.wait_until: Any = option("wait-until", "plan")
        self.probability: Any = option("probability", None, metavar="SHARE")
        self.ensemble: Any = option("ensemble", None, metavar="NAME|DIR")
        self.draws: Any = option("draws", None, min=2)
        self.runs_per_draw: Any = option("runs-per-draw", 2, min=1)
        self.structures: Any = option("structures", False, "--structures")
        self.study: Any = argument("study", "STUDY")
        self.ensemble_name: Any = argument("ensemble_name", "[ENSEMBLE]", default="history")
        self.more_targets: Any = option("targets", [], metavar="FILE|DIR")
        self.sensitivity_study: Any = option("sensitivity_study", None, "--study", metavar="DIR")
        self.steps: Any = option("step", [], metavar="STEP")
        self.sobol: Any = option("sobol", 32, metavar="POINTS", min=0)
        self.named: Any = option("named", 6, min=1)
        self.inputs: Any = option("input", [], metavar="KEY")
        self.sweep_file: Any = argument("sweep_file", "FILE")
        self.store_action: Any = argument("store_action", "list|show|prune")
        self.store_key: Any = argument("store_key", "[KEY]", default=None)
        self.older: Any = option("older", None, metavar="DAYS", min=0.0)
        self.everything: Any = option("all", False, "--all")
        self.scenario: Any = argument("scenario", "[SCENARIO]", default=None)
        self.search: Any = argument("search", "[TEXT]", default=None)
        self.version: Any = option("version", False, "--version", is_eager=True, callback=_tell_version)
        # Taken out before these are read (see `sim.cli.language`); here so that help tells of it.
        known = Name(" | ".join(languages()))
        self.language: Any = typer.Option(
            None,
            OPTION,
            metavar="LANGUAGE",
            show_default=False,
            help=f"{words.text('cli.options.language', languages=known)} {words.raw('cli.language_hint')}",
        )
