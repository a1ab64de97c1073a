"""PostgreSQL servers that a node cannot live in, and what is said of each."""

import re
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import asyncpg
import pytest

from node.store.reaching import OLDEST, check_kind, check_server
from schema.errors import ConfigError
from tests.conftest import NewDatabase
from tests.rig.nodes import free_port
from tests.rig.waiting import answered

WARY = "qafila_wary"


async def ask(address: str, *statements: str) -> str:
    """Say this to the server; the last answer."""
    connection = await asyncpg.connect(address.replace("+asyncpg", ""))
    try:
        for statement in statements[:-1]:
            await connection.execute(statement)
        return str(await connection.fetchval(statements[-1]))
    finally:
        await connection.close()


def look_at_the_password(hba: Path) -> None:
    """Let the server's rules begin with one for that user."""
    hba.write_text(f"local all {WARY} scram-sha-256\n{hba.read_text()}")


async def wary(address: str) -> str:
    """The address of the same database for somebody whose password is looked at."""
    hba = await ask(address, f"CREATE ROLE {WARY} LOGIN PASSWORD 'se/sa:me'", "SHOW hba_file")
    look_at_the_password(Path(hba))
    await ask(address, "SELECT pg_reload_conf()")
    known = re.sub("//[^@]*@", f"//{WARY}:se%2Fsa%3Ame@", address)
    await answered(partial(is_refused, known.replace("se%2Fsa", "open")), bool)
    return known


async def is_refused(address: str) -> bool:
    try:
        await check_server(address)
    except ConfigError:
        return True
    return False


async def test_each_refusal_says_what_to_do(postgres_url: NewDatabase) -> None:
    """A wrong password, another database, a text encoding that is too small: each has its own sentence."""
    address = await postgres_url()
    await check_server(address)
    known = await wary(address)
    await check_server(known)
    for wrong, words in (
        (known.replace("se%2Fsa", "open"), "user or password"),
        (re.sub("//[^@]*@", "//stranger@", address), "no such user"),
        (urlunsplit(urlsplit(address)._replace(path="/nowhere")), "createdb"),
        (f"{address}&sslmode=require", "ssl=require"),
        (f"postgresql+asyncpg://a:open@127.0.0.1:{free_port()}/a", "Connection refused"),
    ):
        with pytest.raises(ConfigError, match=words) as refused:
            await check_server(wrong)
        assert "open" not in str(refused.value)
        assert refused.value.__cause__ is None


async def test_a_database_must_hold_every_language(postgres_url: NewDatabase) -> None:
    """One that was not made for UTF-8 is refused, with how to make one that is."""
    address = await postgres_url()
    made = "CREATE DATABASE narrow TEMPLATE template0 ENCODING 'SQL_ASCII' LC_COLLATE 'C' LC_CTYPE 'C'"
    await ask(address, made, "SELECT 1")
    with pytest.raises(ConfigError, match=r"SQL_ASCII.*--encoding=UTF8"):
        await check_server(urlunsplit(urlsplit(address)._replace(path="/narrow")))


def test_an_old_server_is_refused() -> None:
    """The sentence says which is the oldest that will do."""
    check_kind(OLDEST, "UTF8")
    with pytest.raises(ConfigError, match=f"PostgreSQL {OLDEST - 1}, and a node needs {OLDEST}"):
        check_kind(OLDEST - 1, "UTF8")
