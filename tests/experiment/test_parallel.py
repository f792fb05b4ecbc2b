import os
import threading

import pytest
from joblib.externals.loky import get_reusable_executor

from sim.experiment.errors import ExperimentError
from sim.experiment.parallel import default_jobs, each


@pytest.fixture(scope="module", autouse=True)
def workers_of_its_own():
    """Leave no idle processes to the tests that follow.

    joblib takes a worker's size after its first task for normal and lets it go when it grows by 300 MB; after
    a task as small as these, loading the compiler alone is such a growth.
    """
    yield
    get_reusable_executor().shutdown(wait=True)


def square(number):
    return number * number


def process(_):
    return os.getpid()


def fail_at_three(number):
    if number == 3:
        raise ValueError("three")
    return number


@pytest.mark.parametrize("workers", ["threads", "processes"])
@pytest.mark.parametrize("jobs", [1, 2, 5])
def test_answers_come_in_the_order_of_the_tasks(jobs, workers):
    assert list(each(square, range(20), jobs, workers)) == [n * n for n in range(20)]


def test_threads_and_processes_are_what_they_say():
    assert set(each(process, range(4), 2, "threads")) == {os.getpid()}
    assert os.getpid() not in set(each(process, range(4), 2, "processes"))


@pytest.mark.parametrize("jobs", [1, 2])
def test_an_error_reaches_the_caller(jobs):
    answers = each(fail_at_three, range(10), jobs, "threads")
    with pytest.raises(ValueError, match="three"):
        list(answers)


def test_closing_early_cancels_what_has_not_begun():
    seen, lock = [], threading.Lock()

    def note(number):
        with lock:
            seen.append(number)
        return number

    answers = each(note, range(10_000), 2, "threads")
    assert next(answers) == 0
    answers.close()
    assert len(seen) < 10_000


def test_at_least_one_job():
    with pytest.raises(ExperimentError, match="0 jobs"):
        each(square, [1], 0, "threads")
    assert default_jobs() >= 1
