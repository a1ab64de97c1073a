"""Every use case by its name, as the command line and the control socket call it."""

from collections.abc import Awaitable, Callable
from typing import Any

from node.aid import (
    allies,
    delivering,
    door,
    exporting,
    following,
    importing,
    keeping,
    keys,
    profile,
    proving,
    publishing,
    reading,
)

Verb = Callable[..., Awaitable[dict[str, Any]]]

VERBS: dict[str, Verb] = {
    verb.__name__: verb
    for verb in (
        publishing.publish,
        publishing.change,
        publishing.close,
        publishing.withdraw,
        reading.list_own,
        reading.feed,
        reading.show,
        reading.document,
        reading.whoami,
        reading.status,
        reading.events,
        delivering.deliveries,
        delivering.retry_deliveries,
        allies.ally_look,
        allies.ally_add,
        allies.ally_list,
        allies.ally_suspend,
        allies.ally_resume,
        allies.ally_remove,
        allies.ally_repin,
        allies.ally_dismiss,
        keys.keys_show,
        keys.keys_rotate,
        keys.keys_revoke,
        profile.profile_show,
        profile.profile_words,
        profile.profile_reach,
        profile.profile_logo,
        profile.profile_remove,
        profile.profile_import,
        following.follow,
        following.unfollow,
        following.following,
        following.followers,
        following.follower_accept,
        following.follower_remove,
        exporting.export,
        importing.plan_rows,
        importing.import_rows,
        proving.verify,
        door.open_link,
        keeping.snapshot,
        keeping.database_health,
        keeping.own_address,
        keeping.own_onion,
        keeping.own_name,
        keeping.tor_health,
        keeping.others_clocks,
    )
}
