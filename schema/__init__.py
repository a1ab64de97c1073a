"""The domain: words and rules that every node must agree on.

Standard library only. No input or output, no clock, no event loop: whatever time it is comes in as `now`.
"""
