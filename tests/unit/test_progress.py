"""How far a build has got, as it is shown."""

from storyline_cli.progress import line


def test_a_bar_tells_how_much_is_done_how_fast_and_for_how_long_still() -> None:
    assert line(12_000, 24_000, 6000, bar=True) == (
        "[###############...............] 50%  12,000 of 24,000 events  6,000/s  2 s left"
    )


def test_a_plain_line_has_no_bar_and_promises_nothing_before_there_is_a_rate() -> None:
    assert line(0, 24_000, 0, bar=False) == "0%  0 of 24,000 events  0/s"


def test_an_empty_log_is_done() -> None:
    assert line(0, 0, 0, bar=False).startswith("100%")
