import base58
import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1
from cryptography.hazmat.primitives.asymmetric.ec import generate_private_key as generate_ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey, RSAPublicNumbers
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_public_key
from hypothesis import given
from hypothesis import strategies as st

from activitypub.signatures.keys import (
    SigningKeys,
    read_multikey,
    read_pem,
    read_secret_multikey,
    write_base58,
    write_multikey,
    write_pem,
)
from schema.errors import ConfigError, Malformed
from tests.activitypub import vectors

FIELD = 2**255 - 19
ORDER_8 = 0x5FC536D880238B13933C6D305ACDFD5F098EFF289F4C345B027B2C28F95E826


def test_an_ed25519_multikey_is_that_of_fep_521a() -> None:
    """FEP-521a's raw Ed25519 key and its Multikey are the same key, both ways."""
    key = read_multikey(vectors.FEP_521A_ED25519)
    assert isinstance(key, Ed25519PublicKey)
    assert key.public_bytes_raw().hex() == vectors.FEP_521A_ED25519_RAW
    assert write_multikey(key) == vectors.FEP_521A_ED25519


def test_an_rsa_multikey_is_that_of_fep_521a() -> None:
    """FEP-521a's PKCS #1 RSA key and its Multikey are the same key, both ways."""
    key = read_multikey(vectors.FEP_521A_RSA)
    assert isinstance(key, RSAPublicKey)
    assert key.public_bytes(Encoding.DER, PublicFormat.PKCS1).hex() == vectors.FEP_521A_RSA_PKCS1
    assert write_multikey(key) == vectors.FEP_521A_RSA


def test_a_secret_multikey_belongs_to_its_public_one() -> None:
    """The W3C key pair is a pair."""
    public = read_secret_multikey(vectors.SECRET_MULTIKEY).public_key()
    assert write_multikey(public) == vectors.PUBLIC_MULTIKEY
    assert public.public_bytes_raw().hex() == vectors.PUBLIC_RAW


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "base58btc"),
        ("z", "base58btc"),
        ("u" + vectors.PUBLIC_MULTIKEY[1:], "base58btc"),
        (vectors.PUBLIC_MULTIKEY + " ", "base58btc"),
        (vectors.PUBLIC_MULTIKEY.replace("J", "0"), "alphabet"),
        ("z" + "1" * 5000, "too long"),
        ("z" + "6" * 1500, "not taken"),
        (vectors.PUBLIC_MULTIKEY[:-1], "no key|not taken"),
        (vectors.SECRET_MULTIKEY, "not taken"),
        (write_base58(b"\xec\x01" + X25519PrivateKey.generate().public_key().public_bytes_raw()), "cannot sign"),
        (write_base58(b"\xed\x01" + bytes(31)), "no key"),
        (write_base58(b"\xed\x01" + bytes(32)), "small order"),
        (write_base58(b"\x85\x24" + bytes.fromhex(vectors.FEP_521A_RSA_PKCS1) + b"\0"), "no key|spelling"),
    ],
)
def test_what_is_no_signing_key_is_refused_as_multikey(text: str, why: str) -> None:
    """A Multikey in another base, of another kind, of the wrong length or with bytes to spare is Malformed."""
    with pytest.raises(Malformed, match=why):
        read_multikey(text)


@pytest.mark.parametrize("y", [0, 1, FIELD - 1, ORDER_8, FIELD - ORDER_8, FIELD, FIELD + 1])
@pytest.mark.parametrize("sign", [0, 1])
def test_an_ed25519_key_of_small_order_is_refused(y: int, sign: int) -> None:
    """A point that makes one signature fit many messages is no key, in any of its encodings."""
    raw = (y | sign << 255).to_bytes(32, "little")
    with pytest.raises(Malformed, match="small order"):
        read_multikey(write_base58(b"\xed\x01" + raw))
    with pytest.raises(Malformed, match="small order"):
        read_pem(write_pem(Ed25519PublicKey.from_public_bytes(raw)))


def test_an_rsa_key_in_a_multikey_has_pkcs1_form() -> None:
    """SubjectPublicKeyInfo in an RSA Multikey is another spelling, and refused."""
    spki = vectors.signing_keys().rsa_public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    with pytest.raises(Malformed, match="spelling"):
        read_multikey(write_base58(b"\x85\x24" + spki))


def test_only_an_ed25519_secret_is_a_secret_multikey() -> None:
    """A public key, or a secret of the wrong length, is no secret Multikey."""
    for text in (vectors.PUBLIC_MULTIKEY, write_base58(b"\x80\x26" + bytes(31)), "z0"):
        with pytest.raises(Malformed):
            read_secret_multikey(text)


