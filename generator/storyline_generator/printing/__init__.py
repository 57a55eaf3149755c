"""A template and a plan → text. What the templates are is Jinja; what runs is Python made of them.

Importing Jinja takes longer than generating a small story, and running what it compiles three times
as long as plain Python; so it is only asked what the templates say, whenever one has changed.
"""

from __future__ import annotations

from storyline_generator.printing.compiled import printers


def printed(template: str, plan: object) -> str:
    """Deterministic; a name that the plan does not have is our mistake, and raises."""
    return printers()[template](plan)
