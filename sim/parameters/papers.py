"""What the City's papers say, line by line, and where each line lives in the model, or why it is left out."""

from pathlib import Path
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator
from pydantic_core import PydanticCustomError

from sim.parameters.passports import tell
from sim.parameters.problems import Collector
from sim.parameters.reading import read_yaml
from sim.places import PARAMETERS

PAPERS = Path("papers") / "papers.yaml"


class PaperLine(BaseModel):
    """One thing that a paper says.

    Attributes
    ----------
    paper : str
        Key of the source.
    place : str
        Where in the paper, as its headings have it.
    line : str
    lives_in : tuple of str
        Keys of parameters; ``measure:KEY``; ``scenario:NAME``; ``module:function``.
    left_out : str
        Why it lives nowhere.
    says : mapping of str to float
        Numbers that the line states, by parameter.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    paper: str
    place: str
    line: str
    lives_in: tuple[str, ...] = ()
    left_out: str = ""
    says: dict[str, float] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _lives_or_is_left_out(self) -> Self:
        if bool(self.lives_in) == bool(self.left_out):
            raise PydanticCustomError("missing-field", "a line lives somewhere, or says why it is left out")
        return self


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
    found: tuple[PaperLine, ...] = ()
    if document is not None:
        try:
            found = _Papers.model_validate(document.data).lines
        except ValidationError as error:
            tell(error, _Papers, document, (), document.file, problems)
    problems.raise_errors()
    return found
