from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from activitypub.signatures.fields import (
    MAX_FIELD,
    MAX_MEMBERS,
    BareItem,
    InnerList,
    Item,
    Member,
    Token,
    read_dictionary,
    write_dictionary,
    write_member,
)
from schema.errors import DomainError, Unauthenticated

_KEYS = st.from_regex(r"[a-z*][a-z0-9_.*-]{0,8}", fullmatch=True)
_BARE: st.SearchStrategy[BareItem] = st.one_of(
    st.booleans(),
    st.integers(-(10**15) + 1, 10**15 - 1),
    st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E), max_size=20),
    st.binary(max_size=40),
    st.from_regex(r"[A-Za-z*][!#$%&'*+.^_`|~0-9A-Za-z:/-]{0,8}", fullmatch=True).map(Token),
)
_PARAMETERS = st.dictionaries(_KEYS, _BARE, max_size=4)
_ITEMS = st.builds(Item, _BARE, _PARAMETERS)
_MEMBERS: st.SearchStrategy[Member] = st.one_of(
    _ITEMS, st.builds(InnerList, st.lists(_ITEMS, max_size=5).map(tuple), _PARAMETERS)
)


def kinds(members: dict[str, Member]) -> str:
    """A text that tells true from 1."""
    return repr(members)


@pytest.mark.parametrize(
    ("text", "members"),
    [
        ("a=1", {"a": Item(1)}),
        ("a=-0", {"a": Item(0)}),
        ("a=007", {"a": Item(7)}),
        ("a=999999999999999", {"a": Item(999_999_999_999_999)}),
        ('a="x\\"\\\\y"', {"a": Item('x"\\y')}),
        ("a=*tok/en:1", {"a": Item(Token("*tok/en:1"))}),
        ("a=:aGVsbG8=:", {"a": Item(b"hello")}),
        ("a=::", {"a": Item(b"")}),
        ("a=?0, b=?1, c", {"a": Item(value=False), "b": Item(value=True), "c": Item(value=True)}),
        ("a;x;y=2", {"a": Item(value=True, parameters={"x": True, "y": 2})}),
        ("  a=1 \t,\t b=2  ", {"a": Item(1), "b": Item(2)}),
        ("a=()", {"a": InnerList(())}),
        (
            '*k=(  "b";p   tok );  q=:AA==:',
            {"*k": InnerList((Item("b", {"p": True}), Item(Token("tok"))), {"q": b"\0"})},
        ),
    ],
)
def test_what_the_rfc_allows_is_read(text: str, members: dict[str, Member]) -> None:
    """Each kind of value, of spaces and of parameters reads as RFC 8941 section 4.2 says."""
    assert kinds(read_dictionary(text)) == kinds(members)


@pytest.mark.parametrize(
    "text",
    [
        *("", " ", ",", "a=1,", ",a=1", "a=1,,b=2", "a=1 b=2", "a =1", "a= 1", "A=1", "1=1", "ä=1", "a=1 ;b", "\ta=1"),
        *("a=", "a=1.5", "a=1234567890123456", "a=--1", "a=-", "a=@1", 'a=%"x"', "a=?2", "a=?", "a=1;", "a=1;B"),
        *('a="', 'a="\\x"', 'a="\n"', 'a="ü"', 'a="\x7f"', "a='x'", "a=1\n", "a=1\0"),
        *("a=:", "a=:A:", "a=:AA=:", "a=:AAA:", "a=:AB==:", "a=:-_==:", "a=:A A=:", "a=:AA==", "a=:AA===:", "a=:ü:"),
        *("a=(", "a=)", "a=(1", 'a=("b""c")', "a=(1,2)", "a=((1))", "a=(1\t2)", "a=(1);", "a=()b"),
        *("a=1, a=1", "a=1;b;b", "a=(1;b=1;b=2)"),
        ", ".join(f"a{number}" for number in range(1000)),
        "a=(" + " ".join("1" * (MAX_MEMBERS + 1)) + ")",
        "a" + "".join(f";b{number}" for number in range(MAX_MEMBERS + 1)),
        'a="' + "x" * MAX_FIELD + '"',
    ],
)
def test_anything_else_is_refused(text: str) -> None:
    """Wrong characters, spellings, places, repetitions and sizes are Unauthenticated."""
    with pytest.raises(Unauthenticated):
        read_dictionary(text)


def test_as_many_as_allowed_are_read() -> None:
    """The limits are met, not missed by one."""
    text = ", ".join(f"a{number}" for number in range(MAX_MEMBERS))
    assert len(read_dictionary(text)) == MAX_MEMBERS
    member = read_dictionary("a=(" + " ".join("1" * MAX_MEMBERS) + ")")["a"]
    assert isinstance(member, InnerList)
    assert len(member.items) == MAX_MEMBERS


def test_what_is_written_is_canonical() -> None:
    """However much space stood in a field, it is written as RFC 8941 section 4.1 says."""
    text = '  a=(  "x";  p=?1   tok  );created=007;  q=?0\t,  b=?1;c ,d=:AA==:'
    assert write_dictionary(read_dictionary(text)) == 'a=("x";p tok);created=7;q=?0, b;c, d=:AA==:'
    assert write_member(InnerList((), {})) == "()"


@pytest.mark.parametrize(
    "member",
    [
        Item("ü"),
        Item("\n"),
        Item(10**15),
        Item(Token("")),
        Item(Token("1")),
        Item(Token("?1")),
        Item(Token("a b")),
        Item(1, {"A": 1}),
        Item(1, {"": True}),
    ],
)
def test_what_a_field_cannot_hold_is_not_written(member: Member) -> None:
    """Writing other characters, kinds or sizes is our own mistake: DomainError."""
    with pytest.raises(DomainError):
        write_dictionary({"a": member})
    with pytest.raises(DomainError):
        write_dictionary({"a b": Item(1)})


@given(st.dictionaries(_KEYS, _MEMBERS, min_size=1, max_size=5))
def test_what_is_written_is_read_again(members: dict[str, Member]) -> None:
    """Any dictionary survives being written and read, order and kinds included."""
    assert kinds(read_dictionary(write_dictionary(members))) == kinds(members)


@given(st.text() | st.text(alphabet='ab=;, ()"\\:?10-.*\tA', max_size=40))
def test_any_text_is_read_or_unauthenticated(text: str) -> None:
    """Whatever the text, it is refused as Unauthenticated or read, and what was read has one spelling."""
    try:
        members: dict[str, Any] = read_dictionary(text)
    except Unauthenticated:
        return
    written = write_dictionary(members)
    assert write_dictionary(read_dictionary(written)) == written
