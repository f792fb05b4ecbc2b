"""The explorer as a whole: levers, runs, pictures."""

from __future__ import annotations

import asyncio
import os
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from importlib.metadata import version
from pathlib import Path
from typing import Any

import ipywidgets as widgets

from sim import places
from sim.explorer import files
from sim.explorer.answer import Answer, answer
from sim.explorer.levers import levers
from sim.explorer.panels import panels
from sim.explorer.runs import Compared, Workshop
from sim.explorer.sentence import beside, sentence, tried, view_of
from sim.explorer.session import Session
from sim.explorer.state import History, Settings, State
from sim.explorer.view import Listener, Names, View
from sim.parameters import InputErrors, load_library
from sim.words import Name, Prose, Trace, Words, exact

START = "caseload-40"
SEED = 2008
FOLDER = places.OUTPUTS / "explorer"

BATCHES = (2, 8, 24, 64)
"""Paired runs behind the pictures; the first is the preview, and two are the fewest with an interval."""

TRIED = 8
"""Paired runs at each end of the elasticity's range: there only the sign is asked for."""

_NAME = re.compile(r"[a-z0-9åäö]+(-[a-z0-9åäö]+)*", re.IGNORECASE)


@dataclass(frozen=True)
class Step:
    """Paired runs behind one picture, and whether the answer is tried at the ends of an assumption."""

    runs: int
    tries: bool = False


def _steps(batches: Sequence[int]) -> tuple[Step, ...]:
    return (*(Step(runs) for runs in batches), Step(batches[-1], tries=True))


