"""Posts in words."""

from collections.abc import Mapping, Sequence
from datetime import tzinfo
from typing import Any

from node.cli.screen import details, human, moment, say, table
from schema.category import Category
from schema.fact import Fact

WHO = {
    "circle": "Only members of the collective see it; it never leaves this node.",
    "allies": "Allies see it.",
    "public": "Everyone can see it.",
}
FOREIGN = "other software; some details may be missing"
PROOFS = {
    "by-hand": "check by hand: its key was stolen later",
    "revoked": "do not rely on it: its key was stolen",
}
SHORT = 8  # characters of a local id: enough to name one of tens of thousands


def _label(names: Mapping[str, str], slug: str) -> str:
    return names.get(slug, slug)


CATEGORIES = {category.value: category.label for category in Category}
FACTS = {fact.value: fact.label for fact in Fact}


def how_much(post: Mapping[str, Any]) -> str:
    """`12 of 20 kg`, `20 kg`, or nothing."""
    whole, left = post["quantity"], post["available"]
    if whole is None or left in (None, whole):
        return whole or ""
    return f"{left.partition(' ')[0]} of {whole}"


def on_its_way(post: Mapping[str, Any]) -> str:
    """How far a post of our own has come."""
    parts = [
        f"{number} {word}"
        for state, word in (("delivered", "sent"), ("waiting", "waiting"), ("refused", "refused"))
        if (number := (post["deliveries"] or {}).get(state, 0))
    ]
    return ", ".join(parts)


def post_lines(post: Mapping[str, Any], zone: tzinfo) -> None:
    """One post, everything that is said of it."""
    state = "" if post["state"] == "open" else f" ({post['state']})"
    say(f"{post['kind'].capitalize()}: {human(post['title'])}{state}")
    details(
        (
            ("from", None if post["own"] else post["owner_name"]),
            ("category", _label(CATEGORIES, post["category"])),
            ("how much", how_much(post)),
            ("asked in return", post.get("asks")),
            ("in parts", "yes" if post["divisible"] else None),
            ("area", post["area"]),
            ("from", moment(post["from"], zone)),
            ("until", moment(post["until"], zone)),
            ("use by", moment(post["use_by"], zone)),
            ("collect by", moment(post["collect_by"], zone)),
            ("to know", ", ".join(_label(FACTS, fact) for fact in post["facts"])),
            ("note", post["note"]),
            ("language", post["language"]),
            ("we speak", ", ".join(post["languages"])),
            ("seen by", post["audience"]),
            ("ends", moment(post["ends"], zone)),
            ("version", None if post["revision"] is None else str(post["revision"])),
            ("sent", on_its_way(post)),
            ("written by", f"{FOREIGN} (form: {post['dialect']})" if post.get("foreign") else None),
            ("signed with", None if post["own"] else post["proven_by"]),
            ("its proof", PROOFS.get(post.get("proof") or "")),
            ("id", post["short"][:SHORT] if post["own"] else None),
            ("address", post["id"]),
        )
    )


def own_table(posts: Sequence[Mapping[str, Any]], zone: tzinfo) -> None:
    """The collective's own posts, a line each."""
    table(
        ("id", "kind", "title", "how much", "seen by", "ends", "state", "sent"),
        [
            (
                post["short"][:SHORT],
                post["kind"],
                post["title"],
                how_much(post),
                post["audience"],
                moment(post["ends"], zone),
                post["state"],
                on_its_way(post),
            )
            for post in posts
        ],
    )


def feed_lines(posts: Sequence[Mapping[str, Any]], zone: tzinfo) -> None:
    """Posts of all collectives, two lines each: the second names it for `qafila show`."""
    for post in posts:
        amount = how_much(post)
        title = f"{human(post['title'])}{', ' if amount else ''}{human(amount)}"
        state = "" if post["state"] == "open" else f" ({post['state']})"
        foreign = ", written by other software" if post.get("foreign") else ""
        origin = f"from {human(post['owner_name'])}, until {moment(post['ends'], zone)}{foreign}"
        say(f"{post['kind']:8} {title}{state}, {origin}")
        say(f"{'':8} {human(post['id'])}")
