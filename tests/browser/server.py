"""A small server for the pages, with the headers they are served with, and an eye on what a browser does there."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Literal

from aiohttp import web
from aiohttp.test_utils import TestServer
from playwright.async_api import Browser, ConsoleMessage, Dialog, Error, Page, Request, Response

from node.web.headers import security_headers
from node.web.paths import LOGO, QR, STATIC
from node.web.qr import CONTENT_TYPE, qr_svg
from node.web.static import static_files
from tests.browser.pages import page
from tests.node.web.samples import ALDER
from tests.rig.pictures import JPEG, LOSSLESS, LOSSY, LOSSY_ALPHA, png

PICTURES = {
    QR: (CONTENT_TYPE, qr_svg(ALDER.url)),
    f"{LOGO}0123.png": ("image/png", png(256, 256)),
    "/pictures/png": ("image/png", png()),
    "/pictures/jpeg": ("image/jpeg", JPEG),
    "/pictures/lossy": ("image/webp", LOSSY),
    "/pictures/lossy-alpha": ("image/webp", LOSSY_ALPHA),
    "/pictures/lossless": ("image/webp", LOSSLESS),
}
Scheme = Literal["light", "dark"]
Pages = Callable[[str], str | None]


@dataclass(slots=True)
class Site:
    """Where the pages are served. `pages` gives the text for a path and query."""

    origin: str = ""
    pages: Pages = page

    async def answer(self, request: web.Request) -> web.Response:
        """A file, a page, or 404."""
        headers = security_headers(https=False)
        file = static_files().get(request.path.removeprefix(STATIC))
        if file is not None:
            return web.Response(body=file.body, headers={**headers, "Content-Type": file.content_type})
        if request.path in PICTURES:
            content_type, picture = PICTURES[request.path]
            return web.Response(body=picture, headers={**headers, "Content-Type": content_type})
        html = self.pages(request.path_qs)
        if html is None:
            return web.Response(status=404, headers=headers)
        return web.Response(text=html, content_type="text/html", headers=headers)


@asynccontextmanager
async def serving() -> AsyncIterator[Site]:
    """Serve the pages until the block ends."""
    site = Site()
    application = web.Application()
    application.router.add_get("/{rest:.*}", site.answer)
    async with TestServer(application) as server:
        site.origin = str(server.make_url("/")).rstrip("/")
        yield site


@dataclass
class Watched:
    """A browser page and its trouble: messages, errors, dialogs, answers that are none, requests to others."""

    page: Page
    origin: str
    trouble: list[str] = field(default_factory=list)

    def on_console(self, message: ConsoleMessage) -> None:
        """The console stays empty."""
        self.trouble.append(f"console: {message.text}")

    def on_error(self, error: Error) -> None:
        """Nothing runs, so nothing fails."""
        self.trouble.append(f"error: {error}")

    async def on_dialog(self, dialog: Dialog) -> None:
        """No page opens one; whoever does is closed."""
        self.trouble.append(f"dialog: {dialog.message}")
        await dialog.dismiss()

    def on_request(self, request: Request) -> None:
        """Nothing is asked of another host."""
        if not request.url.startswith(f"{self.origin}/"):
            self.trouble.append(f"request: {request.url}")

    def on_response(self, response: Response) -> None:
        """Whatever is asked for is there."""
        if not response.ok:
            self.trouble.append(f"{response.status}: {response.url}")


@asynccontextmanager
async def watched(
    browser: Browser, site: Site, *, width: int = 360, scheme: Scheme = "light"
) -> AsyncIterator[Watched]:
    """A new page of this width in pixels, under watch."""
    context = await browser.new_context(viewport={"width": width, "height": 740}, color_scheme=scheme)
    seen = Watched(await context.new_page(), site.origin)
    seen.page.on("console", seen.on_console)
    seen.page.on("pageerror", seen.on_error)
    seen.page.on("dialog", seen.on_dialog)
    seen.page.on("request", seen.on_request)
    seen.page.on("response", seen.on_response)
    try:
        yield seen
    finally:
        await context.close()
