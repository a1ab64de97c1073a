"""Requests signed by the draft: more of what is malformed, too little, or for something else (S01 to S20)."""

from base64 import b64encode
from collections.abc import Callable, Sequence
from datetime import timedelta
from functools import partial
from hashlib import sha256, sha512
from hmac import digest as hmac_digest
from typing import Any, Final

import orjson
from cryptography.hazmat.primitives.asymmetric.padding import MGF1, PSS, PKCS1v15
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed
from cryptography.hazmat.primitives.hashes import MD5, SHA256, SHA384
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from activitypub.message import ACTIVITY_JSON, write_http_date
from activitypub.signatures.content_digest import write_content_digest
from activitypub.signatures.digest import write_digest
from tests.hostile.signatures import rewritten, signed, spelled
from tests.hostile.world import Case, World
from tests.rig.sender import ALL, Headers, address_of, http, now

REQUIRED: Final = ("(request-target)", "host", "date", "digest")
SOON: Final = ("(request-target)", "(created)", "(expires)", "host", "digest")


def sent(world: World, change: Callable[[Headers, bytes], Headers], **deviations: Any) -> bytes:
    """A good request whose headers are changed after they were signed."""
    body = orjson.dumps(world.ally.create())
    headers = world.ally.headers(world.inbox, body, **deviations)
    return http(address_of(world.inbox)[1], change(headers, body), body)


def moved(world: World, name: str, before: str = "") -> bytes:
    """The signature under the name of another header."""
    return sent(
        world,
        lambda headers, _: [(name, before + value) if key == "Signature" else (key, value) for key, value in headers],
    )


def drafted(
    world: World,
    *,
    covered: Sequence[str] = REQUIRED,
    digest: Callable[[bytes], str] = write_digest,
    date: str | None = None,
) -> bytes:
    """A good offer, and a signature that holds over these headers, each as it stands here."""
    body = orjson.dumps(world.ally.create())
    host, target = address_of(world.inbox)
    said = {"host": host, "date": date or write_http_date(now()), "digest": digest(body)}
    spoken = {"(request-target)": f"post {target}", **said}
    message = "\n".join(f"{name}: {spoken.get(name, '')}" for name in covered).encode()
    made = b64encode(world.ally.keys.rsa.sign(message, PKCS1v15(), SHA256())).decode()
    line = f'keyId="{world.ally.ids.main_key}",headers="{" ".join(covered)}",signature="{made}"'
    headers = [*((name.title(), value) for name, value in said.items()), ("Content-Type", ACTIVITY_JSON)]
    return http(target, [*headers, ("Signature", line)], body)


def beside(world: World, value: Callable[[bytes], str]) -> bytes:
    """A good request with a `Content-Digest` beside it."""
    return sent(world, lambda headers, body: [*headers, ("Content-Digest", value(body))])


def at(world: World, *, created: Any = None, expires: Any = None, covered: tuple[str, ...] = SOON) -> bytes:
    """A signature that holds over these times, written as they are."""
    moment = int(now().timestamp())
    return signed(
        world,
        algorithm="hs2019",
        covered=covered,
        created=moment if created is None else created,
        expires=moment + 60 if expires is None else expires,
    )


def line(world: World, text: str) -> bytes:
    """A `Signature` header that says this."""
    return rewritten(world, "Signature", text.replace("KEY", world.ally.ids.main_key))


def by_rsa(world: World, make: Callable[[World, bytes], bytes], algorithm: str | None = "hs2019") -> bytes:
    """A signature made in another way with the ally's own key."""
    return signed(world, algorithm=algorithm, sign=partial(make, world))


def number(world: World, change: Callable[[int, int], int]) -> bytes:
    """A signature that is another number; the change is given the right one and the modulus."""
    modulus = world.ally.keys.rsa_public.public_numbers().n
    size = (modulus.bit_length() + 7) // 8 + 1

    def encode(value: bytes) -> str:
        other = change(int.from_bytes(value, "big"), modulus) % 2 ** (8 * size)
        raw = other.to_bytes(size, "big")
        return b64encode(raw if raw[0] else raw[1:]).decode()

    return signed(world, encode=encode)


