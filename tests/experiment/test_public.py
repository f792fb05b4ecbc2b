"""What can be had from the package itself."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import sim
from sim.experiment.engine import ENGINES, WORKERS
from sim.flow import ENGINES as SCHEDULERS


@pytest.mark.parametrize("name", sim.__all__)
def test_every_public_name_can_be_had(name):
    assert getattr(sim, name).__doc__
    assert name in dir(sim)


def test_the_stub_lists_the_same_names_from_the_same_places():
    stub = ast.parse(Path(sim.__file__).with_suffix(".pyi").read_text(encoding="utf-8"))
    told = {
        (node.module, alias.name, alias.asname)
        for node in stub.body
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    assert told == {(module, name, name) for name, module in sim._HOME.items()}


def test_an_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="no attribute 'waits'"):
        _ = sim.waits


def test_importing_the_package_loads_no_room():
    code = "import sim, sys; print([m for m in sys.modules if m.startswith('sim.')])"
    process = subprocess.run([sys.executable, "-c", code], capture_output=True, encoding="utf-8", check=True)
    assert process.stdout.strip() == "[]"


def test_every_scheduler_of_the_flow_can_be_chosen():
    assert set(ENGINES) == set(SCHEDULERS) == set(WORKERS)
