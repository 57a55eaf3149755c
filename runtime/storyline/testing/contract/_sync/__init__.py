# Made by runtime/make_sync.py; edit runtime/storyline/testing/contract/_async/__init__.py
"""Written by hand; `_sync` is made of it."""
