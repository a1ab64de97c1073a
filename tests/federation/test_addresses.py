from ipaddress import IPv4Address, IPv6Address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from federation.addresses import LOOPBACK_LAB, PUBLIC_INTERNET, SPECIAL_PURPOSE, AddressRules, Range, UnsafeAddress
from schema.errors import PeerUnreachable

ANY_V4 = str(IPv4Address(0))

PUBLIC = ["1.1.1.1", "8.8.8.8", "93.184.216.34", "172.32.0.1", "192.0.1.1", "223.255.255.255", "100.128.0.1",
          "2606:4700:4700::1111", "2001:4860:4860::8888", "2a00:1450:4001::1", "2003::1"]  # fmt: skip

UNSAFE_V4 = [
    ANY_V4, "0.1.2.3", "10.0.0.1", "10.255.255.255", "100.64.0.1", "100.127.255.255", "127.0.0.1", "127.255.255.254",
    "169.254.169.254", "172.16.0.1", "172.31.255.255", "192.0.0.1", "192.0.0.9", "192.0.0.170", "192.0.0.192",
    "192.0.2.1", "192.31.196.1", "192.52.193.1", "192.88.99.1", "192.168.0.1", "192.175.48.1", "198.18.0.1",
    "198.19.255.255", "198.51.100.1", "203.0.113.1", "224.0.0.1", "239.255.255.255", "240.0.0.1", "255.255.255.255",
]  # fmt: skip

UNSAFE_V6 = [
    "::", "::1", "::7f00:1", "::127.0.0.1", "::8.8.8.8", "::ffff:127.0.0.1", "::ffff:7f00:1", "::ffff:8.8.8.8",
    "0:0:0:0:0:ffff:10.0.0.1", "::ffff:0:127.0.0.1", "64:ff9b::7f00:1", "64:ff9b::10.0.0.1", "64:ff9b::8.8.8.8",
    "64:ff9b:1::1", "64:ff9b:1:ffff::a00:1", "100::1", "100:0:0:1::1", "200::1", "2001::1",
    "2001:0:4136:e378:8000:63bf:3fff:fdd2", "2001:1::1", "2001:2::1", "2001:3::1", "2001:4:112::1", "2001:10::1",
    "2001:20::1", "2001:30::1", "2001:1ff::1", "2001:db8::1", "2002:7f00:1::", "2002:808:808::1", "2620:4f:8000::1",
    "3ffe::1", "3fff::1", "3fff:fff::1", "4000::1", "5f00::1", "8000::1", "fc00::1", "fd00:ec2::254", "fe80::1",
    "febf::1", "fec0::1", "feff::1", "ff02::1", "ff0e::1",
]  # fmt: skip

ODD_SPELLINGS = [
    "127.1", "127.0.1", "0x7f000001", "0x7f.1", "0X7F000001", "2130706433", "0177.0.0.1", "00.0.0.0", "127.0.0.1.",
    "127.0.0.01", "\uff11\uff12\uff17.0.0.1", "127\u30020\u30020\u30021",
    "\u0663", "1.1.1.1.", "1.1.1.1.1", "256.1.1.1", "0x", "1.1.1.0x1",
    "01.1.1.1", "::ffff:0x7f000001", "[::1]", "::1%lo", "2606:4700::1%eth0", "fe80::1%eth0", "1.1.1.1/32", " 1.1.1.1",
    "1.1.1.1\n",
]  # fmt: skip

HOME_NAMES = ["localhost", "localhost.", "LOCALHOST", "alder.localhost", "nas.local", "router.home.arpa", "metadata",
              "metadata.google.internal", "intranet", "x.onion", "x.alt", "x.invalid"]  # fmt: skip

BAD_NAMES = ["", ".", "a..example", ".example", "ally.example.", "ALLY.example", "\u0430lly.example", "ally.example\n",
             "a b.example", "ally.example:80@x", "user@ally.example", "a" * 64 + ".example", "a.b" * 90,
             "al%6cy.example"]  # fmt: skip


@pytest.mark.parametrize("text", PUBLIC)
def test_an_ordinary_public_address_is_dialled(text: str) -> None:
    """Addresses that the registries hand out to everyone pass."""
    assert str(PUBLIC_INTERNET.check_address(text)) == text
    PUBLIC_INTERNET.check_target("https", text, 443)


@pytest.mark.parametrize("text", [*UNSAFE_V4, *UNSAFE_V6])
def test_a_special_address_is_never_dialled(text: str) -> None:
    """Each range of the registries is refused, and so is each prefix with an IPv4 address inside."""
    with pytest.raises(UnsafeAddress):
        PUBLIC_INTERNET.check_address(text)
    with pytest.raises(UnsafeAddress):
        PUBLIC_INTERNET.check_target("https", text, 443)


@pytest.mark.parametrize("rules", [PUBLIC_INTERNET, LOOPBACK_LAB])
@pytest.mark.parametrize("text", ODD_SPELLINGS)
def test_an_odd_spelling_is_neither_an_address_nor_a_name(text: str, rules: AddressRules) -> None:
    """What a resolver would turn into an address, in any radix or script, is refused before it is asked."""
    with pytest.raises(UnsafeAddress):
        rules.check_address(text)
    with pytest.raises(UnsafeAddress):
        rules.check_target("https", text, 443)


