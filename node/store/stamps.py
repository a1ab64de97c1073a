"""By what a process sees that something it keeps in memory was changed by another one (PostgreSQL; SQLite has one).

| relations | rises with each change of allies and follows, in the transaction that changes them |
| profile   | rises in the same way with what the collective says of itself                      |
| keys      | the number of the last statement about our keys, and the digest of the pair in use |
"""

from dataclasses import dataclass
from hashlib import sha256
from typing import Final, Self

from sqlalchemy import delete, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from activitypub.signatures.keyring import Keyring
from activitypub.signatures.keys import write_multikey
from node.store.calls import Word, call_out
from node.store.tables import node as table

RELATIONS: Final = "relations"
PROFILE: Final = "profile"
KEYS: Final = "keys"


@dataclass(frozen=True, slots=True)
class KeyStamp:
    """Which keys a process has: those of two with the same stamp are the same."""

    sequence: int
    digest: str

    @classmethod
    def of(cls, keyring: Keyring) -> Self:
        """That of these keys."""
        pair = (write_multikey(keyring.current.ed25519_public), write_multikey(keyring.current.rsa_public))
        return cls(keyring.sequence, sha256(" ".join(pair).encode()).hexdigest())

    def __str__(self) -> str:
        return f"{self.sequence} {self.digest}"


@dataclass(frozen=True, slots=True)
class Stamps:
    """What the database says; `keys` is None where nobody wrote it down yet."""

    relations: int
    profile: int
    keys: KeyStamp | None


async def read(connection: AsyncConnection) -> Stamps:
    """All of them, as they are now."""
    query = select(table.c.key, table.c.value).where(table.c.key.in_((RELATIONS, PROFILE, KEYS)))
    said = dict((await connection.execute(query)).all())
    keys = None
    if KEYS in said:
        sequence, _, digest = said[KEYS].partition(" ")
        keys = KeyStamp(int(sequence), digest)
    return Stamps(int(said.get(RELATIONS, 0)), int(said.get(PROFILE, 0)), keys)


async def relations_changed(connection: AsyncConnection) -> None:
    """Let every process read them anew."""
    if connection.dialect.name == "postgresql":
        await _write(connection, RELATIONS, str((await read(connection)).relations + 1))
        await call_out(connection, Word.RELATIONS)


async def profile_changed(connection: AsyncConnection) -> None:
    """Let every process read it anew."""
    if connection.dialect.name == "postgresql":
        await _write(connection, PROFILE, str((await read(connection)).profile + 1))
        await call_out(connection, Word.PROFILE)


async def settle_keys(connection: AsyncConnection, ours: KeyStamp) -> None:
    """Write them down where nobody did, or where ours are newer: they may have changed while the node had SQLite."""
    said = (await read(connection)).keys
    if said is None or ours.sequence > said.sequence:
        await keys_changed(connection, ours)


async def keys_changed(connection: AsyncConnection, stamp: KeyStamp) -> None:
    """Let every process read them anew, or stop where its folder has not got them."""
    if connection.dialect.name == "postgresql":
        await _write(connection, KEYS, str(stamp))
        await call_out(connection, Word.KEYS)


async def _write(connection: AsyncConnection, key: str, value: str) -> None:
    await connection.execute(delete(table).where(table.c.key == key))
    await connection.execute(insert(table).values(key=key, value=value))
