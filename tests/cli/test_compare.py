import csv

import pytest

QUICK = ("--end", "2008-12-31", "--runs", "3", "--jobs", "1")


@pytest.fixture
def compared(jobbtorg, tmp_path):
    return lambda *more: jobbtorg(
        "compare", "caseload-50", "caseload-40", *QUICK, "--out", tmp_path / "c", *more
    )


def test_differences_have_verdicts_by_year_and_in_total(compared, tmp_path):
    done = compared()
    assert done.status == 0
    assert "caseload-40 against caseload-50" in done.out
    net = [line for line in done.out.splitlines() if line.strip().startswith("The City's net cost")]
    assert len(net) == 2
    assert "2008" in net[0]
    assert "the whole period" in net[1]
    assert all("higher" in line for line in net)
    (posts,) = [
        line for line in done.out.splitlines() if line.strip().startswith("Posts") and "whole" in line
    ]
    assert "+" in posts
    assert "higher" in posts
    (referred,) = [
        line for line in done.out.splitlines() if line.strip().startswith("Enrolments") and "whole" in line
    ]
    assert "no difference in any run" in referred
    assert "3 paired runs are as good as" in done.out
    with (tmp_path / "c" / "differences.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert {row["verdict"] for row in rows} <= {"lower", "higher", "cannot_tell"}
    assert {row["period"] for row in rows} == {"2008", "2008-T1", "2008-T2", "2008-T3", "total"}


def test_verdicts_in_swedish_with_its_decimal_sign(compared):
    done = compared("--language", "sv")
    net = [line for line in done.out.splitlines() if line.strip().startswith("Stadens nettokostnad")]
    assert net
    assert all("högre" in line and "," in line for line in net)


def test_an_open_question_says_how_many_runs_would_settle_it(jobbtorg, tmp_path):
    done = jobbtorg(
        "compare", "plan-2008", "outsourcing-0", "--end", "2008-04-30", "--runs", "2", "--jobs", "1",
        "--level", "0.999", "--out", tmp_path / "c",
    )  # fmt: skip
    assert done.status == 0
    open_lines = [line for line in done.out.splitlines() if "cannot tell yet" in line]
    assert open_lines
    assert all(line.split()[-1].replace(",", "").isdigit() for line in open_lines)
    assert "99.9 % interval" in done.out


def test_several_against_one_base(jobbtorg, tmp_path):
    done = jobbtorg(
        "compare", "caseload-50", "caseload-40", "caseload-60", "--end", "2008-02-29", "--runs", "2",
        "--out", tmp_path / "c",
    )  # fmt: skip
    assert done.status == 0
    assert "caseload-40 against caseload-50" in done.out
    assert "caseload-60 against caseload-50" in done.out


@pytest.mark.long
def test_runs_are_added_until_the_targets_are_met_or_the_budget_is_spent(compared):
    met = compared("--target", "net_cost=1000", "--target", "posts=50")
    assert met.status == 0
    assert [line.split()[-2] for line in met.out.splitlines() if "the target" in line] == ["3", "3"]
    assert "Every target was met." in met.out
    spent = compared("--target", "exits_work=0.001", "--budget", "5", "--language", "sv")
    assert spent.status == 0
    assert "budgeten" in spent.out
    assert "Budgeten på 5 körningar tog slut" in spent.out


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["plan-2008", "caseload-40", "--target", "net_cost"], "write MEASURE=HALFWIDTH"),
        (["plan-2008", "caseload-40", "--target", "net_cost=much"], "write MEASURE=HALFWIDTH"),
        (["plan-2008", "caseload-40", "--target", "net_cost=-1"], "must be a number above 0"),
        (["plan-2008", "caseload-40", "--target", "net_costs=1"], "no measure net_costs"),
        (["plan-2008", "caseload-40", "--target", "net_cost=1", "--budget", "3"], "at least 20 are made"),
        (["plan-2008", "caseload-40", "--budget", "30"], "--budget goes with --target"),
        (["plan-2008"], "Missing argument"),
        (["plan-2008", "plan-2008"], "is also among the scenarios to compare"),
        (["plan-2008", "history-2008-2018"], "months differ"),
        (["plan-2008", "history-2008-2018", "--language", "sv"], "skiljer sig i månader"),
        (["plan-2008", "caseload-4"], "Did you mean caseload-"),
    ],
)
def test_wrong_input_is_a_sentence(jobbtorg, arguments, sentence):
    done = jobbtorg("compare", *arguments)
    assert done.status == 2
    assert sentence in done.err
