"""Keys: the pair a node signs with, and the public keys of others in the two forms they travel in.

Rule 1. Ed25519 and RSA sign; every other kind of key is refused where it is read.
Rule 2. An RSA modulus is odd and has 2048 to 8192 bits; an exponent is odd, from 65537 up (FIPS 186-5, A.1.1) and of at
        most 64 bits. Weak ones prove nothing (with an exponent of 1, anybody can sign), vast ones only burn time.
Rule 3. An Ed25519 key is one of the encodings that RFC 8032 section 5.1.3 allows, and no point of small order: such a
        key accepts one signature for many messages, so nothing signed with it binds its owner.
Rule 4. A Multikey has one spelling. Text that does not come back the same when written again is refused.
"""

import json
from dataclasses import dataclass, field
from typing import Any, Final, Self, TypeAlias

import base58
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey, generate_private_key
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_der_public_key,
    load_pem_private_key,
    load_pem_public_key,
)

from schema.errors import ConfigError, Malformed

PublicKey: TypeAlias = Ed25519PublicKey | RSAPublicKey

RSA_BITS: Final = range(2048, 8192 + 1)
MIN_EXPONENT: Final = 65_537
MAX_EXPONENT_BITS: Final = 64
MAX_MULTIKEY: Final = 1500
"""Characters; an RSA key of 8192 bits has about 1,420."""
MAX_PEM: Final = 4096
"""Characters; an RSA key of 8192 bits has about 1,500."""

# The multicodec table's codes as unsigned varints: what a Multikey's bytes begin with.
_ED25519_PUBLIC: Final = b"\xed\x01"
_ED25519_SECRET: Final = b"\x80\x26"
_RSA_PUBLIC: Final = b"\x85\x24"
_X25519_PUBLIC: Final = b"\xec\x01"

# y of the points whose order divides 8, on the field of 2^255 - 19.
_FIELD: Final = 2**255 - 19
_ORDER_8: Final = 0x5FC536D880238B13933C6D305ACDFD5F098EFF289F4C345B027B2C28F95E826
_SMALL_ORDER: Final = frozenset({0, 1, _FIELD - 1, _ORDER_8, _FIELD - _ORDER_8})


