"""The header `Collection-Synchronization` (FEP-8fcf): in it a sender tells a server who of that server follows it.

Rule 1  It holds a digest and an address, no names. The address shows them to that server alone.
Rule 2  A header counts only where the sender signed it, where it is about the sender's own followers, and where the
        address is the sender's own: nobody can be sent to ask about somebody else.
Rule 3  It is a question beside the activity. Whatever is wrong with it, the activity is taken as if there were none.
"""

import hashlib
import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Final

from activitypub.actor import RemoteActor
from activitypub.message import Request
from activitypub.origin import check_url, same_origin
from activitypub.signatures.cavage import read_parameters
from schema.errors import RemoteError

HEADER: Final = "collection-synchronization"
_DIGEST: Final = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Synchronization:
    """The parameters of the header: whose followers, where those of one server can be read, and their digest."""

    collection: str
    url: str
    digest: str


def digest_of(followers: Iterable[str]) -> str:
    """The digest of followers by their ids: SHA-256 of each, all of them XORed. Of nobody it is all zeros."""
    digest = 0
    for follower in followers:
        digest ^= int.from_bytes(hashlib.sha256(follower.encode()).digest())
    return f"{digest:064x}"


def write_synchronization(said: Synchronization) -> str:
    """The value of the header."""
    return f'collectionId="{said.collection}", url="{said.url}", digest="{said.digest}"'


def read_synchronization(
    request: Request, covered: Collection[str], sender: RemoteActor, *, allow_http: bool = False
) -> Synchronization | None:
    """What a sender tells in the header of a request, of which its signature covered this; None by rules 2 and 3."""
    values = request.values(HEADER)
    if HEADER not in covered or len(values) != 1:
        return None
    try:
        said = read_parameters(values[0])
        url = check_url(said.get("url"), allow_http=allow_http)
        own = same_origin(url, sender.id)
    except RemoteError:
        return None
    collection, digest = said.get("collectionid"), said.get("digest", "").lower()
    if not own or collection is None or collection != sender.followers or not _DIGEST.fullmatch(digest):
        return None
    return Synchronization(collection, url, digest)
