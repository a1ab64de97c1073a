"""Addresses, dates and quantities that are none, for every member that holds one (J18, J19 and J20)."""

from collections.abc import Callable
from functools import partial
from typing import Any, Final

from tests.hostile.documents import DAYS, NUMBERS, activity, note, quantity
from tests.hostile.shapes import with_member
from tests.hostile.world import Case, World

Respell = Callable[[str], str]

PLACES: Final[dict[str, tuple[Callable[[World], str], Callable[[World, Any], bytes]]]] = {
    "id": (lambda w: w.ally.ids.activity("u1"), lambda w, url: activity(w, id=url)),
    "actor": (lambda w: w.ally.ids.actor, lambda w, url: activity(w, actor=url)),
    "actor-by-id": (lambda w: w.ally.ids.actor, lambda w, url: activity(w, actor={"id": url})),
    "object": (lambda w: w.kept.id, lambda w, url: w.post(w.ally.activity("Delete", url))),
    "object-by-id": (lambda w: w.kept.id, lambda w, url: w.post(w.ally.delete(url))),
    "proposal": (lambda w: w.ally.ids.proposal("u1"), lambda w, url: note(w, id=url)),
    "undone": (lambda w: w.ally.ids.activity("u1"), lambda w, url: w.post(w.ally.activity("Undo", url))),
    "followed": (lambda w: w.node.ids.actor, lambda w, url: w.post(w.ally.activity("Follow", url))),
    "target": (lambda w: w.kept.id, lambda w, url: w.post(w.ally.activity("Add", w.kept.id, target=url))),
}
SPELLINGS: Final[dict[str, Respell]] = {
    "user": lambda url: url.replace("//", "//evil@"),
    "password": lambda url: url.replace("//", "//evil:cinnamon@"),
    "two-hosts": lambda url: url.replace("localhost", "localhost@evil.example"),
    "capital-host": lambda url: url.replace("localhost", "LOCALHOST"),
    "capital-scheme": lambda url: url.replace("http:", "HTTP:"),
    "no-scheme": lambda url: url.removeprefix("http:"),
    "path-alone": lambda url: "/" + url.split("/", 3)[3],
    "host-alone": lambda url: "/".join(url.split("/")[:3]),
    "no-host": lambda url: "http:///" + url.split("/", 3)[3],
    "one-slash": lambda url: url.replace("//", "/", 1),
    "three-slashes": lambda url: url.replace("//", "///", 1),
    "backslashes": lambda url: url.replace("//", "\\\\", 1),
    "trailing-dot": lambda url: url.replace(".localhost", ".localhost."),
    "two-dots": lambda url: url.replace(".localhost", "..localhost"),
    "colon-without-a-port": lambda url: url.replace(url.split("/")[2], url.split("/")[2].split(":")[0] + ":"),
    "zero-first-in-the-port": lambda url: url.replace("localhost:", "localhost:0"),
    "port-too-large": lambda url: url.replace("localhost:", "localhost:9"),
    "letters-in-the-port": lambda url: url.replace("localhost:", "localhost:a"),
    "plus-in-the-port": lambda url: url.replace("localhost:", "localhost:+"),
    "space-before": lambda url: " " + url,
    "space-behind": lambda url: url + " ",
    "line-feed-behind": lambda url: url + "\n",
    "tab-in-the-host": lambda url: url.replace("localhost", "local\thost"),
    "backslash-in-the-path": lambda url: url[:-1] + "\\" + url[-1:],
    "dots": lambda url: url + "/../x",
    "a-dot": lambda url: url + "/./x",
    "encoded-dots": lambda url: url + "/%2e%2e/x",
    "needless-encoding": lambda url: url[:-1] + f"%{ord(url[-1]):02X}",
    "encoded-nul": lambda url: url + "%00",
    "encoded-line-feed": lambda url: url + "%0A",
    "small-hexadecimal": lambda url: url + "%c3%a4",
    "cut-off-encoding": lambda url: url + "%C",
    "other-script": lambda url: url + "\u0430",
    "zero-width": lambda url: url + "\u200b",
    "direction": lambda url: url + "\u202e",
    "homograph": lambda url: url.replace("localhost", "l\u043ecalhost"),
    "full-width": lambda url: url.replace("localhost", "\uff4cocalhost"),
    "ideographic-dot": lambda url: url.replace(".localhost", "\u3002localhost"),
    "soft-hyphen": lambda url: url.replace("localhost", "local\u00adhost"),
    "encoded-host": lambda url: url.replace("localhost", "%6cocalhost"),
    "bad-punycode": lambda url: url.replace("localhost", "xn--zzzzzzz-"),
    "underscore": lambda url: url.replace("localhost", "local_host"),
    "number": lambda url: url.replace(url.split("/")[2], "2130706433"),
    "hexadecimal": lambda url: url.replace(url.split("/")[2], "0x7f000001"),
    "octal": lambda url: url.replace(url.split("/")[2], "0177.0.0.1"),
    "short-number": lambda url: url.replace(url.split("/")[2], "127.1"),
    "mapped": lambda url: url.replace(url.split("/")[2], "[::ffff:127.0.0.1]"),
    "long-ipv6": lambda url: url.replace(url.split("/")[2], "[0:0:0:0:0:0:0:1]"),
    "zone": lambda url: url.replace(url.split("/")[2], "[fe80::1%25eth0]"),
    "empty-fragment": lambda url: url + "#",
    "two-fragments": lambda url: url + "#a#b",
    "empty-query": lambda url: url + "?#",
    "long": lambda url: url + "a" * 2_048,
    "nothing-else": lambda _: "Cinnamon-Marmalade",
    **{
        scheme: partial(lambda url, scheme: url.replace("http:", f"{scheme}:"), scheme=scheme)
        for scheme in ("ftp", "file", "ws", "gopher", "urn", "did", "acct", "javascript", "data", "http+unix")
    },
}
MORE_DAYS: Final[dict[str, Any]] = {
    "thirteenth-month": "2026-13-01T00:00:00Z",
    "month-0": "2026-00-10T00:00:00Z",
    "day-0": "2026-11-00T00:00:00Z",
    "no-leap-year": "2027-02-29T00:00:00Z",
    "hour-24": "2026-11-23T24:00:00Z",
    "hour-25": "2026-11-23T25:00:00Z",
    "minute-60": "2026-11-23T10:60:00Z",
    "zone-24": "2026-11-23T10:00:00+24:00",
    "zone-minute-60": "2026-11-23T10:00:00+01:60",
    "zone-without-colon": "2026-11-23T10:00:00+0530",
    "zone-of-hours": "2026-11-23T10:00:00+05",
    "two-zones": "2026-11-23T10:00:00Z+01:00",
    "named-zone": "2026-11-23T10:00:00[Europe/Istanbul]",
    "real-minus": "2026-11-23T10:00:00\u221205:00",
    "year-10000": "10000-01-01T00:00:00Z",
    "year-of-two-digits": "26-11-23T10:00:00Z",
    "before-our-time": "-2026-11-23T10:00:00Z",
    "before-year-1": "0001-01-01T00:00:00+23:59",
    "space": "2026-11-23 10:00:00Z",
    "white-space": " 2026-11-23T10:00:00Z",
    "line-feed": "2026-11-23T10:00:00Z\n",
    "week": "2026-W48-1T10:00:00Z",
    "day-of-the-year": "2026-327T10:00:00Z",
    "of-http": "Mon, 23 Nov 2026 10:00:00 GMT",
    "seconds": "1795510800",
    "comma": "2026-11-23T10:00:00,5Z",
    "no-fraction": "2026-11-23T10:00:00.Z",
    "empty": "",
    "today": "today",
    "a-list": ["2026-11-23T10:00:00Z"],
    "an-object": {"@value": "2026-11-23T10:00:00Z"},
}
MOMENTS: Final[dict[str, dict[str, Any]]] = {  # one reader reads them all: one member has every date, the others some
    "published": DAYS | MORE_DAYS,
    **dict.fromkeys(("object.published", "object.updated", "object.endTime", "object.useBy", "object.collectBy"), DAYS),
    **dict.fromkeys(("object.publishes.hasBeginning", "object.publishes.hasEnd"), DAYS),
}
MORE_NUMBERS: Final[dict[str, Any]] = {
    "plus": "+20",
    "zero-first": "020",
    "point-first": ".5",
    "point-last": "20.",
    "exponent": "2e1",
    "hexadecimal": "0x14",
    "underscore": "2_0",
    "13-digits": "1" * 13,
    "7-decimals": "0.1234567",
    "a-million-digits": "1" * 60_000,
    "infinity": "Infinity",
    "not-a-number": "NaN",
    "square": "\u00b2",
    "half": "\u00bd",
    "full-width": "\uff12\uff10",
    "words": "Cinnamon",
    "empty": "",
    "line-feed": "20\n",
    "zeros": "0.000000",
    "minus-20": -20,
    "minus-zero": -0.0,
    "19-zeros-number": 1e19,
    "small": 1e-7,
    "zero": 0,
    "object": {"value": "20"},
}
UNITS: Final[dict[str, Any]] = {
    "capital": "Kilogram",
    "symbol": "kg",
    "other-script": "\u043a\u0433",
    "full-width": "\uff4bilogram",
    "space": "kilogram ",
    "zero-width": "kilo\u200bgram",
    "empty": "",
    "unknown": "om2:cinnamon",
    "another-vocabulary": "http://evil.example/om-2/kilogram",
    "list": ["kilogram"],
    "object": {"name": "kilogram"},
}
CODES: Final[dict[str, Any]] = {
    "small": "kgm",
    "other-script": "\u041aGM",
    "unknown": "ZZZ",
    "community": "meal",
    "empty": "",
    "space": "KGM ",
    "long": "a" * 41,
    "of-another-measure": "LTR",
}


