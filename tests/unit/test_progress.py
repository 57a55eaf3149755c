"""How far a build has got, as it is shown."""

from storyline_cli.progress import line


def test_a_bar_tells_how_much_is_done_how_fast_and_for_how_long_still() -> None:
    assert line(12_000, 24_000, 6000, 1, 100) == (
        "[###############...............] 50 %  12,000 of 24,000 events  6,000/s  2.0 s left"
    )


def test_how_many_processes_share_the_work_is_told() -> None:
    assert line(0, 24_000, 6000, 2, None).endswith("  2 processes")


def test_on_a_narrow_terminal_the_bar_gives_way_first() -> None:
    told = "50 %  12,000 of 24,000 events  6,000/s  2.0 s left"
    assert line(12_000, 24_000, 6000, 1, 72) == f"[########........] {told}"
    assert line(12_000, 24_000, 6000, 1, 60) == told
    assert line(12_000, 24_000, 6000, 1, 22) == "50 %  12,000 of 24…"


def test_a_plain_line_has_no_bar_and_promises_nothing_before_there_is_a_rate() -> None:
    assert line(0, 24_000, 0, 1, None) == "0 %  0 of 24,000 events  0/s"


def test_an_empty_log_is_done() -> None:
    assert line(0, 0, 0, 1, None).startswith("100 %")
