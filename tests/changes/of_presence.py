"""Allowed: what comes, goes, or may be absent."""

from changes.change import ASK_A, TYPES_P, Change, put, thing

PRESENCE = [
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
]
