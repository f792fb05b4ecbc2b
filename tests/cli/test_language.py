import pytest

from sim.cli.errors import say
from sim.cli.language import default_language, take_languages
from sim.experiment.errors import RULES as EXPERIMENT
from sim.parameters import RULES as INPUT
from sim.words import Words, languages

KNOWN = ("en", "sv")


@pytest.mark.parametrize(
    ("arguments", "language", "rest"),
    [
        (["run", "a"], (), ["run", "a"]),
        (["--language", "sv", "run", "a"], ("sv",), ["run", "a"]),
        (["run", "--language=sv", "a"], ("sv",), ["run", "a"]),
        (["run", "a", "--language", "sv"], ("sv",), ["run", "a"]),
        (["report", "--language", "sv", "--language", "en"], ("sv", "en"), ["report"]),
        (["--language", "sv", "report", "--language", "sv"], ("sv",), ["report"]),
        (["run", "--", "--language", "sv"], (), ["run", "--", "--language", "sv"]),
        # a value is missing: left for the command line to complain about
        (["run", "--language"], (), ["run", "--language"]),
    ],
)
def test_the_language_may_stand_anywhere(arguments, language, rest):
    assert take_languages(arguments) == (language, rest)


@pytest.mark.parametrize(
    ("environment", "language"),
    [
        ({"JOBBTORG_LANGUAGE": "sv", "LANG": "en_GB.UTF-8"}, "sv"),
        ({"LANG": "sv_SE.UTF-8"}, "sv"),
        ({"LC_ALL": "sv_SE", "LANG": "en_US.UTF-8"}, "sv"),
        ({"LC_ALL": "C", "LANG": "sv_SE.UTF-8"}, "en"),
        ({"LANG": "fi_FI.UTF-8"}, "en"),
        ({"JOBBTORG_LANGUAGE": "fi", "LANG": "sv_SE"}, "sv"),
        ({"LANG": "sv-SE"}, "sv"),
        ({"LANG": ""}, "en"),
    ],
)
def test_the_language_when_none_is_asked_for(environment, language, monkeypatch):
    monkeypatch.setattr("locale.getlocale", lambda: (None, None))
    assert default_language(KNOWN, environment) == language


@pytest.mark.parametrize("name", ["Swedish_Sweden", "sv_SE", "Swedish"])
def test_windows_and_macos_tell_the_language_without_variables(name, monkeypatch):
    monkeypatch.setattr("locale.getlocale", lambda: (name, "cp1252"))
    assert default_language(KNOWN, {}) == "sv"


@pytest.mark.parametrize("language", languages())
def test_every_error_has_words(language):
    words = Words(language)
    for rule in EXPERIMENT:
        assert words.has(f"cli.experiment.{rule}")
    for rule in INPUT:
        assert words.has(f"cli.rules.{rule}")


def test_english_errors_are_the_same_in_notebooks_and_on_the_command_line():
    words = Words("en")
    assert {rule: words.raw(f"cli.experiment.{rule}") for rule in EXPERIMENT} == EXPERIMENT
    assert {rule: words.raw(f"cli.rules.{rule}") for rule in INPUT} == dict(INPUT)


def test_names_fill_places_as_they_stand():
    assert say(Words("en"), "wrote", folder="out/{a}[b]") == "Written: out/{a}[b]"


@pytest.mark.parametrize(("language", "word"), [("sv", "Kör scenarier"), ("en", "Run scenarios")])
def test_help_speaks_the_language(jobbtorg, language, word):
    done = jobbtorg("--language", language, "--help")
    assert done.status == 0
    assert word in done.out
    assert word in jobbtorg("run", "--help", "--language", language).out


def test_an_unknown_language_is_a_sentence(jobbtorg):
    done = jobbtorg("--language", "fi", "doctor")
    assert (done.status, done.out) == (2, "")
    assert done.err == "There is no language fi; the languages are en, sv.\n"
