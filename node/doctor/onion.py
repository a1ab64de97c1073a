"""Tor, and the onion service that leads to the node."""

from collections.abc import Mapping
from typing import Any, Final

from federation.transport import Reason
from node.doctor.finding import Finding, Health

START_TOR: Final = (
    "Start Tor (on Debian: systemctl start tor), and let the setting socks be the SocksPort of its torrc."
)
LEAD_HERE: Final = (
    "Compare the name with Tor's file `hostname`, and let HiddenServicePort 80 in its torrc lead to what `listen` is. "
    "A service that was just started is found after some minutes."
)


def tor(said: Mapping[str, Any]) -> Finding:
    """What `tor_health` said, in words."""
    if said["answers"]:
        what = "everything that the node dials" if said["alone"] else "what goes to onion services"
        return Finding("tor", Health.GOOD, f"Tor answers at {said['socks']} and takes {what}.")
    what = "nothing is dialled" if said["alone"] else "no onion service is reached"
    return Finding("tor", Health.BAD, f"Tor does not answer at {said['socks']}, so {what}.", START_TOR)


def onion(said: Mapping[str, Any]) -> Finding:
    """What `own_onion` said, in words."""
    if said["reached"]:
        return Finding("onion", Health.GOOD, f"{said['onion']} leads to this node too.")
    if said["reason"] in {Reason.TOR, Reason.NO_TOR}:
        text = f"Whether {said['onion']} leads here can be tried through Tor alone."
        return Finding("onion", Health.LOOK, text, START_TOR)
    return Finding("onion", Health.BAD, f"{said['onion']} does not lead to this node: {said['text']}", LEAD_HERE)
