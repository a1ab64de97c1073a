"""HTTP signatures as most of the fediverse speaks them: draft-cavage-http-signatures-12.

Rule 1. A signature counts only if it covers `(request-target)`, `host`, a time (`date` or `(created)`) and, where the
        request can have a body, `digest`; and each of these is compared with the request itself.
Rule 2. Algorithms are named in a table: `rsa-sha256`, and `hs2019` (or none named), where the key decides. All others,
        `hmac-sha256` and `rsa-sha1` above all, are refused before any key is looked for.
Rule 3. The request target is signed with its query; where there is no body, a signature over the bare path is
        accepted too, as deployed servers make such.
Rule 4. Whatever is wrong with a signature is Unauthenticated. Whether the host is ours is not asked here.
"""

import re
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.hashes import SHA256, SHA512, HashAlgorithm

from activitypub.message import Request, read_http_date, write_http_date
from activitypub.signatures.bounds import MAX_COVERED, MAX_KEY_ID, WINDOW, further_headers, may_have_body
from activitypub.signatures.digest import check_digest, write_digest
from activitypub.signatures.keys import PublicKey
from schema.errors import Unauthenticated

MAX_HEADER: Final = 8192

_HS2019: Final = "hs2019"
_RSA_HASHES: Final[dict[str, tuple[HashAlgorithm, ...]]] = {
    "rsa-sha256": (SHA256(),),
    _HS2019: (SHA256(), SHA512()),
}

# Section 2.1: comma separated `name=value`, the value quoted or a number. Possessive: no character is read twice.
_PARAMETER: Final = re.compile(
    r'[ \t]*+([A-Za-z][A-Za-z0-9_-]*+)[ \t]*+=[ \t]*+(?:"([^"\\]*+)"|([0-9A-Za-z._+-]++))[ \t]*+(?:,|\Z)'
)
_TIMESTAMP: Final = re.compile(r"0|[1-9][0-9]{0,10}")


@dataclass(frozen=True, slots=True)
class Signature:
    """The parameters of a `Signature` header. `covered` is lower case, `created` and `expires` are Unix seconds."""

    key_id: str
    algorithm: str
    covered: tuple[str, ...]
    value: bytes
    created: int | None = None
    expires: int | None = None


def signing_string(
    request: Request,
    covered: Iterable[str],
    *,
    target: str | None = None,
    created: int | None = None,
    expires: int | None = None,
) -> bytes:
    """Return the bytes that are signed (section 2.3). `target` stands in for the request's own where it is given.

    Raises Unauthenticated if a covered header is missing, or holds what could be mistaken for another line.
    """
    special = {
        "(request-target)": f"{request.method.lower()} {request.target if target is None else target}",
        "(created)": None if created is None else str(created),
        "(expires)": None if expires is None else str(expires),
    }
    lines = []
    for name in covered:
        value = special[name] if name in special else request.header(name)
        if value is None:
            raise Unauthenticated("the signature covers a header that the request does not have")
        lines.append(f"{name}: {value}")
    if not all(line.isascii() and line.isprintable() for line in lines):
        raise Unauthenticated("a signed header holds other characters than printable ASCII")
    return "\n".join(lines).encode("ascii")


def sign(request: Request, *, key_id: str, key: RSAPrivateKey, now: datetime) -> dict[str, str]:
    """Return the headers to send: Host, Content-Type if the request has one, Date, Digest unless GET, and Signature.

    The request brings `host` and `content-type`; whatever other headers it brings are covered too, and returned. To
    sign for a server that leaves the query out, pass a request whose target has none.
    """
    headers = {"Host": request.one("host"), "Date": write_http_date(now)}
    covered = ["(request-target)", "host", "date"]
    if may_have_body(request):
        headers["Digest"] = write_digest(request.body)
        covered.append("digest")
    content_type = request.header("content-type")
    if content_type is not None:
        headers["Content-Type"] = content_type
        covered.append("content-type")
    further = further_headers(request)
    headers |= further
    covered += further
    signed = key.sign(signing_string(request.with_headers(headers), covered), PKCS1v15(), SHA256())
    headers["Signature"] = (
        f'keyId="{key_id}",algorithm="rsa-sha256",headers="{" ".join(covered)}",'
        f'signature="{b64encode(signed).decode("ascii")}"'
    )
    return headers


def read_parameters(text: str) -> dict[str, str]:
    """Split the header into its parameters, names in lower case; each may stand there once. Raises Unauthenticated.

    Other headers than `Signature` are written in the same way (FEP-8fcf).
    """
    if len(text) > MAX_HEADER:
        raise Unauthenticated("the Signature header is too long")
    parameters: dict[str, str] = {}
    position = 0
    while position < len(text):
        match = _PARAMETER.match(text, position)
        if match is None:
            raise Unauthenticated("the Signature header is not a list of parameters")
        position = match.end()
        name, quoted, bare = match.groups()
        if name.lower() in parameters:
            raise Unauthenticated("the Signature header repeats a parameter")
        parameters[name.lower()] = bare if quoted is None else quoted
    return parameters


