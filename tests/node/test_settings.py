import os
import subprocess
import sys
import tomllib
from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from node.settings import SETTINGS, Settings, manual, read_settings, toml_text
from node.toml import toml_value, with_setting
from schema.errors import ConfigError
from tests.rig.onions import onion_of

ROOT = Path(__file__).parents[2]
TOR = "127.0.0.1:9050"
SAID = {"name": "birch", "title": "Birch Kitchen", "url": "https://birch.example"}


def settings_of(
    folder: Path,
    values: Mapping[str, str | int] = SAID,
    environment: Mapping[str, str] | None = None,
    *,
    lab: bool = False,
    **flags: str | int | None,
) -> Settings:
    file = folder / "qafila.toml"
    file.write_text("\n".join(f"{name} = {toml_value(value)}" for name, value in values.items()))
    return read_settings(file, environment or {}, flags, lab=lab)


def test_a_flag_wins_over_the_environment_that_over_the_file_that_over_the_default(tmp_path: Path) -> None:
    """Each of the four places wins over the next."""
    environment = {"QAFILA_INBOX_GROUP": "30", "PATH": "/bin"}
    in_file: dict[str, str | int] = {**SAID, "inbox_group": 20}
    assert settings_of(tmp_path).inbox_group == 100
    assert settings_of(tmp_path, in_file).inbox_group == 20
    assert settings_of(tmp_path, in_file, environment).inbox_group == 30
    assert settings_of(tmp_path, in_file, environment, inbox_group="40").inbox_group == 40
    assert settings_of(tmp_path, in_file, {"QAFILA_INBOX_GROUP": ""}, inbox_group=None).inbox_group == 20


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("name", "Birch"),
        ("name", "b" * 31),
        ("title", ""),
        ("title", "two\nlines"),
        ("url", "http://birch.example"),
        ("url", "https://birch.example/path"),
        ("url", "https://birch.example:8443"),
        ("url", "https://127.0.0.1"),
        ("url", "https://localhost"),
        ("listen", "8400"),
        ("listen", "::1:8400"),
        ("listen", "127.0.0.1:70000"),
        ("trusted_proxy", "0.0.0.0/0"),
        ("trusted_proxy", "::/0"),
        ("trusted_proxy", "10.89.0.1/24"),
        ("trusted_proxy", "127.0.0.1, ::1"),
        ("trusted_proxy", "caddy"),
        ("trusted_proxy", "*"),
        ("database", "mysql://host/name"),
        ("database", "postgresql://host"),
        ("mode", "closed"),
        ("language", "English"),
        ("zone", "Mars/Base"),
        ("zone", "../../etc/passwd"),
        ("max_body_kib", 15),
        ("max_body_kib", "12.5"),
        ("inbox_group", True),
        ("title", 5),
        ("log_level", "loud"),
    ],
)
def test_a_value_that_is_not_allowed_is_refused_with_its_source_and_what_is_allowed(
    tmp_path: Path, name: str, value: str | int
) -> None:
    """The message says where the value stands and what would be allowed there."""
    with pytest.raises(ConfigError, match=r"qafila\.toml: .* is not allowed for .*Allowed: "):
        settings_of(tmp_path, {**SAID, name: value})


def test_an_unknown_name_is_refused_wherever_it_stands(tmp_path: Path) -> None:
    """A slip in a name never means that a setting is silently not set."""
    with pytest.raises(ConfigError, match=r"qafila\.toml: there is no setting called 'tittle'"):
        settings_of(tmp_path, {**SAID, "tittle": "x"})
    with pytest.raises(ConfigError, match=r"environment variable QAFILA_TITTLE: there is no setting"):
        settings_of(tmp_path, environment={"QAFILA_TITTLE": "x"})
    with pytest.raises(ConfigError, match=r"flag --no-such-thing: there is no setting"):
        settings_of(tmp_path, no_such_thing="x")


def test_what_a_collective_must_say_itself_is_asked_for(tmp_path: Path) -> None:
    """A missing name is an error that says how to get one."""
    with pytest.raises(ConfigError, match=r"the setting name is missing.*qafila init"):
        settings_of(tmp_path, {"title": "Birch", "url": "https://birch.example"})


def test_broken_toml_is_refused_with_its_place(tmp_path: Path) -> None:
    """The message names the file and the line."""
    (tmp_path / "qafila.toml").write_text("name = birch")
    with pytest.raises(ConfigError, match=r"qafila\.toml cannot be read: .*line 1"):
        read_settings(tmp_path / "qafila.toml", {}, {})


def test_plain_http_and_ports_are_for_the_lab_and_onion_services(tmp_path: Path) -> None:
    """A lab's folder may have an address of this machine; any other only one that the world can reach."""
    here = {**SAID, "url": "http://birch.localhost:8401/"}
    assert settings_of(tmp_path, here, lab=True).url == "http://birch.localhost:8401"
    with pytest.raises(ConfigError, match="not allowed for url"):
        settings_of(tmp_path, here)
    onion = f"http://{onion_of('birch')}"
    assert settings_of(tmp_path, {**SAID, "url": onion, "socks": TOR}).url == onion
    for never in (f"https://{onion_of('birch')}", f"http://{'a' * 56}.onion", f"{onion}:8080"):
        with pytest.raises(ConfigError, match="not allowed for url"):
            settings_of(tmp_path, {**SAID, "url": never, "socks": TOR})


