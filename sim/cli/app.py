"""The commands, put together in one language."""

from __future__ import annotations

import typer

from sim.cli.commands import (
    batch,
    calibrate,
    check,
    compare,
    diff,
    doctor,
    explorer_file,
    export,
    follow_up,
    glossary,
    money,
    paper_trail,
    papers,
    person,
    report,
    run,
    sensitivity,
    sources,
    staffing,
    store,
    sweep,
    validate,
    waterfall,
)
from sim.cli.options import Options
from sim.cli.screen import Screen

COMMANDS = (
    run,
    compare,
    waterfall,
    sensitivity,
    diff,
    person,
    follow_up,
    export,
    money,
    sweep,
    calibrate,
    validate,
    staffing,
    report,
    batch,
    explorer_file,
    check,
    sources,
    papers,
    paper_trail,
    glossary,
    store,
    doctor,
)
"""In the order of help."""


def build(screen: Screen) -> typer.Typer:
    """The command line in the screen's language."""
    words = screen.words
    options = Options(words)
    app = typer.Typer(
        help=words.raw("cli.about"),
        add_completion=False,
        no_args_is_help=True,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,  # square brackets in help are selectors, not colours
        context_settings={"help_option_names": ["-h", "--help"]},
    )

    @app.callback()
    def top(version: bool = options.version, language: str | None = options.language) -> None:
        """Both options are dealt with before this is called."""

    for module in COMMANDS:
        name = module.__name__.rpartition(".")[2]
        app.command(name.replace("_", "-"), help=words.raw(f"cli.commands.{name}"))(
            module.command(screen, options)
        )
    return app
