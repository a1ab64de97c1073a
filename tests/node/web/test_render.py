"""What stands on each page."""

import re
from importlib import resources

import pytest

from node.web import render
from node.web.i18n import NAMES
from node.web.views import Filters
from schema.category import Category
from tests.browser.pages import PATHS, page
from tests.node.web.samples import ALDER, FULL, KEY, OWNERS, posts

BYTES = 60_000


def shown(address: str, lang: str) -> str:
    html = page(f"{address}{'&' if '?' in address else '?'}lang={lang}")
    assert html is not None
    return html


@pytest.mark.parametrize("lang", NAMES)
@pytest.mark.parametrize("address", [*PATHS, "/?posts=50", "/feed?posts=50"])
def test_every_page_is_small_whole_and_accessible(address: str, lang: str) -> None:
    """Under 60 KB with fifty posts; language, direction, one heading, landmarks, skip link; nothing inline."""
    html = shown(address, lang)
    assert len(html.encode()) < BYTES
    assert f'<html lang="{lang}" dir="{"rtl" if lang in ("ar", "ur") else "ltr"}">' in html
    for once in ("<h1", '<main id="main"', "<header ", "<footer ", 'href="#main"', "<title>"):
        assert html.count(once) == 1, once
    for never in ("<script", "<style", " style=", "javascript:", " onclick", "%("):
        assert never not in html, never
    identifiers = re.findall(r' id="([^"]+)"', html)
    assert len(identifiers) == len(set(identifiers))


def test_the_home_page_says_who_we_are_and_how_to_reach_us() -> None:
    """Name, summary, handle and ways to reach us stand on the public page, with each post and the way to older ones."""
    html = render.render_home(ALDER, [FULL], lang="en", next_url="/?before=17", here="/?lang=en")
    assert '<h1><bdi lang="en" dir="ltr">Alder Kitchen</bdi></h1>' in html
    assert ALDER.handle in html
    assert 'href="tel:+902125550123">+90 212 555 01 23</a>' in html
    assert 'href="mailto:hello@alder.example">' in html
    assert '<bdi lang="ar" dir="rtl">الثلاثاء' in html
    assert '<a href="/?lang=ckb" lang="ckb" hreflang="ckb" dir="rtl">' in html
    assert "12 meals left of 40 meals" in html
    assert 'href="/posts/01jd7q4x?lang=en"' in html
    assert 'rel="next" href="/?before=17&amp;lang=en"' in html


def test_a_post_can_be_read_in_every_language_without_a_translator() -> None:
    """An Arabic reader learns kind, category, quantity, facts and time of an English post in Arabic."""
    html = render.render_post(ALDER, FULL, lang="ar")
    for word in ("فائض", "وجبات مطبوخة", "بقي ١٢ وجبة من ٤٠ وجبة", "حلال", "الجمعة، ٢٧ نوفمبر"):
        assert word in html, word
    assert '<bdi lang="en" dir="ltr">Lentil soup' in html


def test_texts_of_unknown_language_are_set_apart() -> None:
    """A text without a language is announced as of none, and runs the way its first letter does."""
    html = render.render_home(ALDER, [{**FULL, "language": None}], lang="ur", next_url=None)
    assert '<bdi lang="" dir="auto">Lentil soup' in html


def test_a_post_says_who_signed_it() -> None:
    """The owner, the key that proves it, the version and where programs find the document."""
    html = render.render_post(ALDER, FULL, lang="en", document_url="/posts/01jd7q4x/document")
    assert KEY in html
    assert "<dt>Version</dt> <dd>3</dd>" in html
    assert re.search(r'<link rel="alternate" type="application/ld\+json[^>]* href="https://alder.example/posts/', html)
    assert 'href="/posts/01jd7q4x/document"' in html


@pytest.mark.parametrize("lang", NAMES)
def test_a_post_of_other_software_says_so(lang: str) -> None:
    """Whoever reads one learns that details may be missing, in what form it came, and what is asked in return."""
    ours = render.render_post(ALDER, FULL, lang=lang)
    theirs = render.render_post(ALDER, {**FULL, "foreign": True, "dialect": "flohmarkt", "asks": "25 CAD"}, lang=lang)
    for word in ("flohmarkt", "25 CAD", 'class="notice"'):
        assert word not in ours
        assert word in theirs
    english = "Written by other software; some details may be missing."
    assert (english in theirs) is (lang == "en")
    feed = render.render_feed(ALDER, [{**FULL, "foreign": True}, FULL], lang="en", csrf="c5rf")
    assert feed.count("<li>Other software</li>") == 1


@pytest.mark.parametrize(
    ("proof", "words"), [("by-hand", "Check by hand"), ("revoked", "Do not rely on it"), ("holds", "the proof holds")]
)
def test_a_post_says_what_became_of_its_key(proof: str, words: str) -> None:
    """A proof by a key that was stolen is never shown as one that holds."""
    html = render.render_post(ALDER, {**FULL, "proof": proof}, lang="en")
    assert words in html
    assert ("the proof holds" in html) is (proof == "holds")


def test_strangers_do_not_learn_to_how_many_a_post_went() -> None:
    """Delivery counts stand on the operator's pages alone."""
    assert "14 delivered" not in render.render_post(ALDER, FULL, lang="en")
    assert "14 delivered" not in render.render_home(ALDER, [FULL], lang="en", next_url=None)
    assert "14 delivered" in render.render_post(ALDER, FULL, lang="en", csrf="c5rf")
    assert "14 delivered" in render.render_feed(ALDER, [FULL], lang="en", csrf="c5rf")


