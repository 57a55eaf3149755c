"""Changes of released stories: what each release wrote, and what the last one reads and finds.

Each is a story of its own. `stages` are its releases, without the head that all share; `rows` is
what the code of a release wrote; `reads` is what the last one makes of all that, in order; `finds`
says which of them a question finds. All expressions are evaluated where the story's own names are.
Of a change that is refused there is only a code, and the line at which it is told.
"""

from __future__ import annotations

from dataclasses import dataclass, field

HEAD = """
[streams.box]
key = "box_id"
fields.box_id = "str"
"""


@dataclass(frozen=True)
class Change:
    name: str
    stages: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...] = ()
    reads: tuple[str, ...] = ()
    finds: dict[str, tuple[int, ...]] = field(default_factory=dict[str, tuple[int, ...]])
    refused: tuple[str, str] | None = None
    head: str = HEAD


def put(fields: str, more: str = "", *, types: str = "", version: str = "") -> str:
    """A story of one event."""
    return f'{types}\n[events.THING_PUT]\nstream = "box"\n{version}\n{fields}\n{more}\n'


def thing(**values: str) -> str:
    given = ", ".join(f"{name}={value}" for name, value in {"box_id": "'b'", **values}.items())
    return f"ThingPut({given})"


ASK_A = '[filters.by_a]\nwhere.a = "$a"\nindex = true'
TYPES_P = '[types.P]\nfields.x = "int"\n'


def keyed(key: str, old: str = "") -> str:
    was = f'{{ type = "str", was = [{old}] }}' if old else '"str"'
    return (
        f'[streams.box]\nkey = "{key}"\nfields.{key} = {was}\n'
        '[events.THING_PUT]\nstream = "box"\nfields.a = "int"\n'
    )


