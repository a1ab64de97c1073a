"""Requests signed by RFC 9421 whose signature holds, over what is not enough, or in a form that is not taken (S20)."""

from base64 import b64encode, urlsafe_b64encode
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from hashlib import sha256, sha512
from typing import Final

import orjson
from cryptography.hazmat.primitives.asymmetric.padding import MGF1, PSS, PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256

from activitypub.message import ACTIVITY_JSON
from activitypub.signatures.content_digest import write_content_digest
from activitypub.signatures.digest import write_digest
from tests.hostile.world import Case, World
from tests.rig.sender import Headers, address_of, http, now

ORDER: Final = 2**252 + 27742317777372353535851937790883648493  # of the group of Ed25519
ENOUGH: Final = ('"@method"', '"@target-uri"', '"content-digest"')
GOOD: Final = ';created=NOW;keyid="KEY"'
FULL: Final = f"({' '.join(ENOUGH)}){GOOD}"


def said(
    world: World,
    *,
    covered: Sequence[str] = ENOUGH,
    values: Mapping[str, str] | None = None,
    parameters: str = GOOD,
    rsa: bool = False,
    digest: Callable[[bytes], str] = write_content_digest,
    beside: Callable[[bytes], Headers] = lambda _: [],
    made: Callable[[bytes, bytes], bytes] = lambda value, _: value,
    written: str = "",
    signature: str = "",
) -> bytes:
    """A good offer, signed by the ally over these components and parameters just as they stand here.

    `KEY` and `NOW` stand for the id of its key and for this moment. `values` are signed in place of what is sent,
    `written` and `signature` are sent in place of what was signed; `made` is given the signature and what it is over.
    """
    body = orjson.dumps(world.ally.create())
    host, target = address_of(world.inbox)
    ids, keys = world.ally.ids, world.ally.keys

    def filled(text: str) -> str:
        return text.replace("KEY", ids.main_key if rsa else ids.ed25519_key).replace("NOW", f"{now().timestamp():.0f}")

    spoken = {
        "@method": "POST",
        "@target-uri": world.inbox,
        "@authority": host,
        "@scheme": "http",
        "@request-target": target,
        "@path": target,
        "@query": "?",
        "content-digest": digest(body),
        "content-type": ACTIVITY_JSON,
        "host": host,
        **(values or {}),
    }
    whole = filled(f"({' '.join(covered)}){parameters}")
    lines = [f"{name}: {spoken.get(name.split(';')[0].strip(chr(34)), '')}" for name in covered]
    message = "\n".join([*lines, f'"@signature-params": {whole}']).encode()
    value = made(keys.rsa.sign(message, PKCS1v15(), SHA256()) if rsa else keys.ed25519.sign(message), message)
    headers: Headers = [
        ("Host", host),
        ("Content-Type", ACTIVITY_JSON),
        ("Content-Digest", digest(body)),
        ("Signature-Input", filled(written) or f"sig1={whole}"),
        ("Signature", signature or f"sig1=:{b64encode(value).decode()}:"),
    ]
    return http(target, [*headers, *beside(body)], body)


def twice(world: World, header: str) -> bytes:
    """A good request in which one header stands a second time."""
    request = said(world)
    line = next(one for one in request.split(b"\r\n") if one.startswith(f"{header}: ".encode()))
    return request.replace(line, line + b"\r\n" + line, 1)


def without(world: World, header: str) -> bytes:
    """A good request in which one header has another name."""
    return said(world).replace(f"\r\n{header}: ".encode(), f"\r\nX-{header}: ".encode(), 1)


def draft_in_front(world: World) -> bytes:
    """The parameters of the draft and a good signature of the standard, in one header."""
    drafted = dict(world.ally.headers(world.inbox, b"{}"))["Signature"]
    return said(world).replace(b"\r\nSignature: sig1=", f"\r\nSignature: {drafted}, sig1=".encode(), 1)


def sha_512(body: bytes) -> str:
    """The SHA-512 of a body as a member of `Content-Digest`."""
    return f"sha-512=:{b64encode(sha512(body).digest()).decode()}:"


