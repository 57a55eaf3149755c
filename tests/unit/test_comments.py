"""Comments are found where TOML has them, and nowhere else."""

from __future__ import annotations

from storyline_generator.reading.comments import comments

TEXT = """\
# one
a = "# no \\" # no" # two
b = '# no' #three
c = '''
# no '''
d = ["#", # four
]
"""


def test_a_hash_within_a_string_begins_no_comment() -> None:
    found = [TEXT[span.start : span.end] for span in comments(TEXT)]
    assert found == ["# one", "# two", "#three", "# four"]
