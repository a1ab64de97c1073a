"""`python -m tests.pasture` writes docs/pasture.md anew, by saying every example to a node."""

import asyncio
import sys
import tempfile
from pathlib import Path

from tests.hostile.world import living
from tests.pasture.examples import examples
from tests.pasture.outcomes import hear, page


async def main() -> None:
    """Start a node, say everything, print the page."""
    with tempfile.TemporaryDirectory() as folder:
        async with living(Path(folder) / "alder", "sqlite") as world:
            outcomes = await hear(world, world.ally, examples())
    sys.stdout.write(page(outcomes))


asyncio.run(main())