def plus_order(value: bytes, _: bytes) -> bytes:
    """S plus the order of the group: the same number to whoever does not look, another signature."""
    return value[:32] + (int.from_bytes(value[32:], "little") + ORDER).to_bytes(32, "little")


def pss(world: World) -> bytes:
    """RSA with another padding than the one that is taken."""
    padding = PSS(MGF1(SHA256()), 32)
    return said(world, rsa=True, made=lambda _, message: world.ally.keys.rsa.sign(message, padding, SHA256()))


# What is missing from what is signed, though the signature holds.
TOO_LITTLE: Final = {
    "nothing": (),
    "method": ('"@method"',),
    "no-method": ('"@target-uri"', '"content-digest"'),
    "no-target": ('"@method"', '"content-digest"'),
    "no-digest": ('"@method"', '"@target-uri"'),
    "path-without-host": ('"@method"', '"@path"', '"content-digest"'),
    "host-header-for-authority": ('"@method"', '"@path"', '"host"', '"content-digest"'),
    "target-without-host": ('"@method"', '"@request-target"', '"content-digest"'),
    "host-without-path": ('"@method"', '"@authority"', '"content-digest"'),
    "scheme-for-host": ('"@method"', '"@scheme"', '"@path"', '"content-digest"'),
    "digest-of-the-draft": ('"@method"', '"@target-uri"', '"digest"'),
}
# Components of a form that is not taken; all else is signed as well.
FORMS: Final = {
    "unknown-derived": '"@cinnamon"',
    "params": '"@signature-params"',
    "status": '"@status"',
    "query-param": '"@query-param";name="x"',
    "req": '"@method";req',
    "req-true": '"@method";req=?1',
    "tr": '"content-digest";tr',
    "sf": '"content-digest";sf',
    "bs": '"content-digest";bs',
    "key": '"content-digest";key="sha-256"',
    "unknown-parameter": '"content-type";cinnamon',
    "twice": '"@method"',
    "header-twice": '"content-digest"',
    "capitals": '"Content-Type"',
    "derived-in-capitals": '"@Method"',
    "not-there": '"x-cinnamon"',
    "empty-name": '""',
    "space": '"content type"',
    "token": "content-type",
    "number": "7",
    "bytes": ":AAAA:",
    "boolean": "?1",
    "list": '("@method")',
    "signature": '"signature"',
    "signature-input": '"signature-input"',
    "date-that-is-not-there": '"date"',
}
VALUES: Final = {
    "method": ({"@method": "GET"}, ENOUGH),
    "method-in-small-letters": ({"@method": "post"}, ENOUGH),
    "path": ({"@path": "/inbox"}, ('"@method"', '"@authority"', '"@path"', '"content-digest"')),
    "authority": (
        {"@authority": "cedar.localhost:1"},
        ('"@method"', '"@authority"', '"@path"', '"content-digest"'),
    ),
    "authority-without-port": (
        {"@authority": "alder.localhost"},
        ('"@method"', '"@authority"', '"@request-target"', '"content-digest"'),
    ),
    "target": ({"@target-uri": "http://alder.localhost/actors/alder/inbox"}, ENOUGH),
    "scheme": ({"@scheme": "https"}, (*ENOUGH, '"@scheme"')),
    "query": ({"@query": "?x=1"}, (*ENOUGH, '"@query"')),
    "query-left-out": ({"@query": ""}, (*ENOUGH, '"@query"')),
    "header": ({"content-type": "text/plain"}, (*ENOUGH, '"content-type"')),
}
TIMES: Final = {
    "0": 0,
    "negative": -1,
    "minus-nothing": "-0",
    "far": 999_999_999_999_999,
    "16-digits": 9_999_999_999_999_999,
    "fraction": "1795510800.0",
    "exponent": "1e9",
    "plus": "+1795510800",
    "string": '"NOW"',
    "token": "now",
    "bytes": ":AAAA:",
    "boolean": "?1",
    "date": "@1795510800",
    "nothing": "",
    "space": " 1795510800",
    "hexadecimal": "0x6b000000",
    "digits-of-another-script": "١٧٩٥٥١٠٨٠٠",
}
PARAMETERS: Final = {
    "none": "",
    "no-key": ";created=NOW",
    "no-created": ';keyid="KEY"',
    "key-without-value": ";created=NOW;keyid",
    "key-as-token": ";created=NOW;keyid=KEY",
    "key-as-bytes": ";created=NOW;keyid=:AAAA:",
    "key-number": ";created=NOW;keyid=7",
    "key-empty": ';created=NOW;keyid=""',
    "key-twice": ';created=NOW;keyid="KEY";keyid="KEY"',
    "created-twice": ';created=NOW;created=NOW;keyid="KEY"',
    "created-without-value": ';created;keyid="KEY"',
    "expired": ';created=NOW;keyid="KEY";expires=1',
    "expires-now": ';created=NOW;keyid="KEY";expires=NOW',
    "expires-negative": ';created=NOW;keyid="KEY";expires=-1',
    "expires-string": ';created=NOW;keyid="KEY";expires="9999999999"',
    "expires-fraction": ';created=NOW;keyid="KEY";expires=9999999999.5',
    "expires-without-value": ';created=NOW;keyid="KEY";expires',
    "algorithm-token": ';created=NOW;keyid="KEY";alg=ed25519',
    "algorithm-empty": ';created=NOW;keyid="KEY";alg=""',
    "capitals": ';created=NOW;KEYID="KEY"',
    "100-parameters": ';created=NOW;keyid="KEY"' + "".join(f";p{number}" for number in range(100)),
    "a-comma": ';created=NOW,keyid="KEY"',
    "unclosed": ';created=NOW;keyid="KEY',
    "escaped": ';created=NOW;keyid="\\KEY"',
    "not-ascii": ';created=NOW;keyid="KEY";tag="é"',
}
ALGORITHMS: Final = (
    "rsa-v1_5-sha256",
    "rsa-pss-sha512",
    "hmac-sha256",
    "none",
    "ecdsa-p256-sha256",
    "ED25519",
    "hs2019",
)
INPUTS: Final = {
    "empty": " ",
    "open": 'sig1=("@method"',
    "not-a-list": 'sig1="@method";created=NOW;keyid="KEY"',
    "without-value": "sig1",
    "no-label": FULL,
    "capital-label": f"SIG1={FULL}",
    "comma-at-the-end": f"sig1={FULL},",
    "two": f"sig1={FULL}, sig2={FULL}",
    "twice": f"sig1={FULL}, sig1={FULL}",
    "1000": ",".join(f"s{number}=()" for number in range(1000)),
    "rubbish": "\\\\;;==,,((",
    "tabs": 'sig1=("@method"\t"@target-uri");created=NOW;keyid="KEY"',
    "no-space": 'sig1=("@method""@target-uri");created=NOW;keyid="KEY"',
    "many-components": f"sig1=({' '.join(map(str, range(100)))}){GOOD}",
    "long": "sig1=(" + '"@method" ' * 600 + ");created=NOW",
}
LINES: Final = {
    "other-label": "sig2=:AAAA:",
    "empty-bytes": "sig1=::",
    "string": 'sig1="AAAA"',
    "token": "sig1=AAAA",
    "without-value": "sig1",
    "list": "sig1=(:AAAA:)",
    "number": "sig1=7",
    "open": "sig1=:AAAA",
    "short": "sig1=:AAAA:",
    "url-letters": f"sig1=:{'-_' * 42}:",
    "no-padding": f"sig1=:{'A' * 86}:",
    "spare-bits": f"sig1=:{'A' * 85}B==:",
    "nothing-but-zeros": f"sig1=:{'A' * 86}==:",
    "two": f"sig1=:{'A' * 86}==:, sig2=:{'A' * 86}==:",
    "of-the-draft": 'keyId="x",algorithm="hs2019",headers="(created)",signature="AAAA"',
    "8-kib": f"sig1=:{'A' * 8000}:",
}
HEADERS: Final = ("Signature", "Signature-Input", "Content-Digest")
DIGESTS: Final[Mapping[str, Callable[[bytes], str]]] = {
    "other-body": lambda _: write_content_digest(b"{}"),
    "sha-512-alone": sha_512,
    "md5-alone": lambda _: "md5=:1B2M2Y8AsgTpgAmY7PhCfg==:",
    "sha-512-wrong": lambda body: f"{write_content_digest(body)}, {sha_512(b'')}",
    "sha-256-wrong": lambda body: f"{write_content_digest(b'')}, {sha_512(body)}",
    "twice": lambda body: ", ".join([write_content_digest(body)] * 2),
    "as-a-string": lambda body: f'sha-256="{sha256(body).hexdigest()}"',
    "as-in-the-draft": write_digest,
    "in-capitals": lambda body: write_content_digest(body).replace("sha", "SHA"),
    "url-letters": lambda body: f"sha-256=:{urlsafe_b64encode(sha256(body).digest()).decode()[:-2]}_=:",
    "without-padding": lambda body: write_content_digest(body).replace("=:", ":"),
    "true": lambda _: "sha-256",
    "a-list": lambda body: f"sha-256=({write_content_digest(body).partition('=')[2]})",
}
MADE: Final[Mapping[str, Callable[[bytes, bytes], bytes]]] = {
    "s-plus-order": plus_order,
    "r-of-zeros": lambda value, _: bytes(32) + value[32:],
    "all-zeros": lambda _value, _message: bytes(64),
    "identity-and-zero": lambda _value, _message: b"\1" + bytes(63),
    "truncated": lambda value, _: value[:-1],
    "too-long": lambda value, _: value + b"\0",
    "over-another-message": lambda value, _: value[::-1],
}

