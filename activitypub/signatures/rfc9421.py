"""HTTP signatures as the IETF made them a standard: RFC 9421, HTTP Message Signatures.

Rule 1. A request carries exactly one signature: one member of `Signature-Input`, one of `Signature`, the same label.
Rule 2. A signature counts only if it has `created` and `keyid`, and covers `@method`, the whole target (`@target-uri`;
        or `@authority` with `@request-target`, or with `@path` and, where there is a query, `@query`) and, where the
        request can have a body, `content-digest`; and this digest is compared with the body.
Rule 3. `alg` is one of a table of two and agrees with the key; without it the key decides (section 3.2, step 6).
Rule 4. Components have no parameters (`sf`, `key`, `bs`, `req`, `tr`, `name`): none is needed here, each adds a second
        way to say the same.
Rule 5. Whatever is wrong with a signature is Unauthenticated. Whether the host is ours is not asked here.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal, TypeAlias

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.hashes import SHA256

from activitypub.message import Request
from activitypub.origin import DEFAULT_PORTS
from activitypub.signatures.bounds import MAX_COVERED, MAX_KEY_ID, WINDOW, further_headers, may_have_body
from activitypub.signatures.content_digest import check_content_digest, write_content_digest
from activitypub.signatures.fields import (
    InnerList,
    Item,
    Member,
    Parameters,
    read_dictionary,
    write_dictionary,
    write_member,
)
from activitypub.signatures.keys import PublicKey
from schema.errors import Unauthenticated

Scheme: TypeAlias = Literal["https", "http"]
PrivateKey: TypeAlias = Ed25519PrivateKey | RSAPrivateKey

# The HTTP Signature Algorithms registry (section 6.2), as far as it is taken.
_ED25519: Final = "ed25519"
_RSA: Final = "rsa-v1_5-sha256"
_ALGORITHMS: Final = frozenset({_ED25519, _RSA})

_AUTHORITY: Final = re.compile(r"([A-Za-z0-9.-]++|\[[0-9A-Fa-f:.]++\])(?::([1-9][0-9]{0,4}))?")


@dataclass(frozen=True, slots=True)
class Signature:
    """A signature that is well formed. `created` and `expires` are Unix seconds.

    `parameters` are all of Signature-Input's, in order; they are signed too. `scheme` is that of the target URI, which
    a request does not carry itself (RFC 9110 section 7.1).
    """

    key_id: str
    algorithm: str | None
    covered: tuple[str, ...]
    value: bytes
    created: int
    expires: int | None
    parameters: Parameters
    scheme: Scheme


def _authority(request: Request, scheme: Scheme) -> str:
    """Section 2.2.3: "the hostname is normalized to lowercase, and the default port is omitted".

    The grammar keeps a slash out of it: a path must not be able to move into the host and leave the URI the same.
    """
    match = _AUTHORITY.fullmatch(request.one("host"))
    if match is None:
        raise Unauthenticated("the Host header is not a host and a port")
    host, port = match.groups()
    return host.lower() if port in {None, str(DEFAULT_PORTS[scheme])} else f"{host.lower()}:{port}"


def _target_uri(request: Request, scheme: Scheme) -> str:
    """Section 2.2.2: "assembled from all available URI components, including the authority"."""
    return f"{scheme}://{_authority(request, scheme)}{request.target}"


_DERIVED: Final[dict[str, Callable[[Request, Scheme], str]]] = {  # section 2.2
    "@method": lambda request, _: request.method,
    "@target-uri": _target_uri,
    "@authority": _authority,
    "@scheme": lambda _, scheme: scheme,
    "@request-target": lambda request, _: request.target,
    "@path": lambda request, _: request.target.partition("?")[0],
    "@query": lambda request, _: "?" + request.target.partition("?")[2],
}


def signature_base(request: Request, covered: Iterable[str], parameters: Parameters, scheme: Scheme) -> bytes:
    """Return the bytes that are signed (section 2.5).

    Raises Unauthenticated if a covered header is missing, or holds what could be mistaken for another line.
    """
    if not request.target.startswith("/"):
        raise Unauthenticated("the request's target is not a path")
    components = tuple(Item(name) for name in covered)
    lines = [f"{write_member(item)}: {_value(str(item.value), request, scheme)}" for item in components]
    lines.append(f'"@signature-params": {write_member(InnerList(components, parameters))}')
    if not all(line.isascii() and line.isprintable() for line in lines):
        raise Unauthenticated("a signed component holds other characters than printable ASCII")
    return "\n".join(lines).encode("ascii")


def _value(name: str, request: Request, scheme: Scheme) -> str:
    """Return the value of a component: derived, or a header's combined value (section 2.1)."""
    value = _DERIVED[name](request, scheme) if name in _DERIVED else request.header(name)
    if value is None:
        raise Unauthenticated("the signature covers a header that the request does not have")
    return value


def sign(
    request: Request, *, key_id: str, key: PrivateKey, now: datetime, scheme: Scheme, label: str = "sig1"
) -> dict[str, str]:
    """Return the headers to send.

    They are Host, Content-Type if the request has one, Content-Digest unless GET, Signature-Input and Signature. The
    request brings `host` and `content-type`; whatever other headers it brings are covered too, and returned. Raises
    DomainError for a key id that is not printable ASCII.
    """
    headers = {"Host": request.one("host")}
    content_type = request.header("content-type")
    if content_type is not None:
        headers["Content-Type"] = content_type
    covered = ["@method", "@target-uri"]
    if may_have_body(request):
        headers["Content-Digest"] = write_content_digest(request.body)
        covered.append("content-digest")
    further = further_headers(request)
    headers |= further
    covered += further
    parameters: Parameters = {
        "created": int(now.timestamp()),
        "keyid": key_id,
        "alg": _algorithm_of(key.public_key()),
    }
    message = signature_base(request.with_headers(headers), covered, parameters, scheme)
    value = key.sign(message) if isinstance(key, Ed25519PrivateKey) else key.sign(message, PKCS1v15(), SHA256())
    headers["Signature-Input"] = write_dictionary({label: InnerList(tuple(map(Item, covered)), parameters)})
    headers["Signature"] = write_dictionary({label: Item(value)})
    return headers


