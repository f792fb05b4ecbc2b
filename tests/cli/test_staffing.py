import pytest

QUICK = ("--end", "2008-03-31", "--runs", "3", "--jobs", "1")


def test_posts_that_keep_a_promise_beside_the_rule(jobbtorg, tmp_path):
    file = tmp_path / "posts.svg"
    done = jobbtorg(
        "staffing", "plan-2008", *QUICK, "--mean-wait", "25", "--p90-wait", "45", "--probability", "0.66",
        "--figure", file,
    )  # fmt: skip
    assert done.status == 0
    assert "in at least 66 % of the runs, those enrolled from 1" in done.out.replace("\xa0", " ")
    assert "on average at most 25 days and nine in ten at most 45 days for an approved plan" in done.out
    assert "assessment and approval take 15 days" in done.out
    kept = [line.split() for line in done.out.splitlines() if " of 3" in line]
    assert [line[0] for line in kept] == ["Innerstaden", "Sydost", "Sydväst", "Västerort", "Järva"]
    assert all(int(line[3]) >= 2 for line in kept)
    # the City's rule: 131 caseworkers for the whole target group, 122.5 in the plan
    (total,) = [line.split() for line in done.out.splitlines() if "131.0" in line]
    assert total[:3] == ["Total", "131.0", "122.5"]
    assert file.read_text(encoding="utf-8").startswith("<svg role=")


def test_the_promise_in_swedish(jobbtorg, outputs):
    done = jobbtorg("staffing", *QUICK, "--p90-wait", "45", "--language", "sv")
    assert done.status == 0
    assert "nio av tio högst 45 dagar" in done.out
    assert "i medel" not in done.out
    assert "på en godkänd plan" in done.out
    assert (outputs / "staffing-plan-2008.svg").is_file()


def test_the_wait_for_a_caseworker_is_the_queue_alone(jobbtorg, outputs):
    done = jobbtorg("staffing", *QUICK, "--p90-wait", "45", "--wait-until", "caseworker")
    assert done.status == 0
    assert "nine in ten at most 45 days for a caseworker" in done.out
    assert "assessment and approval take" not in done.out


def test_without_a_promise_the_rule_and_the_plan(jobbtorg, outputs):
    done = jobbtorg("staffing", *QUICK)
    assert done.status == 0
    assert "Caseworkers by the rule: 6,500 / 50" in done.out
    assert [path.name for path in outputs.iterdir()] == ["store"]


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--mean-wait", "-3"], "Days are -3"),
        (["--mean-wait", "3", "--probability", "2"], "The probability is 2"),
        (["--probability", "0.9"], "--probability goes with --mean-wait or --p90-wait"),
        (["--mean-wait", "3", "--start", "2012-01-01"], "Tables can't start 2012-01-01"),
    ],
)
def test_wrong_input_is_a_sentence(jobbtorg, arguments, sentence):
    done = jobbtorg("staffing", "plan-2008", *arguments)
    assert done.status == 2
    assert sentence in done.err
