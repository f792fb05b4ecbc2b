"""The explorer as a whole: levers, runs, pictures."""

from __future__ import annotations

import asyncio
import re
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from importlib.metadata import version
from pathlib import Path
from typing import Any

import ipywidgets as widgets
from IPython.display import Javascript, display

from sim import places as folders
from sim.experiment.draws import DrawnResults
from sim.experiment.parallel import default_jobs
from sim.experiment.store import Store
from sim.explorer import files
from sim.explorer.answer import Answer, answer
from sim.explorer.download import links, sheets
from sim.explorer.draws import BATCHES as DRAWS
from sim.explorer.draws import STRUCTURED, Drawing, WayError
from sim.explorer.estimate import PLACES, Estimates
from sim.explorer.levers import assumption_levers, levers
from sim.explorer.pages import Page, Room, pages
from sim.explorer.panels import panels
from sim.explorer.rail import Listener, Names, Rail
from sim.explorer.runs import Compared, Workshop
from sim.explorer.sentence import beside, covers, meanings, outside, sentence, tried, view_of, weighed
from sim.explorer.session import Session
from sim.explorer.state import DrawnFrom, History, Settings, State, changes, with_other, with_posts
from sim.explorer.view import TABS, View
from sim.figures.workbook import Sheet
from sim.parameters import InputErrors, load_library
from sim.parameters.uncertain import DrawError
from sim.words import Name, Prose, Quantity, Trace, Words, exact

START = "caseload-40"
SEED = 2008
FOLDER = folders.OUTPUTS / "explorer"
STORE = folders.OUTPUTS / "store"
SCRIPT = Path(__file__).with_name("page.js")

BATCHES = (2, 8, 40, 64)
"""Paired runs behind the pictures; two are the fewest with an interval.

The first are the preview where none can be read between runs of other settings. After a small move of a
lever, 40 steadied by the picture before give an interval that is but a few per cent wider than that of 64.
"""

TRIED = 8
"""Paired runs at each end of the elasticity's range: there only the sign is asked for."""

SHORT_TURN = 5e-4
"""Seconds until a thread that computes gives way to the page's own; Python's usual is ten times as long.

That thread takes hundreds of short turns from a key to a picture, and would wait for each of them.
"""

VERSION = Name(version("jobbtorg-simulator"))

_NAME = re.compile(r"[a-z0-9åäö]+(-[a-z0-9åäö]+)*", re.IGNORECASE)


@dataclass(frozen=True)
class Step:
    """Paired runs behind one picture, and whether the answer is tried at the ends of an assumption."""

    runs: int
    preview: bool = False
    tries: bool = False