ALLOWED = [
    Change(
        "key_renamed_twice",
        (keyed("x"), keyed("y", '"x"'), keyed("box_id", '"y", "x"')),
        (("ThingPut(x='b', a=1)",), ("ThingPut(y='b', a=2)",), (thing(a="3"),)),
        (thing(a="1"), thing(a="2"), thing(a="3")),
        head="",
    ),
    Change(
        "nested_optional",
        (
            put('fields.p = "P"', types=TYPES_P),
            put('fields.p = "P"', types=f'{TYPES_P}fields.y = "int?"'),
        ),
        ((thing(p="P(x=1)"),),),
        (thing(p="P(x=1, y=None)"),),
    ),
    Change(
        "nested_default",
        (
            put('fields.p = "list[P]"', types=TYPES_P),
            put(
                'fields.p = "list[P]"', types=TYPES_P + 'fields.y = { type = "str", default = "n" }'
            ),
        ),
        ((thing(p="[P(x=1), P(x=2)]"),),),
        (thing(p="[P(x=1, y='n'), P(x=2, y='n')]"),),
    ),
    Change(
        "nested_rename",
        (
            put('fields.p = "map[P]"', types=TYPES_P),
            put('fields.p = "map[P]"', types='[types.P]\nfields.z = { type = "int", was = ["x"] }'),
        ),
        ((thing(p="{'m': P(x=1)}"),),),
        (thing(p="{'m': P(z=1)}"),),
    ),
    Change(
        "record_in_itself",
        (
            put('fields.p = "P"', types=TYPES_P + 'fields.inner = "list[P]"'),
            put('fields.p = "P"', types=TYPES_P + 'fields.inner = "list[P]"\nfields.n = "str?"'),
        ),
        ((thing(p="P(x=1, inner=[P(x=2, inner=[])])"),),),
        (thing(p="P(x=1, inner=[P(x=2, inner=[])])"),),
    ),
    Change(
        "enum_in_list_grows",
        (
            put('fields.a = "list[E]"', types='[types]\nE = { enum = ["x"] }'),
            put(
                'fields.a = "list[E]"',
                '[filters.by_a]\nwhere.a.contains = "$a"\nindex = true',
                types='[types]\nE = { enum = ["x", "y"] }',
            ),
        ),
        ((thing(a="['x']"),), (thing(a="['x', 'y']"),)),
        (thing(a="['x']"), thing(a="['x', 'y']")),
        {"by_a(a='x')": (0, 1), "by_a(a='y')": (1,)},
    ),
    Change(
        "enum_retired",
        (
            put('fields.a = "E"', types='[types]\nE = { enum = ["x", "y"] }'),
            put('fields.a = "E"', ASK_A, types='[types]\nE = { enum = ["x"], retired = ["y"] }'),
        ),
        ((thing(a="'y'"), thing(a="'x'")),),
        ("ThingPut.model_construct(box_id='b', a='y')", thing(a="'x'")),
        {"by_a(a='x')": (1,)},
    ),
    Change(
        "enum_retired_and_asked_for",
        (
            put('fields.a = "E"', types='[types]\nE = { enum = ["x", "y"] }'),
            put(
                'fields.a = "E"',
                '[filters.old]\nwhere.a = "y"\nindex = true',
                types='[types]\nE = { enum = ["x"], retired = ["y"] }',
            ),
        ),
        ((thing(a="'y'"), thing(a="'x'")),),
        ("ThingPut.model_construct(box_id='b', a='y')", thing(a="'x'")),
        {"old()": (0,)},
    ),
    Change(
        "map_values_widened",
        (put('fields.a = "map[int]"'), put('fields.a = "map[decimal]"')),
        ((thing(a="{'k': 3}"),),),
        (thing(a="{'k': Decimal('3')}"),),
    ),
    Change(
        "id_type_by_another_name",
        (
            put('fields.a = "Id"', ASK_A, types='[types]\nId = { id = "str" }'),
            put('fields.a = "Key"', ASK_A, types='[types]\nKey = { id = "str" }'),
        ),
        ((thing(a="Id('i')"),),),
        (thing(a="Key('i')"),),
        {"by_a(a=Key('i'))": (0,), "by_a(a=Key('j'))": ()},
    ),
    Change(
        "uuid_to_text",
        (put('fields.a = "uuid"', ASK_A), put('fields.a = "str"', ASK_A)),
        ((thing(a="UUID(int=7)"),), (thing(a="'t'"),)),
        (thing(a="str(UUID(int=7))"), thing(a="'t'")),
        {"by_a(a=str(UUID(int=7)))": (0,), "by_a(a='t')": (1,)},
    ),
    Change(
        "date_to_text_in_order",
        (
            put('fields.a = "date"'),
            put('fields.a = "str"', '[filters.before]\nwhere.a.lt = "$day"\nindex = true'),
        ),
        ((thing(a="date(2026, 1, 2)"), thing(a="date(2026, 3, 4)")),),
        (thing(a="'2026-01-02'"), thing(a="'2026-03-04'")),
        {"before(day='2026-02')": (0,)},
    ),
    Change(
        "decimal_to_text",
        (put('fields.a = "decimal"'), put('fields.a = "str"', ASK_A)),
        ((thing(a="Decimal('12.50')"),),),
        (thing(a="'12.50'"),),
        {"by_a(a='12.50')": (0,)},
    ),
    Change(
        "renamed_and_widened_at_once",
        (
            put('fields.sum = "int"'),
            put(
                'fields.a = { type = "decimal", was = ["sum"] }',
                '[filters.least]\nwhere.a.gte = "$a"\nindex = true',
            ),
        ),
        ((thing(sum="3"), thing(sum="30")), (thing(a="Decimal('12.50')"),)),
        (thing(a="Decimal('3')"), thing(a="Decimal('30')"), thing(a="Decimal('12.50')")),
        {"least(a=Decimal('12.5'))": (1, 2), "least(a=Decimal(31))": ()},
    ),
    Change(
        "whole_to_floating",
        (
            put('fields.a = "int"'),
            put('fields.a = "float"', '[filters.least]\nwhere.a.gte = "$a"\nindex = true'),
        ),
        ((thing(a="3"),), (thing(a="2.5"),)),
        (thing(a="3.0"), thing(a="2.5")),
        {"least(a=3.0)": (0,), "least(a=2.5)": (0, 1)},
    ),
    Change(
        "renamed_twice",
        (
            put('fields.text = "str"'),
            put('fields.name = { type = "str", was = ["text"] }'),
            put('fields.a = { type = "str", was = ["name", "text"] }', ASK_A),
        ),
        ((thing(text="'x'"),), (thing(name="'x'"),), (thing(a="'x'"),)),
        (thing(a="'x'"), thing(a="'x'"), thing(a="'x'")),
        {"by_a(a='x')": (0, 1, 2), "by_a(a='y')": ()},
    ),
    Change(
        "renamed_by_a_version_and_then_by_was",
        (
            put('fields.text = "str"'),
            put(
                'fields.name = "str"',
                version='version = 2\nupcast = [{ from = 1, rename.name = "text" }]',
            ),
            put(
                'fields.a = { type = "str", was = ["name"] }',
                ASK_A,
                version='version = 2\nupcast = [{ from = 1, rename.a = "text" }]',
            ),
        ),
        ((thing(text="'x'"),), (thing(name="'x'"),), (thing(a="'y'"),)),
        (thing(a="'x'"), thing(a="'x'"), thing(a="'y'")),
        {"by_a(a='x')": (0, 1)},
    ),
    Change(
        "converted_in_each_version",
        (
            put('fields.a = "int"'),
            put(
                'fields.a = "str"',
                version='version = 2\nupcast = [{ from = 1, convert.a = "to_str" }]',
            ),
            put(
                'fields.a = "list[str]"',
                version=(
                    'version = 3\nupcast = [{ from = 1, convert.a = "to_str" },'
                    ' { from = 2, convert.a = "wrap" }]'
                ),
            ),
        ),
        ((thing(a="7"),), (thing(a="'x'"),), (thing(a="['y', 'z']"),)),
        (thing(a="['7']"), thing(a="['x']"), thing(a="['y', 'z']")),
    ),
    Change(
        "camel_wire",
        (
            put('fields.short_text = "str"'),
            put(
                'fields.long_text = { type = "str", was = ["short_text"] }',
                '[filters.by_text]\nwhere.long_text = "$text"\nindex = true',
            ),
        ),
        ((thing(short_text="'x'"),), (thing(long_text="'x'"),)),
        (thing(long_text="'x'"), thing(long_text="'x'")),
        {"by_text(text='x')": (0, 1)},
        head='wire = "camel"\n' + HEAD,
    ),
    Change(
        "camel_wire_in_versions",
        (
            put('fields.due_on = "date"'),
            put(
                'fields.due_at = "datetime"\nfields.is_new = "bool"',
                version=(
                    "version = 2\nupcast = [{ from = 1, rename.due_at = 'due_on',"
                    " convert.due_at = 'midnight_utc', set.is_new = false }]"
                ),
            ),
        ),
        ((thing(due_on="date(2026, 1, 2)"),),),
        (thing(due_at="datetime(2026, 1, 2, tzinfo=UTC)", is_new="False"),),
        head='wire = "camel"\n' + HEAD,
    ),
    Change(
        "event_joins_another_stream",
        (
            put('fields.a = "str"'),
            '[streams.room]\nkey = "room_id"\nfields.room_id = "str"\n[events.THING_PUT]\n'
            'version = 2\nupcast = [{ from = 1, set.room_id = "r" }]\n'
            'stream = ["box", "room"]\nfields.a = "str"\n',
        ),
        ((thing(a="'x'"),), (thing(a="'y'", room_id="'q'"),)),
        (thing(a="'x'", room_id="'r'"), thing(a="'y'", room_id="'q'")),
        {"room_stream(room_id='r')": (0,), "room_stream(room_id='q')": (1,)},
    ),
    Change(
        "event_of_two_streams_renames_a_shared_field",
        (
            '[streams.room]\nkey = "room_id"\nfields.room_id = "str"\n'
            '[events.THING_PUT]\nstream = ["box", "room"]\n',
            '[streams.room]\nkey = "hall_id"\n'
            'fields.hall_id = { type = "str", was = ["room_id"] }\n'
            '[events.THING_PUT]\nstream = ["box", "room"]\n',
        ),
        ((thing(room_id="'r'"),), (thing(hall_id="'r'"),)),
        (thing(hall_id="'r'"), thing(hall_id="'r'")),
        {"room_stream(hall_id='r')": (0, 1), "room_stream(hall_id='q')": ()},
    ),
    Change(
        "default_is_new_and_asked_about",
        (
            put('fields.b = "str"'),
            put('fields.b = "str"\nfields.a = { type = "str", default = "n" }', ASK_A),
        ),
        ((thing(b="''"),), (thing(b="''", a="'m'"),)),
        (thing(b="''", a="'n'"), thing(b="''", a="'m'")),
        {"by_a(a='n')": (0,), "by_a(a='m')": (1,)},
    ),
    Change(
        "default_is_new_and_excluded",
        (
            put('fields.b = "str"'),
            put(
                'fields.b = "str"\nfields.a = { type = "bool", default = false }',
                "[filters.bare]\nwhere.a.neq = true\n[filters.off]\nwhere.a = false\nindex = true",
            ),
        ),
        ((thing(b="''"),), (thing(b="''", a="True"),)),
        (thing(b="''", a="False"), thing(b="''", a="True")),
        {"bare()": (0,), "off()": (0,)},
    ),
    Change(
        "another_default_after_a_version",
        (
            put('fields.b = "int"'),
            put('fields.b = "int"\nfields.a = { type = "str", default = "o" }'),
            put(
                'fields.b = "int"\nfields.a = { type = "str", default = "n" }',
                ASK_A,
                version='version = 2\nupcast = [{ from = 1, set.a = "o" }]',
            ),
        ),
        ((thing(b="1"),), (thing(b="2"),), (thing(b="3"),)),
        (thing(b="1", a="'o'"), thing(b="2", a="'o'"), thing(b="3", a="'n'")),
        {"by_a(a='o')": (0, 1), "by_a(a='n')": (2,)},
    ),
    Change(
        "optional_becomes_required",
        (
            put('fields.a = "int?"'),
            put(
                'fields.a = "int"', ASK_A, version="version = 2\nupcast = [{ from = 1, set.a = 5 }]"
            ),
        ),
        ((thing(), thing(a="4")), (thing(a="5"),)),
        (thing(a="5"), thing(a="4"), thing(a="5")),
        {"by_a(a=5)": (0, 2), "by_a(a=4)": (1,)},
    ),
    Change(
        "optional_gets_a_default",
        (
            put('fields.a = "str?"'),
            put('fields.a = { type = "str", default = "d" }', ASK_A),
        ),
        ((thing(), thing(a="'x'")),),
        (thing(a="'d'"), thing(a="'x'")),
        {"by_a(a='d')": (0,), "by_a(a='x')": (1,)},
    ),
    Change(
        "required_becomes_optional",
        (
            put('fields.a = "str"'),
            put('fields.a = "str?"', "[filters.without]\nwhere.a.exists = false"),
        ),
        ((thing(a="'x'"),), (thing(),)),
        (thing(a="'x'"), thing(a="None")),
        {"without()": (1,)},
    ),
    Change(
        "removed_and_back",
        (put('fields.a = "int?"'), put(""), put('fields.a = "int?"', ASK_A)),
        ((thing(a="3"),), (thing(),), (thing(a="4"),)),
        (thing(a="3"), thing(a="None"), thing(a="4")),
        {"by_a(a=3)": (0,)},
    ),
    Change(
        "dropped_and_back_as_another",
        (
            put('fields.a = "int?"\nfields.b = "int"'),
            put('fields.b = "int"', version='version = 2\nupcast = [{ from = 1, drop = ["a"] }]'),
            put(
                'fields.a = "str"\nfields.b = "int"',
                version=(
                    'version = 3\nupcast = [{ from = 1, drop = ["a"] }, { from = 2, set.a = "n" }]'
                ),
            ),
        ),
        ((thing(a="3", b="1"),), (thing(b="2"),), (thing(a="'m'", b="3"),)),
        (thing(a="'n'", b="1"), thing(a="'n'", b="2"), thing(a="'m'", b="3")),
    ),
    Change(
        "set_to_list_and_list_to_set",
        (
            put('fields.a = "set[int]"\nfields.b = "list[int]"'),
            put(
                'fields.a = "list[int]"\nfields.b = "set[int]"',
                '[filters.by_b]\nwhere.b.contains = "$b"\nindex = true',
            ),
        ),
        ((thing(a="frozenset({2, 1})", b="[3, 3]"),),),
        (thing(a="[1, 2]", b="frozenset({3})"),),
        {"by_b(b=3)": (0,), "by_b(b=2)": ()},
    ),
    Change(
        "record_to_json",
        (put('fields.a = "P"', types=TYPES_P), put('fields.a = "json"')),
        ((thing(a="P(x=1)"),),),
        (thing(a="{'x': 1}"),),
    ),
    Change(
        "time_duration_and_bytes_to_text",
        (
            put('fields.a = "time"\nfields.b = "duration"\nfields.c = "bytes"'),
            put('fields.a = "str"\nfields.b = "str"\nfields.c = "str"', ASK_A),
        ),
        ((thing(a="time(1, 2)", b="timedelta(seconds=3)", c="b'x'"),),),
        (thing(a="'01:02:00.000000'", b="'P0DT3.000000S'", c="'eA=='"),),
        {"by_a(a='01:02:00.000000')": (0,)},
    ),
    Change(
        "event_renamed_and_asked_about",
        (
            put('fields.a = "str"', ASK_A),
            '[events.THING_LAID]\nwas = ["THING_PUT"]\nstream = "box"\nfields.a = "str"\n' + ASK_A,
        ),
        ((thing(a="'x'"),), ("ThingLaid(box_id='b', a='x')",)),
        ("ThingLaid(box_id='b', a='x')", "ThingLaid(box_id='b', a='x')"),
        {"by_a(a='x')": (0, 1), "by_a(a='y')": ()},
    ),
    Change(
        "event_retired",
        (
            put('fields.a = "str"'),
            '[events.THING_PUT]\nretired = true\nstream = "box"\nfields.a = "str"\n' + ASK_A,
        ),
        ((thing(a="'x'"),),),
        (thing(a="'x'"),),
        {"by_a(a='x')": (0,)},
    ),
    Change(
        "bounds_loosened",
        (
            put('fields.a = { type = "str", max_length = 3 }', ASK_A),
            put('fields.a = { type = "str", max_length = 9 }', ASK_A),
        ),
        ((thing(a="'abc'"),), (thing(a="'abcdef'"),)),
        (thing(a="'abc'"), thing(a="'abcdef'")),
        {"by_a(a='abcdef')": (1,)},
    ),
    Change(
        "bounds_narrowed",
        (
            put('fields.a = { type = "str", max_length = 9 }', ASK_A),
            put('fields.a = { type = "str", max_length = 3 }', ASK_A),
        ),
        ((thing(a="'abcdef'"),), (thing(a="'abc'"),)),
        ("ThingPut.model_construct(box_id='b', a='abcdef')", thing(a="'abc'")),
        {"by_a(a='abcdef')": (0,), "by_a(a='abc')": (1,)},
    ),
    Change(
        "one_of_several_with_a_rename",
        (
            put('fields.b = "int"'),
            put(
                'fields.a = { type = "int", was = ["b"] }',
                '[filters.some]\nwhere.a.in = "$a"\nindex = true',
            ),
        ),
        ((thing(b="1"), thing(b="2")), (thing(a="3"),)),
        (thing(a="1"), thing(a="2"), thing(a="3")),
        {"some(a=[1, 3])": (0, 2), "some(a=[])": ()},
    ),
]


