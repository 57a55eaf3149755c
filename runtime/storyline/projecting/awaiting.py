"""SQL of waiting for a log's next event: a process says that it waits, and the append tells it.

Nothing is told to those who do not wait: so a busy log has no notifications, and a silent one has
one for each silence.
"""

from __future__ import annotations

from hashlib import sha256

from psycopg import sql

from storyline.statements import Statement, table
from storyline.story import Story


def channel(story: Story) -> str:
    """As the generated `append_in_transaction` has it. A name may have 63 bytes."""
    name = f"storyline_{story.schema}"
    if len(name.encode()) < 64:
        return name
    return f"storyline_{sha256(story.schema.encode()).hexdigest()[:32]}"


def listen(story: Story) -> Statement:
    return Statement(sql.SQL("listen {}").format(sql.Identifier(channel(story))))


def unlisten(story: Story) -> Statement:
    return Statement(sql.SQL("unlisten {}").format(sql.Identifier(channel(story))))


def silence(story: Story, last_id: int) -> Statement:
    """A row, if the log still ends there: whether somebody has said that it is waited for."""
    text = sql.SQL("select is_awaited from {} where partition = '' and last_id = %s")
    return Statement(text.format(table(story, "heads")), (last_id,))


def wait_for_event(story: Story, last_id: int) -> Statement:
    """Says so, and returns a row; or none, if something newer is there by now.

    It holds the head's lock without a flush: a crash that takes this takes the one who waits, too.
    """
    text = sql.SQL(
        "update {} set is_awaited = true"
        " from (select set_config('synchronous_commit', 'off', true)) as hurry (setting)"
        " where partition = '' and last_id = %s and hurry.setting = 'off' returning last_id"
    )
    return Statement(text.format(table(story, "heads")), (last_id,))