def by_ed25519(world: World, change: Callable[[bytes], bytes], **how: Any) -> bytes:
    """A signature of the Ed25519 key, changed."""
    values = {"algorithm": "hs2019", "key_id": world.ally.ids.ed25519_key} | how
    return signed(world, sign=lambda message: change(world.ally.keys.ed25519.sign(message)), **values)


def _pss(world: World, message: bytes) -> bytes:
    return world.ally.keys.rsa.sign(message, PSS(MGF1(SHA256()), 32), SHA256())


def _md5(world: World, message: bytes) -> bytes:
    return world.ally.keys.rsa.sign(message, PKCS1v15(), MD5())  # noqa: S303 (that it is weak is the point)


def _sha384(world: World, message: bytes) -> bytes:
    return world.ally.keys.rsa.sign(message, PKCS1v15(), SHA384())


def _hashed_twice(world: World, message: bytes) -> bytes:
    hashed = sha256(sha256(message).digest()).digest()
    return world.ally.keys.rsa.sign(hashed, PKCS1v15(), Prehashed(SHA256()))


def _keyed(world: World, message: bytes) -> bytes:
    public = world.ally.keys.ed25519_public.public_bytes(Encoding.Raw, PublicFormat.Raw)
    return hmac_digest(public, message, "sha256")


def _sha512(body: bytes) -> str:
    return f"SHA-512={b64encode(sha512(body).digest()).decode()}"


