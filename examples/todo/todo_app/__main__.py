"""`python -m todo_app`: the commands and the views, from the terminal."""

import argparse
import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from datetime import date

from pydantic import ValidationError

from storyline import EventClient, RefusedError, StorylineError
from todo_app import commands, views
from todo_app.rush import rush
from todo_app.story.todo import TODO, ItemAdded, ItemId, ListId


def main(arguments: Sequence[str] | None = None) -> int:
    chosen = parser().parse_args(arguments)
    with EventClient(TODO, database_url()) as client:
        try:
            chosen.command(client, chosen)
        except RefusedError as refused:
            return told(f"Refused: {refused}")
        except StorylineError as error:
            return told(str(error))
        except ValidationError as error:
            return told(f"Not an event: {error.errors()[0]['msg']}.")
    return 0


def told(reason: str) -> int:
    print(reason, file=sys.stderr)
    return 1


def database_url() -> str:
    """`DATABASE_URL`, or the embedded server that `storyline db start` runs for this folder."""
    if url := os.environ.get("DATABASE_URL"):
        return url
    found = subprocess.run(("storyline", "db", "url"), stdout=subprocess.PIPE, text=True)
    if found.returncode:
        sys.exit(found.returncode)  # `storyline` has said why
    return found.stdout.strip()


def parser() -> argparse.ArgumentParser:
    root = argparse.ArgumentParser(prog="todo_app", description="Shared to-do lists.")
    command = root.add_subparsers(required=True, metavar="COMMAND").add_parser

    create = command("create", help="start a list")
    create.add_argument("list", type=ListId)
    create.add_argument("name")
    create.set_defaults(command=create_list)

    add = command("add", help="put an item on a list")
    add.add_argument("list", type=ListId)
    add.add_argument("item", type=ItemId)
    add.add_argument("title")
    add.add_argument("--priority", choices=["low", "normal", "high"], default="normal")
    add.add_argument("--due", type=date.fromisoformat, metavar="YYYY-MM-DD")
    add.set_defaults(command=add_item)

    for name, verb, text in ON_ONE_ITEM:
        one = command(name, help=text)
        one.add_argument("list", type=ListId)
        one.add_argument("item", type=ItemId)
        one.set_defaults(command=on_one_item(verb))

    many = command("rush", help="several people add an item at the same moment")
    many.add_argument("list", type=ListId)
    many.add_argument("titles", nargs="+")
    many.set_defaults(command=rush_at_list)

    show = command("show", help="one list")
    show.add_argument("list", type=ListId)
    show.set_defaults(command=show_list)

    overview = command("overview", help="how much is open on each of several lists")
    overview.add_argument("lists", type=ListId, nargs="+")
    overview.set_defaults(command=show_overview)

    log = command("log", help="the events of one list, as they were recorded")
    log.add_argument("list", type=ListId)
    log.set_defaults(command=show_log)
    return root


ItemCommand = Callable[[EventClient, ListId, ItemId], object]

ON_ONE_ITEM: tuple[tuple[str, ItemCommand, str], ...] = (
    ("done", commands.complete_item, "tick an item off"),
    ("undo", commands.mark_item_incomplete, "take a tick back"),
    ("remove", commands.remove_item, "take an item off the list"),
)


def create_list(client: EventClient, chosen: argparse.Namespace) -> None:
    commands.create_list(client, chosen.list, chosen.name)
    print(f"Created {chosen.name}.")


def add_item(client: EventClient, chosen: argparse.Namespace) -> None:
    item = ItemAdded(
        list_id=chosen.list,
        item_id=chosen.item,
        title=chosen.title,
        priority=chosen.priority,
        due_on=chosen.due,
    )
    commands.add_item(client, item)
    print(f"Added {chosen.title}.")


def rush_at_list(client: EventClient, chosen: argparse.Namespace) -> None:
    rush(client, chosen.list, chosen.titles)


def show_list(client: EventClient, chosen: argparse.Namespace) -> None:
    print(views.list_page(client, chosen.list))


def show_overview(client: EventClient, chosen: argparse.Namespace) -> None:
    print(views.overview_page(client, chosen.lists))


def show_log(client: EventClient, chosen: argparse.Namespace) -> None:
    print(views.log_page(client, chosen.list))


def on_one_item(verb: ItemCommand) -> Callable[[EventClient, argparse.Namespace], None]:
    def command(client: EventClient, chosen: argparse.Namespace) -> None:
        verb(client, chosen.list, chosen.item)
        print(views.list_page(client, chosen.list))

    return command


if __name__ == "__main__":
    sys.exit(main())
