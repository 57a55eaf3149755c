"""Written by hand; `_sync` is made of it."""
