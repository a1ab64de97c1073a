"""What a steward should know about a node: each check looks at one thing and says what to do.

Rule 1  A check takes what was seen and puts it into words; it looks nowhere itself, apart from files of this machine.
        What only the node can see (its database, its name, its allies) it is asked for (`node.aid.keeping`).
Rule 2  A finding that is not good says what to do, as it would be typed.
"""
