"""What the City's papers say, line by line, and where each line lives in the model, or that it is left out.

What a line says, and why it is left out, is in ``sim/words/LANG/papers.yaml`` under its key.
"""

from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from sim.parameters.passports import whole_file
from sim.parameters.problems import Collector
from sim.parameters.reading import read_yaml
from sim.places import PARAMETERS

PAPERS = Path("papers") / "papers.yaml"


class PaperLine(BaseModel):
    """One thing that a paper says.

    Attributes
    ----------
    key : str
    paper : str
        Key of the source.
    place : str
        Where in the paper, as its headings have it.
    lives_in : tuple of str
        Keys of parameters; ``measure:KEY``; ``scenario:NAME``; ``module:function``.
        Without any it is left out.
    says : mapping of str to float
        Numbers that the line states, by parameter.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    key: str
    paper: str
    place: str
    lives_in: tuple[str, ...] = ()
    says: dict[str, float] = Field(default_factory=dict)


class _Papers(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    version: Literal[1] = Field(alias="schema")
    lines: tuple[PaperLine, ...]


def read_papers(folder: Path = PARAMETERS) -> tuple[PaperLine, ...]:
    """The lines, in the order of the file; none where a folder of parameters has no such file.

    Raises
    ------
    InputErrors
        With everything that is wrong with the file.
    """
    if not (folder / PAPERS).is_file():
        return ()
    problems = Collector()
    document = read_yaml(folder / PAPERS, problems)
    sentence = "The file of what papers say is a mapping: schema, lines."
    read = None if document is None else whole_file(document, _Papers, sentence, problems)
    problems.raise_errors()
    assert read is not None
    return read.lines
