"""The connections that the transport makes: directly or through Tor, counted, and with what they know of a certificate.

Only `transport` uses them, whose rules hold here too.
"""

import ssl
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from typing import Any, NamedTuple

from aiohttp import (
    ClientConnectorCertificateError,
    ClientConnectorError,
    ClientConnectorSSLError,
    ClientRequest,
    ClientResponse,
    ClientTimeout,
    TCPConnector,  # noqa: TID251 - the transport's own
)
from aiohttp.client_proto import ResponseHandler
from aiohttp.connector import Connection

from activitypub.onion import is_onion_service
from federation.addresses import NeedsTor
from federation.meter import Metered
from federation.socks import Tor


class Certificate(NamedTuple):
    """When a certificate is good."""

    begins: datetime
    ends: datetime


class Connector(TCPConnector):
    """The client's own, each connection of which counts what comes; some are made by Tor (rule 7 of `transport`)."""

    def __init__(self, most: int, tor: Tor | None, *, everything: bool, **choices: Any) -> None:
        super().__init__(**choices)
        metered: Callable[..., ResponseHandler] = Metered
        self._factory = partial(metered, most, loop=self._loop)
        self._tor = tor
        self._everything = everything

    async def _create_connection(
        self,
        req: ClientRequest,
        traces: list[Any],
        timeout: ClientTimeout,  # noqa: ASYNC109 (its signature)
    ) -> ResponseHandler:
        """Make a connection: what aiohttp asks each kind of connector for."""
        host, port = req.url.raw_host or "", req.url.port or 0
        if not (self._everything or is_onion_service(host)):
            return await super()._create_connection(req, traces, timeout)
        if self._tor is None:
            raise NeedsTor("nobody said where Tor is")
        line = await self._tor.connect(host, port)
        tls = self._get_ssl_context(req)
        try:
            _, protocol = await self._loop.create_connection(
                self._factory, sock=line, ssl=tls, server_hostname=host if tls else None
            )
        except ssl.SSLCertVerificationError as error:
            raise ClientConnectorCertificateError(req.connection_key, error) from error
        except ssl.SSLError as error:
            raise ClientConnectorSSLError(req.connection_key, error) from error
        except OSError as error:
            raise ClientConnectorError(req.connection_key, error) from error
        return protocol


class Answer(ClientResponse):
    """The client's own, which remembers the certificate: its connection is gone as soon as a short body is read."""

    certificate: Certificate | None = None

    async def start(self, connection: Connection) -> ClientResponse:
        """The answer begins."""
        said = connection.transport.get_extra_info("peercert") if connection.transport is not None else None
        if said:
            self.certificate = Certificate(_moment(said["notBefore"]), _moment(said["notAfter"]))
        return await super().start(connection)


def _moment(text: str) -> datetime:
    return datetime.fromtimestamp(ssl.cert_time_to_seconds(text), UTC)


def verifying_tls() -> ssl.SSLContext:
    """Trust what the system trusts, from TLS 1.2 up, for HTTP/1.1."""
    context = ssl.create_default_context()
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_alpn_protocols(["http/1.1"])
    return context