def _read_base64(text: str) -> bytes:
    """Read base64 in its one canonical spelling (RFC 4648 section 3.5): padded, no white space, no spare bits."""
    try:
        data = b64decode(text.encode("ascii"), validate=True)
    except ValueError as error:
        raise Unauthenticated("the signature is not base64") from error
    if not data or b64encode(data).decode("ascii") != text:
        raise Unauthenticated("the signature is not canonical base64")
    return data


def _read_timestamp(text: str | None) -> int | None:
    """Read whole Unix seconds. The draft allows fractions in `expires`; servers send none, and none are taken."""
    if text is None:
        return None
    if not _TIMESTAMP.fullmatch(text):
        raise Unauthenticated("the signature's created or expires is not a whole number of seconds")
    return int(text)


def read_signature(request: Request) -> Signature:
    """Read the one `Signature` header. Raises Unauthenticated; unknown parameters are ignored (section 2.2)."""
    parameters = read_parameters(request.one("signature"))
    key_id = parameters.get("keyid", "")
    if not 0 < len(key_id) <= MAX_KEY_ID:
        raise Unauthenticated("the signature names no key, or at too great length")
    algorithm = parameters.get("algorithm", _HS2019).lower()
    if algorithm not in _RSA_HASHES:
        raise Unauthenticated("the signature's algorithm is not taken")
    covered = tuple(parameters.get("headers", "(created)").lower().split(" "))
    if "" in covered or len(covered) > MAX_COVERED or len(set(covered)) != len(covered):
        raise Unauthenticated("the signature's list of headers is empty, too long or repeats itself")
    # Section 2.3: "(created)" and "(expires)" are an error with algorithms that begin with rsa, hmac or ecdsa.
    if algorithm != _HS2019 and {"(created)", "(expires)"} & set(covered):
        raise Unauthenticated("the signature covers (created) or (expires), which its algorithm does not allow")
    return Signature(
        key_id,
        algorithm,
        covered,
        _read_base64(parameters.get("signature", "")),
        _read_timestamp(parameters.get("created")),
        _read_timestamp(parameters.get("expires")),
    )


def check_coverage(signature: Signature, request: Request, now: datetime, window: timedelta = WINDOW) -> None:
    """Check that the signature covers enough of this request, its body and a time near `now`. Raises Unauthenticated.

    It is only worth something together with `verify`; it comes first because it needs no key.
    """
    covered = set(signature.covered)
    required = {"(request-target)", "host"}
    if may_have_body(request):
        required.add("digest")
    if missing := required - covered:
        raise Unauthenticated(f"the signature does not cover {', '.join(sorted(missing))}")
    request.one("host")
    if "digest" in covered:
        check_digest(request)
    _check_time(signature, request, now, window)


def _check_time(signature: Signature, request: Request, now: datetime, window: timedelta) -> None:
    """Check every time that the signature names, and that it covers at least one."""
    moments = []
    if "date" in signature.covered:
        moments.append(read_http_date(request.one("date")))
    if signature.created is not None:
        moments.append(datetime.fromtimestamp(signature.created, UTC))
    if not {"date", "(created)"} & set(signature.covered):
        raise Unauthenticated("the signature covers neither date nor (created)")
    if not all(moment is not None and abs(moment - now) <= window for moment in moments):
        raise Unauthenticated("the signature's time is unreadable or too far from now")
    if signature.expires is not None and datetime.fromtimestamp(signature.expires, UTC) <= now:
        raise Unauthenticated("the signature has expired")


def verify(signature: Signature, request: Request, public_key: PublicKey) -> None:
    """Check that this key made the signature over this request. Raises Unauthenticated."""
    targets = [request.target]
    if "?" in request.target and not may_have_body(request):
        targets.append(request.target.partition("?")[0])
    for target in targets:
        message = signing_string(
            request, signature.covered, target=target, created=signature.created, expires=signature.expires
        )
        if _holds(signature, message, public_key):
            return
    raise Unauthenticated("the signature was not made by this key over this request")


def _holds(signature: Signature, message: bytes, public_key: PublicKey) -> bool:
    """Whether the signature is this key's over these bytes, under any algorithm that its name stands for."""
    if isinstance(public_key, Ed25519PublicKey):
        checks = [partial(public_key.verify, signature.value, message)] if signature.algorithm == _HS2019 else []
    else:
        checks = [
            partial(public_key.verify, signature.value, message, PKCS1v15(), algorithm)
            for algorithm in _RSA_HASHES[signature.algorithm]
        ]
    return any(_passes(check) for check in checks)


def _passes(check: Callable[[], None]) -> bool:
    """Whether a library's check ends without InvalidSignature."""
    try:
        check()
    except InvalidSignature:
        return False
    return True
