"""The documents say what is so: examples are made by the code, and what is named is there.

`python -m tests.test_documents` writes the examples of FEDERATION.md anew.
"""

import json
import re
import shlex
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

import click
import pytest
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from activitypub.activity import build_create
from activitypub.actor import build_actor, read_actor
from activitypub.collection import build_opened, build_page, build_set
from activitypub.face import Face, build_face
from activitypub.ids import Ids
from activitypub.signatures.keys import SigningKeys, read_multikey, read_secret_multikey
from activitypub.signatures.proof import read_proof, sign_document, verify_proof
from activitypub.signatures.statements import build_rotation
from activitypub.translate.proposal import build_note
from federation.roster import Roster
from federation.synchronization import headers_for
from node.cli import main
from node.lab.cast import CAST, FIRST_PORT
from schema.category import Category
from schema.fact import Fact
from schema.place import Cell, Place
from schema.proposal import Draft, Kind, publish
from schema.quantity import COMMUNITY_UNITS, UNITS, Quantity
from schema.terms import CONTEXT, KEY_CONTEXT, KEY_HISTORY
from schema.visibility import Audience
from schema.window import TimeWindow
from tests.activitypub.foreign import FOREIGN
from tests.activitypub.vectors import EXAMPLE_RSA_PEM, PUBLIC_MULTIKEY, SECRET_MULTIKEY
from tests.activitypub.vectors_rfc9421 import ED25519_PRIVATE_PEM

ROOT: Final = Path(__file__).parent.parent
FEDERATION: Final = ROOT / "FEDERATION.md"
PAGES: Final = sorted(
    str(page.relative_to(ROOT)) for page in [*ROOT.glob("*.md"), *ROOT.glob("docs/*.md"), *ROOT.glob("deploy/*.md")]
)

IDS: Final = Ids("https://alder.example", "alder")
_BIRCH: Final = Ids("https://birch.example", "birch")
BIRCH: Final = read_actor(
    build_actor(_BIRCH, name="Birch", summary="", public_key_pem="", ed25519_multikey=PUBLIC_MULTIKEY), _BIRCH.actor
)
NOW: Final = datetime(2026, 11, 23, 9, 17, 42, tzinfo=UTC)
WIDTH: Final = 110

EXAMPLE: Final = re.compile(r"(?<=<!-- example: )(\w+)( -->\n\n```(?:json|http)\n)(.*?)(?=\n```\n)", re.DOTALL)
FENCED: Final = re.compile(r"^ *```(\w*)\n(.*?)^ *```$", re.DOTALL | re.MULTILINE)
INLINE: Final = re.compile(r"`([^`\n]+)`")
LINK: Final = re.compile(r"\[[^\]\[]+\]\(([^)\s]+)\)|^\[[^\]\[]+\]: (\S+)$", re.MULTILINE)
TEST: Final = re.compile(r"`(\w+(?:/\w+)*\.py)(?:::(test_\w+))?`")
FEP: Final = re.compile(r"FEP-([0-9a-f]{4})")
TARGET: Final = re.compile(r"^([a-z]+):", re.MULTILINE)


def at(day: int, hour: int) -> datetime:
    return datetime(2026, 11, day, hour, tzinfo=UTC)


# The examples of FEDERATION.md: fixed ids and times, and the key pair that W3C publishes for tests.


def note(number: str, **said: Any) -> dict[str, Any]:
    """A proposal as it is sent, signed."""
    proposal = publish(Draft(**said), id=IDS.proposal(number), owner=IDS.actor, now=NOW)
    return signed(build_note(proposal, IDS))


def signed(document: dict[str, Any]) -> dict[str, Any]:
    return sign_document(document, read_secret_multikey(SECRET_MULTIKEY), IDS.ed25519_key, NOW)


