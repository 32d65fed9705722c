"""What is installed is what the locks say: each release by its version and its hashes."""

import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[3]
LOCKS = ("requirements.lock", "requirements-dev.lock")
_RELEASE = re.compile(r"^([A-Za-z0-9._-]+)(?:\[[^\]]*\])?==([^ ;\\]+)")


def _locked(name: str) -> Mapping[str, str]:
    lines = (ROOT / name).read_text(encoding="utf-8").splitlines()
    found = (_RELEASE.match(line) for line in lines)
    return {canonicalize_name(one[1]): one[2] for one in found if one}


def _wanted(*extras: str) -> list[Requirement]:
    project: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    wanted = list(project["project"]["dependencies"])
    for extra in extras:
        wanted += project["project"]["optional-dependencies"][extra]
    return [Requirement(one) for one in wanted]


@pytest.mark.parametrize("name", LOCKS)
def test_every_release_has_its_version_and_its_hashes(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    entries = re.split(r"\n(?=[A-Za-z0-9])", re.sub(r"(?m)^\s*#.*\n?", "", text).strip())

    for entry in entries:
        release, *hashes = [line.strip(" \\") for line in entry.splitlines()]
        assert _RELEASE.match(release), entry
        assert hashes, f"{release} has no hash"
        assert all(re.fullmatch(r"--hash=sha256:[0-9a-f]{64}", one) for one in hashes), release


@pytest.mark.parametrize("name", LOCKS)
def test_no_release_comes_from_an_address(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")

    assert not re.search(r"://|--(extra-)?index|--find-links|--trusted|(?m:^-)| @ ", text)


@pytest.mark.parametrize(("name", "extras"), [(LOCKS[0], ()), (LOCKS[1], ("dev",))])
def test_what_the_project_asks_for_is_locked(name: str, extras: tuple[str, ...]) -> None:
    locked = _locked(name)

    for wanted in _wanted(*extras):
        version = locked.get(canonicalize_name(wanted.name))
        assert version is not None, f"{wanted.name} is not in {name}"
        assert wanted.specifier.contains(version), f"{wanted} is locked to {version}"


def test_tests_run_on_what_the_office_runs_on() -> None:
    runtime, dev = (_locked(name) for name in LOCKS)

    assert dict(runtime) == {name: dev.get(name) for name in runtime}
