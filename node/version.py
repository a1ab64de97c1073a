"""Which version of Qafila this is, as it was installed."""

from functools import cache
from importlib import metadata


@cache
def program_version() -> str:
    """Such as `0.1.0`."""
    return metadata.version("qafila")
