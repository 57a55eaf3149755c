"""`storyline breaking`: may these stories replace what was released, or what was at a revision?"""

from __future__ import annotations

import argparse
from collections.abc import Mapping

from storyline_cli import FINE, UsageError
from storyline_cli.configuration import Configuration, configuration
from storyline_cli.lint import counted_stories
from storyline_cli.output import report
from storyline_generator import advice, comparing, pipeline
from storyline_generator.compatibility import RULES
from storyline_generator.lock import Past
from storyline_generator.revisions import RevisionError

_GIT = "git:"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--against",
        metavar="lock|git:REF",
        default="lock",
        help="what was released (default), or the stories at a branch, tag or commit",
    )
    parser.add_argument(
        "--list", action="store_true", help="list the rules, each with its verdict, and stop"
    )


def run(arguments: argparse.Namespace) -> int:
    if arguments.list:
        print(rule_table())
        return FINE
    settings = configuration()
    found = pasts(settings, arguments.against)
    stories = pipeline.read(settings.root, settings.schemas, found)
    risks = (*stories.diagnostics, *advice.risks(stories))
    fine = f"{counted_stories(stories)}, nothing would break."
    return report(arguments, risks, fine)


def rule_table() -> str:
    """A line for each: id, code, verdict, and what it is about."""
    code = max(len(rule.code) for rule in RULES)
    level = max(len(rule.level) for rule in RULES)
    return "\n".join(
        f"{rule.id}  {rule.code:<{code}}  {rule.level:<{level}}  {rule.purpose}" for rule in RULES
    )


def pasts(settings: Configuration, against: str) -> Mapping[str, Past] | None:
    """What the stories were, by name. None: that is for their locks to say."""
    if against == "lock":
        return None
    if not against.startswith(_GIT) or against == _GIT:
        raise UsageError(f"`{against}` is nothing to compare with. Use `lock` or `git:main`.")
    try:
        return comparing.pasts_at(settings.root, settings.schemas, against.removeprefix(_GIT))
    except RevisionError as error:
        raise UsageError(str(error)) from error