def offer() -> dict[str, Any]:
    """A public offer inside its Create: what a follower gets."""
    rice = note(
        "1",
        kind=Kind.OFFER,
        title="20 kg rice",
        category=Category.FOOD_DRY,
        quantity=Quantity(Decimal(20), UNITS["KGM"]),
        divisible=True,
        note="Bring a bag.",
        language="en",
        languages=frozenset({"ar", "en"}),
        place=Place("North of the river", Cell.around(36.2, 36.16)),
        window=TimeWindow(at(24, 8), at(27, 18)),
        audience=Audience.PUBLIC,
        facts=frozenset({Fact.HALAL}),
    )
    return signed(build_create(IDS, "2", rice, to=rice["to"], cc=rice["cc"], published=NOW))


def need() -> dict[str, Any]:
    """A need for allies, in Arabic, of a service without an amount."""
    return note(
        "3",
        kind=Kind.NEED,
        title="ترجمة أوراق",
        category=Category.LANGUAGE_PAPERWORK_LEGAL,
        language="ar",
    )


def surplus() -> dict[str, Any]:
    """A surplus for allies, counted in a unit that OM2 has no name for, of which a part has gone already."""
    return note(
        "4",
        kind=Kind.SURPLUS,
        title="Lentil soup",
        category=Category.FOOD_MEALS,
        quantity=Quantity(Decimal(40), COMMUNITY_UNITS["meal"]),
        available=Quantity(Decimal(25), COMMUNITY_UNITS["meal"]),
        divisible=True,
        use_by=at(24, 20),
        facts=frozenset({Fact.VEGAN, Fact.COLD_CHAIN}),
    )


def conversation() -> dict[str, Any]:
    """What the `context` of the public offer resolves to."""
    thread = IDS.conversation(IDS.proposal("1"))
    page = build_page(IDS.page(thread, "first"), thread, [IDS.proposal("1")])
    return build_opened(page, owner=IDS.actor)


def header() -> str:
    """What birch, where one follows alder, is told with a delivery."""
    [(name, value)] = headers_for(IDS, Roster(followers={BIRCH.id: BIRCH}), "https://birch.example").items()
    return f"{name.title()}: {value}"


def followers() -> dict[str, Any]:
    """What birch reads at the address in that header."""
    return build_set(IDS.followers_of_reader, [BIRCH.id])


def rotation() -> dict[str, Any]:
    """The statement that the key of RFC 9421, B.1.4, takes the place of that of W3C."""
    [old, new] = [
        SigningKeys.read({"ed25519": pem, "rsa": EXAMPLE_RSA_PEM})
        for pem in (_pem(SECRET_MULTIKEY), ED25519_PRIVATE_PEM)
    ]
    return build_rotation(IDS, 1, old, new, now=NOW, until=NOW + timedelta(days=7))


def _pem(secret_multikey: str) -> str:
    key = read_secret_multikey(secret_multikey)
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


def profile() -> dict[str, Any]:
    """What people are shown of alder, without the rest of the actor document."""
    return build_face(
        Face(
            names={"en": "Alder Street Kitchen", "ar": "مطبخ شارع ألدر"},
            summaries={"en": "Warm meals on Tuesdays and Fridays.", "ar": "وجبات ساخنة يومي الثلاثاء والجمعة."},
            icon=(IDS.logo(f"{'4ba7' * 8}.png"), "image/png"),
            ways=(
                ("Opening hours", "Tuesdays and Fridays, 16:00 to 19:00"),
                ("Telephone", "+90 212 555 01 23"),
                ("Website", "https://kitchen.example/"),
            ),
        )
    )


EXAMPLES: Final[dict[str, Callable[[], Any]]] = {
    "profile": profile,
    "offer": offer,
    "need": need,
    "surplus": surplus,
    "conversation": conversation,
    "header": header,
    "followers": followers,
    "rotation": rotation,
}
SIGNED: Final = ["offer", "need", "surplus", "rotation"]
READ: Final = {name.replace("-", "_"): document for name, document in FOREIGN.items()}
"""What is not sent, and read."""


