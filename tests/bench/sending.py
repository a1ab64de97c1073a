"""The ceiling of what goes out: one document signed and posted to many hosts, with no queue and no database.

`python -m tests.bench.sending PORT HOSTS POSTS` prints the seconds that it took, on the clock and on a processor.
"""

import asyncio
import json
import sys
import time
from datetime import UTC, datetime

import orjson
import uvloop

from federation.addresses import LOOPBACK_LAB
from federation.resolvers import LabResolver
from federation.signing import sign_request
from federation.transport import Transport
from tests.rig.sender import collective

AT_ONCE = 50


async def _send(port: int, hosts: int, posts: int) -> dict[str, float]:
    sender = collective("alder", port)
    body = orjson.dumps(sender.create())
    waiting = iter([f"http://h{number}.localhost:{port}/inbox" for number in range(hosts)])

    async with Transport(LOOPBACK_LAB, resolver=LabResolver(), connections=AT_ONCE + 20) as transport:

        async def serve() -> None:
            for inbox in waiting:
                for _ in range(posts):
                    headers = sign_request(sender.signer, "POST", inbox, body, datetime.now(UTC))
                    await transport.post(inbox, body, headers)

        began, before = time.monotonic(), time.process_time()
        await asyncio.gather(*(serve() for _ in range(AT_ONCE)))
        return {"seconds": time.monotonic() - began, "cpu": time.process_time() - before}


if __name__ == "__main__":
    sys.stdout.write(json.dumps(uvloop.run(_send(*map(int, sys.argv[1:])))) + "\n")
