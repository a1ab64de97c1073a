"""NodeInfo 2.1 (FEP-f1d5): what software runs here, and how it can be spoken to.

Rule 1  Nothing is counted: no people, no posts, no peers. A number tells a stranger how many there are to look for, and
        the schema asks for none.
Rule 2  Nobody but the collective is named, and of it only what its actor says to everyone anyway.
"""

from typing import Any, Final

from activitypub.ids import Ids

SCHEMA: Final = "http://nodeinfo.diaspora.software/ns/schema/2.1"
MEDIA_TYPE: Final = f'application/json; profile="{SCHEMA}#"; charset=utf-8'
APPLICATION: Final = "https://www.w3.org/ns/activitystreams#Application"
SOFTWARE: Final = "qafila"


def build_nodeinfo_links(ids: Ids) -> dict[str, Any]:
    """Where NodeInfo stands, and the node actor (FEP-2677)."""
    return {"links": [{"rel": SCHEMA, "href": ids.nodeinfo}, {"rel": APPLICATION, "href": ids.node_actor}]}


def build_nodeinfo(*, version: str, name: str, description: str) -> dict[str, Any]:
    """The document itself, for the collective of this name."""
    return {
        "version": "2.1",
        "software": {"name": SOFTWARE, "version": version},
        "protocols": ["activitypub"],
        "services": {"inbound": [], "outbound": []},
        "openRegistrations": False,
        "usage": {"users": {}},
        "metadata": {"nodeName": name, "nodeDescription": description},
    }
