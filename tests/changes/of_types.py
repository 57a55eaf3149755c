"""Allowed: values that become others, or more of them."""

from changes.change import ASK_A, TYPES_P, Change, put, thing

TYPES = [
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
]
