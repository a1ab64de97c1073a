"""The house itself: names, files, requirements and modules keep the rules that no other tool checks."""

import ast
import re
import tomllib
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parent.parent
PACKAGES = ("node", "federation", "activitypub", "schema")
MADE_HERE = {"lab-data", "dist", "build", "__pycache__", "node_modules"}  # and whatever begins with a dot
LONGEST = 400  # lines of a module

# Where packages are downloaded from is a matter of whoever installs, written in parts so that this file holds none.
REGISTRIES = tuple(
    ".".join(parts)
    for parts in (
        ("pypi", "org"),
        ("pythonhosted", "org"),
        ("npmjs", "org"),
        ("npmjs", "com"),
        ("yarnpkg", "com"),
        ("proxy", "golang", "org"),
        ("static", "crates", "io"),
    )
)
HOME = re.compile(r"(?<![\w.~$}/-])/(?:home|Users|root|work|workspace)/[\w.]")
PINNED = re.compile(r"[a-z0-9][a-z0-9._-]*(\[[a-z,]+\])?==[\w.+!]+( ; [^;]+)?( --hash=sha256:[0-9a-f]{64})+")
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")


def project_files() -> Iterator[Path]:
    """Every file of the project, without what tools put beside it."""
    waiting = [ROOT]
    while waiting:
        for path in waiting.pop().iterdir():
            if path.name.startswith(".") or path.name in MADE_HERE or path.is_symlink():
                continue
            if path.is_dir():
                waiting.append(path)
            else:
                yield path


def project_texts() -> Iterator[tuple[str, str]]:
    """Every file of text with its path in the checkout."""
    for path in project_files():
        try:
            yield str(path.relative_to(ROOT)), path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue  # a picture or an archive


def modules() -> list[str]:
    """Every module of the four packages, by its path in the checkout."""
    paths = (path.relative_to(ROOT) for path in project_files() if path.suffix == ".py")
    return sorted(str(path) for path in paths if path.parts[0] in PACKAGES)


def project() -> dict[str, Any]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def requirements() -> list[str]:
    """Every requirement that `pyproject.toml` names."""
    said = project()
    lists = [said["project"]["dependencies"], *said["project"]["optional-dependencies"].values()]
    lists += said["dependency-groups"].values()
    return [one for each in lists for one in each if isinstance(one, str)]


def normal(name: str) -> str:
    """A distribution's name in its one spelling."""
    return re.sub(r"[-_.]+", "-", name).lower()


def locked(file: str) -> list[str]:
    """The requirements of a lock file, each on one line, without comments."""
    text = (ROOT / "requirements" / file).read_text(encoding="utf-8").replace("\\\n", " ")
    lines = (" ".join(line.partition(" #")[0].split()) for line in text.splitlines())
    return [line for line in lines if line and not line.startswith("#")]


@pytest.mark.parametrize("name", PACKAGES)
def test_names_are_ours(name: str) -> None:
    """Each of the four names means this checkout, and no other distribution beside us brings the same name."""
    found = find_spec(name)
    assert found is not None
    assert found.origin is not None
    assert Path(found.origin).resolve() == (ROOT / name / "__init__.py").resolve()
    assert set(packages_distributions().get(name, ())) <= {"qafila"}


def test_no_registry_is_named() -> None:
    """No file says where packages are downloaded from: each person's own configuration does."""
    guilty = [(path, host) for path, text in project_texts() for host in REGISTRIES if host in text]
    assert guilty == []


def test_no_path_of_one_machine() -> None:
    """No file holds an absolute path of the machine that it was written on."""
    guilty = [(path, match.group()) for path, text in project_texts() if (match := HOME.search(text))]
    assert guilty == []


@pytest.mark.parametrize("module", modules())
def test_modules_are_small_and_say_what_they_are(module: str) -> None:
    """Every module says in a docstring what it is for, and holds no more than one idea needs."""
    text = (ROOT / module).read_text(encoding="utf-8")
    assert ast.get_docstring(ast.parse(text)), "it has no docstring"
    assert len(text.splitlines()) <= LONGEST, "it has too many lines: look for the second idea in it"


@pytest.mark.parametrize("module", modules())
def test_no_possessive_groups(module: str) -> None:
    """Python 3.11.2, which Debian 12 has, lets a possessive group match in part: only single characters may be so."""
    assert not re.search(r"\)[?*+]\+(?!,)", (ROOT / module).read_text(encoding="utf-8"))


def test_dependencies_say_what_they_are_for() -> None:
    """Each dependency stands on a line of its own with a comment that says why it is here."""
    lines = (ROOT / "pyproject.toml").read_text(encoding="utf-8").splitlines()
    for requirement in requirements():
        [line] = {line.strip() for line in lines if line.strip().startswith(f'"{requirement}"')}
        assert re.fullmatch(r",?\s*# \S.{3,}", line.removeprefix(f'"{requirement}"')), requirement


@pytest.mark.parametrize("file", ["run.txt", "dev.txt"])
def test_requirements_are_locked(file: str) -> None:
    """Every locked requirement has one version and its hashes, and nothing else stands there: no index, no address."""
    lines = locked(file)
    assert lines
    assert [line for line in lines if not PINNED.fullmatch(line)] == []


def test_the_lock_knows_every_dependency() -> None:
    """What `pyproject.toml` names is in the lock for development: `make lock` was run after the last change."""
    pinned = {normal(line.partition("==")[0].partition("[")[0]) for line in locked("dev.txt")}
    named = {normal(match.group()) for one in requirements() if (match := NAME.match(one))}
    assert named - pinned == set()
