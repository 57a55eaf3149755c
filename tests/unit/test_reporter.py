"""A report shows the line, underlines the place, and says what to do."""

from __future__ import annotations

from storyline_generator.diagnostics import Diagnostic, Place, Related
from storyline_generator.reporter import report, summary
from storyline_generator.source import Source, Span


def place(text: str, marked: str, path: str = "story.toml") -> Place:
    start = text.index(marked)
    return Place(Source(path, text), span=Span(start, start + len(marked)))


def lines_under(text: str, marked: str) -> list[str]:
    """The shown line, and the line with the carets below it."""
    lines = report([Diagnostic("code", "message.", place(text, marked))]).splitlines()
    return [line.partition("| ")[2] for line in lines[3:5]]


def test_of_a_name_that_nobody_would_read_to_its_end_only_the_beginning_is_shown() -> None:
    name = "n" * 10_000
    diagnostic = Diagnostic("code", f"unknown `{name}` in `events`.", place("a", "a"))
    assert len(report([diagnostic])) < 300
    assert "n…` in `events`." in report([diagnostic])


def test_a_report_in_full() -> None:
    text = 'a = 1\n\n\n\n\n\n\n\n\nb = "Titel"\n'
    diagnostic = Diagnostic(
        "unknown-type",
        "unknown type `Titel`.",
        place(text, '"Titel"'),
        (Related("`Title` is declared here", place(text, "a")),),
        "did you mean `Title`?",
    )
    assert report([diagnostic]) == (
        "error[unknown-type]: unknown type `Titel`.\n"
        "  --> story.toml:10:5\n"
        "   |\n"
        '10 | b = "Titel"\n'
        "   |     ^^^^^^^ did you mean `Title`?\n"
        "  ::: story.toml:1:1\n"
        "   |\n"
        " 1 | a = 1\n"
        "   | - `Title` is declared here\n"
        "   = help: storyline explain unknown-type\n"
        "\n"
        "1 error in 1 file\n"
    )


def test_mistakes_are_sorted_by_file_and_place() -> None:
    def at(path: str, marked: str) -> Diagnostic:
        return Diagnostic("code", f"{path} {marked}.", place("a = 1\nb = 2", marked, path))

    found = [at("z.toml", "a"), at("a.toml", "b"), at("a.toml", "a"), at("a.toml", "a")]
    messages = [line for line in report(found).splitlines() if line.startswith("error")]
    assert messages == [
        "error[code]: a.toml a.",
        "error[code]: a.toml b.",
        "error[code]: z.toml a.",
    ]
    assert summary(found) == "4 errors in 2 files"


def test_colour_only_when_asked() -> None:
    diagnostic = Diagnostic("code", "message.", place("a = 1", "a"))
    assert "\033" not in report([diagnostic])
    assert "\033[1;31merror[code]\033[0m" in report([diagnostic], colour=True)


def test_a_warning_is_called_a_warning() -> None:
    warning = Diagnostic("mild", "message.", place("a = 1", "a"), severity="warning")
    error = Diagnostic("code", "message.", place("a = 1", "1"))
    assert report([warning]).startswith("warning[mild]: message.\n")
    assert "\033[1;33mwarning[mild]\033[0m" in report([warning], colour=True)
    assert summary([warning, error, warning]) == "1 error and 2 warnings in 1 file"


def test_carets_stand_below_tabs_and_wide_characters() -> None:
    assert lines_under("\ta = 1", "a") == ["    a = 1", "    ^"]
    assert lines_under('日本 = "x"', '"x"') == ['日本 = "x"', "       ^^^"]
    assert lines_under('e\u0301 = "x"', '"x"') == ['e\u0301 = "x"', "    ^^^"]
    assert lines_under("a = '日本'", "'日本'") == ["a = '日本'", "    ^^^^^^"]


def test_a_value_of_several_lines_is_underlined_in_its_first() -> None:
    assert lines_under("a = [\n  1,\n]", "[\n  1,\n]") == ["a = [", "    ^"]
    assert lines_under("a = [\r\n  1,\r\n]", "[\r\n  1,\r\n]") == ["a = [", "    ^"]


def test_of_a_long_line_a_window_is_shown() -> None:
    text = "a = '" + "x" * 500 + "here" + "y" * 500 + "'"
    shown, carets = lines_under(text, "here")
    assert shown == "…" + "x" * 30 + "here" + "y" * 65 + "…"
    assert carets == " " * 31 + "^^^^"
    shown, carets = lines_under(text, text[4:])
    assert len(shown) < 110
    assert len(carets) < 110


def test_a_schema_cannot_write_to_the_terminal() -> None:
    text = "a = '\x1b[31m\u202e'"
    told = report([Diagnostic("code", "`\x1b[31m`\n.", place(text, "a", "\x1b.toml"), hint="\x07")])
    assert not any(character in told for character in "\x1b\u202e\x07")


def test_the_end_of_a_text_can_be_pointed_at() -> None:
    end = Place(Source("story.toml", "a = \n"), span=Span(5, 6))
    assert "story.toml:2:1" in report([Diagnostic("code", "message.", end)])


def test_a_file_that_could_not_be_read_has_no_lines() -> None:
    nowhere = Diagnostic("code", "message.", Place(Source("schemas", "")), hint="make it")
    assert report([nowhere]).splitlines()[1:4] == [
        " --> schemas",
        "  = make it",
        "  = help: storyline explain code",
    ]
