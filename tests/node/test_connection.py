"""What is answered where aiohttp gives up before our application sees a request."""

from pathlib import Path

import pytest

from tests.rig.nodes import make_folder, running
from tests.rig.sender import http, say


@pytest.mark.parametrize("expected", [b"something", b"\xff", b"\xed\xa0\x80"])
async def test_an_expectation_that_nobody_knows(tmp_path: Path, expected: bytes) -> None:
    """What a request expects is refused with 417 and not repeated, also where it is no text at all."""
    folder = await make_folder(tmp_path / "alder", "alder")
    async with running(folder) as (house, _):
        request = http("/", [("Host", house.ids.origin.authority), ("Expect", "E")], method="GET")
        answer = await say(house.ids.origin.port, request.replace(b"Expect: E", b"Expect: " + expected))
    assert (answer.status, answer.body) == (417, b"Expectation Failed.\n")
