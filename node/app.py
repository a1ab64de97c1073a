"""A running node: the house, its server, its workers and its control socket, started and stopped together."""

import asyncio
import errno
import gc
import importlib
import os
import signal
import socket
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext, suppress
from datetime import timedelta
from functools import partial
from typing import Any, TypeAlias

import uvloop
from aiohttp import web

from federation.delivery import Delivery, DeliveryState, DeliveryWorker, Settled
from federation.inbox import Inbox
from federation.outbox import recipient
from federation.roster import Roster
from federation.synchronization import FollowersCheck, headers_for
from node import control
from node.aid import following, keys, profile, reconciling
from node.aid.verbs import VERBS
from node.connection import Connection
from node.folder import DataFolder, HeldFolder
from node.house import House, open_house
from node.inbound.apply import apply_group
from node.inbound.effect import Effect
from node.limits import Limits
from node.log import Fields, get_log, start_logging
from node.room import Room, room_for
from node.server import make_app
from node.service import READY, STOPPING, notify
from node.settings import Settings
from node.store import doors, inbox, pins, proposals
from node.store.calls import Kind
from node.store.queue import GatheringQueue
from node.together import hear
from node.visitor import Network
from schema.errors import ConfigError, InputError, QafilaError, StateError
from schema.visibility import Audience

SWEEP_SECONDS = 60
STOP_SECONDS = 5.0
STUMBLED_SECONDS = 5.0
Begin: TypeAlias = Callable[[House, HeldFolder], AbstractAsyncContextManager[Any]]
log = get_log(__name__)


def run(folder: DataFolder, settings: Settings) -> None:
    """Run the node until it is told to stop (SIGINT, SIGTERM).

    Errors as `open_house`, or a taken port; `OldKeys` where its keys were changed on another machine.
    """
    _start(folder, settings, started, Fields(port=settings.listen_address[1]), drain=settings.drain_seconds)


def work(folder: DataFolder, settings: Settings) -> None:
    """Deliver beside other processes of the node, until told to stop; errors as `run`, or a database of one process."""
    if not settings.shared:
        raise ConfigError(
            "This node keeps its posts in SQLite, which one process has for itself: `qafila run` delivers as well. "
            "Several processes need PostgreSQL, see deploy/README.md."
        )
    _start(folder, settings, lambda house, _: working(house), Fields())


def _start(folder: DataFolder, settings: Settings, begin: Begin, told: Fields, *, drain: float = 0) -> None:
    file = folder.path / settings.log_file if settings.log_file else None
    start_logging(settings.log_level, settings.log_format, file=file)
    with folder.lock(shared=settings.shared) as held:
        uvloop.run(_run(held, settings, begin, told, drain))


async def _run(held: HeldFolder, settings: Settings, begin: Begin, told: Fields, drain: float) -> None:
    began = time.monotonic()
    stop = Stop()
    async with open_house(held.folder, settings) as house:
        house.give_up = stop.give_up
        async with begin(house, held):
            _spare_the_collector()
            seconds = round(time.monotonic() - began, 2)
            log.info("ready", **(told | Fields(seconds=seconds, mode=house.mode.value)))
            notify(os.environ, READY)
            await stop.wait()
            notify(os.environ, STOPPING)
            log.info("stopping")
            house.leaving = True
            await stop.wait_again(drain)
    log.info("stopped")
    if stop.reason is not None:
        raise stop.reason


class Stop:
    """How a node is told to stop: by a signal, or by itself where it must not go on."""

    def __init__(self) -> None:
        """Hear signals from now on."""
        self.reason: ConfigError | None = None
        self._told = asyncio.Event()
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, self._told.set)

    def give_up(self, reason: ConfigError) -> None:
        """Stop at once, and say why."""
        self.reason = reason
        self._told.set()

    async def wait(self) -> None:
        """Until it is told."""
        await self._told.wait()

    async def wait_again(self, seconds: float) -> None:
        """For so long, or until it is told once more; not at all where it must not go on."""
        self._told.clear()
        if self.reason is None:
            with suppress(TimeoutError):
                async with asyncio.timeout(seconds):
                    await self._told.wait()


