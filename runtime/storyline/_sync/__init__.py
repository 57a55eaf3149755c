# Made by runtime/make_sync.py; edit runtime/storyline/_async/__init__.py
"""The thin half: it executes statements, and decides nothing that a pure module could decide."""
