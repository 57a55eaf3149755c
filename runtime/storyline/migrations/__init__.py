"""A folder of SQL files → a database that has them applied, once each and in order.

The parts, leaf first: errors, files (text → sections), comparison (files and history → what is
to do), history (what the database remembers), runner (all of it under one lock). Nothing here
knows stories. A name is imported when it is first used: who only reads files needs no driver.
"""

from typing import TYPE_CHECKING

from storyline.lazy import lazy_exports

if TYPE_CHECKING:
    from storyline.migrations.comparison import State, Status, contradictions
    from storyline.migrations.errors import EventsWouldBeLostError, MigrationError
    from storyline.migrations.runner import migrate_down, migrate_up, migration_status

__all__ = [
    "EventsWouldBeLostError",
    "MigrationError",
    "State",
    "Status",
    "contradictions",
    "migrate_down",
    "migrate_up",
    "migration_status",
]

__getattr__, __dir__ = lazy_exports(
    __name__,
    {
        "EventsWouldBeLostError": ".errors",
        "MigrationError": ".errors",
        "State": ".comparison",
        "Status": ".comparison",
        "contradictions": ".comparison",
        "migrate_down": ".runner",
        "migrate_up": ".runner",
        "migration_status": ".runner",
    },
)
