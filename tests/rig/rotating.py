"""A rotation that is cut off: `python -m tests.rig.rotating FOLDER STEP` ends its own process at that step.

| before  | nothing is written yet                                 |
| within  | half of the new file is written, beside the old one    |
| after   | the new file is in its place, and nobody was told      |
| never   | it comes to its end                                    |
"""

import asyncio
import os
import signal
import sys
from pathlib import Path

from node.aid.keys import keys_rotate
from node.folder import DataFolder
from node.house import open_house
from tests.rig.nodes import settings_of

STEPS = ("before", "within", "after", "never")
_STEP = sys.argv[-1]


def _end() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


class Cut(DataFolder):
    """A folder whose keys are replaced for the last time."""

    def replace_keys(self, data: bytes) -> None:
        """Replace them as far as the step allows."""
        if _STEP == "before":
            _end()
        if _STEP == "within":
            (self.path / ".keys.json.cut").write_bytes(data[: len(data) // 2])
            _end()
        super().replace_keys(data)
        if _STEP == "after":
            _end()


async def _rotate(folder: DataFolder) -> None:
    with folder.lock():
        async with open_house(folder, settings_of(folder)) as house:
            await keys_rotate(house, "Amal")


if __name__ == "__main__":
    asyncio.run(_rotate(Cut(Path(sys.argv[1]))))
