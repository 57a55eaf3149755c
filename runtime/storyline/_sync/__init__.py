# Made by runtime/make_sync.py from runtime/storyline/_async/__init__.py: edit that.
"""The thin half: it executes statements, and decides nothing that a pure module could decide."""