def _steps(batches: Sequence[int]) -> tuple[Step, ...]:
    first, *rest = batches
    return (Step(first, preview=True), *(Step(runs) for runs in rest), Step(batches[-1], tries=True))


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
    store : Store, optional
        Where runs are kept; none by default.
    places : mapping of str to tuple of float
        Where levers are tried, so that a picture can be shown before it is run; see `Estimates`.
    draws, structured : sequence of int
        Draws behind each picture of what is not known, once that is asked for: of the model as it is, and
        built in other ways too.
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
        store: Store | None = None,
        places: Mapping[str, tuple[float, ...]] = PLACES,
        draws: Sequence[int] = DRAWS,
        structured: Sequence[int] = STRUCTURED,
    ) -> None:
        library = load_library(parameters)
        self._workshop = Workshop(library, seed, workers or default_jobs(), store)
        self._plan = self._workshop.plan
        self._batches = tuple(batches)
        self._folder = folder
        self._levers = levers(library, self._plan)
        self._assumptions = assumption_levers(self._plan)
        rows = self._plan.scenario.table("organisation.centres").rows()
        self._centres = {str(row["centre"]): str(row["name"]) for row in rows}
        self._shipped = files.explorable(library, self._plan)
        self._opened = str(scenario)
        self._history = History(State(files.load(scenario, library, self._plan), language=language))
        self._session: Session[Settings, Step, Compared] = Session(
            self._compute, self._show, self._fail, _steps(batches)
        )
        self._drawing = Drawing(self._workshop, draws, structured, self._draw, self._fail)
        self._estimates = Estimates(self._workshop, places)
        self._preparing: asyncio.Task[None] | None = None
        self._compared: Compared | None = None
        self._ran: Compared | None = None
        self._known: Compared | None = None
        self._last = False
        self._stopped = False
        self._heard = 0
        self._tab = TABS[0]
        self.root = widgets.VBox()
        self.view: View
        self.rail: Rail
        self.pages: dict[str, Page] = {}
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
        drawn = () if self._compared.estimated else self._known_draws(self._compared.settings)
        return answer(self._compared, self.state.centre, self.state.segment, drawn)

    def _known_draws(self, settings: Settings) -> tuple[DrawnResults, ...]:
        return self._drawing.known(settings, self.state.unknown)

    def start(self) -> None:
        """Begin to compute; needs a running event loop, as every notebook has."""
        sys.setswitchinterval(SHORT_TURN)
        self._ask()

    async def settled(self) -> None:
        """Wait until the latest setting has its last picture, in the tab in view too."""
        await self._session.settled()
        if self._preparing is not None and self._wants_draws():
            await asyncio.wait([self._preparing])
            await self._drawing.settled()
        page = self.pages.get(self._tab)
        if page is not None:
            await page.settled()

    def close(self) -> None:
        """Stop computing, for good."""
        self._session.close()
        self._drawing.close()
        self._stop_preparing()
        for page in self.pages.values():
            page.close()
        self._workshop.close()
        self.root.close()

    def _ipython_display_(self) -> None:
        """Show the page, and the script that names what ipywidgets leaves without a name."""
        display(self.root, Javascript(SCRIPT.read_text(encoding="utf-8")))  # type: ignore[no-untyped-call]

    # --- what a hand does

    def _changed(self, name: str, value: Any) -> None:
        self._go(self._history.changed(**{name: value}))

    def _posts(self, centre: str, role: str, value: float) -> None:
        settings = with_posts(self.state.settings, self._plan, centre, role, value)
        self._go(self._history.to(replace(self.state, settings=settings), f"posts {centre} {role}"))

    def _assumed(self, key: str, value: float) -> None:
        settings = with_other(self.state.settings, self._plan, key, value)
        self._go(self._history.to(replace(self.state, settings=settings), key))

    def _chosen(self, tab: str) -> None:
        """Turn to a tab; that is no change to be undone."""
        self._stop_pages()
        self._tab = tab
        self.view.set(self.state, tab)
        self._draw()
        if self._last:
            self._prepare()  # the page goes first

    def _pressed(self, action: str, text: str) -> None:
        self.view.tell()
        if action == "undo":
            self._go(self._history.undone())
        elif action == "reset":
            self._go(self._history.to(replace(self.state, settings=self._plan.settings), action))
        elif action == "stop":
            self._session.stop()
            self._stop_the_rest()
            self._stopped = True
            self._say_state("state.stopped")
        elif action == "save":
            self._save(text)
        elif action == "data":
            self._hand_out()
        else:
            self._open(text)

    def _go(self, history: History, opened: str = "") -> None:
        before, self._history = self.state, history
        self._heard += 1
        self.view.tell()
        if self.state.language != before.language:
            self._build()
        else:
            self.view.set(self.state, self._tab)
        if self.state.settings != before.settings:
            self._opened = opened
            self._ask()
            return
        self._opened = opened or self._opened
        if self.state.unknown != before.unknown:
            self._drawing.stop()
            if self._last:
                self._prepare()
        self._draw()

    def _ask(self) -> None:
        self._stop_the_rest()
        self._last = self._stopped = False
        self._say_state("state.working")
        self._session.ask(self.state.settings)

    def _stop_the_rest(self) -> None:
        """Leave the machine to the preview."""
        self._drawing.stop()
        self._stop_preparing()
        self._stop_pages()

    def _stop_pages(self) -> None:
        for page in self.pages.values():
            page.stop()

    async def _compute(self, settings: Settings, step: Step) -> Compared:
        """Return what a picture needs; in the last step also whether the answer stands elsewhere."""
        if step.preview and self._ran is not None:
            estimated = self._estimates.read(self._ran, settings)
            if estimated is not None:
                return estimated
        compare = self._workshop.compare
        if step.tries:
            evidence = self._levers["elasticity"].evidence or ()
            tried = [replace(settings, elasticity=end) for end in evidence]
            ends = [await compare(one, min(step.runs, TRIED)) for one in tried]
            # the store waits until nobody waits for a picture any more
            return replace(await compare(settings, step.runs), ends=tuple(ends))
        found = await compare(settings, step.runs, lasting=not step.preview, kept=False)
        known = self._known
        if not step.preview and known is not None and known.runs > step.runs and _alike(known, found):
            found = replace(found, control=known.results)
        return found

    def _wants_draws(self) -> bool:
        """Return whether what is not known is asked for, and can matter."""
        return bool(self.state.unknown.ensemble and changes(self.state.settings, self._plan.settings))

    def _prepare(self) -> None:
        """When an answer stands: make ready for the next move of a lever, then draw what is not known."""
        settings, page = self.state.settings, self.pages.get(self._tab)

        async def prepare() -> None:
            try:
                if page is not None:
                    await page.settled()
                await self._estimates.prepare(settings)
                if self._wants_draws():
                    self._drawing.ask(settings, self.state.unknown)
            except Exception as error:  # an exception in a task would be heard by nobody
                self._fail(error)

        self._stop_preparing()
        self._preparing = asyncio.ensure_future(prepare())

    def _stop_preparing(self) -> None:
        if self._preparing is not None:
            self._preparing.cancel()

    async def prepared(self) -> None:
        """Wait until the next move of a lever can be shown before it has been run."""
        await self.settled()
        if self._preparing is not None:
            await asyncio.wait([self._preparing])

    def _save(self, name: str) -> None:
        if not _NAME.fullmatch(name):
            self.view.tell(self._words.raw("explorer.file.bad_name"))
            return
        path = self._folder / f"{name}.yaml"
        if path.exists() or name in self._shipped:
            self.view.tell(str(self._words.text("explorer.file.taken", name=Name(name))))
            return
        title = str(self._words.text("explorer.file.title", name=Name(name)))
        author = self._words.raw("explorer.file.author")
        try:
            files.save(
                self.state.settings, path, self._workshop.library, self._plan, title, author, date.today()
            )
        except (InputErrors, OSError) as error:
            self._tell(error)
            return
        self._opened = name
        said = str(self._words.text("explorer.file.saved", path=Name(str(path))))
        if self.state.unknown.ensemble:
            note = self._words.text("explorer.file.without_draws", options=_options(self.state.unknown))
            said = f"{said} {note}"
        self.view.tell(said)
        scenarios = self._names().scenarios
        self.rail.to_open.options = scenarios
        for page in self.pages.values():
            page.offer(scenarios)
        self._draw()

    def _open(self, name: str) -> None:
        try:
            settings = self._load(name)
        except files.NotExplorableError:
            self.view.tell(str(self._words.text("explorer.error.not_explorable", name=Name(name))))
        except InputErrors as error:
            self._tell(error)
        else:
            self._go(self._history.to(replace(self.state, settings=settings), f"open {name}"), name)

    def _hand_out(self) -> None:
        """Offer the numbers behind the overview's pictures."""
        tables, words = self._sheets(), self._words
        if not tables:
            return
        title = words.raw("explorer.title")
        name = self._opened.replace("/", "-") or words.raw("explorer_pages.data.file")
        self.view.tell(words.raw("explorer_pages.data.ready"), markup=links(tables, words, title, name))

    def _sheets(self) -> tuple[Sheet, ...]:
        """Return the overview's numbers as tables; none before the first picture."""
        found, words = self.answer, self._words
        if found is None:
            return ()
        view = view_of(self.state.centre, self.state.segment, self._centres, words)
        said = str(sentence(found, self._plan.settings, words, view))
        made = words.text("explorer_pages.data.made", runs=found.runs, seed=Name(str(self._workshop.seed)))
        notes = (said, str(covers(found, words)), str(made))
        return sheets(found, panels(found, words, False, view), words, notes)

    def _load(self, name: str) -> Settings:
        path = self._folder / f"{name}.yaml"
        return files.load(path if path.is_file() else name, self._workshop.library, self._plan)

    # --- what is shown

    def _build(self) -> None:
        self._words = Words(self.state.language)
        for page in self.pages.values():
            page.close()
        opened = [key for key, fold in self.rail.folds.items() if fold.heading.value] if self.pages else []
        names = self._names()
        listener = Listener(self._changed, self._posts, self._assumed, self._pressed)
        self.rail = Rail(self._words, self._plan, self._levers, self._assumptions, names, listener)
        for key in opened:
            self.rail.folds[key].heading.value = True
        room = Room(self._words, self._workshop, names, self._load, self._fail)
        self.pages = pages(room)
        roots = {key: page.root for key, page in self.pages.items()}
        self.view = View(self._words, self.rail, roots, self._chosen)
        self.view.set(self.state, self._tab)
        self._draw()  # before it is seen: no empty page in between
        self.root.children = (self.view.root,)

    def _names(self) -> Names:
        plan = self._plan.scenario
        saved = (path.stem for path in sorted(self._folder.glob("*.yaml")))
        return Names(
            self._centres,
            plan.keys("organisation.roles"),
            plan.keys("people.needs"),
            (*self._shipped, *saved),
            self._sources(),
        )

    def _sources(self) -> tuple[DrawnFrom, ...]:
        ways = (False, True) if self._workshop.library.structure_names else (False,)
        return tuple(DrawnFrom(name, structures) for name in self._drawing.names for structures in ways)

    def _show(self, compared: Compared, last: bool) -> None:
        self._compared, self._last, self._stopped = compared, last, False
        if not compared.estimated:
            self._ran = compared
        self._draw()
        if last:
            self._known = compared
            self._prepare()

    def _draw(self) -> None:
        """Show what is known of the tab in view; the other tabs cost nothing."""
        found = self.answer
        if found is None or self._compared is None:
            return
        few = found.runs.value <= self._batches[0] and not self._last
        preview = few or self._compared.estimated
        view = view_of(self.state.centre, self.state.segment, self._centres, self._words)
        plan = self._plan.settings
        parts = found.unknown.parts if found.unknown is not None else ()
        self.view.tell_answer(
            str(sentence(found, plan, self._words, view)),
            [
                str(weighed(found, plan, self._words, bool(self.state.unknown.ensemble))),
                str(tried(found, plan, self._words)),
                str(beside(found, plan, self._words)),
            ],
            str(outside(found, self._words)),
            [share.value for _, share in parts],
        )
        self.rail.tell_meanings(str(meanings(found, self._words)))
        if self._tab == "overview":
            self.view.tell_overview(panels(found, self._words, preview, view))
        else:
            self.pages[self._tab].show(self._compared, self.state, preview, self._last)
        self._say_state(f"state.{self._stands(self._compared, preview)}")

    def _stands(self, shown: Compared, preview: bool) -> str:
        """Return how far the runs are that the levers ask for; the picture may be of an earlier setting."""
        here = shown.settings == self.state.settings
        if here and self._last:
            if not self._wants_draws():
                return "done"
            if self._drawing.whole(self.state.settings, self.state.unknown):
                return self.state.unknown.kind
        if self._stopped:
            return "stopped"
        if not here:
            return "working"
        if self._last:
            return "drawing"
        if shown.control is not None:
            return "steadied"
        return "estimated" if shown.estimated else "preview" if preview else "running"

    def _say_state(self, key: str) -> None:
        def counted(number: int, unit: str) -> Quantity:
            return exact(float(number), unit, Trace(manifest=unit))

        values: dict[str, Quantity | Name] = {}
        if key not in ("state.estimated", "state.working", "state.stopped") and self._compared is not None:
            values["runs"] = counted(self._compared.runs, "runs")
        if key in ("state.running", "state.steadied"):
            values["all"] = counted(self._batches[-1], "runs")
        if key in ("state.drawing", "state.drawn", "state.drawn_structures"):
            built = self._known_draws(self.state.settings)
            values["draws"] = counted(built[0].draws if built else 0, "draws")
            if key == "state.drawing":
                values["all"] = counted(self._drawing.most(self.state.unknown), "draws")
            else:
                values["ensemble"] = Name(self.state.unknown.ensemble)
            if key == "state.drawn_structures":
                values["ways"] = counted(len(built), "number")
        foot = self._words.text(
            "explorer.foot",
            scenario=Name(self._opened) if self._opened else Prose((self._words.raw("explorer.unsaved"),)),
            seed=Name(str(self._workshop.seed)),
            version=VERSION,
        )
        self.view.tell_state(str(self._words.text(f"explorer.{key}", **values)), str(foot), self._heard)

    def _fail(self, error: Exception) -> None:
        self._tell(error)
        self._stopped = True
        self._say_state("state.stopped")

    def _tell(self, error: Exception) -> None:
        kinds = ((InputErrors, "input"), (DrawError, "draw"), (WayError, "way"))
        key = next((key for kind, key in kinds if isinstance(error, kind)), "other")
        details = f"{type(error).__name__}: {error}"
        if isinstance(error, InputErrors):
            details = "\n".join(problem.sentence for problem in error.problems)
        self.view.tell(self._words.raw(f"explorer.error.{key}"), details)


