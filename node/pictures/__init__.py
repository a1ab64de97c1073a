"""Pictures that people give us: read whole, and kept without anything but what is needed to draw them."""
