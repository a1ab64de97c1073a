"""Every connection that this process opens and every name it looks up, seen where Python does it (PEP 578).

While it is `at_home`, what leads away from this machine is seen, and refused as if nobody were there.
"""

import sys


class Dials:
    """Keeps what it hears; a hook can never be taken out again, so there is one of these for a process."""

    def __init__(self) -> None:
        """Nothing is heard before `listen`."""
        self.listening = False
        self.at_home = False
        self.ports: list[int] = []
        self.names: list[str] = []

    def listen(self) -> None:
        """Begin."""
        if not self.listening:
            self.listening = True
            sys.addaudithook(self._hear)

    def since(self, mark: tuple[int, int], *, but: int) -> list[int | str]:
        """Ports dialled and names looked up since `mark`, apart from one port."""
        ports, names = mark
        return [port for port in self.ports[ports:] if port != but] + [*self.names[names:]]

    @property
    def mark(self) -> tuple[int, int]:
        """Where we are now."""
        return len(self.ports), len(self.names)

    def _hear(self, event: str, arguments: tuple[object, ...]) -> None:
        if event == "socket.connect" and isinstance(address := arguments[1], tuple):
            self.ports.append(address[1])
            if self.at_home and not str(address[0]).startswith("127."):
                raise ConnectionRefusedError("tests stay on this machine")
        elif event == "socket.getaddrinfo" and not str(arguments[0]).startswith("127."):
            self.names.append(str(arguments[0]))


DIALS = Dials()