def urls(place: str) -> list[Case]:
    """Every spelling of the address that belongs in this place."""
    good, said = PLACES[place]
    return [
        Case(name, partial(lambda w, respell: said(w, respell(good(w))), respell=respell), 400)
        for name, respell in SPELLINGS.items()
    ]


def moments(path: str) -> list[Case]:
    """Everything that is no date, in this member."""
    return [Case(name, partial(with_member, path=path, value=day), 400) for name, day in MOMENTS[path].items()]


def amounts() -> list[Case]:
    """Everything that is no quantity."""
    numbers = {**NUMBERS, **MORE_NUMBERS}
    return [
        *(Case(f"number-{name}", partial(quantity, number=number), 422) for name, number in numbers.items()),
        *(Case(f"unit-{name}", partial(quantity, number="20", hasUnit=unit), 422) for name, unit in UNITS.items()),
        *(Case(f"code-{name}", partial(quantity, number="20", unitCode=code), 422) for name, code in CODES.items()),
    ]


def left() -> list[Case]:
    """Everything that cannot be what is left of a quantity."""
    path = "object.publishes.availableQuantity.hasNumericalValue"
    numbers = {name: number for name, number in (NUMBERS | MORE_NUMBERS).items() if str(number).strip("0.-")}
    return [Case(name, partial(with_member, path=path, value=number), 422) for name, number in numbers.items()]
