"""Every measure has its words in every language, and says what it is in the same fields."""

from string import Formatter

import pytest
from ruamel.yaml import YAML

from sim.economy import catalogue
from tests.outcomes.build import DESTINATIONS, MEASURES

FIELDS = ("name", "unit", "definition", "equation")
CATALOGUE = catalogue(DESTINATIONS, MEASURES)
LANGUAGES = ("en", "sv")


@pytest.fixture(scope="module")
def words(repository):
    return {
        language: YAML(typ="safe").load(
            (repository / "sim" / "words" / language / "measures.yaml").read_text(encoding="utf-8")
        )
        for language in LANGUAGES
    }


def test_keys_are_said_once():
    keys = [measure.key for measure in CATALOGUE]
    assert len(keys) == len(set(keys))


@pytest.mark.parametrize("language", LANGUAGES)
def test_measures_and_words_name_each_other(words, language):
    assert set(words[language]) == {measure.words for measure in CATALOGUE}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_entry_has_every_field_and_only_the_places_that_are_filled(words, language):
    for measure in CATALOGUE:
        entry = words[language][measure.words]
        assert tuple(entry) == FIELDS
        assert all(isinstance(text, str) and text.strip() == text != "" for text in entry.values())
        places = {place for text in entry.values() for _, place, _, _ in Formatter().parse(text) if place}
        assert places == set(measure.fills)


@pytest.mark.parametrize("language", LANGUAGES)
def test_one_word_for_each_unit(words, language):
    found = {}
    for measure in CATALOGUE:
        found.setdefault(measure.unit, set()).add(words[language][measure.words]["unit"])
    assert all(len(units) == 1 for units in found.values())
    assert set(found) <= {"people", "spells", "days", "months", "cases", "MSEK", "kr", "posts", "share"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_two_measures_share_a_name(words, language):
    names = [entry["name"] for entry in words[language].values()]
    assert len(names) == len(set(names))


def test_the_measures_that_others_rely_on():
    wanted = """aspirants_year self_support_share_year enrolments referrals stock waiting in_measures
        wait_days caseload no_shows returns unserved benefit_cost staff_cost premises_cost procured_cost
        other_cost own_measures_cost measure_cost_job programme_cost net_cost net_cost_current_prices
        terminal_cost present_value posts outsourced_people_share outsourced_budget_share
        outsourced_staff_purchases_share closed_within_18_months exits_work job_starts"""
    assert set(wanted.split()) <= {measure.key for measure in CATALOGUE}
