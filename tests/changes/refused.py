"""Refused: each with the code, and the line at which it is told."""

from changes.change import ASK_A, TYPES_P, Change, put

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
