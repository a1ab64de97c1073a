"""Between plain text and the HTML of `content`."""

import re
from html import escape, unescape

import nh3

MOST_READ = 16_384  # characters

_BREAK = re.compile(r"<br\s*/?>", re.IGNORECASE)
_BLOCK_END = re.compile(r"</(?:p|div|li|ul|ol|blockquote|pre|h[1-6])\s*>", re.IGNORECASE)
_BLANK_LINES = re.compile(r"\n\s*\n")


def paragraphs(plain: str) -> str:
    """Plain text as HTML: blank lines part paragraphs, line feeds break lines, everything else is escaped."""
    parts = (part.strip("\n") for part in _BLANK_LINES.split(plain))
    return "".join(f"<p>{escape(part).replace(chr(10), '<br>')}</p>" for part in parts if part.strip())


def plain_from_html(html: str) -> str:
    """The text of foreign HTML, a line for each paragraph and break, without any markup or script.

    Only its beginning is read: a note is shorter, and parsing deep nonsense takes long.
    """
    broken = _BLOCK_END.sub("\n", _BREAK.sub("\n", html[:MOST_READ]))
    return unescape(nh3.clean(broken, tags=set())).strip()
