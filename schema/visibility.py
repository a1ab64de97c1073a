"""Who may see a post, in four plain words. The fourth, one coalition, comes with coalitions."""

from enum import StrEnum


class Audience(StrEnum):
    """Ordered from the fewest to the most people; the default is `ALLIES`."""

    CIRCLE = "circle"  # the members of this collective: it never leaves the node
    ALLIES = "allies"
    PUBLIC = "public"

    @property
    def leaves_the_node(self) -> bool:
        """Whether a post for this audience is sent to other nodes at all."""
        return self is not Audience.CIRCLE