def test_a_pem_reads_back() -> None:
    """Both kinds of key are the same after PEM, and RSA may come as PKCS #1."""
    keys = vectors.signing_keys()
    assert read_pem(write_pem(keys.ed25519_public)) == keys.ed25519_public
    assert read_pem(write_pem(keys.rsa_public)) == keys.rsa_public
    assert read_pem(keys.rsa_public.public_bytes(Encoding.PEM, PublicFormat.PKCS1).decode()) == keys.rsa_public


def test_a_key_that_is_too_weak_or_too_big_is_refused() -> None:
    """RSA under 2048 or over 8192 bits, with even numbers, an exponent under 65537 or a vast one is Malformed."""
    small = load_pem_public_key(vectors.CAVAGE_PUBLIC_PEM.encode())
    assert isinstance(small, RSAPublicKey)
    large = RSAPublicNumbers(65537, 2**8199 + 1).public_key()
    slow = RSAPublicNumbers(2**64 + 13, vectors.signing_keys().rsa_public.public_numbers().n).public_key()
    modulus = vectors.signing_keys().rsa_public.public_numbers().n
    low = RSAPublicNumbers(65_535, modulus).public_key()
    three = RSAPublicNumbers(3, modulus).public_key()
    for key, why in ((small, "1024 bits"), (large, "8200 bits"), (slow, "exponent"), (low, "small"), (three, "small")):
        with pytest.raises(Malformed, match=why):
            read_pem(write_pem(key))
    with pytest.raises(Malformed, match="1024 bits"):
        read_multikey(write_multikey(small))
    good = vectors.signing_keys().rsa_public.public_bytes(Encoding.DER, PublicFormat.PKCS1)
    for bad in (good[:-1] + b"\0", good[:-6] + b"\0" + good[-5:]):  # an even exponent, an even modulus
        with pytest.raises(Malformed):
            read_multikey(write_base58(b"\x85\x24" + bad))


def test_a_pem_of_another_key_is_refused() -> None:
    """Elliptic curves, X25519, private keys, long texts and no PEM at all are Malformed."""
    for other in (generate_ec(SECP256R1()).public_key(), X25519PrivateKey.generate().public_key()):
        with pytest.raises(Malformed, match="neither"):
            read_pem(other.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode())
    for text in ("", "x" * 5000, "\ud800", vectors.signing_keys().dump().decode()):
        with pytest.raises(Malformed):
            read_pem(text)


@given(st.text() | st.binary(max_size=80).map(write_base58))
def test_any_text_is_a_key_or_malformed(text: str) -> None:
    """No text makes a reader of keys raise anything but Malformed."""
    for read in (read_multikey, read_pem, read_secret_multikey):
        try:
            read(text)
        except Malformed:
            continue


@given(st.sampled_from([b"\xed\x01", b"\x85\x24"]), st.binary(max_size=300))
def test_a_multikey_has_one_spelling(code: bytes, body: bytes) -> None:
    """Whatever is read as a Multikey is written as the same text again."""
    text = write_base58(code + body)
    try:
        key = read_multikey(text)
    except Malformed:
        return
    assert write_multikey(key) == text
    assert base58.b58decode(text[1:]) == code + body


def test_signing_keys_survive_their_file() -> None:
    """Keys that were dumped and loaded again are the same, and do not show in `repr`."""
    keys = vectors.signing_keys()
    loaded = SigningKeys.load(keys.dump())
    assert loaded.dump() == keys.dump()
    assert loaded.ed25519_public == keys.ed25519_public
    assert loaded.rsa_public == keys.rsa_public
    assert loaded.rsa.key_size == 2048
    assert repr(loaded) == "SigningKeys()"


@pytest.mark.parametrize(
    "data",
    [b"", b"\xff", b"[]", b"{}", b"null", b'{"ed25519": 1, "rsa": 2}', b'{"ed25519": "x", "rsa": "y"}', b"[" * 100_000],
)
def test_a_key_file_that_is_none_is_a_fault_of_this_node(data: bytes) -> None:
    """Loading anything but what `dump` wrote is a ConfigError."""
    with pytest.raises(ConfigError):
        SigningKeys.load(data)


def test_a_key_file_with_the_keys_exchanged_is_refused() -> None:
    """An RSA key in the place of the Ed25519 key is a ConfigError."""
    swapped = vectors.signing_keys().dump().replace(b'"rsa"', b'"x"').replace(b'"ed25519"', b'"rsa"')
    with pytest.raises(ConfigError):
        SigningKeys.load(swapped.replace(b'"x"', b'"ed25519"'))