CASES: Final = (
    *(Case(f"S20-covers-{name}", partial(said, covered=covered), 401) for name, covered in TOO_LITTLE.items()),
    *(Case(f"S20-component-{name}", partial(said, covered=(*ENOUGH, one)), 401) for name, one in FORMS.items()),
    *(
        Case(f"S20-signed-other-{name}", partial(said, values=values, covered=covered), 401)
        for name, (values, covered) in VALUES.items()
    ),
    *(
        Case(f"S20-created-{name}", partial(said, parameters=f';created={value};keyid="KEY"'), 401)
        for name, value in TIMES.items()
    ),
    *(Case(f"S20-parameters-{name}", partial(said, parameters=text), 401) for name, text in PARAMETERS.items()),
    *(Case(f"S20-alg-{name}", partial(said, parameters=f'{GOOD};alg="{name}"'), 401) for name in ALGORITHMS),
    *(Case(f"S20-input-{name}", partial(said, written=line), 401) for name, line in INPUTS.items()),
    *(Case(f"S20-signature-{name}", partial(said, signature=line), 401) for name, line in LINES.items()),
    *(Case(f"S20-two-{name}", partial(twice, header=name), 401) for name in HEADERS),
    *(Case(f"S20-no-{name}", partial(without, header=name), 401) for name in HEADERS),
    *(Case(f"S05-standard-{name}", partial(said, digest=write), 401) for name, write in DIGESTS.items()),
    *(Case(f"S19-standard-{name}", partial(said, made=made), 401) for name, made in MADE.items()),
    Case("S14-standard-rsa-called-ed25519", partial(said, rsa=True, parameters=f'{GOOD};alg="ed25519"'), 401),
    Case("S14-standard-rsa-key", lambda w: said(w, parameters=GOOD.replace("KEY", w.ally.ids.main_key)), 401),
    Case("S14-standard-pss", pss, 401),
    Case("S20-both-schemes-in-one-header", draft_in_front, 401),
    Case("S05-standard-other-beside", partial(said, beside=lambda _: [("Digest", write_digest(b""))]), 401),
    Case("S05-standard-two-beside", partial(said, beside=lambda body: [("Digest", write_digest(body))] * 2), 401),
)