def read_base58(text: str, limit: int) -> bytes:
    """Read multibase base58btc (`z` and at most `limit` characters after it). Raises Malformed."""
    digits = text[1:]
    if not text.startswith("z") or not 0 < len(digits) <= limit or not (digits.isascii() and digits.isalnum()):
        raise Malformed("not multibase base58btc, or too long")
    try:
        number = base58.b58decode_int(digits)  # and `to_bytes`, ten times faster than `b58decode`
    except ValueError as error:
        raise Malformed("not base58btc: a character outside its alphabet") from error
    zeros = len(digits) - len(digits.lstrip("1"))  # each leading zero byte is written as a 1
    return bytes(zeros) + number.to_bytes((number.bit_length() + 7) // 8, "big")


def write_base58(data: bytes) -> str:
    """Write bytes as multibase base58btc."""
    return "z" + base58.b58encode(data).decode("ascii")


def _accept(key: object) -> PublicKey:
    """Return the key if it is one that signs and is sound; refuse all others."""
    if isinstance(key, Ed25519PublicKey):
        y = int.from_bytes(key.public_bytes_raw(), "little") & (2**255 - 1)
        if y >= _FIELD or y in _SMALL_ORDER:
            raise Malformed("an Ed25519 key that is not canonical or of small order")
        return key
    if isinstance(key, RSAPublicKey):
        if key.key_size not in RSA_BITS:
            raise Malformed(f"an RSA key of {key.key_size} bits; 2048 to 8192 are taken")
        numbers = key.public_numbers()
        if numbers.e.bit_length() > MAX_EXPONENT_BITS:
            raise Malformed("an RSA key with an exponent of more than 64 bits")
        if numbers.e < MIN_EXPONENT or not numbers.e & numbers.n & 1:
            raise Malformed("an RSA key with a small exponent, or one of even numbers")
        return key
    raise Malformed("a key that is neither Ed25519 nor RSA")


def read_multikey(text: str) -> PublicKey:
    """Read `publicKeyMultibase` of a Multikey (FEP-521a). Raises Malformed."""
    data = read_base58(text, MAX_MULTIKEY)
    code, body = data[:2], data[2:]
    if code == _X25519_PUBLIC:
        raise Malformed("an X25519 key agrees on secrets; it cannot sign")
    try:
        if code == _ED25519_PUBLIC:
            key = _accept(Ed25519PublicKey.from_public_bytes(body))
        elif code == _RSA_PUBLIC:
            key = _accept(load_der_public_key(body))
        else:
            raise Malformed("a Multikey of a kind that is not taken")
    except (ValueError, UnsupportedAlgorithm) as error:
        raise Malformed("a Multikey that holds no key") from error
    if write_multikey(key) != text:
        raise Malformed("a Multikey in another spelling than its own")
    return key


def write_multikey(key: PublicKey) -> str:
    """Write a public key as `publicKeyMultibase`: Ed25519 raw, RSA as PKCS #1 DER."""
    if isinstance(key, Ed25519PublicKey):
        return write_base58(_ED25519_PUBLIC + key.public_bytes_raw())
    return write_base58(_RSA_PUBLIC + key.public_bytes(Encoding.DER, PublicFormat.PKCS1))


def read_secret_multikey(text: str) -> Ed25519PrivateKey:
    """Read `secretKeyMultibase` of an Ed25519 Multikey (W3C Controlled Identifiers). Raises Malformed."""
    data = read_base58(text, MAX_MULTIKEY)
    if data[:2] != _ED25519_SECRET:
        raise Malformed("not a secret Ed25519 Multikey")
    try:
        return Ed25519PrivateKey.from_private_bytes(data[2:])
    except ValueError as error:
        raise Malformed("a secret Multikey of the wrong length") from error


def read_pem(text: str) -> PublicKey:
    """Read `publicKeyPem`: SubjectPublicKeyInfo, or PKCS #1 as some servers send. Raises Malformed."""
    if len(text) > MAX_PEM:
        raise Malformed("a PEM text too long for a public key")
    try:
        return _accept(load_pem_public_key(text.encode("utf-8")))
    except (ValueError, UnsupportedAlgorithm) as error:
        raise Malformed("a PEM text that holds no public key") from error


def write_pem(key: PublicKey) -> str:
    """Write a public key as PEM of its SubjectPublicKeyInfo."""
    return key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode("ascii")


_NO_KEYS: Final = "the key file does not hold an Ed25519 and an RSA key in PEM"


@dataclass(frozen=True, slots=True)
class SigningKeys:
    """The two private keys of a collective: Ed25519 for proofs and allies, RSA for everyone else's HTTP signatures."""

    ed25519: Ed25519PrivateKey = field(repr=False)
    rsa: RSAPrivateKey = field(repr=False)
    generation: int = field(default=1, repr=False)
    """Which pair of its collective this is; it stands in the addresses of the keys (`Ids`)."""

    @classmethod
    def generate(cls) -> Self:
        """Make a new pair."""
        return cls(Ed25519PrivateKey.generate(), generate_private_key(public_exponent=65537, key_size=2048))

    @classmethod
    def load(cls, data: bytes) -> Self:
        """Read what `dump` wrote. Raises ConfigError."""
        try:
            return cls.read(json.loads(data))
        except (ValueError, RecursionError):
            raise ConfigError(_NO_KEYS) from None

    @classmethod
    def read(cls, written: Any) -> Self:
        """Read what `write` gave, or a pair without a generation, which is the first. Raises ConfigError."""
        try:
            ed25519, rsa = (load_pem_private_key(written[name].encode("ascii"), None) for name in ("ed25519", "rsa"))
            generation = written.get("generation", 1)
        except (ValueError, TypeError, KeyError, AttributeError, UnsupportedAlgorithm):
            raise ConfigError(_NO_KEYS) from None
        if not isinstance(ed25519, Ed25519PrivateKey) or not isinstance(rsa, RSAPrivateKey):
            raise ConfigError("the key file holds keys of another kind than Ed25519 and RSA")
        if rsa.key_size not in RSA_BITS:
            raise ConfigError("the key file holds an RSA key that others would refuse for its size")
        if isinstance(generation, bool) or not isinstance(generation, int) or generation < 1:
            raise ConfigError("the key file holds a generation that is no number from 1")
        return cls(ed25519, rsa, generation)

    def dump(self) -> bytes:
        """Write one pair as JSON, for a file that its owner alone may read."""
        return json.dumps(self.write(), indent=2).encode("ascii") + b"\n"

    def write(self) -> dict[str, Any]:
        """Both as unencrypted PKCS #8 PEM texts, with their generation where it is not the first."""
        pems = {
            name: key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode("ascii")
            for name, key in (("ed25519", self.ed25519), ("rsa", self.rsa))
        }
        return pems if self.generation == 1 else {"generation": self.generation, **pems}

    @property
    def ed25519_public(self) -> Ed25519PublicKey:
        """The public half of the Ed25519 key."""
        return self.ed25519.public_key()

    @property
    def rsa_public(self) -> RSAPublicKey:
        """The public half of the RSA key."""
        return self.rsa.public_key()
