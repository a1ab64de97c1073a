"""Every table of a node.

Moments are whole milliseconds since 1970, UTC. Documents that carry a proof are kept as the bytes that were signed.
"""

from datetime import UTC, datetime, timedelta

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Dialect,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    TypeDecorator,
)

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MILLISECOND = timedelta(milliseconds=1)


class Moment(TypeDecorator[datetime]):
    """An aware datetime as whole milliseconds, the same on every database."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:  # noqa: ARG002 (its signature)
        """To the database."""
        return None if value is None else (value - EPOCH) // MILLISECOND

    def process_result_value(self, value: int | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """From the database."""
        return None if value is None else EPOCH + value * MILLISECOND


Serial = BigInteger().with_variant(Integer, "sqlite")
metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

# What this database is: who it belongs to, and which versions of Qafila may open it.
node = Table(
    "node",
    metadata,
    Column("key", Text, primary_key=True),
    Column("value", Text, nullable=False),
)

# Our proposals and those of others, each in its newest version.
proposals = Table(
    "proposals",
    metadata,
    Column("seq", Serial, primary_key=True, autoincrement=True),
    Column("id", Text, nullable=False, unique=True),
    Column("owner", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("category", Text, nullable=False),
    Column("audience", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("ends", Moment, nullable=False),
    Column("data", Text, nullable=False),
    Column("document", LargeBinary),  # the signed Note; none for what never leaves the node
    Column("proven_by", Text),  # the Multikey whose proof over `document` held when it came in
    Column("stored_at", Moment, nullable=False),
    Index(None, "owner", "seq"),
    Index(None, "audience", "state", "seq"),
    Index(None, "state", "ends"),
)

# What was withdrawn, so that a late Create does not bring it back.
tombstones = Table(
    "tombstones",
    metadata,
    Column("id", Text, primary_key=True),
    Column("owner", Text, primary_key=True),
    Column("was_public", Boolean, nullable=False),
    Column("at", Moment, nullable=False),
)

# Every activity that came in and was answered with 202: the same one never takes effect twice.
inbox = Table(
    "inbox",
    metadata,
    Column("actor", Text, primary_key=True),
    Column("id", Text, primary_key=True),
    Column("digest", LargeBinary, nullable=False),
    Column("type", Text, nullable=False),
    Column("effect", Text, nullable=False),
    Column("at", Moment, nullable=False),
)

# Every activity that we sent or are sending, as the bytes that were signed.
activities = Table(
    "activities",
    metadata,
    Column("seq", Serial, primary_key=True, autoincrement=True),
    Column("id", Text, nullable=False, unique=True),
    Column("type", Text, nullable=False),
    Column("object", Text, nullable=False),
    Column("audience", Text, nullable=False),
    Column("document", LargeBinary, nullable=False),
    Column("current", Boolean, nullable=False),  # whether it is still what we say of its object
    Column("at", Moment, nullable=False),
    Index(None, "audience", "type", "seq"),
    Index(None, "object"),
)

# One row for each activity and each inbox it goes to.
deliveries = Table(
    "deliveries",
    metadata,
    Column("id", Serial, primary_key=True, autoincrement=True),
    Column("activity", Serial, ForeignKey("activities.seq"), nullable=False),
    Column("peer", Text, nullable=False),
    Column("inbox", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("queued_at", Moment, nullable=False),
    Column("not_before", Moment, nullable=False),
    Column("expires", Moment),
    Column("status", Integer),  # the last answer, where there was one
    Column("status_count", Integer, nullable=False),  # how many times in a row it came
    Column("status_since", Moment),
    Column("reason", Text),
    Index(None, "state", "peer", "id"),
    Index(None, "activity"),
)

# How each peer (an origin) has been answering us.
peers = Table(
    "peers",
    metadata,
    Column("peer", Text, primary_key=True),
    Column("failures", Integer, nullable=False),
    Column("next_try", Moment),  # none: at once
    Column("last_ok", Moment),
    Column("held_by", Text),  # the process that sends to it just now, where several share the database
    Column("held_until", BigInteger),  # milliseconds since 1970, by the database's own clock
)

# Actors of other nodes, as their own node served them.
actors = Table(
    "actors",
    metadata,
    Column("id", Text, primary_key=True),
    Column("document", LargeBinary, nullable=False),
    Column("fetched_at", Moment, nullable=False),
)

# The collectives that a person here chose to trust; `document` is the actor as it is pinned now, `statements` are those
# about its keys.
allies = Table(
    "allies",
    metadata,
    Column("actor", Text, primary_key=True),
    Column("document", LargeBinary, nullable=False),
    Column("state", Text, nullable=False),
    Column("added_at", Moment, nullable=False),
    Column("added_by", Text, nullable=False),
    Column("statements", LargeBinary),
)

# Keys that the node of an ally shows and that nothing leads to, until a person decides.
key_alarms = Table(
    "key_alarms",
    metadata,
    Column("actor", Text, primary_key=True),
    Column("digest", Text, primary_key=True),  # of the keys
    Column("words", Text, nullable=False),
    Column("why", Text, nullable=False),
    Column("at", Moment, nullable=False),
    Column("dismissed_at", Moment),
    Column("dismissed_by", Text),
)

# When the keys of an ally changed, by whose decision, and what their words were before and after.
key_changes = Table(
    "key_changes",
    metadata,
    Column("seq", Serial, primary_key=True, autoincrement=True),
    Column("actor", Text, nullable=False),
    Column("at", Moment, nullable=False),
    Column("by", Text),  # none: the ally's own statements
    Column("before", Text, nullable=False),
    Column("after", Text, nullable=False),
    Index(None, "actor", "seq"),
)

# Who follows us (`in`) and whom we follow (`out`).
follows = Table(
    "follows",
    metadata,
    Column("direction", Text, primary_key=True),
    Column("actor", Text, primary_key=True),
    Column("id", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("document", LargeBinary, nullable=False),  # the Follow itself
    Column("peer_document", LargeBinary, nullable=False),  # their actor when it was asked for
    Column("at", Moment, nullable=False),
    Index(None, "id"),
)

# Lines of spreadsheets that were imported, so that twice is once.
imports = Table(
    "imports",
    metadata,
    Column("key", Text, primary_key=True),
    Column("fingerprint", Text, nullable=False),
    Column("proposal", Text, nullable=False),
    Column("at", Moment, nullable=False),
)

# One-time links for the operator, and the browser sessions they opened: hashes only.
links = Table(
    "links",
    metadata,
    Column("token", LargeBinary, primary_key=True),
    Column("expires", Moment, nullable=False),
    Column("used_at", Moment),
)
sessions = Table(
    "sessions",
    metadata,
    Column("token", LargeBinary, primary_key=True),
    Column("expires", Moment, nullable=False),
)

# What the collective says of itself to everyone, beside its settings: each part in each language.
profile = Table(
    "profile",
    metadata,
    Column("part", Text, primary_key=True),
    Column("language", Text, primary_key=True),
    Column("text", Text, nullable=False),
)

# Pictures for everyone; the only one is the logo.
pictures = Table(
    "pictures",
    metadata,
    Column("name", Text, primary_key=True),
    Column("data", LargeBinary, nullable=False),
)
