"""What can go wrong when a report is made, as sentences in the reader's language."""

from __future__ import annotations

from sim.words import Name, Words


class ReportError(Exception):
    """A report that could not be made.

    Parameters
    ----------
    rule : str
        Key under ``page.errors``.
    **values
        What the sentence is about.
    """

    def __init__(self, rule: str, **values: object) -> None:
        self.rule = rule
        self.values = values
        super().__init__(self.sentence(Words("en")))

    def sentence(self, words: Words) -> str:
        """Return the sentence in a language."""
        filled = {place: Name(str(value)) for place, value in self.values.items()}
        return str(words.text(f"page.errors.{self.rule}", **filled))