def test_who_needs_tor_says_where_it_is(tmp_path: Path) -> None:
    """Everything through Tor, chosen or because the node is an onion service, does not start without `socks`."""
    onion = {**SAID, "url": f"http://{onion_of('birch')}"}
    for needs in ({**SAID, "tor": "everything"}, onion, {**onion, "tor": "onions"}):
        with pytest.raises(ConfigError, match=r"everything goes through Tor.*127\.0\.0\.1:9050.*--socks"):
            settings_of(tmp_path, needs)
        assert settings_of(tmp_path, {**needs, "socks": TOR}).tor_alone
    chosen = settings_of(tmp_path, {**SAID, "socks": "[::1]:9050", "onion": onion_of("birch")})
    assert (chosen.tor_alone, chosen.tor_address) == (False, ("::1", 9050))


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("socks", "localhost:9050"),
        ("socks", "tor.example:9050"),
        ("socks", "127.0.0.1"),
        ("socks", "127.0.0.1:0"),
        ("socks", "[fe80::1%eth0]:9050"),
        ("socks", "socks5://127.0.0.1:9050"),
        ("tor", "off"),
        ("onion", "birch.example"),
        ("onion", "http://" + onion_of("birch")),
        ("onion", "www." + onion_of("birch")),
        ("onion", onion_of("birch").upper()),
        ("onion", "a" * 56 + ".onion"),
    ],
)
def test_what_is_said_of_tor_is_exact(tmp_path: Path, setting: str, value: str) -> None:
    """Tor is an address in numbers, for which nobody has to be asked, and an onion service is one with its checksum."""
    with pytest.raises(ConfigError, match=f"not allowed for {setting}"):
        settings_of(tmp_path, {**SAID, setting: value})


def test_the_database_is_a_file_in_the_folder_or_postgresql(tmp_path: Path) -> None:
    """Both spellings of a PostgreSQL address become the one SQLAlchemy needs, and its password is not shown."""
    file = tmp_path / "qafila.db"
    assert settings_of(tmp_path).database_url(file) == f"sqlite+aiosqlite:///{file}"
    for written in ("postgres://", "postgresql://", "postgresql+asyncpg://"):
        chosen = settings_of(tmp_path, {**SAID, "database": f"{written}birch:sesame@db:5432/birch"})
        assert chosen.database_url(file) == "postgresql+asyncpg://birch:sesame@db:5432/birch"
        assert "sesame" not in repr(chosen)
    with pytest.raises(ConfigError) as refused:
        settings_of(tmp_path, {**SAID, "database": "oracle://birch:sesame@db/birch"})
    assert "sesame" not in str(refused.value)


def test_zone_and_listening_address_are_ready_to_use(tmp_path: Path) -> None:
    """They come as what the programs around them take."""
    chosen = settings_of(tmp_path, {**SAID, "zone": "Europe/Istanbul", "listen": "[::1]:8400"})
    assert str(chosen.timezone) == "Europe/Istanbul"
    assert chosen.listen_address == ("::1", 8400)
    assert chosen.trusted_networks == ()
    chosen = settings_of(tmp_path, {**SAID, "trusted_proxy": "127.0.0.1 10.89.0.0/24"})
    assert chosen.proxy_address == ("127.0.0.1", 8410)
    assert [str(network) for network in chosen.trusted_networks] == ["127.0.0.1/32", "10.89.0.0/24"]


@given(title=st.text(min_size=1, max_size=100), number=st.integers(1, 1000))
def test_what_is_written_as_toml_is_read_as_it_was(title: str, number: int) -> None:
    """Any text survives the way through the file, and every setting that is not given stands there as a comment."""
    title = title.encode("utf-8", "ignore").decode()
    text = toml_text({"title": title, "inbox_group": number})
    assert tomllib.loads(text) == {"title": title, "inbox_group": number}
    assert all(f"{setting.name} = " in text for setting in SETTINGS if setting.default is not None)


@pytest.mark.parametrize(
    ("text", "becomes"),
    [
        ('# mode = "allies"\n', 'mode = "open"\n'),
        ('# mode = "allies"\nmode="allies"\n', '# mode = "allies"\nmode = "open"\n'),
        ('name = "birch"', 'name = "birch"\n\nmode = "open"\n'),
    ],
)
def test_a_setting_is_written_where_it_stands(text: str, becomes: str) -> None:
    """Where it is set, however that is spelt; else where it is shown as a comment; else at the end."""
    assert with_setting(text, "mode", "open") == becomes


@pytest.mark.parametrize("text", ['summary = """\nmode = 1\n"""\n', 'mode = """a\nb"""\n', "mode == 1\n"])
def test_a_file_that_would_say_something_else_is_left_alone(text: str) -> None:
    """The error says which line to write by hand."""
    with pytest.raises(ConfigError, match='by hand: mode = "open"'):
        with_setting(text, "mode", "open")


def test_every_default_is_allowed() -> None:
    """The table agrees with itself."""
    for setting in SETTINGS:
        if setting.default is not None:
            assert setting.read(setting.default, "default") == setting.default


def test_the_manual_of_settings_is_up_to_date() -> None:
    """docs/settings.md is what the table writes: `python -m node.settings > docs/settings.md`."""
    written = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")
    assert written == manual()
    assert all(f"## {setting.name}\n" in written and setting.variable in written for setting in SETTINGS)


def test_the_manual_is_written_by_one_command() -> None:
    """The command in the head of the file does what it says."""
    done = subprocess.run(
        [sys.executable, "-m", "node.settings"], capture_output=True, check=True, cwd=ROOT, env=dict(os.environ)
    )
    assert done.stdout.decode() == manual()
