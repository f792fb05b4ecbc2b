import pytest

QUICK = ("--end", "2008-12-31", "--runs", "2", "--jobs", "1")


def test_purses_financing_and_the_price_that_pays(jobbtorg):
    done = jobbtorg("money", "outsourcing-0", "--against", "plan-2008", *QUICK)
    assert done.status == 0
    rows = {line.strip().split("  ")[0]: line.split() for line in done.out.splitlines() if line.strip()}
    # 9 % of 1,037.1, and what is left of the budget
    assert rows["9 % of the cost of social assistance (1,037.1 MSEK)"][-1] == "93.3"
    assert rows["The budget of 2008"][-1] == "177.1"
    for line in ("The City's net cost", "The state's benefit after exits", "Jobs taken from others"):
        assert line in rows
    assert "a transfer inside the City" in done.out
    assert done.out.count("the whole period") == 2  # one break-even price for each purse
    assert "(now 41,650 kr)" in " ".join(done.out.split())


def test_one_scenario_alone_in_swedish(jobbtorg):
    done = jobbtorg("money", "plan-2008", *QUICK, "--language", "sv")
    assert done.status == 0
    assert "Det offentligas nettokostnad" in done.out
    assert "Pris på en plats" not in done.out


def test_a_share_of_assistance_above_the_budget_is_told_of(jobbtorg):
    done = jobbtorg("money", "plan-2008", "--set", "financing.assistance_cost=3000", *QUICK)
    assert done.status == 0
    assert "alone is more than the budget" in done.out
    assert "alone is more" not in jobbtorg("money", "plan-2008", *QUICK).out


def test_no_one_price_where_the_same_is_bought(jobbtorg):
    done = jobbtorg("money", "caseload-40", "--against", "caseload-50", *QUICK)
    assert done.status == 0
    assert "there is no one price to tell" in done.out


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["plan-2008", "--against", "plan-2008"], "does not differ from itself"),
        (["plan-2009"], "There is no scenario"),
    ],
)
def test_wrong_input_is_a_sentence(jobbtorg, arguments, sentence):
    done = jobbtorg("money", *arguments)
    assert done.status == 2
    assert sentence in done.err
