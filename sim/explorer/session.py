"""From a lever to a picture: a preview at once, then more and more runs; the latest value wins.

A preview that has begun is finished and shown, and then the latest value is taken up; the values between are
dropped. So a slider that is dragged without a pause is followed by pictures, and nothing piles up. Everything
after the preview waits for the hand to rest, and is cancelled by the next value.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

Asked = TypeVar("Asked")
Step = TypeVar("Step")
Found = TypeVar("Found")

REST = 0.08
"""Seconds that a lever is left alone before more than the preview is made."""


class Session(Generic[Asked, Step, Found]):
    """Answers what was asked last.

    Used from one event loop, without locks.

    Parameters
    ----------
    compute : callable
        From what is asked and a step to what was found; cancelled when it is no longer wanted.
    show : callable
        Called in the loop with what was found, and whether it is the last of it.
    fail : callable
        Called in the loop with an exception; the session goes on.
    steps : sequence
        What is computed in turn, the preview first.
    rest : float
        Seconds.
    sleep : callable
        For tests.
    """

    def __init__(
        self,
        compute: Callable[[Asked, Step], Awaitable[Found]],
        show: Callable[[Found, bool], None],
        fail: Callable[[Exception], None],
        steps: Sequence[Step],
        rest: float = REST,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._compute = compute
        self._show = show
        self._fail = fail
        self._steps = tuple(steps)
        self._rest = rest
        self._sleep = sleep
        self._waiting: list[Asked] = []
        self._serving: asyncio.Task[None] | None = None
        self._refining: asyncio.Task[None] | None = None
        self._closed = False

    def ask(self, asked: Asked) -> None:
        """Take up a new value; returns at once."""
        if self._closed:
            return
        self._waiting = [asked]
        if self._refining is not None:
            self._refining.cancel()
        if self._serving is None or self._serving.done():
            self._serving = asyncio.get_running_loop().create_task(self._serve())

    def stop(self) -> None:
        """Cancel what is under way; what has been shown stays."""
        self._waiting = []
        if self._refining is not None:
            self._refining.cancel()

    async def settled(self) -> None:
        """Wait until the latest value has its last picture, or its error."""
        while self._serving is not None and not self._serving.done():
            await asyncio.wait([self._serving])

    def close(self) -> None:
        """Cancel everything, for good."""
        self._closed = True
        self.stop()
        if self._serving is not None:
            self._serving.cancel()

    async def _serve(self) -> None:
        while self._waiting:
            asked = self._waiting.pop()
            # whatever goes wrong is told: an exception in a task would be heard by nobody
            try:
                self._show(await self._compute(asked, self._steps[0]), len(self._steps) == 1)
                if not self._waiting:
                    self._refining = asyncio.ensure_future(self._refine(asked))
                    await asyncio.wait([self._refining])
                    if not self._refining.cancelled():
                        self._refining.result()
            except Exception as error:
                self._fail(error)
            finally:
                if self._refining is not None:
                    self._refining.cancel()
                self._refining = None

    async def _refine(self, asked: Asked) -> None:
        await self._sleep(self._rest)
        coming: asyncio.Future[Found] | None = None
        try:
            for number, step in enumerate(self._steps[1:], start=2):
                found = await (coming or self._compute(asked, step))
                coming = None
                if number < len(self._steps):
                    # the threads take up the next step while this one's picture is drawn
                    coming = asyncio.ensure_future(self._compute(asked, self._steps[number]))
                    await asyncio.sleep(0)
                self._show(found, number == len(self._steps))
        finally:
            if coming is not None:
                coming.cancel()
