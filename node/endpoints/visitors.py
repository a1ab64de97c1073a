"""What programs that visit every site ask for first: robots.txt, a sitemap, and whom to tell of a weakness."""

from datetime import timedelta
from xml.etree.ElementTree import Element, SubElement, tostring

from aiohttp import web

from activitypub.times import write_time
from node.endpoints.wire import HOUSE
from node.store import proposals
from node.store.proposals import Wanted
from schema.errors import Absent
from schema.visibility import Audience

MOST = 1_000
SITEMAP = "http://www.sitemaps.org/schemas/sitemap/0.9"
HOLDS_FOR = timedelta(days=180)  # RFC 9116: less than a year


async def robots(request: web.Request) -> web.Response:
    """Search engines stay out, unless the collective wants to be found by them (RFC 9309)."""
    house = request.app[HOUSE]
    if house.settings.search_engines == "no":
        return web.Response(text="User-agent: *\nDisallow: /\n")
    return web.Response(
        text=f"User-agent: *\nDisallow: /feed\nDisallow: /open/\n\nSitemap: {house.ids.home}sitemap.xml\n"
    )


async def sitemap(request: web.Request) -> web.Response:
    """The page of the collective and those of its open public posts, for search engines that may come."""
    house = request.app[HOUSE]
    if house.settings.search_engines == "no":
        raise Absent("no sitemap")
    async with house.store.reading() as connection:
        wanted = Wanted(owner=house.ids.actor, audience=Audience.PUBLIC, limit=MOST)
        addresses = [stored.proposal.id for stored in await proposals.listing(connection, wanted)]
    urls = Element("urlset", {"xmlns": SITEMAP})
    for address in (house.ids.home, *addresses):
        SubElement(SubElement(urls, "url"), "loc").text = address
    body = tostring(urls, encoding="utf-8", xml_declaration=True)
    return web.Response(body=body, headers={"Content-Type": "application/xml"})


async def security(request: web.Request) -> web.Response:
    """Whom to tell of a weakness (RFC 9116), where the collective says so."""
    house = request.app[HOUSE]
    contact = house.settings.security_contact
    if not contact:
        raise Absent("nobody to tell")
    languages = ", ".join(dict.fromkeys([house.settings.language, "en"]))
    lines = (
        f"Contact: {contact}",
        f"Expires: {write_time(house.now() + HOLDS_FOR)}",
        f"Preferred-Languages: {languages}",
        f"Canonical: {house.ids.home}.well-known/security.txt",
    )
    return web.Response(text="\n".join(lines) + "\n")