def _options(source: DrawnFrom) -> Name:
    """Return how the command line is asked for the same draws."""
    return Name(f"--ensemble {source.ensemble}{' --structures' if source.structures else ''}")


def _alike(one: Compared, other: Compared) -> bool:
    """Return whether two comparisons tell of the same months and count money from the same day."""
    return one.months == other.months and one.settings.starts == other.settings.starts


def explore(
    language: str = "sv",
    scenario: str | Path = START,
    parameters: Path | None = None,
    seed: int = SEED,
    batches: Sequence[int] = BATCHES,
    store: Path | None = STORE,
    folder: Path = FOLDER,
    draws: Sequence[int] = DRAWS,
    structured: Sequence[int] = STRUCTURED,
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
    store : Path, optional
        Folder in which runs are kept from one time to the next; None keeps none.
    folder : Path
        Folder in which scenarios are saved.
    draws, structured : sequence of int
        Draws of an ensemble behind each picture of what is not known: of the model as it is, and built in
        other ways too.

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
    kept = None if store is None else Store(store, notice=lambda _: None)
    explorer = Explorer(
        language,
        scenario,
        parameters,
        seed,
        batches,
        folder=folder,
        store=kept,
        draws=draws,
        structured=structured,
    )
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return explorer  # outside a notebook there is nothing that could show pictures as they come
    explorer.start()
    return explorer