class Explorer:
    """Levers, the runs behind them and the pictures, in one page of widgets.

    Parameters
    ----------
    language : str
    scenario : str or Path
        Where the levers stand at first: a scenario's name or file.
    parameters : Path, optional
        Folder of parameters; the shipped ones by default.
    seed : int
    batches : sequence of int
        Paired runs behind the preview and each later picture.
    workers : int, optional
        Runs at a time; by default one for each core.
    folder : Path
        Where scenarios are saved.
    """

    def __init__(
        self,
        language: str = "sv",
        scenario: str | Path = START,
        parameters: Path | None = None,
        seed: int = SEED,
        batches: Sequence[int] = BATCHES,
        workers: int | None = None,
        folder: Path = FOLDER,
    ) -> None:
        library = load_library(parameters)
        self._workshop = Workshop(library, seed, workers or os.cpu_count() or 1)
        self._batches = tuple(batches)
        self._folder = folder
        self._plan = self._workshop.plan_settings
        self._levers = levers(library, self._workshop.plan, self._plan)
        rows = self._workshop.plan.table("organisation.centres").rows()
        self._centres = {str(row["centre"]): str(row["name"]) for row in rows}
        self._shipped = files.explorable(library)
        self._opened = str(scenario)
        self._history = History(State(files.load(scenario, library), language=language))
        self._session: Session[Settings, Step, Compared] = Session(
            self._compute, self._show, self._fail, _steps(batches)
        )
        self._compared: Compared | None = None
        self._last = False
        self.root = widgets.VBox()
        self.view: View
        self._build()

    # --- for the notebook and for tests

    @property
    def state(self) -> State:
        """Where the levers stand, and what is looked at."""
        return self._history.now

    @property
    def answer(self) -> Answer | None:
        """What is shown; None before the first picture."""
        if self._compared is None:
            return None
        return answer(self._compared, self.state.centre, self.state.segment)

    def start(self) -> None:
        """Begin to compute; needs a running event loop, as every notebook has."""
        self._ask()

    async def settled(self) -> None:
        """Wait until the latest setting has its last picture."""
        await self._session.settled()

    def close(self) -> None:
        """Stop computing, for good."""
        self._session.close()
        self._workshop.close()
        self.root.close()

    def _repr_mimebundle_(self, **more: Any) -> Any:
        return self.root._repr_mimebundle_(**more)

    # --- what a hand does

    def _changed(self, name: str, value: Any) -> None:
        self._go(self._history.changed(**{name: value}))

    def _pressed(self, action: str, text: str) -> None:
        self.view.tell()
        if action == "undo":
            self._go(self._history.undone())
        elif action == "reset":
            self._go(self._history.to(replace(self.state, settings=self._plan), action))
        elif action == "stop":
            self._session.stop()
            self._say_state("state.stopped")
        elif action == "save":
            self._save(text)
        else:
            self._open(text)

    def _go(self, history: History) -> None:
        before, self._history = self.state, history
        self.view.tell()
        if self.state.language != before.language:
            self._build()
        else:
            self.view.set(self.state)
        if self.state.settings != before.settings:
            self._opened = ""
            self._ask()
        else:
            self._draw()

    def _ask(self) -> None:
        self._say_state("state.working")
        self._session.ask(self.state.settings)

    async def _compute(self, settings: Settings, step: Step) -> Compared:
        """Return what a picture needs; in the last step also whether the answer stands elsewhere."""
        found = await self._workshop.compare(settings, step.runs)
        evidence = self._levers["elasticity"].evidence
        if not step.tries or evidence is None:
            return found
        tried = [replace(settings, elasticity=end) for end in evidence]
        ends = [await self._workshop.compare(one, min(step.runs, TRIED)) for one in tried]
        return replace(found, ends=tuple(ends))

    def _save(self, name: str) -> None:
        if not _NAME.fullmatch(name):
            self.view.tell(self._words.raw("explorer.file.bad_name"))
            return
        path = self._folder / f"{name}.yaml"
        if path.exists() or name in self._workshop.library.scenario_names:
            self.view.tell(str(self._words.text("explorer.file.taken", name=Name(name))))
            return
        title = str(self._words.text("explorer.file.title", name=Name(name)))
        author = self._words.raw("explorer.file.author")
        try:
            # the date stands in the file's header alone; no result hangs on it
            files.save(self.state.settings, path, self._workshop.library, title, author, date.today())
        except (InputErrors, OSError) as error:
            self._fail(error)
            return
        self._opened = name
        self.view.tell(str(self._words.text("explorer.file.saved", path=Name(str(path)))))
        self.view.to_open.options = self._names().scenarios
        self._draw()

    def _open(self, name: str) -> None:
        path = self._folder / f"{name}.yaml"
        try:
            settings = files.load(path if path.is_file() else name, self._workshop.library)
        except files.NotExplorableError:
            self.view.tell(str(self._words.text("explorer.error.not_explorable", name=Name(name))))
        except InputErrors as error:
            self._fail(error)
        else:
            self._go(self._history.to(replace(self.state, settings=settings), f"open {name}"))
            self._opened = name
            self._draw()

    # --- what is shown

    def _build(self) -> None:
        self._words = Words(self.state.language)
        self.view = View(self._words, self._levers, self._names(), Listener(self._changed, self._pressed))
        self.view.set(self.state)
        self.root.children = (self.view.root,)

    def _names(self) -> Names:
        plan = self._workshop.plan
        saved = (path.stem for path in sorted(self._folder.glob("*.yaml")))
        return Names(
            self._centres,
            plan.keys("people.needs"),
            (*self._shipped, *saved),
        )

    def _show(self, compared: Compared, last: bool) -> None:
        self._compared, self._last = compared, last
        self._draw()

    def _draw(self) -> None:
        found = self.answer
        if found is None:
            return
        preview = found.runs.value <= self._batches[0] and not self._last
        view = view_of(self.state.centre, self.state.segment, self._centres, self._words)
        outside = ""
        if found.outside:
            titles = dict.fromkeys(self._title(key) for key in found.outside)
            outside = str(self._words.text("explorer.outside", keys=self._words.join(list(titles))))
        self.view.tell_answer(
            str(sentence(found, self._plan, self._words, view)),
            str(tried(found, self._plan, self._words)),
            str(beside(found, self._plan, self._words)),
            outside,
            panels(found, self._words, preview, view),
        )
        self._say_state("state.preview" if preview else "state.done" if self._last else "state.running")

    def _title(self, key: str) -> str:
        place = f"parameters.{key.partition('[')[0]}.title"
        return self._words.raw(place) if self._words.has(place) else key

    def _say_state(self, key: str) -> None:
        values = {}
        if key in ("state.preview", "state.running", "state.done") and self._compared is not None:
            values["runs"] = exact(float(self._compared.runs), "runs", Trace(manifest="runs"))
        if key == "state.running":
            values["all"] = exact(float(self._batches[-1]), "runs", Trace(manifest="runs"))
        foot = self._words.text(
            "explorer.foot",
            scenario=Name(self._opened) if self._opened else Prose((self._words.raw("explorer.unsaved"),)),
            seed=Name(str(self._workshop.seed)),
            version=Name(version("jobbtorg-simulator")),
        )
        self.view.tell_state(str(self._words.text(f"explorer.{key}", **values)), str(foot))

    def _fail(self, error: Exception) -> None:
        key = "input" if isinstance(error, InputErrors) else "other"
        details = f"{type(error).__name__}: {error}"
        if isinstance(error, InputErrors):
            details = "\n".join(problem.sentence for problem in error.problems)
        self.view.tell(self._words.raw(f"explorer.error.{key}"), details)
        self._say_state("state.stopped")


def explore(
    language: str = "sv",
    scenario: str | Path = START,
    parameters: Path | None = None,
    seed: int = SEED,
    batches: Sequence[int] = BATCHES,
) -> Explorer:
    """Open the explorer and begin to compute; for a notebook.

    Parameters
    ----------
    language : str
        ``sv`` or ``en``; a switch changes it later.
    scenario : str or Path
        Where the levers stand at first: a scenario's name, or a file.
    parameters : Path, optional
        Folder of parameters; the shipped ones by default.
    seed : int
    batches : sequence of int
        Paired runs behind the preview and each later picture.

    Returns
    -------
    Explorer
        Shown as a page of widgets when it is the last line of a cell.

    Raises
    ------
    InputErrors
        If the parameters or the scenario have faults.
    NotExplorableError
        If the scenario is more than levers laid on the plan.
    """
    explorer = Explorer(language, scenario, parameters, seed, batches)
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return explorer  # outside a notebook there is nothing that could show pictures as they come
    explorer.start()
    return explorer
