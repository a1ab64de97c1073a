from ipaddress import ip_address, ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from node.visitor import LONGEST_ADDRESS, Address, network_of, peer_address, read_address, visitor

PROXY = ("127.0.0.1", 40_000)
TRUSTED = tuple(map(ip_network, ("127.0.0.1", "10.89.0.0/24", "2001:db8:ff::/48")))
CLIENT = "203.0.113.7"


def who(*forwarded: str, peer: object = PROXY) -> str | None:
    found = visitor(peer, forwarded, TRUSTED)
    return None if found is None else str(found)


@pytest.mark.parametrize(
    ("forwarded", "expected"),
    [
        ([CLIENT], CLIENT),
        (["198.51.100.1, 203.0.113.7"], CLIENT),  # what stands before the last was written by the visitor
        (["junk, , \x80, 203.0.113.7"], CLIENT),
        ([" 203.0.113.7\t"], CLIENT),
        (["203.0.113.7, 10.89.0.3"], CLIENT),  # two of our own in a row
        (["203.0.113.7, 2001:db8:ff::1, 10.89.0.3"], CLIENT),
        (["203.0.113.7, 127.0.0.1"], CLIENT),
        (["2001:db8::7"], "2001:db8::7"),
        (["::ffff:203.0.113.7"], CLIENT),
        (["::ffff:cb00:7107"], CLIENT),
        (["203.0.113.7, ::ffff:10.89.0.3"], CLIENT),
        (["192.168.1.5"], "192.168.1.5"),  # from the same house
        (["1, " * 2_730 + CLIENT], CLIENT),  # as long as a header can be
        ([], None),
        ([""], None),
        ([CLIENT, CLIENT], None),  # two headers
        ([CLIENT, ""], None),
        (["127.0.0.1"], None),  # Tor before the web server
        (["::1"], None),
        (["10.89.0.3"], None),
        (["203.0.113.7,"], None),
        (["203.0.113.7, unknown"], None),
        (["203.0.113.7, 10.89.0.3, _hidden"], None),
        (["203.0.113.7" + ", 10.89.0.3" * 9], None),  # more of our own than anybody has
        (["203.0.113.7:4711"], None),
        (["[2001:db8::7]"], None),
        (["[2001:db8::7]:4711"], None),
        (["fe80::1%eth0"], None),
        (["2001:db8::7%1"], None),
        (["2001:DB8::7"], None),
        (["2001:db8:0:0:0:0:0:7"], None),
        (["203.0.113.07"], None),
        (["203.0.113"], None),
        (["3405803783"], None),
        (["0xcb007107"], None),
        (["\u0662\u0660\u0663.0.113.7"], None),  # digits of another script
        (["203.0.113.7\u3000"], None),
        (["203.0.113.7/32"], None),
        (["for=203.0.113.7"], None),
        (['"203.0.113.7"'], None),
        (["9" * 10_000], None),
    ],
)
def test_what_a_trusted_web_server_says(forwarded: list[str], expected: str | None) -> None:
    """V36: the last address that is not our own counts, in its normal spelling and in one header; else nobody."""
    assert who(*forwarded) == expected


@pytest.mark.parametrize(
    ("peer", "expected"),
    [
        (("8.8.8.8", 1), "8.8.8.8"),
        (("2606:4700::7", 1, 0, 0), "2606:4700::7"),
        (("::ffff:8.8.8.8", 1, 0, 0), "8.8.8.8"),
        (("127.0.0.2", 1), None),
        (("::1", 1, 0, 0), None),
        (("192.168.1.5", 1), None),
        (("fe80::1%eth0", 1, 0, 2), None),
        ("/run/socket", None),
        (None, None),
    ],
)
def test_nobody_else_is_believed(peer: object, expected: str | None) -> None:
    """V36: from any other address the header means nothing, and one that stands for many is nobody in particular."""
    assert who(CLIENT, peer=peer) == expected


def test_where_nobody_is_trusted() -> None:
    """V36: without trusted ones the header means nothing, whoever sends it."""
    assert visitor(PROXY, [CLIENT], ()) is None
    assert visitor(("8.8.8.8", 1), [CLIENT], ()) == ip_address("8.8.8.8")


@given(st.ip_addresses())
def test_an_address_is_read_as_it_is_written(address: Address) -> None:
    """Every address in its normal spelling is read, IPv4 in IPv6 as IPv4."""
    assert read_address(str(address)) == peer_address((str(address), 1))


@given(st.text(st.sampled_from("0123456789abcdefABCDEF:.%[]/ ,x"), max_size=2 * LONGEST_ADDRESS) | st.text())
def test_whatever_else_is_no_address(text: str) -> None:
    """Any text is an address that is spelled so, or none."""
    read = read_address(text)
    assert read is None or text in {str(read), f"::ffff:{read}"} or text == str(ip_address(f"::ffff:{read}"))


@pytest.mark.parametrize(
    ("address", "network"),
    [("203.0.113.7", "203.0.113.7"), ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"), ("::7", "::")],
)
def test_of_ipv6_the_network_counts(address: str, network: str) -> None:
    """All addresses of a /64 are one, and each of IPv4 is its own."""
    assert str(network_of(ip_address(address))) == network
