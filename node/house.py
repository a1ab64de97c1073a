"""The house: everything that one collective's node has, put together once and handed to every use case."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any, Final

import orjson
from aiohttp.abc import AbstractResolver
from sqlalchemy.ext.asyncio import AsyncConnection

from activitypub.actor import RemoteActor, build_actor, build_node_actor, read_actor
from activitypub.document import Limits, read_document
from activitypub.ids import Ids
from activitypub.signatures.fingerprint import fingerprint
from activitypub.signatures.keyring import Keyring
from activitypub.signatures.keys import SigningKeys, write_multikey, write_pem
from federation.addresses import BESIDE_TOR, LOOPBACK_LAB, PUBLIC_INTERNET, THROUGH_TOR, AddressRules
from federation.buckets import per_minute
from federation.directory import ActorDirectory
from federation.fetch import Fetcher
from federation.outbox import Signer
from federation.pins import KeyWatch, Pin, keys_in_force, write_statements
from federation.policy import Mode
from federation.resolvers import LabResolver
from federation.respelling import Respeller
from federation.roster import Roster
from federation.signing import Manners, SignedExchange
from federation.socks import Tor
from federation.transport import Limits as TransportLimits
from federation.transport import Transport
from federation.verify import Verifier
from node import clock
from node.events import Events
from node.face import face_of
from node.folder import DataFolder
from node.log import get_log
from node.settings import Settings
from node.store import identity, relations, stamps
from node.store import profile as profiles
from node.store.actors import StoredActors
from node.store.engine import Store, create_engine
from node.store.pins import StoredPins
from node.store.stamps import KeyStamp, Stamps
from node.store.versions import check_version
from node.watching.meter import Meter, NoMeter
from schema.errors import ConfigError, Malformed
from schema.lineage import Lineage
from schema.profile import Profile

SPARED: Final = timedelta(minutes=1)
"""How old a half-written file of keys is when no other process can be writing it any more."""
log = get_log(__name__)


@dataclass(slots=True)
class House:
    """One collective's node, open.

    `lab` is whether it lives on one machine with its peers. `known_as` are the names that lead here, our own first;
    whoever comes by the other one is told our own. `wake_delivery` reaches the delivery worker where one runs;
    in a house that a command opened for a moment it does nothing. `leaving` is whether the node was told to stop, and
    `give_up` tells it to, where it must not go on. What other processes of this node change: `node.together`.
    """

    folder: DataFolder
    settings: Settings
    ids: Ids
    keyring: Keyring
    lineage: Lineage
    signer: Signer
    store: Store
    transport: Transport
    exchange: SignedExchange
    fetcher: Fetcher
    directory: ActorDirectory
    respeller: Respeller
    events: Events
    lab: bool
    now: Callable[[], datetime] = clock.now
    new_id: Callable[[], str] = clock.new_id
    random: Callable[[], float] = clock.dice
    new_keys: Callable[[], SigningKeys] = SigningKeys.generate
    roster: Roster = field(default_factory=Roster)
    profile: Profile = field(default_factory=Profile)
    meter: Meter = field(default_factory=NoMeter)
    wake_delivery: Callable[[], None] = lambda: None
    leaving: bool = False
    give_up: Callable[[ConfigError], None] = lambda _: None
    known_as: tuple[Ids, ...] = field(init=False)
    key_watch: KeyWatch = field(init=False)
    _refreshing: asyncio.Lock = field(default_factory=asyncio.Lock)
    _relations: int = 0
    _profile: int = 0

    def __post_init__(self) -> None:
        """Know our names, and begin to watch the keys of allies."""
        onion = self.settings.onion
        self.known_as = (self.ids, Ids.of_onion(onion, self.ids.name)) if onion else (self.ids,)
        pins = StoredPins(self.store, self.read_actor, self.now, moved=self.refresh_roster, alarmed=self.alarmed)
        self.key_watch = KeyWatch(self.fetcher, pins, self.now)

    @property
    def mode(self) -> Mode:
        """How open this node is."""
        return Mode(self.settings.mode)

    @property
    def verifier(self) -> Verifier:
        """Checks what comes in against the roster of that moment."""
        return Verifier(
            lambda: self.roster,
            self.directory,
            self.now,
            own=[ids.origin for ids in self.known_as],
            scheme="https" if self.ids.origin.scheme == "https" else "http",
            window=timedelta(minutes=self.settings.signature_window_minutes),
            limits=Limits(max_bytes=self.settings.max_body_kib * 1024),
            allow_http=self.lab,
            respeller=self.respeller,
            renew=self.renew,
        )

    async def renew(self, actor: str, about: str | None) -> RemoteActor | None:
        """An ally as it is pinned once its keys were looked at; arguments and errors as `KeyWatch.look`."""
        await self.key_watch.look(actor, about=about)
        return self.roster.allies.get(actor)

    def keep_keys(self, keyring: Keyring) -> None:
        """Write our keys down, and use them from then on. A crash leaves the file of before, or this one."""
        line = keyring.lineage(self.ids)
        self.folder.replace_keys(keyring.dump())
        self._use_keys(keyring, line)

    def read_keys(self) -> None:
        """Use the keys that lie in the data folder: another process may have put them there."""
        keyring = Keyring.load(self.folder.read_keys())
        self._use_keys(keyring, keyring.lineage(self.ids))

    def _use_keys(self, keyring: Keyring, line: Lineage) -> None:
        self.keyring, self.lineage = keyring, line
        self.signer.keys = keyring.current

    def actor_document(self, profile: Profile | None = None) -> dict[str, Any]:
        """Our collective, as the world sees it; or as it will with another profile."""
        keys = self.signer.keys
        return build_actor(
            self.ids,
            name=self.settings.title,
            summary=self.settings.summary,
            public_key_pem=write_pem(keys.rsa_public),
            ed25519_multikey=write_multikey(keys.ed25519_public),
            manually_approves_followers=self.mode is Mode.ALLIES,
            generation=keys.generation,
            earlier=self.lineage.listed(self.now()),
            last_statement=self.keyring.sequence,
            face=face_of(self.ids, self.settings, profile or self.profile),
        )

    def node_document(self) -> dict[str, Any]:
        """The node itself, as the world sees it. It lends the collective's key, under an id of its own."""
        keys = self.signer.keys
        return build_node_actor(self.ids, public_key_pem=write_pem(keys.rsa_public), generation=keys.generation)

    def own_actor(self) -> RemoteActor:
        """Ourselves, with all keys that ever were ours."""
        document = orjson.dumps(self.actor_document())
        return Pin(
            self.read_actor(document, self.ids.actor), document, write_statements(self.keyring.statements)
        ).trusted

    def read_actor(self, document: bytes, address: str) -> RemoteActor:
        """An actor that was kept as the bytes it came in."""
        return read_actor(read_document(document), address, allow_http=self.lab)

    def own_words(self) -> tuple[str, ...]:
        """The fingerprint of our own keys, to be read out by phone."""
        return words_of(self.own_actor())

    @asynccontextmanager
    async def acting(self) -> AsyncIterator[AsyncConnection]:
        """A transaction that rests on our relations, profile or keys: here as they are now, and they stay so in it."""
        async with self.store.transaction() as connection:
            await self.catch_up(connection)
            yield connection

    @asynccontextmanager
    async def relating(self) -> AsyncIterator[AsyncConnection]:
        """A transaction that changes our relations; the roster follows once it is committed."""
        async with self.acting() as connection:
            yield connection
            await stamps.relations_changed(connection)
        await self.refresh_roster()

    @asynccontextmanager
    async def keeping_keys(self) -> AsyncIterator[AsyncConnection]:
        """A transaction in which our keys may change, and no other process can change them."""
        async with self.acting() as connection:
            if self.store.shared:  # a process that changed them may have been killed before it could say so
                self.read_keys()
            yield connection

    @asynccontextmanager
    async def presenting(self) -> AsyncIterator[AsyncConnection]:
        """A transaction that changes our profile; the one in memory follows once it is committed."""
        async with self.acting() as connection:
            yield connection
            await stamps.profile_changed(connection)
        await self.refresh_profile()

    async def refresh_roster(self) -> None:
        """Take over our relations as they are committed. One at a time, so that what was read last stands."""
        async with self._refreshing, self.store.reading() as connection:
            await self._read_relations(connection, await stamps.read(connection))

    async def refresh_profile(self) -> None:
        """Take over our profile as it is committed, in the same way."""
        async with self._refreshing, self.store.reading() as connection:
            await self._read_profile(connection, await stamps.read(connection))

    async def look(self) -> None:
        """See whether another process changed our relations, profile or keys; errors as `catch_up`."""
        if self.store.shared:
            async with self.store.reading() as connection:
                await self.catch_up(connection)

    async def catch_up(self, connection: AsyncConnection) -> None:
        """Take over what other processes changed, where the database can be shared.

        Raises `OldKeys`, and gives up, where the data folder has older keys than those that are in use.
        """
        if self.store.shared:
            said = await stamps.read(connection)
            try:
                self._check_keys(said.keys)
            except OldKeys as error:
                self.give_up(error)
                raise
            if said.relations > self._relations:
                await self._read_relations(connection, said)
            if said.profile > self._profile:
                await self._read_profile(connection, said)

    async def _read_relations(self, connection: AsyncConnection, said: Stamps) -> None:
        found = await self.read_roster(connection)
        if said.relations >= self._relations:
            self.roster, self._relations = found, said.relations

    async def _read_profile(self, connection: AsyncConnection, said: Stamps) -> None:
        found = await profiles.read(connection)
        if said.profile >= self._profile:
            self.profile, self._profile = found, said.profile

    def _check_keys(self, said: KeyStamp | None) -> None:
        """Ours may be newer: then a crash came before others could be told, and that is made good soon."""
        if said is None or self._has_keys(said):
            return
        self.read_keys()
        if not self._has_keys(said):
            raise OldKeys(
                f"{self.folder.keys_file} does not hold the keys that the collective uses now: they were changed on "
                "another machine, or an older file was put here. Copy that file from there, then start again. Where "
                "the newer one is lost everywhere, say: qafila keys use-file "
                f"(Statements about keys: {said.sequence} in use, {self.keyring.sequence} here.)"
            )

    def _has_keys(self, said: KeyStamp) -> bool:
        ours = KeyStamp.of(self.keyring)
        return ours == said or ours.sequence > said.sequence

    async def read_roster(self, connection: AsyncConnection) -> Roster:
        """Our relations as the database has them."""
        return await relations.roster(connection, self.read_actor)

    def alarmed(self, actor: str) -> None:
        """Tell those who watch this node that the keys of an ally are not what they were."""
        log.warning("the keys of an ally changed, and nothing leads to the new ones")
        self.events.tell("key_alarm", owner=actor)

    def send_at(self, now: datetime) -> datetime:
        """When something published now may leave: after a random wait, so that its moment tells nothing."""
        return now + timedelta(seconds=self.settings.delivery_delay_seconds * self.random())