COVERED: Final = {
    "nothing": ("",),
    "target-and-digest": ("(request-target)", "digest"),
    "digest-alone": ("digest",),
    "created-alone": ("(created)",),
    "other-digest": ("(request-target)", "host", "date", "content-digest"),
    "not-there": (*REQUIRED, "x-cinnamon"),
    "unknown-special": (*REQUIRED, "(cinnamon)"),
    "twice": (*REQUIRED, "host"),
    "target-twice": (*REQUIRED, "(request-target)"),
    "signature": (*REQUIRED, "signature"),
}
DIGESTS: Final[dict[str, Callable[[bytes], str]]] = {
    "other-body": lambda _: write_digest(b"{}"),
    "hexadecimal": lambda body: f"SHA-256={sha256(body).hexdigest()}",
    "url-letters": lambda body: write_digest(body)[:-3] + "-_=",
    "without-padding": lambda body: write_digest(body).rstrip("="),
    "quoted": lambda body: f'SHA-256="{b64encode(sha256(body).digest()).decode()}"',
    "empty": lambda _: "SHA-256=",
    "no-value": lambda _: "SHA-256",
    "twice": lambda body: f"{write_digest(body)},{write_digest(body)}",
    "second-wrong": lambda body: f"{write_digest(body)},{write_digest(b'')}",
    "sha-512-alone": _sha512,
    "sha-512-wrong": lambda body: f"{write_digest(body)},{_sha512(b'')}",
    "sha-512-right-sha-256-wrong": lambda body: f"{_sha512(body)},{write_digest(b'')}",
    "as-in-the-standard": write_content_digest,
    "spaces": lambda body: write_digest(body).replace("=", " = ", 1),
    "semicolon": lambda body: write_digest(body) + ";q=1",
}
DATES: Final = {
    "rfc-850": "Monday, 23-Nov-26 09:00:00 GMT",
    "asctime": "Mon Nov 23 09:00:00 2026",
    "iso": "2026-11-23T09:00:00Z",
    "zone": "Mon, 23 Nov 2026 09:00:00 +0000",
    "seconds": "1795510800",
    "year-0": "Sat, 01 Jan 0000 00:00:00 GMT",
    "year-1970": "Thu, 01 Jan 1970 00:00:00 GMT",
    "year-9999": "Fri, 31 Dec 9999 23:59:59 GMT",
    "day-32": "Mon, 32 Nov 2026 09:00:00 GMT",
    "other-day": "Tue, 23 Nov 2026 09:00:00 GMT",
    "empty": " ",
    "two": "Mon, 23 Nov 2026 09:00:00 GMT, Mon, 23 Nov 2026 09:00:00 GMT",
}
TIMES: Final = {
    "0": 0,
    "negative": -1,
    "11-digits": 99_999_999_999,
    "12-digits": 999_999_999_999,
    "1000-digits": "9" * 1000,
    "fraction": "1795510800.5",
    "exponent": "1e9",
    "plus": "+1795510800",
    "leading-zero": "01795510800",
    "hexadecimal": "0x6b000000",
    "word": "now",
    "quoted-space": '" 1795510800"',
    "empty": '""',
    "nan": "nan",
}
LINES: Final = {
    "a-comma": ",",
    "no-value": "keyId",
    "equals": "=",
    "unclosed": 'keyId="KEY',
    "no-quotes": "keyId=KEY,signature=AAAA",
    "semicolons": 'keyId="KEY";signature="AAAA"',
    "single-quotes": "keyId='KEY',signature='AAAA'",
    "escapes": r'keyId="KEY\"",signature="AAAA"',
    "key-alone": 'keyId="KEY"',
    "signature-alone": 'signature="AAAA"',
    "no-signature": 'keyId="KEY",algorithm="hs2019",headers="(request-target) host date digest"',
    "key-of-no-letters": 'keyId="",headers="(request-target) host date digest",signature="AAAA"',
    "long-key": f'keyId="{"k" * 3000}",headers="(request-target) host date digest",signature="AAAA"',
    "1000-parameters": ",".join(f'p{number}="x"' for number in range(900)),
    "brackets": "((((((((",
    "json": '{"keyId":"KEY"}',
    "not-ascii": 'keyId="KEY",signature="ÀÀÀÀ"',
    "8-kib": "a" * 8_000,
    "of-the-standard": "sig1=:AAAA:",
    "joined": 'keyId="KEY",signature="AAAA", keyId="KEY",signature="AAAA"',
}
NAMES: Final = (
    "rsa-sha512", "rsa-md5", "ecdsa-sha256", "ed25519", "dsa-sha1", "rsa-v1_5-sha256", "rsa-pss-sha512", "sha256",
    "rsa-sha256 ", "hs2019,rsa-sha1", "null", "hmac-sha512",
)  # fmt: skip
TARGETS: Final = {
    "root": "/",
    "query": "/actors/alder/inbox?x=1",
    "slash": "/actors/alder/inbox/",
    "capitals": "/actors/Alder/inbox",
    "encoded": "/actors/%61lder/inbox",
    "absolute": "http://alder.localhost/actors/alder/inbox",
    "empty": "*",
}
HOSTS: Final = ("evil.example", "alder.localhost", "ALDER.localhost", "alder.localhost.", "127.0.0.1", "localhost")