def test_only_what_happened_to_a_delivery_is_counted() -> None:
    """A count of none is left out, and so is the row where there is nothing to count."""
    some = {**FULL, "deliveries": {"waiting": 0, "delivered": 2, "refused": 0}}
    html = render.render_feed(ALDER, [some], lang="en", csrf="c5rf")
    assert '<ul class="inline"><li>2 delivered</li></ul>' in html
    none = {**FULL, "deliveries": {"waiting": 0, "delivered": 0, "refused": 0}}
    assert "Sent to other nodes" not in render.render_feed(ALDER, [none], lang="en", csrf="c5rf")


@pytest.mark.parametrize(("kind", "verb"), [("need", "give"), ("offer", "take"), ("surplus", "take")])
def test_a_part_of_a_need_is_given(kind: str, verb: str) -> None:
    """The reader of a need is asked to give a part; of an offer or a surplus, to take one."""
    assert re.findall("You can [a-z]+ a part of it", render.render_post(ALDER, {**FULL, "kind": kind}, lang="en")) == [
        f"You can {verb} a part of it"
    ]


@pytest.mark.parametrize(
    ("lang", "name", "day"),
    [
        ("en", "Post ends", "Friday 27 November"),
        ("ar", "ينتهي المنشور", "الجمعة، ٢٧ نوفمبر"),
        ("fr", "Fin de l’annonce", "vendredi 27 novembre"),
        ("tr", "İlanın bitişi", "27 Kasım Cuma"),
        ("ur", "پوسٹ کا اختتام", "جمعہ، 27 نومبر"),
    ],
)
def test_the_end_of_a_post_alone_is_no_deadline(lang: str, name: str, day: str) -> None:
    """Where nothing has to be used, collected or handed over by then, it is the post that ends, on a day."""
    html = render.render_post(ALDER, {**FULL, "use_by": None, "collect_by": None, "until": None}, lang=lang)
    assert f'<dt>{name}</dt> <dd><time datetime="2026-11-27">{day}</time></dd>' in html


def test_a_post_that_is_over_says_so() -> None:
    """A closed post stays readable and says at the top that it is closed."""
    assert "Closed: this is no longer open." in render.render_post(ALDER, {**FULL, "state": "closed"}, lang="en")


def test_the_feed_names_owner_audience_state_and_proof() -> None:
    """A post of an ally shows whose it is and from which host, who may see it, and that nothing proves it."""
    foreign = {**posts(2)[1], "proven_by": None, "state": "closed", "audience": "allies"}
    html = render.render_feed(ALDER, [foreign], lang="en", csrf="c5rf")
    for word in ("birch.example", OWNERS[1].name, "Our allies", "Closed", "Not proven"):
        assert word in html, word
    assert "/feed/post?id=https%3A%2F%2Fbirch.example%2Fposts%2F01jd7q4x0001" in html


def test_the_feed_can_be_narrowed_by_plain_links() -> None:
    """Each choice keeps the others, and the chosen one is marked."""
    filters = Filters(kind="need", owner=OWNERS[1].actor)
    html = render.render_feed(ALDER, [], lang="en", csrf="c5rf", filters=filters, owners=OWNERS)
    owner = "owner=https%3A%2F%2Fbirch.example%2Factor"
    assert f'href="/feed?kind=need&amp;category=care&amp;{owner}"' in html
    assert f'href="/feed?kind=need&amp;{owner}" aria-current="true">All' in html
    assert html.count("category=") == len(Category)
    assert "No post fits this choice." in html


def test_an_empty_feed_says_what_to_do_next() -> None:
    """A new operator reads the two commands that bring something here."""
    html = render.render_feed(ALDER, [], lang="en", csrf="c5rf")
    assert "qafila publish" in html
    assert "qafila ally add" in html


def test_leaving_is_a_button_that_carries_its_token() -> None:
    """The signed-in header posts to /leave; a page without a token has no such header."""
    html = render.render_feed(ALDER, [], lang="en", csrf="c5rf")
    assert '<form method="post" action="/leave"><input type="hidden" name="csrf" value="c5rf">' in html
    assert "/leave" not in render.render_home(ALDER, [], lang="en", next_url=None)


def test_a_one_time_link_is_used_by_a_button() -> None:
    """Reading the page posts nothing; its one form carries the token."""
    html = render.render_open(ALDER, token="0ne-t1me", lang="en")
    assert html.count("<form") == 1
    assert '<form method="post" action="/open">' in html
    assert '<input type="hidden" name="token" value="0ne-t1me">' in html


@pytest.mark.parametrize("status", [403, 404, 405, 410, 500, 503])
def test_a_known_error_says_what_to_do_next(status: int) -> None:
    """Its own words, in the reader's language; the log's words never."""
    html = render.render_error(status, "Database locked.", lang="fr")
    assert "Database locked." not in html
    assert "Aller à la page publique" in html


def test_a_closed_door_says_where_the_key_is() -> None:
    """Who is not let in reads whom the page is for, and the command that prints the link."""
    html = render.render_error(403, "Forbidden.", lang="en")
    assert "<h1>Only for the people of this collective</h1>" in html
    assert 'the link that <code dir="ltr">qafila open</code> prints' in html


def test_another_error_shows_its_safe_text() -> None:
    """Where we have no words of our own, the error's safe text is shown, as English."""
    assert '<p lang="en" dir="ltr">Too many requests.</p>' in render.render_error(429, "Too many requests.", lang="ar")


def test_no_template_marks_data_as_safe() -> None:
    """Escaping has no exception."""
    templates = [file for file in resources.files("node.web").joinpath("templates").iterdir() if file.is_file()]
    assert templates
    for template in templates:
        assert not re.search(r"\|\s*safe|autoescape", template.read_text("utf-8")), template.name