def written(value: Any, depth: int = 0, *, packed: bool = False) -> str:
    """JSON for readers: what fits on a line stands on one, and contexts, the same everywhere, are packed tightly."""
    plain = json.dumps(value, ensure_ascii=False)
    if not isinstance(value, dict | list) or len(plain) + 2 * depth <= WIDTH:
        return plain
    named = isinstance(value, dict)
    pairs = value.items() if isinstance(value, dict) else [("", member) for member in value]
    parts = [
        (f"{json.dumps(key)}: " if named else "") + written(member, depth + 1, packed=packed or key == "@context")
        for key, member in pairs
    ]
    indent = "  " * depth
    lines = [parts[0]]
    for part in parts[1:]:
        fits = packed and len(indent) + len(lines[-1]) + len(part) < WIDTH and "\n" not in part
        lines[-1:] = [f"{lines[-1]}, {part}"] if fits else [lines[-1], part]
    opening, closing = "{}" if named else "[]"
    return f"{opening}\n{indent}  " + f",\n{indent}  ".join(lines) + f"\n{indent}{closing}"


def with_examples(text: str) -> str:
    """The text of FEDERATION.md with its examples as the code makes them."""

    def replaced(match: re.Match[str]) -> str:
        made = EXAMPLES[match[1]]() if match[1] in EXAMPLES else READ[match[1]]
        return match[1] + match[2] + (made if isinstance(made, str) else written(made))

    return EXAMPLE.sub(replaced, text)


def test_examples_are_what_is_sent() -> None:
    """Each example of FEDERATION.md is, letter by letter, what the code makes, or what the tests read."""
    text = FEDERATION.read_text(encoding="utf-8")
    assert sorted(match[1] for match in EXAMPLE.finditer(text)) == sorted([*EXAMPLES, *READ])
    assert text == with_examples(text)


@pytest.mark.parametrize("name", SIGNED)
def test_examples_hold(name: str) -> None:
    """Each proof in the examples holds with the key that FEDERATION.md names."""
    text = FEDERATION.read_text(encoding="utf-8")
    assert PUBLIC_MULTIKEY in text
    [block] = [match[3] for match in EXAMPLE.finditer(text) if match[1] == name]
    document = json.loads(block)
    for part in [document, document["object"]] if "object" in document else [document]:
        proof = read_proof(part)
        assert proof is not None
        verify_proof(part, proof, read_multikey(PUBLIC_MULTIKEY))


@pytest.mark.parametrize(
    ("title", "terms"),
    [("Our JSON-LD terms", CONTEXT), ("Keys over time", {**KEY_CONTEXT, "keyHistory": KEY_HISTORY["@id"]})],
)
def test_terms_are_explained(title: str, terms: Mapping[str, str]) -> None:
    """FEDERATION.md explains each of our JSON-LD terms, and no term that is not there."""
    text = FEDERATION.read_text(encoding="utf-8")
    [section] = re.findall(rf"^## {title}\n(.*?)^## ", text, re.DOTALL | re.MULTILINE)
    rows = re.findall(r"^\| `(\w+)` \| `(\S+)` \| \S.+ \|$", section, re.MULTILINE)
    assert dict(rows) == dict(terms)


def test_every_fep_is_a_link() -> None:
    """Wherever a document names a FEP, the name leads to its text."""
    for page in PAGES:
        text = FENCED.sub("", (ROOT / page).read_text(encoding="utf-8"))
        for found in FEP.finditer(text):
            rest = text[found.end() :]
            inline = re.match(rf"[^\]\[]*\]\(https://\S+/fep-{found[1]}\.md\)", rest)
            reference = f"\n[{found[0]}]: https://codeberg.org/fediverse/fep/src/branch/main/fep/{found[1]}/"
            named = text[: found.start()].endswith("[") and rest.startswith("]") and reference in text
            assert inline or named, f"{page}: {found[0]}"


