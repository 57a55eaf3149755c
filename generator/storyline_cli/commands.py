"""Finds the command, imports only that command's module, and makes an exit code of its result.

A command is a module with `add_arguments(parser)` and `run(arguments) -> int`. It returns 0 when
all is fine and 1 when there are findings; it raises `UsageError` for what the user can put right in
the call or the environment.
"""

from __future__ import annotations

import argparse
import importlib
import os
import sys
import traceback
from collections.abc import Sequence
from io import TextIOWrapper
from typing import NoReturn, Protocol, cast

from storyline_cli import FINE, INTERNAL, INTERRUPTED, USAGE, UsageError

COMMANDS = {
    "init": "Begin: a first story and its configuration. Overwrites nothing.",
    "generate": "Turn the stories into Python and SQL.",
    "check": "The one line for CI: lint, compatibility, and whether all generated is up to date.",
    "lint": "Warn of what is sound, and yet odd.",
    "breaking": "Say what a change would break: stored events, running code, searches.",
    "diff": "Say what has changed, as Markdown for a pull request.",
    "release": "Freeze what is new: from then on it must stay readable.",
    "migrations": "Look after the files of migrations: merge, squash, alembic.",
    "migrate": "Bring a database to the generated migrations: up, down, status.",
    "projections": "Keep states up to date: run, rebuild; status; parked, retry, skip; forget.",
    "subscriptions": "Where a subscription goes on: move, forget.",
    "db": "A PostgreSQL for this folder: start, stop, url.",
    "verify": "Hold a live database against the stories, and its log against its promises.",
    "tail": "Follow the log of a story; see how the state of a projection came about.",
    "explain": "Say what the code of a message means, with an example.",
}
FORMATS = ("text", "json", "github", "sarif")
"""As the generator's `reporter` knows them, which is imported only where there is a report."""
GENERATOR_ONLY = ("jinja2", "ruff", "tomli")
"""What a server that runs only the application need not have."""
OURS = "storyline: this is a mistake in Storyline, not in your story. Please report it."


class Command(Protocol):
    """What every module of a command offers."""

    def add_arguments(self, parser: argparse.ArgumentParser) -> None: ...
    def run(self, arguments: argparse.Namespace) -> int: ...


def run(words: Sequence[str]) -> int:
    """Run one command. The result is the exit code."""
    _never_fail_to_print()
    try:
        exit_code = _run(words)
        sys.stdout.flush()
        return exit_code
    except UsageError as error:
        return _usage(str(error))
    except KeyboardInterrupt:
        return _interrupted()
    except BrokenPipeError:
        return _nobody_reads()
    except ModuleNotFoundError as error:
        if error.name not in GENERATOR_ONLY:
            return _internal()
        return _usage("The generator is not installed. Run `pip install 'storyline[generator]'`.")
    except OSError as error:
        return _usage(_reason(error))
    except Exception:
        return _internal()


def _never_fail_to_print() -> None:
    """A terminal that is not UTF-8 shows what it cannot print escaped."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def _usage(message: str) -> int:
    print(f"storyline: {message}", file=sys.stderr)
    return USAGE


def _internal() -> int:
    traceback.print_exc()
    print(f"\n{OURS}", file=sys.stderr)
    return INTERNAL


def _interrupted() -> int:
    print("storyline: interrupted.", file=sys.stderr)
    return INTERRUPTED


def _nobody_reads() -> int:
    """As in `storyline explain | head`. What is still to be written must not fail at exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return FINE


def _reason(error: OSError) -> str:
    return f"`{error.filename}`: {error.strerror}." if error.filename else f"{error}."


def _run(words: Sequence[str]) -> int:
    chosen = next((word for word in words if word in COMMANDS), None)
    parser = _parser(chosen)
    if not words:
        parser.print_help(sys.stderr)
        return USAGE
    arguments, unknown = parser.parse_known_args(words)
    if unknown:
        command = f"storyline {arguments.command}"
        raise UsageError(f"`{command}` does not take `{unknown[0]}`. Run `{command} --help`.")
    return _command(arguments.command).run(arguments)


class _Parser(argparse.ArgumentParser):
    """A wrong call is told as any other mistake of the environment is."""

    def error(self, message: str) -> NoReturn:
        raise UsageError(f"{message}. Run `{self.prog} --help`.")


def _parser(chosen: str | None) -> argparse.ArgumentParser:
    """All commands are listed, but only the chosen one is imported to say what it takes."""
    parser = _Parser(
        prog="storyline", description="Event sourcing on PostgreSQL, generated from TOML."
    )
    parser.add_argument("--version", action=_Version, help="show the version")
    _add_output(parser, colour=False, format="text")
    commands = parser.add_subparsers(dest="command", required=True, metavar="command")
    for name, summary in COMMANDS.items():
        command_parser = commands.add_parser(name, help=summary, description=summary)
        _add_output(command_parser, colour=argparse.SUPPRESS, format=argparse.SUPPRESS)
        if name == chosen:
            _command(name).add_arguments(command_parser)
    return parser


def _add_output(parser: argparse.ArgumentParser, *, colour: object, format: str) -> None:
    """Before or behind the command, as one likes: what is not given there leaves what was."""
    parser.add_argument(
        "--format", choices=FORMATS, default=format, help="of what is found (default: text)"
    )
    parser.add_argument(
        "--no-color", action="store_true", default=colour, help="plain output, as with NO_COLOR=1"
    )


def _command(name: str) -> Command:
    return cast(Command, importlib.import_module(f"storyline_cli.{name}"))


class _Version(argparse.Action):
    """Looks the version up only when asked, which is slow."""

    def __init__(self, option_strings: Sequence[str], dest: str, help: str | None = None) -> None:
        super().__init__(option_strings, dest, nargs=0, default=argparse.SUPPRESS, help=help)

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> None:
        from importlib.metadata import version

        print(f"storyline {version('storyline')}")
        parser.exit()