@pytest.mark.parametrize("row", SPECIAL_PURPOSE, ids=lambda row: str(row.network))
def test_each_row_is_refused_from_its_first_address_to_its_last(row: Range) -> None:
    """The edges of every range of the table are inside it."""
    for address in (row.network[0], row.network[-1]):
        with pytest.raises(UnsafeAddress):
            PUBLIC_INTERNET.check_address(str(address))


@given(st.ip_addresses(v=4))
def test_no_public_ipv4_hides_in_ipv6(inside: IPv4Address) -> None:
    """An IPv4 address in any known wrapping is refused, public or not."""
    number = int(inside)
    for wrapped in (
        IPv6Address(number),
        IPv6Address((0xFFFF << 32) | number),
        IPv6Address((0x64FF9B << 96) | number),
        IPv6Address((0x2002 << 112) | (number << 80) | 1),
        IPv6Address((0x20010000 << 96) | (number ^ 0xFFFFFFFF)),
    ):
        with pytest.raises(UnsafeAddress):
            PUBLIC_INTERNET.check_address(str(wrapped))


@given(st.ip_addresses())
def test_what_is_public_to_us_is_public_to_python(address: IPv4Address | IPv6Address) -> None:
    """Our table is never laxer than the standard library's."""
    try:
        PUBLIC_INTERNET.check_address(str(address))
    except UnsafeAddress:
        return
    assert address.is_global


@pytest.mark.parametrize("host", HOME_NAMES)
def test_a_name_of_the_home_network_is_not_looked_up(host: str) -> None:
    """Special-use names and bare labels are refused, whatever a resolver would say."""
    with pytest.raises(UnsafeAddress):
        PUBLIC_INTERNET.check_target("https", host, 443)


@pytest.mark.parametrize("rules", [PUBLIC_INTERNET, LOOPBACK_LAB])
@pytest.mark.parametrize("host", BAD_NAMES)
def test_a_name_in_another_spelling_is_refused(host: str, rules: AddressRules) -> None:
    """Only lower-case ASCII labels of a legal length without a trailing dot are a host name."""
    with pytest.raises(UnsafeAddress):
        rules.check_target("https", host, 443)


@pytest.mark.parametrize(
    "host", ["ally.example", "xn--mgbh0fb.example", "a1.b-2.c_3.example", "1and1.example", "0x.example"]
)
def test_a_public_name_may_be_tried(host: str) -> None:
    """An ordinary host name passes, to have its addresses checked later."""
    PUBLIC_INTERNET.check_target("https", host, 443)


@pytest.mark.parametrize(
    ("scheme", "port"),
    [("http", 443), ("http", 80), ("ftp", 443), ("gopher", 443), ("file", 443), ("data", 443), ("", 443),
     ("https", 80), ("https", 22), ("https", 8443), ("https", 0), ("https", -1), ("https", 65_536)],
)  # fmt: skip
def test_the_public_internet_is_https_on_443_alone(scheme: str, port: int) -> None:
    """Another scheme or port is refused."""
    with pytest.raises(UnsafeAddress):
        PUBLIC_INTERNET.check_target(scheme, "ally.example", port)


def test_an_administrator_may_add_ports() -> None:
    """More ports can be allowed, and nothing else changes with them."""
    rules = PUBLIC_INTERNET.with_ports(8443)
    rules.check_target("https", "ally.example", 8443)
    rules.check_target("https", "ally.example", 443)
    with pytest.raises(UnsafeAddress):
        rules.check_target("http", "ally.example", 8443)
    assert LOOPBACK_LAB.with_ports(1) == LOOPBACK_LAB


@pytest.mark.parametrize("text", ["127.0.0.1", "127.8.4.1", "::1"])
def test_the_lab_reaches_loopback_on_any_port(text: str) -> None:
    """Plain http to a loopback address passes in the lab."""
    LOOPBACK_LAB.check_address(text)
    LOOPBACK_LAB.check_target("http", text, 8401)
    LOOPBACK_LAB.check_target("http", "alder.localhost", 8401)


@pytest.mark.parametrize("text", [*PUBLIC, "10.0.0.1", "192.168.1.1", "::ffff:127.0.0.1", "fe80::1", ANY_V4, "::"])
def test_the_lab_reaches_nothing_but_loopback(text: str) -> None:
    """Every address that is not loopback is refused in the lab, the public ones first of all."""
    with pytest.raises(UnsafeAddress):
        LOOPBACK_LAB.check_address(text)


def test_a_refusal_is_a_peer_out_of_reach() -> None:
    """Who only asks whether a peer can be reached need not know about addresses; nobody is shown one."""
    with pytest.raises(PeerUnreachable) as caught:
        PUBLIC_INTERNET.check_address("169.254.169.254")
    assert "RFC 3927" in str(caught.value)
    assert "169" not in caught.value.shown
