"""From a number in a report back to its measure, its parameters and its runs."""

from __future__ import annotations

from sim.words import Name, Trace, Words


def anchor_of(trace: Trace) -> str:
    """Return the place in the report where the number's source is told."""
    if trace.measure:
        return f"measure-{trace.measure}"
    if trace.parameters:
        return f"parameter-{trace.parameters[0]}"
    return f"manifest-{trace.manifest}"


def told(trace: Trace, words: Words) -> str:
    """Return the trace in one line, by its keys: what was measured, where, when, and in which scenarios."""
    if trace.manifest and not trace.measure:
        return str(words.text("page.trace.manifest", entry=Name(trace.manifest)))
    parts = []
    if trace.measure:
        parts.append(trace.measure)
        if trace.scenario:
            parts.append(f"{trace.scenario} − {trace.base}" if trace.base else trace.scenario)
        parts += [part for part in (trace.period, trace.centre, trace.segment) if part]
    parts += trace.parameters
    if trace.manifest:
        parts.append(str(words.text("page.trace.manifest", entry=Name(trace.manifest))))
    return f"{words.raw('page.trace.source')}: {', '.join(parts)}"
