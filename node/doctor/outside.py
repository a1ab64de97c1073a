"""The node from outside: its name, its certificate, and whether its handle leads to it."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from activitypub.onion import is_onion_service
from activitypub.origin import origin_of
from federation.transport import Reason
from node.doctor.finding import Finding, Health
from node.doctor.onion import LEAD_HERE, START_TOR

SOON: Final = timedelta(days=14)
PART: Final = 4  # of a certificate that is made for few days only, the last quarter is soon
LOG: Final = "Look at the web server's log: journalctl -u caddy"
CERTIFICATE: Final = {
    Reason.TLS: "The web server has no certificate for the domain that others trust.",
    Reason.TLS_OVER: "The certificate is over, so nobody can reach the node.",
    Reason.TLS_NAME: "The certificate is for another name, so nobody can reach the node.",
}
ADDRESS: Final = {
    "tor": START_TOR,
    "dns": "Let the domain point at this machine's address, and wait until that is known.",
    "unsafe": "The domain points at an address that is not public. Let it point at the one that others see.",
    "connect": "Open port 443 to this machine, and start the web server. (From inside a home network this can fail "
    "while others reach you: ask an ally to try `qafila ally look`.)",
    "tls": f"The web server has no certificate for the domain yet. {LOG}",
    "tls-over": f"Let the web server get a new certificate. {LOG}",
    "tls-name": "Put your domain into the web server's settings, so that it gets a certificate for it.",
    "timeout": "Open port 443 to this machine, and start the web server.",
    "stranger": "Another node answers under this address. Was it moved, or copied? Two must never run.",
}
SERVICE: Final = {reason: ADDRESS[reason] for reason in ("tor", "stranger")}  # of an onion service; all else is Tor's


def dns(said: Mapping[str, Any]) -> Finding:
    """Which addresses the name has, whether others can reach such, and whether somebody answers at each."""
    host, seen = said["host"], said["addresses"]
    if said["reason"] == "tor-alone":
        text = f"Everything goes through Tor, so which addresses {host} has was not looked up from here."
        return Finding("dns", Health.GOOD, text)
    if said["reason"]:
        return Finding(
            "dns",
            Health.BAD,
            f"{host} has no address, or nobody could say.",
            "Where you manage the domain, let it point at this machine: a record A for IPv4, AAAA for IPv6. It can "
            f"take an hour until others know. See it with: getent ahosts {host}",
        )
    text = f"{host} has the {_addresses(seen)}."
    if hidden := [one for one in seen if not one["public"]]:
        return Finding(
            "dns",
            Health.BAD,
            f"{text} Others cannot reach {_addresses(hidden)}: not public.",
            "Where you manage the domain, leave the address alone that others see this machine by. If your provider "
            "gives you none of your own, the node needs another place.",
        )
    silent = [one for one in seen if not one["reached"] and one["reason"] not in CERTIFICATE]
    if silent and len(silent) < len(seen):
        return Finding(
            "dns",
            Health.LOOK,
            f"{text} From here nobody answers at the {_addresses(silent)}.",
            "If this is no address of this machine, remove its record where you manage the domain. If it is one, open "
            "port 443 there as well: some nodes know no other way.",
        )
    if all(":" in one["address"] for one in seen):
        return Finding(
            "dns",
            Health.LOOK,
            f"{text} That is IPv6 alone, which many nodes do not have.",
            "If this machine has a public IPv4 address, add it where you manage the domain, as a record A.",
        )
    return Finding("dns", Health.GOOD, text)


def _addresses(seen: Sequence[Mapping[str, Any]]) -> str:
    return f"address{'es' * (len(seen) > 1)} {', '.join(one['address'] for one in seen)}"


def certificate(said: Mapping[str, Any], now: datetime) -> Finding:
    """How long the certificate is good; of several web servers, the first that ends."""
    for one in said["addresses"]:
        if (reason := one["reason"]) in CERTIFICATE:
            text = f"{CERTIFICATE[Reason(reason)]} (Seen at {one['address']}.)"
            return Finding("certificate", Health.BAD, text, ADDRESS[reason])
    seen = [one for one in said["addresses"] if one["certificate"]]
    if not seen:
        do = ADDRESS["tor"] if said["addresses"][0]["reason"] == Reason.TOR else ADDRESS["timeout"]
        return Finding("certificate", Health.LOOK, "No web server was reached, so none could be looked at.", do)
    first = min(seen, key=lambda one: str(one["certificate"]["ends"]))["certificate"]
    begins, ends = (datetime.fromisoformat(first[name]) for name in ("begins", "ends"))
    text = f"The certificate is good until {ends:%Y-%m-%d}, {(ends - now).days} days from now."
    if ends - now < min(SOON, (ends - begins) / PART):
        return Finding(
            "certificate",
            Health.LOOK,
            f"{text} By now it should have been replaced.",
            f"Caddy does that by itself where port 80 or 443 is open to all. {LOG}",
        )
    return Finding("certificate", Health.GOOD, text)


def address(said: Mapping[str, Any]) -> Finding:
    """What `own_address` said, in words."""
    if said["reached"]:
        return Finding("address", Health.GOOD, f"{said['handle']} leads to this node, over {said['url']}")
    do = ADDRESS.get(said["reason"], "Look at the web server in front of the node, and at its log.")
    if is_onion_service(origin_of(said["url"]).host):
        do = SERVICE.get(said["reason"], LEAD_HERE)
    return Finding("address", Health.BAD, f"{said['url']} does not lead to this node: {said['text']}", do)
