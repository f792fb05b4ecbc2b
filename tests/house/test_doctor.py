"""The doctor sees what is missing, says it as a sentence in each language, and changes nothing."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from sim import doctor
from sim.doctor import Finding
from sim.words import Words, languages


def test_the_machine_that_runs_the_tests_lacks_nothing(repository, tmp_path):
    findings = doctor.examine(repository, outputs=tmp_path / "not" / "yet")
    assert [finding for finding in findings if finding.state == "lacking"] == []
    assert doctor.exit_status(findings) == 0
    assert list(tmp_path.iterdir()) == []


def test_an_old_python_is_lacking():
    assert doctor.python_version("3.10.14") == Finding(
        "python_other", "lacking", {"found": "3.10.14", "needed": ">=3.11"}
    )


def test_a_package_beside_its_pin_is_a_remark(tmp_path):
    pins = tmp_path / "constraints.txt"
    pins.write_text("numpy==1.0\nno-such-package==1.0\nscipy==1.0 ; python_version < '3'\n", encoding="utf-8")
    (found,) = doctor.packages(pins)
    assert (found.key, found.state) == ("packages_differ", "remark")
    assert re.fullmatch(r"numpy \S+ \(==1\.0\)", str(found.values["names"]))


@pytest.mark.parametrize("text", ["numpy is here\n", None])
def test_pins_that_cannot_be_read_are_a_remark(text, tmp_path):
    pins = tmp_path / "constraints.txt"
    if text:
        pins.write_text(text, encoding="utf-8")
    assert [found.key for found in doctor.packages(pins)] == ["pins_absent"]


def test_a_missing_package_is_lacking(repository, monkeypatch):
    monkeypatch.setattr(doctor.importlib.metadata, "requires", lambda _: ["no-such-package>=2", "numpy<1"])
    found = next(doctor.packages(repository / "constraints.txt"))
    assert (found.key, found.state) == ("packages_missing", "lacking")
    assert str(found.values["names"]).startswith("no-such-package>=2, numpy<1 (")


def test_a_package_that_is_not_installed_itself_is_lacking(repository):
    assert [found.key for found in doctor.packages(repository / "constraints.txt", "no-such-package")] == [
        "package_absent"
    ]


def test_a_folder_without_parameters_is_lacking(tmp_path):
    assert doctor.parameter_folder(tmp_path).state == "lacking"
    for name in ("passports", "scenarios"):
        (tmp_path / name).mkdir()
    assert doctor.parameter_folder(tmp_path).state == "good"


def test_a_place_where_nothing_can_be_written_is_lacking(tmp_path):
    """A file stands where the folder should be; the superuser cannot be shut out in any other way."""
    (tmp_path / "file").write_text("", encoding="utf-8")
    assert doctor.writable(tmp_path / "file" / "runs", "outputs").key == "outputs_closed"
    assert doctor.compiled_cache(tmp_path / "file" / "cache").key == "cache_closed"


def test_a_cache_that_a_restart_may_empty_is_a_remark(tmp_path, monkeypatch):
    monkeypatch.setattr(doctor.tempfile, "gettempdir", lambda: str(tmp_path))
    assert doctor.compiled_cache(tmp_path / "cache").key == "cache_temporary"
    monkeypatch.setattr(doctor.tempfile, "gettempdir", lambda: str(tmp_path / "elsewhere"))
    assert doctor.compiled_cache(tmp_path / "cache").key == "cache_good"


@pytest.mark.parametrize(
    ("command", "key"),
    [
        (sys.executable, "kernel_good"),
        ("python", "kernel_good"),
        (str(Path(sys.executable).parent.parent / "other" / "python"), "kernel_other"),
        (None, "kernel_absent"),
    ],
)
def test_a_kernel_of_another_python_is_lacking(command, key, tmp_path, monkeypatch):
    name = "jobbtorg-test"
    if command:
        home = tmp_path / "kernels" / name
        home.mkdir(parents=True)
        spec = {"argv": [command, "-m", "ipykernel_launcher"], "display_name": name, "language": "python"}
        (home / "kernel.json").write_text(json.dumps(spec), encoding="utf-8")
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path))
    assert doctor.kernel(name).key == key


def test_little_room_is_a_remark_and_hardly_any_is_lacking(tmp_path):
    states = ["good", "remark", "lacking"]
    assert [doctor.memory(free).state for free in (2.0, 0.5, 0.4)] == states
    assert [doctor.disk(tmp_path, free).state for free in (1.0, 0.1, 0.05)] == states


def test_one_core_is_a_remark():
    assert [doctor.cores(number).state for number in (1, 2)] == ["remark", "good"]


def test_exit_status_is_one_only_when_something_is_lacking():
    good, remark, lacking = (Finding("cores_one", state) for state in ("good", "remark", "lacking"))
    assert [doctor.exit_status(all_of) for all_of in ((good,), (good, remark), (good, lacking))] == [0, 0, 1]


@pytest.mark.parametrize("language", languages())
def test_each_language_says_every_finding(language, repository):
    """Every key the code can give has a sentence, no sentence is left over, and the whole is said last."""
    words = Words(language)
    source = Path(doctor.__file__).read_text(encoding="utf-8")
    literal = set(re.findall(r'Finding\(\s*"(\w+)"', source))
    made = {f"{name}_{end}" for name in ("outputs", "cache") for end in ("good", "closed")}
    made |= {f"{name}_{end}" for name in ("disk", "memory") for end in ("good", "tight")}
    file = repository / "sim" / "words" / language / "doctor.yaml"
    said = set(YAML(typ="safe").load(file.read_text(encoding="utf-8")))
    assert said == literal | made | {"all_good", "all_lacking"}

    *each, whole = doctor.sentences(doctor.examine(repository), words)
    assert whole[0] == "good"
    assert all(
        re.fullmatch(r"[A-ZÅÄÖ\d].*\.", sentence) and "{" not in sentence for _, sentence in [*each, whole]
    )


def test_numbers_are_written_as_the_language_writes_them():
    found = Finding("memory_tight", "remark", {"free": 1.5, "needed": 2.0})
    assert "1,5 GiB" in doctor.sentences([found], Words("sv"))[0][1]
    assert "1.5 GiB" in doctor.sentences([found], Words("en"))[0][1]