REFUSED = [
    Change(
        "nested_required",
        (
            put('fields.p = "P"', types=TYPES_P),
            put('fields.p = "P"', types=TYPES_P + 'fields.y = "int"'),
        ),
        refused=("new-required-field", 'fields.y = "int"'),
    ),
    Change(
        "enum_in_map_shrinks",
        (
            put('fields.a = "map[E]"', types='[types]\nE = { enum = ["x", "y"] }'),
            put('fields.a = "map[E]"', types='[types]\nE = { enum = ["x"] }'),
        ),
        refused=("removed-enum-value", 'E = { enum = ["x"] }'),
    ),
    Change(
        "id_type_changes",
        (
            put('fields.a = "Id"\nfields.b = "list[Id]"', types='[types]\nId = { id = "str" }'),
            put('fields.a = "Id"\nfields.b = "list[Id]"', types='[types]\nId = { id = "uuid" }'),
        ),
        refused=("changed-type", 'Id = { id = "uuid" }'),
    ),
    Change(
        "map_values_narrowed",
        (put('fields.a = "map[decimal]"'), put('fields.a = "map[int]"')),
        refused=("narrowed-number", 'fields.a = "map[int]"'),
    ),
    Change(
        "names_swapped",
        (
            put('fields.a = "str"\nfields.b = "str"'),
            put(
                'fields.a = { type = "str", was = ["b"] }\nfields.b = { type = "str", was = ["a"] }'
            ),
        ),
        refused=("wire-key-collision", 'fields.a = { type = "str", was = ["b"] }'),
    ),
    Change(
        "names_swapped_by_steps",
        (
            put('fields.a = "str"\nfields.b = "int"'),
            put(
                'fields.a = "int"\nfields.b = "str"',
                version='version = 2\nupcast = [{ from = 1, rename = { a = "b", b = "a" } }]',
            ),
        ),
        refused=("unfit-step", 'upcast = [{ from = 1, rename = { a = "b", b = "a" } }]'),
    ),
    Change(
        "wire_changes",
        (put('fields.short_text = "str"'), 'wire = "camel"\n' + put('fields.short_text = "str"')),
        refused=("changed-wire", 'wire = "camel"'),
    ),
    Change(
        "date_becomes_datetime_and_is_asked_about",
        (
            put('fields.a = "date"', ASK_A),
            put(
                'fields.a = "datetime"',
                ASK_A,
                version='version = 2\nupcast = [{ from = 1, convert.a = "midnight_utc" }]',
            ),
        ),
        refused=("unfindable-field", 'where.a = "$a"'),
    ),
    Change(
        "wrapped_and_asked_about",
        (
            put('fields.a = "str"'),
            put(
                'fields.a = "list[str]"',
                '[filters.by_a]\nwhere.a.contains = "$a"',
                version='version = 2\nupcast = [{ from = 1, convert.a = "wrap" }]',
            ),
        ),
        refused=("unfindable-field", 'where.a.contains = "$a"'),
    ),
    Change(
        "default_is_dropped",
        (
            put(""),
            put('fields.a = { type = "str", default = "o" }'),
            put('fields.a = "str?"'),
        ),
        refused=("changed-default", 'fields.a = "str?"'),
    ),
    Change(
        "reused_two_releases_later",
        (put('fields.a = "int?"'), put(""), put('fields.a = "str?"')),
        refused=("reused-field-name", 'fields.a = "str?"'),
    ),
    Change(
        "json_to_record",
        (put('fields.a = "json"'), put('fields.a = "P"', types=TYPES_P)),
        refused=("changed-type", 'fields.a = "P"'),
    ),
    Change(
        "list_within_a_map_becomes_one",
        (put('fields.a = "map[list[int]]"'), put('fields.a = "map[int]"')),
        refused=("changed-cardinality", 'fields.a = "map[int]"'),
    ),
    Change(
        "key_type_changes",
        (
            '[streams.box]\nkey = "k"\nfields.k = "int"\n[events.THING_PUT]\nstream = "box"\n',
            '[streams.box]\nkey = "k"\nfields.k = "decimal"\n[events.THING_PUT]\nstream = "box"\n',
        ),
        head="",
        refused=("changed-stream-key", 'fields.k = "decimal"'),
    ),
    Change(
        "key_is_another_field",
        (
            '[streams.box]\nkey = "k"\nfields.k = "str"\nfields.m = "str"\n'
            '[events.THING_PUT]\nstream = "box"\n',
            '[streams.box]\nkey = "m"\nfields.k = "str"\nfields.m = "str"\n'
            '[events.THING_PUT]\nstream = "box"\n',
        ),
        head="",
        refused=("changed-stream-key", 'key = "m"'),
    ),
    Change(
        "two_mistakes_of_one_event_are_two",
        (
            put('fields.a = "int"\nfields.b = "str"'),
            put('fields.a = "bool"\nfields.b = "date"'),
        ),
        refused=("changed-type", 'fields.a = "bool"'),
    ),
]
