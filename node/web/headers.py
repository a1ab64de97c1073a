"""The headers that every answer for a browser carries."""

# Nothing runs, nothing comes from elsewhere, nothing goes elsewhere, nobody frames us.
CONTENT_SECURITY_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
ALWAYS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",  # for browsers that do not know `frame-ancestors`
}
ONE_YEAR = 31_536_000  # seconds


def security_headers(https: bool) -> dict[str, str]:  # noqa: FBT001 (the one thing they depend on)
    """The headers for a page; `https` is False for plain HTTP and for onion services, which must not have HSTS."""
    if not https:
        return dict(ALWAYS)
    return {**ALWAYS, "Strict-Transport-Security": f"max-age={ONE_YEAR}"}
