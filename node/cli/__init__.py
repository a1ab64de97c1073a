"""The command line `qafila`: each command is loaded when it is called, so that help is there at once."""

import click

from node.cli.command import WIDTH, Entry, Root

SECTIONS: dict[str, dict[str, Entry]] = {
    "Begin": {
        "lab": Entry("node.cli.lab", "lab", "Try it out: three collectives on this machine."),
        "init": Entry("node.cli.init", "init", "Make a collective's node in a data folder."),
        "run": Entry("node.cli.keeping", "run", "Run the node."),
        "work": Entry("node.cli.keeping", "work", "Deliver beside a running node that has PostgreSQL."),
        "open": Entry("node.cli.keeping", "open_pages", "Get a link that signs you in to the node's pages, once."),
    },
    "Say what there is, and what is missing": {
        "offer": Entry("node.cli.saying", "offer", "Offer something."),
        "need": Entry("node.cli.saying", "need", "Ask for something."),
        "surplus": Entry("node.cli.saying", "surplus", "Share out what would go to waste."),
        "import": Entry("node.cli.importing", "import_file", "Take over offers, needs and surplus from a spreadsheet."),
        "export": Entry("node.cli.exporting", "export", "Take everything that is yours elsewhere."),
        "update": Entry("node.cli.saying", "update", "Change a post."),
        "close": Entry("node.cli.saying", "close", "Close a post: done, or no longer wanted."),
        "withdraw": Entry("node.cli.saying", "withdraw", "Delete a post, here and where it was sent."),
    },
    "Look": {
        "list": Entry("node.cli.looking", "list_own", "List the collective's own posts."),
        "feed": Entry("node.cli.looking", "feed", "List what others share with you, and your own."),
        "show": Entry("node.cli.looking", "show", "Show one post."),
        "verify": Entry("node.cli.verifying", "verify", "Check who signed a post, and whether that holds."),
    },
    "Other collectives": {
        "ally": Entry("node.cli.trust", "ally", "Choose which collectives to trust."),
        "follow": Entry("node.cli.trust", "follow", "Follow the public posts of another server."),
        "unfollow": Entry("node.cli.trust", "unfollow", "Stop following."),
        "following": Entry("node.cli.trust", "following", "List whom you follow."),
        "followers": Entry("node.cli.trust", "followers", "See who follows you; accept or remove them."),
    },
    "Look after the node": {
        "status": Entry("node.cli.keeping", "status", "See how the node is doing."),
        "deliveries": Entry("node.cli.keeping", "deliveries", "See what is still on its way, or was refused."),
        "profile": Entry(
            "node.cli.profile", "profile", "Choose what everyone sees of you: words, ways to reach you, logo."
        ),
        "whoami": Entry("node.cli.keeping", "whoami", "Show the collective's address and its eight words."),
        "doctor": Entry("node.cli.doctoring", "doctor", "Look whether all is well, and what to do where it is not."),
        "backup": Entry("node.cli.backing", "backup", "Make an encrypted copy of everything; see which there are."),
        "restore": Entry("node.cli.backing", "restore", "Bring the collective back from a backup."),
        "keys": Entry("node.cli.keys", "keys", "See the keys that the collective signs with; change them."),
        "migrate": Entry("node.cli.keeping", "migrate", "Bring the database up to date after an upgrade."),
        "move-database": Entry("node.cli.moving", "move_database", "Carry the node over to PostgreSQL, or back."),
    },
}


@click.group(
    cls=Root,
    sections=SECTIONS,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": WIDTH},
    epilog="Each command explains itself: qafila offer --help",
)
@click.version_option(package_name="qafila", prog_name="qafila")
def main() -> None:
    """A mutual-aid collective's own node: offers, needs and surplus, signed and shared with allied collectives."""
