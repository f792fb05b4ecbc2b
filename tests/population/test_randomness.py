"""Keyed randomness: the published generator, and nothing that moves with anything else."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.population import randomness
from sim.population.randomness import exponential, name_codes, philox, pick, run_key, uniform
from tests.flow.limits import within_standard_errors

WORD = st.integers(0, 2**32 - 1).map(np.uint64)


@pytest.mark.parametrize(
    ("key", "counter", "words"),
    [
        ((0, 0), (0, 0, 0, 0), (0x6627E8D5, 0xE169C58D)),
        ((0xFFFFFFFF,) * 2, (0xFFFFFFFF,) * 4, (0x408F276D, 0x41C83B0E)),
        (
            (0xA4093822, 0x299F31D0),
            (0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344),
            (0xD16CFE09, 0x94FDCCEB),
        ),
    ],
)
def test_philox_gives_its_authors_known_answers(
    key: tuple[int, ...], counter: tuple[int, ...], words: tuple[int, ...]
) -> None:
    """Known-answer vectors of Salmon et al. (2011), philox4x32 with ten rounds."""
    assert tuple(int(word) for word in philox(*map(np.uint64, (*key, *counter)))) == words


@given(WORD, WORD, WORD, st.integers(0, 2**31), WORD, st.integers(0, 2**15), st.integers(0, 2**15))
def test_uniforms_lie_strictly_inside_the_unit_interval(
    key0: np.uint64,
    key1: np.uint64,
    stream: np.uint64,
    ordinal: int,
    decision: np.uint64,
    spell: int,
    time: int,
) -> None:
    number = uniform(key0, key1, stream, ordinal, decision, spell, time)
    assert 0.0 < number < 1.0
    assert number == uniform(key0, key1, stream, ordinal, decision, spell, time)
    assert exponential(key0, key1, stream, ordinal, decision, spell, time) > 0.0


def test_every_part_of_the_key_matters() -> None:
    base = (*run_key(1, 2), np.uint64(3), 4, np.uint64(5), 6, 7)
    first = uniform(*base)
    for place, other in enumerate((*run_key(1, 3), np.uint64(30), 40, np.uint64(50), 60, 70)):
        changed = list(base)
        changed[place] = other
        assert uniform(*changed) != first
    assert run_key(1, 23) != run_key(12, 3)


def test_draws_have_the_moments_of_their_distribution() -> None:
    means, variances = [], []
    for run in range(40):
        key = run_key(7, run)
        draws = np.array([exponential(*key, np.uint64(1), n, np.uint64(2), 0, 0) for n in range(2000)])
        means.append(float(draws.mean()))
        variances.append(float(((draws - 1.0) ** 2).mean()))
    assert within_standard_errors(means, 1.0)
    assert within_standard_errors(variances, 1.0)


def test_pick_follows_the_shares_and_never_falls_off_the_end() -> None:
    shares = np.array([0.2, 0.5, 1.0 - 1e-12])
    assert [pick(chance, shares) for chance in (0.0, 0.19, 0.2, 0.49, 0.5, 0.999, 1.0 - 1e-16)] == [
        0,
        0,
        1,
        1,
        2,
        2,
        2,
    ]


def test_two_names_that_share_a_stream_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    assert len(set(name_codes(("work", "studies")).tolist())) == 2
    monkeypatch.setattr(randomness, "name_code", lambda name: np.uint64(1))
    with pytest.raises(ValueError, match="“work” and “studies” share a random stream"):
        name_codes(("work", "studies"))