def _algorithm_of(key: PublicKey) -> str:
    """Return the one algorithm that a key is taken for."""
    return _ED25519 if isinstance(key, Ed25519PublicKey) else _RSA


def read_signature(request: Request, *, scheme: Scheme) -> Signature:
    """Read the one signature of a request that came by this scheme. Raises Unauthenticated.

    `nonce`, `tag` and parameters not known are ignored, though signed.
    """
    label, signature_input = _read_only_member(request, "signature-input")
    other, value = _read_only_member(request, "signature")
    if label != other:
        raise Unauthenticated("Signature-Input and Signature have different labels")
    if not isinstance(signature_input, InnerList):
        raise Unauthenticated("Signature-Input does not list components")
    if not isinstance(value, Item) or not isinstance(value.value, bytes):
        raise Unauthenticated("Signature is not a byte sequence")
    parameters = signature_input.parameters
    key_id = _read_string(parameters, "keyid") or ""
    if not 0 < len(key_id) <= MAX_KEY_ID:
        raise Unauthenticated("the signature names no key, or at too great length")
    algorithm = _read_string(parameters, "alg")
    if algorithm is not None and algorithm not in _ALGORITHMS:
        raise Unauthenticated("the signature's algorithm is not taken")
    created = _read_integer(parameters, "created")
    if created is None:
        raise Unauthenticated("the signature has no time of creation")
    expires = _read_integer(parameters, "expires")
    covered = _read_components(signature_input)
    return Signature(key_id, algorithm, covered, value.value, created, expires, parameters, scheme)


def _read_only_member(request: Request, name: str) -> tuple[str, Member]:
    """Read the label and the value of a field's only member."""
    members = read_dictionary(request.one(name))
    if len(members) != 1:
        raise Unauthenticated(f"expected one signature in the {name} header, found {len(members)}")
    return members.popitem()


def _read_components(signature_input: InnerList) -> tuple[str, ...]:
    """Read the names of the covered components, each there once (section 2.5, step 2.1)."""
    names = []
    for item in signature_input.items:
        if not isinstance(item.value, str):
            raise Unauthenticated("the signature covers what is not named by a string")
        if item.parameters:
            raise Unauthenticated("the signature covers a component with parameters, and none are taken")
        if item.value.startswith("@") and item.value not in _DERIVED:
            raise Unauthenticated("the signature covers a derived component that is not taken")
        names.append(item.value)
    if len(names) > MAX_COVERED or len(set(names)) != len(names):
        raise Unauthenticated("the signature's list of components is too long or repeats itself")
    return tuple(names)


def _read_string(parameters: Parameters, name: str) -> str | None:
    """Return a parameter that must be a string where it is there."""
    value = parameters.get(name)
    if value is not None and not isinstance(value, str):
        raise Unauthenticated(f"the signature's {name} is not a string")
    return value


def _read_integer(parameters: Parameters, name: str) -> int | None:
    """Return a parameter that must be an integer where it is there."""
    value = parameters.get(name)
    if value is not None and (not isinstance(value, int) or isinstance(value, bool)):
        raise Unauthenticated(f"the signature's {name} is not an integer")
    return value


def check_coverage(signature: Signature, request: Request, now: datetime, window: timedelta = WINDOW) -> None:
    """Check that the signature covers enough of this request, its body and a time near `now`. Raises Unauthenticated.

    It is only worth something together with `verify`; it comes first because it needs no key.
    """
    if missing := _required(signature, request) - set(signature.covered):
        raise Unauthenticated(f"the signature does not cover {', '.join(sorted(missing))}")
    if "content-digest" in signature.covered:
        check_content_digest(request)
    seconds = now.timestamp()
    if abs(signature.created - seconds) > window.total_seconds():
        raise Unauthenticated("the signature's time is too far from now")
    if signature.expires is not None and signature.expires <= seconds:
        raise Unauthenticated("the signature has expired")


def _required(signature: Signature, request: Request) -> set[str]:
    """Return the components that a signature over this request must cover, in the way that it chose."""
    required = {"@method"}
    if may_have_body(request):
        required.add("content-digest")
    if "@target-uri" in signature.covered:
        return required
    required.add("@authority")
    if "@request-target" in signature.covered:
        return required
    return required | ({"@path", "@query"} if "?" in request.target else {"@path"})


def verify(signature: Signature, request: Request, public_key: PublicKey) -> None:
    """Check that this key made the signature over this request. Raises Unauthenticated."""
    if signature.algorithm not in {None, _algorithm_of(public_key)}:
        raise Unauthenticated("the signature's algorithm is not that of its key")
    message = signature_base(request, signature.covered, signature.parameters, signature.scheme)
    try:
        if isinstance(public_key, Ed25519PublicKey):
            public_key.verify(signature.value, message)
        else:
            public_key.verify(signature.value, message, PKCS1v15(), SHA256())
    except InvalidSignature as error:
        raise Unauthenticated("the signature was not made by this key over this request") from error