def _rules(settings: Settings) -> AddressRules:
    """What may be dialled, and what Tor takes, as the settings have it."""
    if settings.tor_alone:
        return THROUGH_TOR
    return BESIDE_TOR if settings.socks else PUBLIC_INTERNET


class OldKeys(ConfigError):
    """The data folder has not got the keys that are in use."""

    status = HTTPStatus.SERVICE_UNAVAILABLE


def words_of(actor: RemoteActor) -> tuple[str, ...]:
    """Eight words for the keys of an actor: whoever reads out the same words has the same keys in force."""
    keys = keys_in_force(actor)
    if not keys:
        raise Malformed("an actor without a key that we can read", shown="This collective shows no key.")
    return fingerprint(actor.id, keys)


@asynccontextmanager
async def open_house(
    folder: DataFolder,
    settings: Settings,
    now: Callable[[], datetime] = clock.now,
    *,
    resolver: AbstractResolver | None = None,
) -> AsyncIterator[House]:
    """Open the house in a data folder whose lock the caller holds; `resolver` looks names up in place of the system.

    Raises `ConfigError` for a database of another collective, or of a version that this code must not open.
    """
    folder.sweep(spare=SPARED if settings.shared else timedelta())
    keyring = Keyring.load(folder.read_keys())
    ids = Ids(settings.url, settings.name)
    lineage = keyring.lineage(ids)
    signer = Signer(ids, keyring.current)
    lab = folder.is_lab
    transport = Transport(
        LOOPBACK_LAB if lab else _rules(settings),
        tor=None if settings.tor_address is None else Tor(*settings.tor_address),
        resolver=resolver or (LabResolver() if lab else None),
        limits=TransportLimits(deadline=settings.fetch_deadline),
        connections=settings.delivery_peers_at_once + 20,
    )
    store = Store(create_engine(settings.database_url(folder.database)))
    exchange = SignedExchange(
        transport, signer, now, Manners(lambda peer: house.roster.announced.get(peer, frozenset()))
    )
    fetcher = Fetcher(transport, exchange, allow_http=lab)
    try:
        async with store.transaction() as connection:
            await check_version(connection)
            await identity.settle(connection, identity.Identity(settings.url, settings.name))
            await stamps.settle_keys(connection, KeyStamp.of(keyring))
        async with transport, Respeller() as respeller:
            house = House(
                folder=folder,
                settings=settings,
                ids=ids,
                keyring=keyring,
                lineage=lineage,
                signer=signer,
                store=store,
                transport=transport,
                exchange=exchange,
                fetcher=fetcher,
                directory=ActorDirectory(
                    fetcher, StoredActors(store), now, rate=per_minute(settings.stranger_fetches_per_minute)
                ),
                respeller=respeller,
                events=Events(now),
                lab=lab,
                now=now,
            )
            await house.refresh_roster()
            await house.refresh_profile()
            await house.look()
            yield house
    finally:
        await store.close()
