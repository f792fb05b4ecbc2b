"""A run's person histories as files: people, stays, and an event log that process-mining tools read.

Nobody in them exists; times are moments of the real calendar, rounded down to the second. The columns of
the event log are named as in XES (IEEE 1849), so that a tool that reads CSV event logs knows the case, the
activity, the moment and the resource without being told.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from xml.sax.saxutils import quoteattr

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq
from numpy.typing import NDArray

from sim.experiment.folder import replaced_folder, write_manifest
from sim.experiment.persons import PersonId, Told
from sim.flow.history import History
from sim.flow.stages import EndedBy, Stage
from sim.parameters import days_between, timestamps

KIND = "jobbtorg-export"
FORMAT = 1
PEOPLE, STAYS, EVENTS, XES = "people", "stays", "events", "events.xes"
SYNTHETIC = "Every person is drawn by a simulation; nobody in this file exists."

CASE, ACTIVITY, MOMENT, RESOURCE = "case:concept:name", "concept:name", "time:timestamp", "org:resource"
LIFECYCLE = "lifecycle:transition"

XES_EXTENSIONS = (
    ("Concept", "concept", "http://www.xes-standard.org/concept.xesext"),
    ("Lifecycle", "lifecycle", "http://www.xes-standard.org/lifecycle.xesext"),
    ("Organizational", "org", "http://www.xes-standard.org/org.xesext"),
    ("Time", "time", "http://www.xes-standard.org/time.xesext"),
)


def people_table(told: Told) -> pd.DataFrame:
    """Return a row for each person of a run: who they are, what came of it, and what it cost.

    Money is in kr at the prices of 2008, line by line; everybody's adds up to the run's lines, but for what
    was spent where nobody was.
    """
    history, costs = told.history, told.costs
    people = history.people
    stays = history.stays
    enrolments = np.bincount(stays["person"][_enrolments(history)], minlength=len(people))
    exits = np.bincount(stays["person"][_exits(history)], minlength=len(people))
    referred = timestamps(people["referred"], history.start)
    columns: dict[str, object] = {
        "person": _ids(history),
        "centre": _keys(history.centres, history.office_centre[people["office"]]),
        "office": _keys(history.offices, people["office"]),
        "group": _keys(history.groups, people["group"]),
        "age_band": _keys(history.age_bands, people["age"]),
        "needs": _keys(history.needs, people["needs"]),
        "enrolled_at_start": people["initial"],
        "no_show": people["no_show"],
        "referred": np.where(people["initial"], np.datetime64("NaT"), referred),
        "enrolments": enrolments + people["initial"],
        "exits": exits,
        "months_enrolled": told.months_enrolled,
        "benefit_months": costs.benefit_months,
        **costs.kr,
    }
    return pd.DataFrame(columns)


def stays_table(history: History) -> pd.DataFrame:
    """Return a row for each stay in a stage, by person and then in order of time."""
    stays = _in_order(history)
    return pd.DataFrame(
        {
            "person": _ids(history)[stays["person"]],
            "spell": stays["spell"],
            "stage": _keys([stage.name.lower() for stage in Stage], stays["stage"]),
            "measure": _keys(history.measures, stays["measure"]),
            "office": _keys(history.offices, stays["office"]),
            "begin": timestamps(stays["begin"], history.start),
            "end": timestamps(stays["end"], history.start),
            "months": stays["end"] - stays["begin"],
            "days": days_between(stays["begin"], stays["end"], history.start),
            "ended_by": _keys([end.name.lower() for end in EndedBy], stays["ended_by"]),
            "destination": _keys(history.destinations, stays["destination"]),
        }
    )


def event_log(history: History) -> pd.DataFrame:
    """Return the run as events: a case for each person, an activity for each stage.

    A stage starts and completes; what the run's end cuts off only starts. A referral and an exit happen at
    one moment, and only complete.
    """
    stays = _in_order(history)
    stage, what = stays["stage"], _what(history, stays)
    at_once = np.isin(stage, (Stage.REFERRED, Stage.OUTSIDE))
    over = (stays["ended_by"] != EndedBy.UNFINISHED) & ~at_once
    order = np.arange(len(stays))
    place = np.concatenate([order, order[over]])
    first = np.arange(len(place)) < len(stays)
    place, first = place[sorting := np.lexsort((~first, place))], first[sorting]
    names = np.array([name.name.lower() for name in Stage], dtype=object)[stage]
    activity = np.where(what == "", names, names + ": " + what)
    began, ended = (timestamps(stays[name], history.start)[place] for name in ("begin", "end"))
    people = history.people[stays["person"]]
    return pd.DataFrame(
        {
            CASE: _ids(history)[stays["person"]][place],
            ACTIVITY: activity[place],
            LIFECYCLE: np.where(first & ~at_once[place], "start", "complete"),
            MOMENT: np.where(first, began, ended),
            RESOURCE: _keys(history.offices, stays["office"])[place],
            "group": _keys(history.groups, people["group"])[place],
            "needs": _keys(history.needs, people["needs"])[place],
            "spell": stays["spell"][place],
        }
    )


def write_export(folder: Path, told: Told, about: Mapping[str, Any], xes: bool = False) -> Path:
    """Write a run's histories into a folder of their own, whole or not at all.

    Parameters
    ----------
    folder : Path
        New, empty, or written by this function before and untouched since; then it is replaced.
    told : Told
    about : mapping
        For the manifest: how the run came to be.
    xes : bool
        Also write the event log as XES, some 400 bytes an event.

    Raises
    ------
    ExperimentError
        If the folder holds anything that this function did not write.
    """
    with replaced_folder(folder, KIND) as new:
        events = event_log(told.history)
        tables = {PEOPLE: people_table(told), STAYS: stays_table(told.history), EVENTS: events}
        for name, table in tables.items():
            _write_csv(new / f"{name}.csv", table)
            _write_parquet(new / f"{name}.parquet", table)
        if xes:
            _write_xes(new / XES, events, told.scenario.name)
        run = {
            "note": SYNTHETIC,
            **about,
            "scenario": told.scenario.name,
            "digest": told.scenario.digest,
            "seed": told.seed,
            "run": told.run,
            "rows": {name: len(table) for name, table in tables.items()},
        }
        write_manifest(new, KIND, run)
    return folder


def _write_csv(path: Path, table: pd.DataFrame) -> None:
    """Write a table: moments as ISO 8601 has them, nothing where there is none."""
    arrow = pa.Table.from_pandas(table, preserve_index=False)
    for place, column in enumerate(arrow.schema):
        if pa.types.is_timestamp(column.type):
            written = pc.strftime(arrow.column(place).cast(pa.timestamp("s")), "%Y-%m-%dT%H:%M:%S")
            arrow = arrow.set_column(place, column.name, written)
    pa_csv.write_csv(arrow, path, pa_csv.WriteOptions(quoting_style="needed"))


def _write_parquet(path: Path, table: pd.DataFrame) -> None:
    arrow = pa.Table.from_pandas(table, preserve_index=False)
    noted = {**(arrow.schema.metadata or {}), b"note": SYNTHETIC.encode("ascii")}
    pq.write_table(arrow.replace_schema_metadata(noted), path, compression="zstd")


def _write_xes(path: Path, events: pd.DataFrame, name: str) -> None:
    """Write the log event by event: it would be some gigabytes as a tree."""
    with path.open("w", encoding="utf-8", newline="\n") as file:
        file.writelines(f"{line}\n" for line in _xes(events, name))


def _xes(events: pd.DataFrame, name: str) -> Iterator[str]:
    yield '<?xml version="1.0" encoding="UTF-8"?>'
    yield '<log xes.version="1.0" xes.features="" xmlns="http://www.xes-standard.org/">'
    for title, prefix, address in XES_EXTENSIONS:
        yield f'<extension name="{title}" prefix="{prefix}" uri="{address}"/>'
    yield '<global scope="trace"><string key="concept:name" value=""/></global>'
    yield (
        '<global scope="event"><string key="concept:name" value=""/>'
        '<string key="lifecycle:transition" value="complete"/>'
        '<date key="time:timestamp" value="1970-01-01T00:00:00Z"/></global>'
    )
    yield '<classifier name="Activity" keys="concept:name"/>'
    yield f'<string key="concept:name" value={quoteattr(name)}/>'
    yield f'<string key="note" value={quoteattr(SYNTHETIC)}/>'
    moments = events[MOMENT].dt.strftime("%Y-%m-%dT%H:%M:%SZ")
    keys = (CASE, "group", "needs", ACTIVITY, LIFECYCLE, RESOURCE)
    columns = zip(*(events[key] for key in keys), moments, strict=True)
    case = None
    for who, group, needs, activity, transition, resource, moment in columns:
        if who != case:
            if case is not None:
                yield "</trace>"
            case = who
            yield (
                f'<trace><string key="concept:name" value={quoteattr(who)}/>'
                f'<string key="group" value={quoteattr(group)}/>'
                f'<string key="needs" value={quoteattr(needs)}/>'
            )
        yield (
            f'<event><string key="concept:name" value={quoteattr(activity)}/>'
            f'<string key="lifecycle:transition" value="{transition}"/>'
            f'<string key="org:resource" value={quoteattr(resource)}/>'
            f'<date key="time:timestamp" value="{moment}"/></event>'
        )
    if case is not None:
        yield "</trace>"
    yield "</log>"


def _in_order(history: History) -> NDArray[np.void]:
    """Return the stays by person and then in order of time, as each person's are in the history."""
    stays: NDArray[np.void] = history.stays[np.argsort(history.stays["person"], kind="stable")]
    return stays


