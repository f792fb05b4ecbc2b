"""Doing many independent tasks on several cores or machines, in an order that does not matter to the result.

Without more ado that is threads or processes of this machine. An existing Dask cluster does the same tasks,
with the same results to the last bit, when three lines stand around whatever runs them::

    import joblib
    from dask.distributed import Client

    with Client("tcp://scheduler:8786"), joblib.parallel_config(backend="dask"):
        run_scenarios(scenarios, runs=1000, seed=2008)

The cluster's workers need this package, in the same version as here, and no shared disk.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Generator, Sequence
from typing import TypeVar

import joblib

from sim.experiment.engine import Workers
from sim.experiment.errors import ExperimentError

Task = TypeVar("Task")
Answer = TypeVar("Answer")


def default_jobs() -> int:
    """Cores that this process may use."""
    return int(joblib.cpu_count())


def each(
    work: Callable[[Task], Answer], tasks: Sequence[Task], jobs: int, workers: Workers
) -> Generator[Answer, None, None]:
    """Answers in the order of the tasks, as they are ready.

    Closing the iterator, or an exception in the loop that reads it, cancels what has not begun.

    Parameters
    ----------
    work : callable
        A function of a module, so that new processes can import it. It must depend on its task alone.
    tasks : sequence
    jobs : int
        Workers at a time, from 1; with 1 everything is done in this thread. A cluster decides for itself.
    workers : {"threads", "processes"}
        Threads for work that releases the interpreter's lock, processes for work that does not. A backend
        that `joblib.parallel_config` names goes before.
    """
    if jobs < 1:
        raise ExperimentError("too-few-jobs", found=jobs)
    parallel = joblib.Parallel(
        n_jobs=max(1, min(jobs, len(tasks))),
        prefer=workers,  # a wish, where `backend` would be an order
        return_as="generator",
        pre_dispatch="2*n_jobs",
        batch_size=1,
    )
    return _closing_quietly(parallel(joblib.delayed(work)(task) for task in tasks))


def _closing_quietly(answers: Generator[Answer, None, None]) -> Generator[Answer, None, None]:
    """Pass answers on; when the reader stops early, cancel the rest without joblib's warning that it did."""
    try:
        for answer in answers:  # noqa: UP028 - `yield from` would close `answers` before the warning is off
            yield answer
    finally:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)
            answers.close()
