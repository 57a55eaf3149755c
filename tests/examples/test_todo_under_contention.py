"""Many processes decide "at most three open items" on one list; then the log is judged."""

import multiprocessing
import os
import random
import time

from storyline import ConflictError, EventClient, RefusedError
from todo_app import commands
from todo_app.open_items import MOST_OPEN_ITEMS, open_items
from todo_app.story.todo import TODO, ItemAdded, ItemId, ListId, list_stream

HOME = ListId("home")
PROCESSES = 16
SECONDS = float(os.environ.get("STORYLINE_CONTENTION_SECONDS", "5"))


def test_sixteen_processes_never_put_a_fourth_open_item_on_a_list(todo_dsn: str) -> None:
    with EventClient(TODO, todo_dsn) as client:
        commands.create_list(client, HOME, "Home")
        run_busy_users(todo_dsn)
        log = client.get_event_stream(list_stream(list_id=HOME))

    assert [recorded.id for recorded in log] == list(range(1, len(log) + 1))
    still_open: frozenset[ItemId] = frozenset()
    fullest = 0
    for recorded in log:
        still_open = open_items(still_open, recorded)
        fullest = max(fullest, len(still_open))
        assert len(still_open) <= MOST_OPEN_ITEMS, f"a fourth open item at id {recorded.id}"
    assert fullest == MOST_OPEN_ITEMS, "the limit was never reached, so nothing was tested"
    assert len(log) > PROCESSES, "hardly anything happened"


def run_busy_users(dsn: str) -> None:
    context = multiprocessing.get_context("spawn")
    users = [context.Process(target=busy_user, args=(dsn, seed)) for seed in range(PROCESSES)]
    for user in users:
        user.start()
    for user in users:
        user.join()
    assert [user.exitcode for user in users] == [0] * PROCESSES


def busy_user(dsn: str, seed: int) -> None:
    """Adds and completes items of its own for a while; refusals and conflicts are normal."""
    chance = random.Random(seed)
    finish = time.monotonic() + SECONDS
    mine: list[ItemId] = []
    with EventClient(TODO, dsn) as client:
        while time.monotonic() < finish:
            try:
                if mine and chance.random() < 0.5:
                    commands.complete_item(client, HOME, mine[0])
                    mine.pop(0)
                else:
                    item = ItemId(f"{seed}-{chance.getrandbits(64):x}")
                    added = ItemAdded(list_id=HOME, item_id=item, title="Something")
                    commands.add_item(client, added, retries=2)
                    mine.append(item)
            except (RefusedError, ConflictError):
                continue
