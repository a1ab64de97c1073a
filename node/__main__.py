"""`python -m node` is `qafila`."""

from node.cli import main

if __name__ == "__main__":
    main(prog_name="qafila")
