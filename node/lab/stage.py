"""Runs the lab: starts three nodes, makes them allies, lets each publish its spreadsheet, and tells what travels."""

import asyncio
import signal
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from node import clock, control
from node.aid.spreadsheet.reader import read_spreadsheet
from node.aid.spreadsheet.sheet import Defaults
from node.control import NotRunning
from node.lab.cast import CAST, FIRST_PORT, NAMES, LabFolder, Member
from node.lab.child import Child
from node.lab.making import check_port, choose_port, hold, make
from node.lab.story import Story
from schema.errors import InputError, StateError, Unavailable
from schema.plain import dump_draft

TICK_SECONDS = 0.5
LISTEN_SECONDS = 20.0
ARRIVAL_SECONDS = 15.0
PROGRAM = Path(sys.argv[0]).as_posix() if "/" in sys.argv[0] else "qafila"  # as it can be typed again from here


class Stage:
    """The running lab."""

    def __init__(self, lab: LabFolder, say: Callable[[str], None], human: Callable[[str], str]) -> None:
        """`say` prints a line, `human` makes text that people wrote safe for it."""
        self.lab = lab
        self._say = say
        self._human = human
        self._children = {member.name: Child(lab, member.name) for member in CAST}
        self._story = Story(tuple(self._children), say, human, time.monotonic)
        self._names_of: dict[str, str] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._expected: int | None = None  # how many posts set out
        self._arrived = asyncio.Event()

    async def run(self, port: int | None) -> None:
        """Run until SIGINT or SIGTERM."""
        stop = asyncio.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(number, stop.set)
        with hold(self.lab) as held:
            await self._make(port)
            try:
                async with control.serve(held, self._obey):
                    await self._first_act(stop)
                    await stop.wait()
                    self._say("")
                    self._say("Stopping. Everything is kept; the same command goes on where it stopped.")
            finally:
                await self._curtain()

    async def _make(self, port: int | None) -> None:
        first = choose_port(self.lab, port, FIRST_PORT)
        for offset in range(len(CAST)):
            check_port(first + offset)
        self._say(f"Three collectives on this machine. Their data is in {self.lab.path}")
        new = await make(self.lab, first)
        if new:
            self._say(f"  made        {', '.join(new)}: keys, settings and a database each")

    async def _first_act(self, stop: asyncio.Event) -> None:
        act = asyncio.create_task(self._introduce())
        stopped = asyncio.create_task(stop.wait())
        await asyncio.wait({act, stopped}, return_when=asyncio.FIRST_COMPLETED)
        stopped.cancel()
        if act.done():
            act.result()
        else:
            act.cancel()
            with suppress(asyncio.CancelledError):
                await act

    async def _curtain(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await asyncio.gather(*(child.stop() for child in self._children.values()))

    async def _introduce(self) -> None:
        await asyncio.gather(*(self._start(member.name) for member in CAST))
        await self._make_allies()
        self._do(self._tick())
        self._expected = sum(await asyncio.gather(*(self._publish(member) for member in CAST)))
        with suppress(TimeoutError):
            async with asyncio.timeout(ARRIVAL_SECONDS):
                await self._arrived.wait()
        await self._show_doors()

    async def _start(self, name: str) -> None:
        child = self._children[name]
        await child.start()
        settings = self.lab.settings_of(name)
        self._names_of[settings.url] = name
        self._say(f"  started     {name}  {settings.url}  (process {child.pid})")
        last = (await child.ask("events"))["last"]
        self._do(self._listen(child, last))
        self._do(self._watch(child))

    async def _make_allies(self) -> None:
        """What two people do on the phone: each reads its eight words out, the other compares them."""
        faces = {name: await child.ask("whoami") for name, child in self._children.items()}
        for name, child in self._children.items():
            known = {ally["actor"] for ally in (await child.ask("ally_list"))["allies"]}
            for other, face in faces.items():
                if other == name or face["actor"] in known:
                    continue
                words = " ".join(face["words"])
                seen = await child.ask("ally_look", {"address": face["handle"]})
                await child.ask("ally_add", {"address": seen["actor"], "words": words, "by": "the lab"})
                self._say(f"  ally        {name} trusts {other}: {words}")

    async def _publish(self, member: Member) -> int:
        """Import the collective's spreadsheet, the first time; returns how many posts set out."""
        child = self._children[member.name]
        if (await child.ask("list_own", {"state": "all", "limit": 1}))["posts"]:
            posts = (await child.ask("status"))["proposals"]
            self._say(f"  goes on     {member.name}: {posts['own']} posts of its own, {posts['others']} of others")
            return 0
        defaults = Defaults(language=member.language)
        sheet = read_spreadsheet(member.rows(), now=clock.now(), defaults=defaults)
        rows = [
            {"line": row.line, "key": row.key, "fingerprint": row.fingerprint, "draft": dump_draft(row.draft)}
            for row in sheet.rows
        ]
        done = await child.ask("import_rows", {"rows": rows})
        self._say(f"  imported    {member.name}: {done['published']} posts from {member.spreadsheet}")
        published: int = done["published"]
        return published

    async def _show_doors(self) -> None:
        """Where to look, once what was published has arrived."""
        doors = {name: (await child.ask("open_link"))["url"] for name, child in self._children.items()}
        lines = (
            "",
            "Open these in a browser. The pages that anyone may see:",
            *(f"  {name}  {self.lab.settings_of(name).url}/" for name in doors),
            "The feed of everything, for the people of a collective (a link works once, for 10 minutes):",
            *(f"  {name}  {url}" for name, url in doors.items()),
            "",
            "Try in another terminal, from this folder:",
            f"  {PROGRAM} lab stop birch            and later: {PROGRAM} lab start birch",
            f"  {PROGRAM} offer '10 kg onions' --category food-dry --data {self.lab.path / NAMES[0]}",
            "Ctrl-C here stops all three; everything is kept.",
            "",
        )
        self._say("\n".join(lines))

    def _do(self, work: Any) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _tick(self) -> None:
        while True:
            self._story.tick()
            if self._expected is not None and self._story.told >= self._expected:
                self._arrived.set()
            await asyncio.sleep(TICK_SECONDS)

    async def _listen(self, child: Child, after: int) -> None:
        """Take the node's events for as long as it runs."""
        with suppress(NotRunning, Unavailable):
            while True:
                heard = await child.ask("events", {"after": after, "wait": LISTEN_SECONDS})
                after = heard["last"]
                for event in heard["events"]:
                    self._story.hear(child.name, event, self._names_of)

    async def _watch(self, child: Child) -> None:
        """Say when a node ended that nobody stopped here."""
        status = await child.ended()
        if child.wanted:
            how = f"by signal {-status}" if status is not None and status < 0 else f"with status {status}"
            self._say(f"  ended       {child.name} {how}. Start it again with: qafila lab start {child.name}")
            self._say(f"              Its log: {self.lab.log_of(child.name)}")

    async def _obey(self, verb: str, arguments: dict[str, Any]) -> dict[str, Any]:
        """What `qafila lab stop`, `start` and `status` ask from another terminal."""
        if verb == "status":
            return {"nodes": [self._line(child) for child in self._children.values()]}
        child = self._children.get(str(arguments.get("name")))
        if child is None or verb not in {"stop", "start"}:
            raise InputError(f"The lab has {', '.join(self._children)}, to stop or to start.")
        if verb == "stop":
            await child.stop()
            self._say(f"  stopped     {child.name}")
        elif child.pid is None:
            await self._start(child.name)
        return self._line(child)

    def _line(self, child: Child) -> dict[str, Any]:
        settings = self.lab.settings_of(child.name)
        return {"name": child.name, "url": settings.url, "pid": child.pid, "data": str(self.lab.of(child.name).path)}


def run(lab: LabFolder, port: int | None, say: Callable[[str], None], human: Callable[[str], str]) -> None:
    """Run the lab in this terminal."""
    asyncio.run(Stage(lab, say, human).run(port))


async def ask(lab: LabFolder, verb: str, **arguments: Any) -> dict[str, Any]:
    """Ask the running lab; `StateError` with what to do where none runs."""
    try:
        return await control.call(lab.own, verb, arguments)
    except NotRunning:
        raise StateError(f"No lab is running on {lab.path}. Start one with: qafila lab") from None
