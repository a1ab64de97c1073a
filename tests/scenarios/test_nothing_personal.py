"""Two nodes at work, with words planted wherever a person can write or be seen: none of them is written down."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path

from schema.place import Place
from schema.plain import dump_draft, load_draft
from schema.visibility import Audience
from tests.rig.alone import offer
from tests.rig.http import Answer, ask
from tests.rig.nodes import free_port
from tests.rig.processes import processes
from tests.rig.waiting import answered
from tests.scenarios.test_killed import allied

PLANTED = "Zarzuela"
TITLE, NOTE, AREA = f"{PLANTED} title", f"{PLANTED} note", f"{PLANTED} area"
HEADERS = {
    "User-Agent": f"{PLANTED}/1.0",
    "Referer": f"https://{PLANTED}.example/",
    "X-Forwarded-For": "203.0.113.77",
    "Cookie": f"qafila={PLANTED}",
    "Accept-Language": PLANTED,
}
DATABASE = ("qafila.db", "qafila.db-wal", "qafila.toml")  # what a node is there to keep


def written(*folders: Path) -> Iterator[tuple[str, bytes]]:
    """Every file that a node wrote beside its database."""
    for folder in folders:
        for path in folder.rglob("*"):
            if path.is_file() and path.name not in DATABASE:
                yield str(path), path.read_bytes()


async def asked(base: str, door: str) -> list[Answer]:
    """A stranger who asks for many things, some of them badly, and in the end too many, by the web server's door."""
    paths = (
        "/",
        f"/?q={PLANTED}",
        f"/actors/{PLANTED}",
        f"/proposals/{PLANTED}",
        f"/.well-known/webfinger?resource=acct:{PLANTED.lower()}@{PLANTED.lower()}.example",
        f"/open/{PLANTED}",
        f"/tags/{PLANTED}",
        f"/logo/{PLANTED}.png",
        "/health",
    )
    answers = [await ask(base + path, HEADERS) for path in paths]
    body = f'{{"id":"https://{PLANTED}.example/1","type":"Create","actor":"https://{PLANTED}.example/"}}'.encode()
    kind = {"Content-Type": "application/activity+json", "Signature": f'keyId="https://{PLANTED}.example/"'}
    answers.append(await ask(base + "/inbox", HEADERS | kind, method="POST", body=body))
    answers.append(await ask(base + "/inbox", HEADERS | kind, method="POST", body=body[:-9]))
    here = {"Host": base.partition("://")[2]}
    answers += [await ask(f"{door}/inbox", HEADERS | kind | here, method="POST", body=body) for _ in range(2)]
    return answers


async def test_nothing_personal_is_written_down(tmp_path: Path) -> None:
    """No log, metric, temporary or other file holds a word of a post, of an ally's name, or of who asks for what."""
    folders = await allied(tmp_path / "nodes", "alder", "birch")
    ports = {folder.path.name: free_port() for folder in folders}
    doors = {folder.path.name: free_port() for folder in folders}
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    async with processes(*folders) as nodes:
        for node in nodes:
            node.environment = {
                "QAFILA_LOG_FILE": "log.jsonl",
                "QAFILA_LOG_LEVEL": "debug",
                "QAFILA_METRICS_LISTEN": f"127.0.0.1:{ports[node.folder.path.name]}",
                "QAFILA_TRUSTED_PROXY": "127.0.0.1",
                "QAFILA_PROXY_LISTEN": f"127.0.0.1:{doors[node.folder.path.name]}",
                "QAFILA_STRANGER_MESSAGES_PER_MINUTE": "3",
                "TMPDIR": str(temporary),
            }
            await node.start()
        for node in nodes:
            await node.ready()
        alder, birch = nodes
        made = ""
        for audience in Audience:
            draft = dump_draft(load_draft(offer(TITLE, audience, note=NOTE, place=Place(AREA))))
            made = (await alder.ask("publish", draft=draft))["post"]["id"]
        await alder.ask("profile_words", language="fr", name=f"{PLANTED} name", summary=f"{PLANTED} summary")
        for way in ("place", "hours", "phone", "chat"):
            await alder.ask("profile_reach", way=way, text=f"{PLANTED} {way}")
        await alder.ask("change", id=made, changes={"title": f"{PLANTED} again"})
        left = await answered(partial(alder.ask, "status"), lambda status: status["waiting"] == 0)
        assert left["waiting"] == 0
        base = (await alder.ask("whoami"))["url"].rstrip("/")
        statuses = [answer.status for answer in await asked(base, f"http://x.localhost:{doors['alder']}")]
        assert statuses[-5:] == [200, 400, 400, 400, 429]
        metrics = [await ask(f"http://x.localhost:{port}/metrics") for port in ports.values()]
        await birch.kill()
        await alder.ask("publish", draft=offer(f"{PLANTED} late"))
        await alder.ask("withdraw", id=made)
    told = metrics[0].body.decode()
    assert 'qafila_answers_total{kind="inbox",status="400"} 3.0' in told
    assert 'qafila_limited_total{limit="strangers"} 1.0' in told
    assert 'qafila_deliveries_total{state="delivered"}' in told
    assert 'kind="inbox",status="202"' in metrics[1].body.decode()
    files = dict(written(tmp_path / "nodes", temporary))
    logs = [text for name, text in files.items() if name.endswith("log.jsonl")]
    assert len(logs) == 2
    assert all(b'"event": "ready"' in log for log in logs)
    hidden = [PLANTED.encode(), PLANTED.lower().encode(), b"203.0.113.77", b"127.0.0.1"]
    told_there = [(f"metrics {number}", one.body) for number, one in enumerate(metrics)]
    for name, text in [*files.items(), *told_there]:
        assert not [word for word in hidden if word in text], name
    assert b"birch" not in logs[0] + logs[1]
