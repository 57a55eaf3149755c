"""The characters that a reader of a text could not see, or be fooled by. A leaf.

Control characters, foreign line ends, bidirectional and invisible ones. The set is fixed, since
that of `repr` and `isprintable` changes with Python, and the same text must give the same bytes.
"""

INVISIBLE = (
    r"\x00-\x1f\x7f-\xa0\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2000-\u200f"
    r"\u2028-\u202f\u205f-\u206f\u3000\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\uffff"
    r"\U000e0000-\U0010ffff"
)
"""What stands between the brackets of a regular expression."""
