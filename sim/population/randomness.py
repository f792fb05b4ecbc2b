"""Keyed, counter-based randomness: each person carries their own chance.

Every number is a function of *what it decides*: (seed, run, stream, person's ordinal, decision by name,
spell, occurrence). Nothing is drawn in sequence, so nothing that one person or scenario does can move
anybody else's chance, and the same person can be followed in two worlds.

The generator is Philox4x32-10 (Salmon, Moraes, Dror & Shaw 2011, "Parallel random numbers: as easy as
1, 2, 3"): the seed and the run make the key, the rest makes the counter.
"""

from __future__ import annotations

import hashlib
import math
from typing import NamedTuple

import numpy as np

from sim.population.compiled import compiled

ROUNDS = 10
_M0, _M1 = np.uint64(0xD2511F53), np.uint64(0xCD9E8D57)
_W0, _W1 = np.uint64(0x9E3779B9), np.uint64(0xBB67AE85)
_MASK = np.uint64(0xFFFFFFFF)
_SHIFT = np.uint64(32)
_SIXTEEN = np.uint64(16)
_TO_UNIT = 2.0**-53


class Key(NamedTuple):
    """The two words of a run's key, each below 2**32."""

    first: np.uint64
    second: np.uint64


def run_key(seed: int, run: int) -> Key:
    """Return the key of one run.

    Hashing keeps runs of neighbouring seeds apart: two (seed, run) pairs share a key with
    probability 2**-64.
    """
    digest = hashlib.blake2b(f"{seed}/{run}".encode("ascii"), digest_size=8).digest()
    return Key(
        np.uint64(int.from_bytes(digest[:4], "little")), np.uint64(int.from_bytes(digest[4:], "little"))
    )


def name_code(name: str) -> np.uint64:
    """Return the 32-bit code by which a stream or a decision enters the counter."""
    return np.uint64(int.from_bytes(hashlib.blake2s(name.encode("utf-8"), digest_size=4).digest(), "little"))


def name_codes(names: tuple[str, ...]) -> np.ndarray:
    """Return the codes of several names, refusing two that would share a stream.

    Returns
    -------
    uint64[len(names)]

    Raises
    ------
    ValueError
        When two different names have the same code; rename one of them.
    """
    codes: dict[int, str] = {}
    for name in names:
        other = codes.setdefault(int(name_code(name)), name)
        if other != name:
            raise ValueError(f"The names “{other}” and “{name}” share a random stream; rename one of them.")
    return np.array([name_code(name) for name in names], dtype=np.uint64)


@compiled
def philox(key0, key1, c0, c1, c2, c3):  # type: ignore[no-untyped-def]
    """Return the first two of the four 32-bit words of one Philox4x32-10 block (all words uint64 < 2**32)."""
    for _ in range(ROUNDS):
        product0 = _M0 * c0
        product1 = _M1 * c2
        c0, c1, c2, c3 = (
            (product1 >> _SHIFT) ^ c1 ^ key0,
            product1 & _MASK,
            (product0 >> _SHIFT) ^ c3 ^ key1,
            product0 & _MASK,
        )
        key0 = (key0 + _W0) & _MASK
        key1 = (key1 + _W1) & _MASK
    return c0, c1


@compiled
def uniform(key0, key1, stream, ordinal, decision, spell, occurrence):  # type: ignore[no-untyped-def]
    """Return the uniform number in (0, 1) that belongs to one decision of one person."""
    place = ((np.uint64(spell) << _SIXTEEN) | np.uint64(occurrence)) & _MASK
    high, low = philox(key0, key1, np.uint64(ordinal) & _MASK, stream, decision, place)
    bits = (high << np.uint64(21)) | (low >> np.uint64(11))
    return (np.float64(bits) + 0.5) * _TO_UNIT


@compiled
def exponential(key0, key1, stream, ordinal, decision, spell, occurrence):  # type: ignore[no-untyped-def]
    """Return the unit-exponential number that belongs to one decision of one person."""
    return as_exponential(uniform(key0, key1, stream, ordinal, decision, spell, occurrence))


@compiled
def as_exponential(chance):  # type: ignore[no-untyped-def]
    """Return the unit-exponential number that belongs to a uniform one."""
    return -math.log(chance)


@compiled
def uniforms(key0, key1, stream, ordinals, decision):  # type: ignore[no-untyped-def]
    """Return the uniform numbers that belong to one decision of many people, float64[people].

    The processor makes eight at a time: a nanosecond each, against eleven one by one.
    """
    chances = np.empty(len(ordinals))
    for index in range(len(ordinals)):
        chances[index] = uniform(key0, key1, stream, ordinals[index], decision, 0, 0)
    return chances


@compiled
def pick(chance, cumulative):  # type: ignore[no-untyped-def]
    """Return the index that a uniform number picks from cumulated shares (inverse distribution function)."""
    last = len(cumulative) - 1
    for index in range(last):
        if chance < cumulative[index]:
            return index
    return last
