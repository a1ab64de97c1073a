"""Files, headers and addresses of the pages."""

import re
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from node.web.headers import security_headers
from node.web.paths import Address
from node.web.static import static_files, static_url
from schema.category import Category


def test_a_file_is_named_after_its_content() -> None:
    """A name can be kept for ever: it holds the hash of what it names."""
    for name, file in static_files().items():
        assert sha256(file.body).hexdigest()[:12] in name
        assert file.etag.startswith('"')
        assert file.etag.endswith('"')


def test_the_style_sheet_asks_for_nothing_but_our_files() -> None:
    """Every picture of the style sheet is one that is served, under the name it is served by."""
    style = static_files()[static_url("style.css").rpartition("/")[2]].body.decode()
    pictures = re.findall(r'url\("?([^")]*)"?\)', style)
    assert pictures
    assert set(pictures) <= set(static_files())
    assert "@import" not in style
    assert "!important" not in style


def test_every_category_has_its_pictogram() -> None:
    """The pictograms lie one below the other in the order of the categories, and the style sheet finds each."""
    files = static_files()
    style = files[static_url("style.css").rpartition("/")[2]].body.decode()
    drawn = files[static_url("pictograms.svg").rpartition("/")[2]].body.decode()
    places = dict(re.findall(r'<g id="([a-z-]+)" transform="translate\(0 (\d+)\)">', drawn))
    shown = dict(re.findall(r"\.pictogram\.([a-z-]+) { background-position: 0 ([0-9.]+)%?; }", style))
    for number, category in enumerate(Category):
        assert int(places[category]) == 40 * number
        assert float(shown[category]) == pytest.approx(100 * number / (len(Category) - 1), abs=0.001)


def test_headers_allow_nothing_that_runs_or_comes_from_elsewhere() -> None:
    """The policy names our own origin alone, and no script at all."""
    headers = security_headers(https=True)
    policy = dict(part.split(" ", 1) for part in headers["Content-Security-Policy"].split("; "))
    assert policy.pop("default-src") == "'none'"
    assert "script-src" not in policy
    assert set(policy.values()) == {"'self'", "'none'"}
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"


def test_strict_transport_is_asked_for_over_https_alone() -> None:
    """A node in a lab or behind an onion address never tells a browser to insist on https."""
    assert "Strict-Transport-Security" in security_headers(https=True)
    assert "Strict-Transport-Security" not in security_headers(https=False)


@pytest.mark.parametrize(
    ("given_", "shown"),
    [
        ("/feed?kind=need", "/feed?kind=need"),
        ("//evil.example", "/"),
        ("/\\evil.example", "/%5Cevil.example"),
        ("/%2Fevil.example", "/%2Fevil.example"),
        ("https:evil", "/evil"),
        ("https://alder.example/posts/1?lang=ar#x", "/posts/1?lang=ar"),
        ("http://[", "/"),
        ("", "/"),
    ],
)
def test_an_address_never_leads_elsewhere(given_: str, shown: str) -> None:
    """Whatever a browser asked for, the links made from it stay on this node."""
    assert str(Address.parse(given_)) == shown


@given(st.text())
def test_no_text_makes_an_address_of_another_host(text: str) -> None:
    """One slash at the beginning, and no second one of either kind."""
    assert re.match(r"/(?![/\\])", str(Address.parse(text)))


def test_links_keep_the_chosen_language() -> None:
    """A language chosen in the address goes along; one chosen by the browser's wishes stays out of addresses."""
    chosen = Address.parse("/?lang=ar")
    assert str(chosen.to("https://alder.example/posts/1")) == "/posts/1?lang=ar"
    assert str(Address.parse("/").to("/feed?kind=need")) == "/feed?kind=need"
    assert str(chosen.having(lang="tr")) == "/?lang=tr"
