"""The files for containers of `deploy/`, as far as they can be looked at without an engine."""

import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"


def test_an_image_holds_the_program_alone() -> None:
    """Nothing of the checkout goes into it but the packages and what builds them: no keys, passwords or history."""
    lines = [line for line in (ROOT / ".dockerignore").read_text().splitlines() if not line.startswith("#")]
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    packages = project["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]
    files = {"pyproject.toml", "requirements/run.txt", project["project"]["readme"]}
    files |= {*project["project"]["license-files"]}
    assert lines[0] == "*"
    assert {line[1:] for line in lines if line.startswith("!")} == {*packages, *files}


def test_the_web_server_is_told_what_its_file_asks_for() -> None:
    """Each word that the Caddyfile takes from outside is given by compose, and has a value where nobody gives one."""
    asked = re.findall(r"\{\$(\w+):[^}]+\}", (DEPLOY / "Caddyfile").read_text())
    [given] = re.findall(r"environment: \{ (DOMAIN.*) \}", (DEPLOY / "compose.yaml").read_text())
    assert set(asked) == set(re.findall(r"(\w+): ", given)) == {"DOMAIN", "NODE"}


def test_secrets_of_compose_stay_out_of_the_history() -> None:
    """The files that hold the domain and the password are ignored by git."""
    ignored = (ROOT / ".gitignore").read_text().splitlines()
    [password] = re.findall(r"file: \./(\S+)", (DEPLOY / "compose.postgres.yaml").read_text())
    assert {"/deploy/.env", f"/deploy/{password}"} <= set(ignored)
