"""No global randomness: every draw comes from a key or from a generator that was handed over."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from tests.house.reading import aliases, full_name, miniature, modules

FORBIDDEN_MODULES = ("random", "secrets", "uuid", "numpy.random")
# A benchmark may make a generator, from a seed it names, and hand it on.
EXPLICIT_GENERATORS = {"Generator", "default_rng", "SeedSequence", "PCG64", "Philox", "BitGenerator"}
CLOCKS = {
    *("time.time", "time.time_ns", "time.monotonic", "time.perf_counter", "time.monotonic_ns"),
    *("time.perf_counter_ns", "time.process_time", "os.urandom", "os.getpid"),
    *("datetime.datetime.now", "datetime.datetime.utcnow", "datetime.datetime.today", "datetime.date.today"),
}
# Rooms whose results must not know what time it is; the others may say when a run was made.
TIMELESS = (
    "places",
    "parameters",
    "population",
    "flow",
    "outcomes",
    "economy",
    "inference",
    "figures",
    "words",
)
# Designs that scramble themselves unless they are told how.
SCRAMBLED = {"Sobol", "Halton", "LatinHypercube", "PoissonDisk"}
TOLD_HOW = {"rng", "seed"}
SEEDLIKE = ("seed", "rng", "generator", "entropy")


def _is_forbidden(name: str) -> bool:
    return any(name == module or name.startswith(f"{module}.") for module in FORBIDDEN_MODULES)


def global_randomness(folder: Path) -> list[str]:
    """List uses of generators that share a hidden state or seed themselves."""
    faults = []
    for module in modules(folder, "sim", "benchmarks"):
        benchmark = module.name.startswith("benchmarks")
        bound = aliases(module.tree)
        called = {id(node.func): node for node in ast.walk(module.tree) if isinstance(node, ast.Call)}
        for node in ast.walk(module.tree):
            names: list[str] = []
            if isinstance(node, ast.Import):
                # `import numpy.random` alone uses nothing; what is used through it is seen below
                names = [item.name for item in node.names if not item.name.startswith(("numpy", "scipy"))]
            elif isinstance(node, ast.ImportFrom) and not node.level:
                names = [f"{node.module}.{item.name}" for item in node.names]
            elif isinstance(node, ast.Attribute):
                names = [full_name(node, bound)]
            for name in names:
                if name.endswith(".rvs"):
                    faults.append(f"{module.where}:{node.lineno}: {name} draws from a hidden state")
                if not _is_forbidden(name):
                    continue
                explicit = benchmark and (
                    name == "numpy.random" or name.rpartition(".")[2] in EXPLICIT_GENERATORS
                )
                if not explicit:
                    faults.append(f"{module.where}:{node.lineno}: {name}")
            if isinstance(node, ast.Name) and _is_forbidden(bound.get(node.id, "")) and not benchmark:
                faults.append(f"{module.where}:{node.lineno}: {bound[node.id]}")
            call = called.get(id(node))
            if call and isinstance(node, ast.expr):
                maker = full_name(node, bound).rpartition(".")[2]
                if maker in EXPLICIT_GENERATORS - {"Generator"} and not (call.args or call.keywords):
                    faults.append(f"{module.where}:{node.lineno}: {maker}() without a seed")
                if maker in SCRAMBLED and not TOLD_HOW & {item.arg for item in call.keywords}:
                    faults.append(f"{module.where}:{node.lineno}: {maker}() without a seed")
    return faults


def clocks_in_results(folder: Path) -> list[str]:
    """List readings of a clock in rooms that compute, and seeds made from a clock anywhere."""
    faults = []
    for module in modules(folder, "sim", "benchmarks"):
        bound = aliases(module.tree)
        timeless = module.name.startswith(tuple(f"sim.{room}" for room in TIMELESS))
        for node in ast.walk(module.tree):
            if timeless and isinstance(node, ast.Call) and full_name(node.func, bound) in CLOCKS:
                faults.append(f"{module.where}:{node.lineno}: reads {full_name(node.func, bound)}")
            for name, value in _given_names(node, bound):
                if not any(word in name.lower() for word in SEEDLIKE):
                    continue
                for part in ast.walk(value):
                    if isinstance(part, ast.Call) and full_name(part.func, bound) in CLOCKS | {"hash", "id"}:
                        faults.append(
                            f"{module.where}:{node.lineno}: {name} is made from a clock or an address"
                        )
    return faults


def _given_names(node: ast.AST, bound: dict[str, str]) -> list[tuple[str, ast.expr]]:
    """Return the pairs (name, expression given to it) of an assignment or a call."""
    match node:
        case ast.Assign(targets=targets, value=value):
            return [(ast.unparse(target), value) for target in targets]
        case ast.AnnAssign(target=target, value=ast.expr() as value):
            return [(ast.unparse(target), value)]
        case ast.Call(func=function, args=args, keywords=keywords):
            maker = full_name(function, bound)
            return [(maker, value) for value in args] + [(item.arg or "", item.value) for item in keywords]
        case _:
            return []


RULES = (global_randomness, clocks_in_results)


@pytest.mark.parametrize("rule", RULES)
def test_no_draw_has_a_hidden_state(rule, repository):
    assert any(True for _ in modules(repository, "sim"))
    assert rule(repository) == []


@pytest.mark.parametrize(
    ("rule", "file", "text"),
    [
        (global_randomness, "sim/a.py", "import numpy as np\nx = np.random.normal()"),
        (global_randomness, "sim/a.py", "import numpy as np\nx = np.random.default_rng(1)"),
        (global_randomness, "sim/a.py", "import numpy.random as r\nx = r.rand(3)"),
        (global_randomness, "sim/a.py", "from numpy import random\nx = random.rand(3)"),
        (global_randomness, "sim/a.py", "from numpy.random import rand"),
        (global_randomness, "sim/a.py", "import random"),
        (global_randomness, "sim/a.py", "from random import choice"),
        (global_randomness, "sim/a.py", "from uuid import uuid4"),
        (global_randomness, "sim/a.py", "from scipy import stats\nx = stats.norm.rvs(size=3)"),
        (global_randomness, "sim/a.py", "from scipy.stats import qmc\nx = qmc.Sobol(3)"),
        (global_randomness, "benchmarks/a.py", "import numpy as np\nnp.random.seed(1)"),
        (global_randomness, "benchmarks/a.py", "import numpy as np\nrng = np.random.default_rng()"),
        (global_randomness, "benchmarks/a.py", "from numpy.random import default_rng\nrng = default_rng()"),
        (clocks_in_results, "sim/flow/a.py", "import time\nbegan = time.perf_counter()"),
        (clocks_in_results, "sim/economy/a.py", "from datetime import date\ntoday = date.today()"),
        (clocks_in_results, "sim/experiment/a.py", "import time\nseed = int(time.time())"),
        (clocks_in_results, "sim/experiment/a.py", "from time import time\nrun(seed=time())"),
        (clocks_in_results, "sim/cli/a.py", "seed: int = hash(name)"),
        (
            clocks_in_results,
            "benchmarks/a.py",
            "import time, numpy\nx = numpy.random.default_rng(time.time_ns())",
        ),
    ],
)
def test_a_hidden_state_is_seen(rule, file, text, tmp_path):
    assert rule(miniature(tmp_path, {file: text})) != []


@pytest.mark.parametrize("rule", RULES)
def test_what_is_allowed_is_left_alone(rule, tmp_path):
    project = {
        "sim/experiment/a.py": "import time\nbegan = time.time()\nseed = 7\nrandom_share = 0.5",
        "benchmarks/a.py": "import numpy as np\ndef f(rng: np.random.Generator):\n    return rng.normal()\n"
        "f(np.random.default_rng(7))",
    }
    assert rule(miniature(tmp_path, project)) == []
