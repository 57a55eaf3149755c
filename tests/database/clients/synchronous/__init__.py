# Made by runtime/make_sync.py; edit tests/database/clients/asynchronous/__init__.py
"""What the client promises, case by case. `synchronous` is made of this folder."""
