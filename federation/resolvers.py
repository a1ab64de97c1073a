"""From names to addresses: the system's way, the lab's way, and a check on either."""

import asyncio
import socket
from concurrent.futures import ThreadPoolExecutor
from functools import partial

from aiohttp.abc import AbstractResolver, ResolveResult

from activitypub.onion import TOP
from federation.addresses import AddressRules, UnsafeAddress

DNS_THREADS = 32  # a slow name keeps a thread for 30 s, three times as long as a fetch may wait for it
MOST_ADDRESSES = 4  # of one host, more are left untried: the client dials n addresses n(n + 1)/2 times in all


class SystemResolver(AbstractResolver):
    """Asks the system, in threads of its own: the names of a hundred dead peers must not hold up other work."""

    def __init__(self) -> None:
        """Threads start with the first questions."""
        self._threads = ThreadPoolExecutor(DNS_THREADS, "dns")

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        """Return every address of the name, in the system's order of preference; OSError where there is none.

        Of both kinds together (IPv4, IPv6) only what this machine can dial; a kind that is asked for comes always.
        """
        question = partial(
            socket.getaddrinfo,
            host.encode("ascii"),
            port,
            family=family,
            type=socket.SOCK_STREAM,
            flags=socket.AI_ADDRCONFIG if family == socket.AF_UNSPEC else 0,
        )
        found = await asyncio.get_running_loop().run_in_executor(self._threads, question)
        return [_found(host, str(address[0]), port, kind) for kind, _, _, _, address in found]

    async def close(self) -> None:
        """Ask nothing more; an answer still awaited is left to its thread."""
        self._threads.shutdown(wait=False, cancel_futures=True)


class LabResolver(AbstractResolver):
    """Knows `localhost` and the names below it (RFC 6761, 6.3) and asks nobody."""

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """Return 127.0.0.1, whatever `family` is wanted; OSError for any other name."""
        del family
        if not f".{host}".endswith(".localhost"):
            raise OSError(None, "the lab knows no other names than localhost")
        return [_found(host, "127.0.0.1", port, socket.AF_INET)]

    async def close(self) -> None:
        """Nothing is held."""


class FixedResolver(AbstractResolver):
    """Gives one address for every name, and asks nobody."""

    def __init__(self, address: str) -> None:
        self._address = address

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """Return the address, whatever `family` is wanted."""
        del family
        kind = socket.AF_INET6 if ":" in self._address else socket.AF_INET
        return [_found(host, self._address, port, kind)]

    async def close(self) -> None:
        """Nothing is held."""


def _found(name: str, address: str, port: int, family: int) -> ResolveResult:
    """Put one address into the shape that the client wants."""
    return ResolveResult(hostname=name, host=address, port=port, family=family, proto=0, flags=socket.AI_NUMERICHOST)


class CheckedResolver(AbstractResolver):
    """Lets a name through only when every address of it may be dialled (rule 1)."""

    def __init__(self, rules: AddressRules, inner: AbstractResolver) -> None:
        self._rules = rules
        self._inner = inner

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        """Raise UnsafeAddress for a name with one bad address among good ones: whoever wrote it wants us to slip.

        What belongs to Tor is never asked for, whoever let it come this far (RFC 7686).
        """
        self._check_name(host)
        found = await self._inner.resolve(host, port, family)
        if not found:
            raise OSError(None, "the name has no address")
        for result in found:
            self._rules.check_address(result["host"])
        return found[:MOST_ADDRESSES]

    async def every(self, host: str) -> dict[str, bool]:
        """Return every address of the name, and whether the rules allow it; OSError where there is none.

        Raises UnsafeAddress for what belongs to Tor, as `resolve` does.
        """
        self._check_name(host)
        answers = await asyncio.gather(
            *(self._inner.resolve(host, 0, family) for family in (socket.AF_INET, socket.AF_INET6)),
            return_exceptions=True,
        )
        found = {one["host"]: self._allows(one["host"]) for some in answers if isinstance(some, list) for one in some}
        if not found:
            raise OSError(None, "the name has no address")
        return found

    def _check_name(self, host: str) -> None:
        if host.endswith(TOP) or not self._rules.direct:
            raise UnsafeAddress("a name that only Tor may be asked for")

    def _allows(self, address: str) -> bool:
        try:
            self._rules.check_address(address)
        except UnsafeAddress:
            return False
        return True

    async def close(self) -> None:
        """Close the resolver that was wrapped."""
        await self._inner.close()
