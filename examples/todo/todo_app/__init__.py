"""Shared to-do lists: a small application on the story in `schemas/todo`."""
