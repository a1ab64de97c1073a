"""The way in: verify, then let it take effect together with what arrived at the same time, then answer.

202 is said only when the effect is committed (design rule 3).
"""

from collections.abc import Awaitable, Callable, Sequence
from types import TracebackType
from typing import Generic, TypeVar

from activitypub.message import Request
from activitypub.origin import origin_of
from federation.group import GroupCommit
from federation.verify import Count, VerifiedActivity, Verifier
from schema.errors import QafilaError

Effect = TypeVar("Effect")
Apply = Callable[[Sequence[VerifiedActivity]], Awaitable[Sequence[Effect | QafilaError]]]


class Inbox(Generic[Effect]):
    """Takes signed requests; to be entered before and left after everything that comes in."""

    def __init__(
        self,
        verifier: Verifier,
        apply: Apply[Effect],
        *,
        group: int = 100,
        heard_from: Callable[[str], Awaitable[None]] | None = None,
        taken: Callable[[VerifiedActivity], None] | None = None,
    ) -> None:
        """`apply` commits a group; `heard_from` is told the origin of everything that took effect, `taken` all of it.

        `taken` only notes it down: the answer is still to be given.
        """
        self._verifier = verifier
        self._groups: GroupCommit[VerifiedActivity, Effect] = GroupCommit(apply, largest=group)
        self._heard_from = heard_from
        self._taken = taken

    async def __aenter__(self) -> "Inbox[Effect]":
        await self._groups.__aenter__()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._groups.__aexit__(kind, error, trace)

    async def receive(self, request: Request, count: Count = lambda _ally: None) -> Effect:
        """What the request changed, committed. Raises the error that refuses it, which may be that of `count`."""
        verified = await self._verifier.activity(request, count)
        effect = await self._groups.submit(verified)
        if self._heard_from is not None:
            await self._heard_from(str(origin_of(verified.activity.actor)))
        if self._taken is not None:
            self._taken(verified)
        return effect