CASES: Final = (
    Case("S01-authorization", partial(moved, name="Authorization", before="Signature "), 401),
    Case("S01-proxy-authorization", partial(moved, name="Proxy-Authorization", before="Signature "), 401),
    Case("S01-other-name", partial(moved, name="X-Signature"), 401),
    Case("S01-underscore", partial(moved, name="Signature_"), 401),
    Case("S01-scheme-in-front", partial(moved, name="Signature", before="Signature "), 401),
    *(Case(f"S02-covers-{name}", partial(drafted, covered=covered), 401) for name, covered in COVERED.items()),
    Case("S02-no-list", lambda w: spelled(w, "headers=", "x="), 401),
    Case("S02-two-spaces", lambda w: spelled(w, " host", "  host"), 401),
    Case("S02-tab", lambda w: spelled(w, " host", "\thost"), 401),
    Case("S02-commas", lambda w: spelled(w, " host", ",host"), 401),
    *(Case(f"S05-{name}", partial(drafted, digest=write), 401) for name, write in DIGESTS.items()),
    Case("S05-content-digest-beside", partial(beside, value=lambda _: write_content_digest(b"{}")), 401),
    Case("S05-rubbish-beside", partial(beside, value=lambda _: "Cinnamon, Marmalade=?"), 401),
    *(Case(f"S06-{host}", partial(signed, signed_host=host), 401) for host in HOSTS),
    *(Case(f"S07-{name}", partial(signed, signed_target=target), 401) for name, target in TARGETS.items()),
    *(Case(f"S08-{name}-as-POST", partial(signed, signed_method=name), 401) for name in ("HEAD", "PUT", "DELETE")),
    *(Case(f"S10-{name}", partial(drafted, date=text), 401) for name, text in DATES.items()),
    *(Case(f"S10-created-{name}", partial(at, created=value), 401) for name, value in TIMES.items()),
    Case("S10-created-in-two-hours", lambda w: at(w, created=int((now() + timedelta(hours=2)).timestamp())), 401),
    Case("S10-created-long-ago", lambda w: at(w, created=int((now() - timedelta(hours=2)).timestamp())), 401),
    Case("S10-created-beside-a-date", lambda w: signed(w, covered=ALL, created=0), 401),
    *(Case(f"S11-{name}", partial(at, expires=value), 401) for name, value in TIMES.items() if "11" not in name),
    Case("S11-not-signed", lambda w: signed(w, covered=ALL, expires=1), 401),
    *(Case(f"S14-{name}", partial(signed, algorithm=name), 401) for name in NAMES),
    Case("S14-pss", partial(by_rsa, make=_pss), 401),
    Case("S14-md5", partial(by_rsa, make=_md5), 401),
    Case("S14-sha384", partial(by_rsa, make=_sha384), 401),
    Case("S14-hashed-twice", partial(by_rsa, make=_hashed_twice), 401),
    Case("S14-hmac-by-another-name", partial(by_rsa, make=_keyed), 401),
    Case("S14-hmac-no-name", partial(by_rsa, make=_keyed, algorithm=None), 401),
    Case("S14-ed25519-called-rsa", partial(by_ed25519, change=lambda value: value, algorithm="rsa-sha256"), 401),
    Case("S14-ed25519-under-the-rsa-key", lambda w: by_ed25519(w, lambda v: v, key_id=w.ally.ids.main_key), 401),
    Case("S14-rsa-under-the-ed25519-key", lambda w: signed(w, algorithm="hs2019", key_id=w.ally.ids.ed25519_key), 401),
    Case("S19-all-zeros", partial(by_ed25519, change=lambda _: bytes(64)), 401),
    Case("S19-identity-and-zero", partial(by_ed25519, change=lambda _: b"\1" + bytes(63)), 401),
    Case("S19-plus-modulus", partial(number, change=lambda value, modulus: value + modulus), 401),
    Case("S19-0", partial(number, change=lambda _value, _modulus: 0), 401),
    Case("S19-1", partial(number, change=lambda _value, _modulus: 1), 401),
    Case("S19-minus-1", partial(number, change=lambda _value, modulus: modulus - 1), 401),
    Case("S19-negative", partial(number, change=lambda value, modulus: modulus - value), 401),
    Case("S19-too-much-padding", lambda w: signed(w, encode=lambda v: b64encode(v).decode() + "===="), 401),
    Case("S19-line-of-64", lambda w: signed(w, encode=lambda v: b64encode(v).decode()[:64]), 401),
    Case("S19-hexadecimal", lambda w: signed(w, encode=bytes.hex), 401),
    Case("S19-not-base64", lambda w: signed(w, encode=lambda _: "!!!!"), 401),
    *(Case(f"S20-{name}", partial(line, text=text), 401) for name, text in LINES.items()),
)