def _what(history: History, stays: NDArray[np.void]) -> NDArray[np.object_]:
    """Return the measure of a stay, or where the person went."""
    left = np.where(stays["stage"] == Stage.OUTSIDE, stays["destination"], -1)
    never = (stays["stage"] == Stage.REFERRED) & (stays["ended_by"] == EndedBy.NO_SHOW)
    what = _keys(history.measures, stays["measure"])
    what = np.where(left >= 0, _keys(history.destinations, left), what)
    return np.where(never, EndedBy.NO_SHOW.name.lower(), what)


def _ids(history: History) -> NDArray[np.object_]:
    people = history.people
    pairs = zip(people["stream"].tolist(), people["ordinal"].tolist(), strict=True)
    return np.array([str(PersonId(history.streams[s], ordinal)) for s, ordinal in pairs], dtype=object)


def _keys(keys: tuple[str, ...] | list[str], codes: NDArray[Any]) -> NDArray[np.object_]:
    """Return the keys of codes; an empty text for -1."""
    found: NDArray[np.object_] = np.array([*keys, ""], dtype=object)[codes]
    return found


def _enrolments(history: History) -> NDArray[np.bool_]:
    return np.isin(history.stays["ended_by"], (EndedBy.ENROLLED, EndedBy.RETURN))


def _exits(history: History) -> NDArray[np.bool_]:
    gone: NDArray[np.bool_] = (history.stays["destination"] >= 0) & (history.stays["stage"] != Stage.OUTSIDE)
    return gone
