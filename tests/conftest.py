"""What every test shares: no screen, no settings of the user's, the same examples every time."""

import gc
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

# Before anything imports matplotlib: figures are drawn to files, never to a screen.
os.environ["MPLBACKEND"] = "agg"

# A test process holds a million objects that live to its end (Numba's types above all), and each full look
# through them for garbage takes a second.
gc.set_threshold(20_000, 20, 20)

# The same examples in every run, and no limit by the clock: a shared machine is no reason to fail.
settings.register_profile("house", derandomize=True, deadline=None, database=None)
settings.load_profile("house")


@pytest.fixture(scope="session")
def repository() -> Path:
    """Return the top of the repository."""
    return Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session", autouse=True)
def _no_settings_of_the_user(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Keep IPython's and Jupyter's start-up files and kernels of the user out of executed notebooks."""
    with pytest.MonkeyPatch.context() as patch:
        for variable in ("IPYTHONDIR", "JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR"):
            patch.setenv(variable, str(tmp_path_factory.mktemp(variable.lower())))
        yield
