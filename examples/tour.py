"""The guided tour: in a new folder, from a story in TOML to a running application, step by step.

Every line after a `$` is really run, and what it prints is shown as it came. Nothing is prepared
but the hand-written part of the todo application, which is copied from `examples/todo`.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from textwrap import dedent, wrap

EXAMPLES = Path(__file__).resolve().parent
STORY = EXAMPLES.parent / "schemas/todo/todo.toml"
FOR_EDITORS = EXAMPLES.parent / "schemas/storyline.schema.json"
APPLICATION = EXAMPLES / "todo"

PROJECT = """\
[tool.storyline]
schemas = "schemas"
package = "todo_app/story"
migrations = "migrations"
client = "sync"
"""


@dataclass(frozen=True)
class Stage:
    """Where the tour takes place, and how it speaks: in colour only to a terminal that wants it.

    Long lines are folded to the width of a terminal; 0: there is none, and no line is folded.
    """

    folder: Path
    coloured: bool
    width: int

    def title(self, text: str) -> None:
        print(f"\n{self.paint(text, '1;36')}", flush=True)

    def say(self, text: str) -> None:
        print(dedent(text).strip(), flush=True)

    def quote(self, text: str) -> None:
        bar = self.paint("|", "2")
        lines = (folded for line in text.splitlines() for folded in self.folded(line))
        print("\n".join(f"  {bar} {line}".rstrip() for line in lines), flush=True)

    def folded(self, line: str) -> Iterator[str]:
        yield from wrap(
            line,
            max(self.width - len("  | "), 40) if self.width else len(line) or 1,
            subsequent_indent="      ",
            break_on_hyphens=False,
            break_long_words=False,
        ) or [""]

    def run(self, *command: str, fails: bool = False) -> None:
        """Shows a command and what it prints. The tour stops when one ends otherwise than told."""
        print(self.paint("$ " + shown(command), "1;33"), flush=True)
        done = self.done(*command)
        self.quote(done.stdout)
        if bool(done.returncode) != fails:
            raise SystemExit(f"That should {'not ' if not fails else ''}have failed: tour ended.")

    def done(self, *command: str) -> subprocess.CompletedProcess[str]:
        """With the tour's own database, even where the caller's environment names another."""
        return subprocess.run(
            command,
            cwd=self.folder,
            env={name: value for name, value in os.environ.items() if name != "DATABASE_URL"},
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )

    def paint(self, text: str, colour: str) -> str:
        return f"\x1b[{colour}m{text}\x1b[0m" if self.coloured else text


def shown(command: tuple[str, ...]) -> str:
    return " ".join(f'"{word}"' if " " in word else word for word in command)


def tour(stage: Stage) -> None:
    stage.say(f"Storyline, in the new folder {stage.folder}")
    write_the_story(stage)
    generate_the_code(stage)
    write_the_rules(stage)
    try:
        start_the_database(stage)
        keep_a_list(stage)
        break_a_rule(stage)
        decide_at_the_same_moment(stage)
        read_the_result(stage)
        stop_the_database(stage)
    finally:
        stage.done("storyline", "db", "stop")  # also where the tour was interrupted
    say_goodbye(stage)


def write_the_story(stage: Stage) -> None:
    stage.title("1  A story: events, streams, rules and views, declared in TOML")
    text = STORY.read_text("utf-8").replace("../storyline.schema.json", FOR_EDITORS.name)
    (stage.folder / "schemas").mkdir()
    shutil.copy(FOR_EDITORS, stage.folder / "schemas")
    (stage.folder / "schemas/todo.toml").write_text(text, "utf-8")
    (stage.folder / "pyproject.toml").write_text(PROJECT, "utf-8")
    stage.say(f"Written: schemas/todo.toml, {len(text.splitlines())} lines. Two of its tables:")
    stage.quote(table(text, "events.ITEM_ADDED") + "\n" + table(text, "validators.add_item"))


def table(text: str, name: str) -> str:
    """One table of a TOML text, up to the blank line that ends it."""
    return text[text.index(f"[{name}]") :].split("\n\n", 1)[0] + "\n"


def generate_the_code(stage: Stage) -> None:
    stage.title("2  The plumbing, generated")
    stage.run("storyline", "generate")
    stage.say("One of the classes, as it is for your editor and your type checker:")
    module = (stage.folder / "todo_app/story/todo/events/list.py").read_text("utf-8")
    stage.quote(class_body(module, "ItemAdded"))


def class_body(module: str, name: str) -> str:
    """The declaration of one class with its fields, without its methods."""
    start = module.index(f"class {name}(")
    return re.split(r"\n\n?    @", module[start:], maxsplit=1)[0]


def write_the_rules(stage: Stage) -> None:
    stage.title("3  What is left for you to write: rules and views, such as this rule")
    copy_the_application(stage.folder)
    rule = below_imports(stage.folder / "todo_app/validators/todo/add_item.py", "class ")
    stage.quote(rule + "\n" + below_imports(stage.folder / "todo_app/open_items.py", "def "))
    stage.say("The tour brings its own along, ready-made, in place of the skeletons.")


def below_imports(module: Path, begin: str) -> str:
    """A module from the first line that begins so."""
    text = module.read_text("utf-8")
    return text[text.index(f"\n{begin}") + 1 :]


def copy_the_application(folder: Path) -> None:
    """The hand-written modules; the generated ones were just generated."""
    shutil.copytree(
        APPLICATION / "todo_app",
        folder / "todo_app",
        ignore=shutil.ignore_patterns("story", "__pycache__"),
        dirs_exist_ok=True,
    )


def start_the_database(stage: Stage) -> None:
    stage.title("4  A PostgreSQL of its own, and the story's tables in it")
    stage.run("storyline", "db", "start", "--detach")
    stage.run("storyline", "migrate", "up")


def keep_a_list(stage: Stage) -> None:
    stage.title("5  Commands become events")
    app(stage, "create", "home", "Home")
    app(stage, "add", "home", "milk", "Milk")
    app(stage, "add", "home", "bike", "Repair the bike", "--due", "2026-12-01")
    app(stage, "add", "home", "call", "Call Ada", "--priority", "high")


def break_a_rule(stage: Stage) -> None:
    stage.title("6  A rule refuses: at most three open items")
    app(stage, "add", "home", "cake", "Bake a cake", fails=True)
    stage.say("So first something has to be done:")
    app(stage, "done", "home", "milk")


def decide_at_the_same_moment(stage: Stage) -> None:
    stage.title("7  Conflict: one place is left, and three people want it at the same moment")
    stage.say("""
        All three read the list and found room. The database lets one of them in:
        for the others something newer matters. They decide again on what is true
        now, and the rule refuses.
    """)
    app(stage, "rush", "home", "Cake", "Tea", "Bread")


def read_the_result(stage: Stage) -> None:
    stage.title("8  What is there now: the log, and a view folded from it")
    app(stage, "log", "home")
    app(stage, "show", "home")


def stop_the_database(stage: Stage) -> None:
    stage.title("9  The end")
    stage.run("storyline", "db", "stop")


def say_goodbye(stage: Stage) -> None:
    storyline = Path(sys.executable).with_name("storyline")
    stage.say(f"""
        Everything is still there. Add an event to schemas/todo.toml, and see:
          cd {stage.folder}
          {storyline} generate
        The README tells how to begin a story of your own.
    """)


def app(stage: Stage, *arguments: str, fails: bool = False) -> None:
    stage.run("python", "-m", "todo_app", *arguments, fails=fails)


def main(folder: str = "") -> None:
    path = Path(folder).resolve() if folder else Path(tempfile.mkdtemp(prefix="storyline-"))
    path.mkdir(parents=True, exist_ok=True)
    if any(path.iterdir()):
        raise SystemExit(f"The tour begins in an empty folder, and {path} is not.")
    terminal = sys.stdout.isatty()
    coloured = terminal and not os.environ.get("NO_COLOR")
    tour(Stage(path, coloured, shutil.get_terminal_size().columns if terminal else 0))


if __name__ == "__main__":
    try:
        main(*sys.argv[1:2])
    except KeyboardInterrupt:
        sys.exit("The tour was interrupted.")
    except BrokenPipeError:  # as in `./dev demo | head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
