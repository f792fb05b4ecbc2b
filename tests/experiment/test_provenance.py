import shutil

import pytest

from sim.experiment import provenance


@pytest.fixture
def hashed(monkeypatch):
    """Hash the package as it stands in some folder."""

    def of(folder):
        monkeypatch.setattr(provenance, "PACKAGE", folder)
        provenance.source_hash.cache_clear()
        return provenance.source_hash()

    yield of
    provenance.source_hash.cache_clear()


def test_the_hash_is_of_the_sources_alone(tmp_path, hashed):
    here, there = tmp_path / "here" / "sim", tmp_path / "there" / "sim"
    shutil.copytree(provenance.PACKAGE, here, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(here, there)
    original = hashed(here)
    (there / "note.txt").write_text("no source", encoding="utf-8")
    module = there / "experiment" / "errors.py"
    module.write_bytes(module.read_bytes().replace(b"\n", b"\r\n"))
    assert hashed(there) == original
    module.write_bytes(module.read_bytes() + b"# changed\n")
    assert hashed(there) != original
    module.rename(module.with_name("mistakes.py"))
    assert hashed(there) != original


def test_versions_of_what_makes_a_number():
    versions = provenance.library_versions()
    assert {"python", "numpy", "numba", "scipy", "simpy", "jobbtorg-simulator"} <= versions.keys()
    assert all(versions.values())
