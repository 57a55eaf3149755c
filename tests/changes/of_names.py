"""Allowed: what is called otherwise, or stands elsewhere."""

from changes.change import ASK_A, HEAD, TYPES_P, Change, keyed, put, thing

NAMES = [
    Change(
        "key_renamed_twice",
        (keyed("x"), keyed("y", '"x"'), keyed("box_id", '"y", "x"')),
        (("ThingPut(x='b', a=1)",), ("ThingPut(y='b', a=2)",), (thing(a="3"),)),
        (thing(a="1"), thing(a="2"), thing(a="3")),
        head="",
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
