"""What can be wrong with an experiment, as sentences.

Every error has a short rule and the values it is about, so that the command line can say the same thing in
another language; ``str(error)`` is the English sentence.
"""

from __future__ import annotations

RULES: dict[str, str] = {
    "no-scenarios": "No scenario was given.",
    "same-name-twice": "The scenario {name} was given twice; give each scenario its own name.",
    "too-few-draws": "{found} draws were asked for; at least {least} are needed.",
    "too-many-draws": "{found} draws were asked for; the ensemble has {most}.",
    "unknown-ensemble": "There is no ensemble {found}; there are {allowed}.",
    "no-agreeing-world": "{found} of {draws} draws have no world in {tries} that agrees with every target.",
    "too-few-runs": "{found} runs were asked for; at least {least} are needed.",
    "negative-seed": "The seed is {found}; it must be a whole number from 0.",
    "too-few-jobs": "{found} jobs were asked for; at least 1 is needed.",
    "unknown-engine": "There is no engine {found}; the engines are {allowed}.",
    "different-shapes": "{name} and {other} can't stand in one table: their {axis} differ.",
    "report-start-outside": "Tables can't start {found}: the run goes from {first} to {last}.",
    "unknown-cell": "There is no {axis} {found} in the results; there are {allowed}.",
    "undefined-cell": "{measure} is not defined for {period}, {centre}, {segment} in at least two runs.",
    "no-lines": "No lines add up to {measure}; they add up to {allowed}.",
    "nothing-promised": "Nothing is promised: give the days of the mean wait, of nine in ten, or both.",
    "bad-days": "Days are {found}; they must be a number from 0.",
    "bad-probability": "The probability is {found}; it must lie above 0 and be at most 1.",
    "bad-level": "The level is {found}; it must lie between 0 and 1.",
    "too-few-points": "A curve needs at least {least} points; {found} were given.",
    "no-power-of-two": "The number of points is {found}; it must be a power of 2, such as 32 or 64.",
    "zero-anchor": "The elasticity of work near the labour market is 0: the others can't be scaled by it.",
    "folder-not-ours": "{folder} holds what this program did not write ({found}); choose another folder.",
    "not-a-folder": "{folder} is a file, not a folder.",
    "not-results": "{folder} holds no results: its {file} is missing or can't be read.",
    "results-changed": "{folder} can't be trusted: {file} is missing or was changed after it was written.",
    "draws-not-reproduced": "{folder} was made over several draws; only runs of one draw can be made anew.",
    "results-newer": "{folder} was written in format {found}; this version reads format {allowed}.",
    "worker-differs": "A worker has other code, libraries or another kind of machine than this process.",
    "store-run-broken": "{file} is damaged or not ours; it is passed over, and the run is made anew.",
    "store-not-written": "Runs can't be kept in {folder} ({reason}); the results are not touched by that.",
    "store-no-such-key": "The store holds nothing whose key begins with {found}.",
    "store-several-keys": "{number} keys in the store begin with {found}; give more of it.",
    "budget-below-first": "The budget is {found} runs; at least {least} are made before the first look.",
    "bad-person-id": "{found} is not a person's id; write it as tables do, like referral/jarva/newcomer/12.",
    "no-such-person": "Nobody with the id {found} comes in run {run} of either scenario.",
    "nobody-in-both": "Nobody comes in both {base} and {other}.",
    "bad-half-width": "The half-width for {measure} is {found}; it must be a number above 0.",
}
"""Rule to English sentence."""


class ExperimentError(Exception):
    """Something asked of an experiment that can't be done.

    Parameters
    ----------
    rule : str
        One of `RULES`.
    **values
        What the sentence is about.
    """

    def __init__(self, rule: str, **values: object) -> None:
        self.rule = rule
        self.values = values
        super().__init__(RULES[rule].format(**values))