def _spare_the_collector() -> None:
    """What was loaded lives as long as the process, and what messages leave behind is seldom a cycle: look rarely."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 10, 10)


@asynccontextmanager
async def started(house: House, held: HeldFolder | None = None) -> AsyncIterator[DeliveryWorker]:
    """Everything that runs in an open house, for the length of the block."""
    check = FollowersCheck(
        house.ids.actor, lambda: house.roster, house.fetcher, partial(reconciling.set_right, house), house.now
    )
    async with _metered(house), _delivering(house, Kind.RUN) as worker:
        box: Inbox[Effect] = Inbox(
            house.verifier,
            partial(apply_group, house),
            group=house.settings.inbox_group,
            heard_from=worker.heard_from,
            taken=check.heard,
        )
        limits = Limits(house.settings, house.now, partial(_limited, house))
        async with (
            box,
            _serving(house, box, limits),
            _working(check.run),
            _working(partial(_sweep, house, limits.forget)),
        ):
            if held is None:
                yield worker
            else:
                async with control.serve(held, partial(dispatch, house)):
                    yield worker


@asynccontextmanager
async def working(house: House) -> AsyncIterator[None]:
    """What runs where another process serves."""
    async with _metered(house), _delivering(house, Kind.WORK), _working(partial(_sweep, house)):
        yield


@asynccontextmanager
async def _delivering(house: House, kind: Kind) -> AsyncIterator[DeliveryWorker]:
    """The delivery worker, and what lets it follow other processes."""
    queue = GatheringQueue(house.store, house.ids.actor, current=house.catch_up)
    worker = DeliveryWorker(
        queue,
        house.exchange,
        house.now,
        house.random,
        peers_at_once=house.settings.delivery_peers_at_once,
        on_hold=lambda: {recipient(actor).peer for actor in house.roster.suspended.values()},
        may_get=_may_get(house),
        to_followers=lambda peer: headers_for(house.ids, house.roster, peer),
        told=partial(_delivered, house),
    )
    house.wake_delivery = worker.wake
    hearing = _working(partial(hear, house, worker, kind)) if house.store.shared else nullcontext()
    async with queue, _working(worker.run), hearing:
        yield worker
    house.wake_delivery = lambda: None


async def dispatch(house: House, verb: str, arguments: dict[str, Any]) -> dict[str, Any]:
    """Run a use case by its name."""
    if verb not in VERBS:
        raise InputError(f"There is no verb called {verb!r:.60}. Is another version of Qafila running?")
    try:
        return await VERBS[verb](house, **arguments)
    except TypeError as error:
        if error.__traceback__ is not None and error.__traceback__.tb_next is None:
            raise InputError(f"{verb}: these are not its arguments.") from None
        raise


@asynccontextmanager
async def _serving(house: House, box: Inbox[Effect], limits: Limits) -> AsyncIterator[None]:
    runner = web.AppRunner(make_app(house, box, limits), shutdown_timeout=STOP_SECONDS)
    await runner.setup()
    loop = asyncio.get_running_loop()
    if runner.server is None:
        raise ConfigError("The HTTP server did not start.")
    settings = house.settings
    connection = partial(
        Connection,
        runner.server,
        Room(room_for(settings.connections), settings.connections_of_one_address),
        answer_seconds=float(settings.answer_timeout_seconds),
        # From the first byte or the last answer until a whole header is there; bytes that trickle in change nothing.
        keepalive_timeout=float(settings.header_timeout_seconds),
        loop=loop,
    )
    listening: list[asyncio.Server] = []

    async def listen(flag: str, host: str, port: int, trusted: Sequence[Network]) -> None:
        try:
            door = await loop.create_server(partial(connection, trusted=trusted), host, port, reuse_address=True)
        except OSError as error:
            raise _cannot_listen(error, host, port, flag) from error
        listening.append(door)

    try:
        await listen("--listen", *settings.listen_address, ())
        if settings.trusted_networks:
            await listen("--proxy-listen", *settings.proxy_address, settings.trusted_networks)
        yield
    finally:
        for door in listening:
            door.close()
        await runner.cleanup()


@asynccontextmanager
async def _metered(house: House) -> AsyncIterator[None]:
    """Count what the node does, where somebody may ask."""
    if (address := house.settings.metrics_address) is None:
        yield
        return
    endpoint = importlib.import_module("node.watching.endpoint")
    meter = importlib.import_module("node.watching.prometheus").Prometheus()
    house.meter = meter
    try:
        async with endpoint.showing(house, meter, *address):
            yield
    except OSError as error:
        raise _cannot_listen(error, *address, "--metrics-listen") from error


def _cannot_listen(error: OSError, host: str, port: int, flag: str) -> QafilaError:
    """Whether it will be so the next time too: a port may become free, an address may come up."""
    if error.errno == errno.EADDRINUSE:
        return StateError(f"Port {port} on {host} is taken by another program. Stop it, or choose another with {flag}.")
    if error.errno == errno.EACCES:
        return ConfigError(f"Port {port} is for root alone. Choose one above 1023 with {flag}, behind a web server.")
    if isinstance(error, socket.gaierror):
        return ConfigError(f"There is no address {host} on this machine. Choose one with {flag}.")
    return StateError(f"Cannot listen on {host}, port {port}: {error.strerror}.")


@asynccontextmanager
async def _working(work: Callable[[], Awaitable[None]]) -> AsyncIterator[None]:
    task = asyncio.create_task(_again_and_again(work))
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def _again_and_again(work: Callable[[], Awaitable[None]]) -> None:
    """A worker that stumbles (a full disk, a database away) begins anew: what it works on lies in the database."""
    while True:
        try:
            await work()
        except Exception as error:  # noqa: BLE001 (the node goes on serving, or was told to stop)
            log.crash("a worker stumbled", error)
        await asyncio.sleep(STUMBLED_SECONDS)


async def _sweep(house: House, forget: Callable[[], None] = lambda: None) -> None:
    """Once a minute: what has ended is marked so, and what nobody needs any more is forgotten, here in memory too."""
    await profile.announce(house)  # what the settings say anew: once, since another process may have others
    while True:
        now = house.now()
        forget()
        async with house.store.transaction() as connection:
            expired = await proposals.expire(connection, now)
            await doors.sweep(connection, now)
            await pins.sweep(connection, now)
            await inbox.forget_strangers(
                connection,
                now,
                window=timedelta(minutes=house.settings.signature_window_minutes),
                at_least=timedelta(hours=house.settings.replay_memory_hours),
            )
        await following.expire(house)
        await keys.announce(house)  # what a crash kept from being said
        await keys.retire(house)
        if expired:
            log.info("expired", count=expired)
        await asyncio.sleep(SWEEP_SECONDS)


def _may_get(house: House) -> Callable[[str, Delivery], bool]:
    """What is for allies goes to those who are allies at that moment; a withdrawal goes to all who got it."""
    known: Roster | None = None
    allied: frozenset[str] = frozenset()

    def may_get(peer: str, delivery: Delivery) -> bool:
        nonlocal known, allied
        if known is not house.roster:
            known = house.roster
            allied = frozenset(recipient(actor).peer for actor in known.allies.values())
        return delivery.audience != Audience.ALLIES or delivery.type == "Delete" or peer in allied

    return may_get


def _limited(house: House, limit: str) -> None:
    """Tell those who watch that somebody was turned away."""
    house.meter.limited(limit)


def _delivered(house: House, peer: str, settled: Settled) -> None:
    """Tell those who watch what became of a delivery."""
    delivery = settled.delivery
    details = {"id": delivery.object, "activity": delivery.type, "peer": peer}
    house.meter.settled(settled.state.value)
    if settled.state is DeliveryState.DELIVERED:
        house.events.tell("delivered", **details)
    elif settled.state is DeliveryState.REFUSED:
        house.events.tell("refused", **details, status=settled.status, reason=settled.reason)
        log.warning("a delivery was refused", status=settled.status or 0)