def test_each_requirement_has_its_test() -> None:
    """Each row of FEDERATION.md about ActivityPub names a test that exists, or says why there is none."""
    text = FEDERATION.read_text(encoding="utf-8")
    [table] = re.findall(r"^## ActivityPub, point by point\n(.*?)^## ", text, re.DOTALL | re.MULTILINE)
    rows = [line.strip("| ").split(" | ") for line in table.splitlines() if re.match(r"\| [\dB]", line)]
    assert len(rows) > 40
    for section, _, asked, here in rows:
        assert TEST.search(here) or here.startswith("Not here: "), (section, asked)
    for name, test in TEST.findall(text):
        assert not test or f"def {test}(" in (ROOT / "tests" / name).read_text(encoding="utf-8"), (name, test)


# What the pages name is there.


def said(page: str) -> Iterator[str]:
    """Every command line of a page: lines of its shell blocks, and what stands between backticks."""
    text = (ROOT / page).read_text(encoding="utf-8")
    for language, block in FENCED.findall(text):
        if language in {"", "sh", "console"}:
            yield from (line.strip().removeprefix("$ ") for line in block.replace("\\\n", " ").splitlines())
    yield from INLINE.findall(FENCED.sub("", text))


def words(line: str) -> list[str]:
    """A command line's words up to a comment, a pipe or the file it writes."""
    try:
        parts = shlex.split(line, comments=True)
    except ValueError:
        return []  # text, not a command
    end = next((number for number, part in enumerate(parts) if part in {"|", ">", "&&", ";", "&"}), len(parts))
    return parts[:end]


def calls(program: str) -> list[tuple[str, str]]:
    """Every use of a program, with its page."""
    return [
        (page, line) for page in PAGES for line in said(page) if re.match(rf"(?:\.venv/bin/)?{program}(?: |$)", line)
    ]


@pytest.mark.parametrize(("page", "line"), calls("make"))
def test_every_make_target_exists(page: str, line: str) -> None:
    """Whoever types a `make` of our pages gets no "No rule to make target"."""
    targets = set(TARGET.findall((ROOT / "Makefile").read_text(encoding="utf-8")))
    named = {word for word in words(line)[1:] if "=" not in word and not word.startswith("-")}
    assert named <= targets, page


@pytest.mark.parametrize(("page", "line"), calls("qafila"))
def test_every_command_exists(page: str, line: str) -> None:
    """Whoever types a command of our pages finds it, with the options that stand there."""
    command: click.Command = main
    rest = words(line)[1:]
    context = click.Context(main, info_name="qafila")
    while True:
        _, rest, _ = command.make_parser(context).parse_args(rest)
        if not isinstance(command, click.Group) or not rest:
            return
        name = rest.pop(0)
        found = command.get_command(context, name)
        assert found is not None, f"{page}: there is no command {name!r}"
        command, context = found, click.Context(found, parent=context, info_name=name)


def test_the_lab_is_where_the_readme_says() -> None:
    """README gives the address of each collective of the lab."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    for number, member in enumerate(CAST):
        assert f"| {member.name} |" in text
        assert f"| {member.url(FIRST_PORT + number)} |" in text


def anchors(text: str) -> set[str]:
    """What a link can point to in a page: its headings, as forges name them."""
    headings = re.findall(r"^#+ (.+)$", FENCED.sub("", text), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES)
def test_links_lead_somewhere(page: str) -> None:
    """Each link to a file of the project, or to a heading in one, leads there."""
    here = ROOT / page
    for link in LINK.finditer(FENCED.sub("", here.read_text(encoding="utf-8"))):
        target = link[1] or link[2]
        if "://" in target or target.startswith("mailto:"):
            continue
        name, _, heading = target.partition("#")
        there = (here.parent / name).resolve() if name else here
        assert there.is_relative_to(ROOT), target
        assert there.exists(), target
        if heading:
            assert heading in anchors(there.read_text(encoding="utf-8")), target


if __name__ == "__main__":
    FEDERATION.write_text(with_examples(FEDERATION.read_text(encoding="utf-8")), encoding="utf-8")
