"""``jobbtorg store``: the runs that are kept."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from sim.cli.errors import CommandError
from sim.cli.options import Options
from sim.cli.screen import Screen


def command(screen: Screen, options: Options) -> Callable[..., None]:
    """The command in the screen's language."""

    def store(
        action: Literal["list", "show", "prune"] = options.store_action,
        key: str | None = options.store_key,
        older: float | None = options.older,
        everything: bool = options.everything,
    ) -> None:
        given = {"KEY": key is not None, "--older": older is not None, "--all": everything}
        allowed = {"list": (), "show": ("KEY",), "prune": ("--older", "--all")}[action]
        for option, is_given in given.items():
            if is_given and option not in allowed:
                raise CommandError("not-for-action", option=option, action=action)
        from sim.cli.actions import store as actions  # noqa: PLC0415 - help need not wait for the compiler

        if action == "list":
            actions.show_all(screen)
        elif action == "prune":
            actions.prune(screen, older, everything)
        elif key is None:
            raise CommandError("key-needed")
        else:
            actions.show(screen, key)

    return store
