"""The latest value wins: no time passes but the time that the tests let pass."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from sim.explorer.session import Session


class Stage:
    """Work that ends when the test says so, and everything that was seen."""

    def __init__(self) -> None:
        self.under_way: dict[tuple[str, int], asyncio.Future[str]] = {}
        self.begun: list[tuple[str, int]] = []
        self.cancelled: list[tuple[str, int]] = []
        self.shown: list[tuple[str, bool]] = []
        self.failed: list[str] = []
        self.rests: list[asyncio.Future[None]] = []
        self.session: Session[str, int, str] = Session(
            self.compute, lambda found, last: self.shown.append((found, last)), self.fail, (2, 8, 64),
            sleep=self.sleep,
        )  # fmt: skip

    async def compute(self, asked: str, runs: int) -> str:
        self.begun.append((asked, runs))
        future = asyncio.get_running_loop().create_future()
        self.under_way[asked, runs] = future
        try:
            return await future
        except asyncio.CancelledError:
            self.cancelled.append((asked, runs))
            raise
        finally:
            del self.under_way[asked, runs]

    def fail(self, error: Exception) -> None:
        self.failed.append(str(error))

    async def sleep(self, _: float) -> None:
        rest = asyncio.get_running_loop().create_future()
        self.rests.append(rest)
        await rest

    async def ready(self, asked: str, runs: int) -> None:
        self.under_way[asked, runs].set_result(f"{asked} {runs}")
        await self.turn()

    async def rested(self) -> None:
        self.rests.pop().set_result(None)
        await self.turn()

    async def turn(self) -> None:
        for _ in range(12):
            await asyncio.sleep(0)


def played(script: Callable[[Stage], Awaitable[None]]) -> Stage:
    async def play() -> Stage:
        stage = Stage()
        await script(stage)
        stage.session.close()
        await stage.turn()
        return stage

    return asyncio.run(play())


def test_a_preview_comes_at_once_and_more_follows_when_the_hand_rests():
    async def script(stage: Stage) -> None:
        stage.session.ask("a")
        await stage.turn()
        await stage.ready("a", 2)
        assert stage.begun == [("a", 2)]
        await stage.rested()
        await stage.ready("a", 8)
        await stage.ready("a", 64)
        await stage.session.settled()

    assert played(script).shown == [("a 2", False), ("a 8", False), ("a 64", True)]


def test_values_between_are_dropped_and_the_preview_under_way_is_shown():
    async def script(stage: Stage) -> None:
        for asked in "abcde":
            stage.session.ask(asked)
            await stage.turn()
            assert len(stage.under_way) == 1
        await stage.ready("a", 2)
        await stage.ready("e", 2)
        assert stage.begun == [("a", 2), ("e", 2)]

    assert played(script).shown == [("a 2", False), ("e 2", False)]


def test_a_new_value_cancels_the_rest_of_the_old():
    async def script(stage: Stage) -> None:
        stage.session.ask("a")
        await stage.turn()
        await stage.ready("a", 2)
        await stage.rested()
        stage.session.ask("b")
        await stage.turn()
        assert stage.cancelled == [("a", 8)]
        assert list(stage.under_way) == [("b", 2)]
        await stage.ready("b", 2)

    assert played(script).shown == [("a 2", False), ("b 2", False)]


def test_a_hand_that_does_not_rest_starts_no_full_runs():
    async def script(stage: Stage) -> None:
        for asked in "abcdef":
            stage.session.ask(asked)
            await stage.turn()
            await stage.ready(asked, 2)
        assert {runs for _, runs in stage.begun} == {2}

    assert len(played(script).shown) == 6


@pytest.mark.parametrize("runs", [2, 8])
def test_an_error_is_told_and_the_next_value_works(runs):
    async def script(stage: Stage) -> None:
        stage.session.ask("a")
        await stage.turn()
        if runs == 8:
            await stage.ready("a", 2)
            await stage.rested()
        stage.under_way["a", runs].set_exception(RuntimeError("no"))
        await stage.session.settled()
        assert stage.failed == ["no"]
        stage.session.ask("b")
        await stage.turn()
        await stage.ready("b", 2)
        assert stage.shown[-1] == ("b 2", False)

    played(script)


def test_an_error_in_showing_is_told_too():
    async def play() -> list[str]:
        told: list[str] = []

        async def compute(asked: str, runs: int) -> str:
            return asked

        def show(found: str, last: bool) -> None:
            raise ValueError("cannot draw")

        session: Session[str, int, str] = Session(compute, show, lambda e: told.append(str(e)), (2,))
        session.ask("a")
        await session.settled()
        return told

    assert asyncio.run(play()) == ["cannot draw"]


def test_the_next_step_is_begun_before_a_picture_is_drawn_and_goes_with_it():
    async def script(stage: Stage) -> None:
        begun: list[list[tuple[str, int]]] = []
        stage.session._show = lambda found, last: begun.append(list(stage.begun))
        stage.session.ask("a")
        await stage.turn()
        await stage.ready("a", 2)
        await stage.rested()
        await stage.ready("a", 8)
        assert begun == [[("a", 2)], [("a", 2), ("a", 8), ("a", 64)]]
        stage.session.stop()
        await stage.session.settled()
        assert stage.cancelled == [("a", 64)]

    played(script)


def test_stop_keeps_what_is_shown():
    async def script(stage: Stage) -> None:
        stage.session.ask("a")
        await stage.turn()
        await stage.ready("a", 2)
        await stage.rested()
        stage.session.stop()
        await stage.session.settled()
        assert stage.cancelled == [("a", 8)]

    assert played(script).shown == [("a 2", False)]


def test_after_the_end_nothing_begins():
    async def script(stage: Stage) -> None:
        stage.session.ask("a")
        await stage.turn()
        stage.session.close()
        await stage.turn()
        assert stage.cancelled == [("a", 2)]
        stage.session.ask("b")
        await stage.turn()
        assert stage.begun == [("a", 2)]

    played(script)
