"""Everything people read, in their language: words from YAML files, numbers and dates in its own writing.

The room imports nothing of the project. A number enters prose only as a `Quantity`, which knows its unit,
its interval and where it comes from; a bare float is refused.
"""

from sim.words.quantities import Interval, Name, Quantity, Trace, exact
from sim.words.texts import Link, MissingWords, Number, Prose, Words, languages

__all__ = [
    "Interval",
    "Link",
    "MissingWords",
    "Name",
    "Number",
    "Prose",
    "Quantity",
    "Trace",
    "Words",
    "exact",
    "languages",
]
