"""What an editor shows about a key. A test holds this to the shapes: none is missing, none is left.

Where a table is read in several shapes, its keys are told once.
"""

from __future__ import annotations

from collections.abc import Mapping

from storyline_generator.schema import Operator

_DOC = "A sentence, printed into the generated code."
_CONSTRAINTS = {
    "min_length": "The shortest text that is allowed.",
    "max_length": "The longest text that is allowed.",
    "pattern": "A regular expression that the text must match.",
    "min": "The smallest number that is allowed.",
    "max": "The largest number that is allowed.",
    "multiple_of": "The number must be a multiple of this one.",
    "decimal_places": "How many digits may stand behind the point.",
    "max_digits": "How many digits a decimal may have.",
    "min_items": "How many items there are at least.",
    "max_items": "How many items there are at most.",
    "strict_history": "Whether a bound is an error if older rows need not keep it.",
}
_STREAM = "The stream that it reads: a state, or a decision, for each of its keys."
_STREAMS = "Several streams and filters that it reads; the caller says which."

DESCRIPTIONS: Mapping[str, Mapping[str, str]] = {
    "story": {
        "story": "The name of the story, `lower_snake_case`; one file of a folder has it.",
        "doc": _DOC,
        "wire": '`"camel"`: stored keys are written `listId`.',
        "schema": "The PostgreSQL schema, where it shall not be the story's name.",
        "types": "Types of values, `Capitalised`: each an `id`, a `base`, an `enum` or `fields`.",
        "streams": "Events that belong together, because they have the same key.",
        "events": "Facts, `UPPER_SNAKE_CASE`: the name is the stored type.",
        "filters": "Named, typed queries.",
        "projections": "States that are folded from events.",
        "validators": "Rules that decide whether an event may be recorded.",
    },
    "type": {
        "id": "A type of its own over text, a whole number or a uuid.",
        "base": "The built-in type that is constrained.",
        "enum": "The values that there are.",
        "retired": "Values that are stored and read, and not written any more.",
        "open": "Readers may meet values that they do not know.",
        "fields": 'A record: `fields.title = "str"`.',
        "doc": _DOC,
        **_CONSTRAINTS,
    },
    "field": {
        "type": "`str`, `Title`, `list[Item]`, `date?` …",
        "default": "The value where none is given.",
        "doc": _DOC,
        "was": "Names that it had before; rows may have them.",
        "deprecated": "Why it should not be used any more.",
        **_CONSTRAINTS,
    },
    "stream": {
        "key": "The field whose value tells one stream from another.",
        "fields": "What all events of the stream have, the key among them.",
        "doc": _DOC,
    },
    "event": {
        "stream": "Its stream, or several: it has the fields of all of them.",
        "fields": 'What was recorded: `fields.title = "str"`.',
        "was": "Names that it had before, the latest first; rows may have them as their type.",
        "version": "Of its shape: one more than the last that was released.",
        "upcast": "How events of each earlier version become those of the next.",
        "retired": "Stored and read, and not recorded any more.",
        "deprecated": "Why it should not be recorded any more.",
        "doc": _DOC,
    },
    "upcast": {
        "from": "The version that it begins with.",
        "rename": 'Fields under new names: `rename.title = "text"`.',
        "drop": "Fields that are gone.",
        "map": 'Values of an enum under new names: `map.priority.urgent = "high"`.',
        "convert": "Fields of another type: `to_str`, `midnight_utc` or `wrap`.",
        "set": 'Values where an event has none: `set.priority = "low"`.',
        "code": "A function of yours does it all.",
        "doc": _DOC,
    },
    "filter": {
        "events": "The events that it finds; without it, all that have the fields asked about.",
        "where": 'What must be so: `where.list_id = "$list_id"`, `where.due_on.lt = 2026-12-01`.',
        "any": "Several items, of which one must be so.",
        "index": "Whether there is an index, to which every append writes.",
        "doc": _DOC,
    },
    "projection": {
        "stream": _STREAM,
        "streams": _STREAMS,
        "key": "What identifies a state, where `streams` are read: a field of their events.",
        "key_of": 'Where an event has the key in another field, or in a list: `key_of.X = "ids"`.',
        "version": "To be raised when the state's meaning changes.",
        "state": 'The shape of the state: `state.name = { type = "str", default = "" }`.',
        "ignore": "Events of its streams that it does not handle.",
        "index": "Fields of the state by which states are searched.",
        "example": "Events and the state that comes of them: a test of your fold.",
        "doc": _DOC,
    },
    "example": {
        "given": "Events, each as `{ ITEM_ADDED = { … } }`.",
        "then": "What the state must be, as far as it is told.",
        "doc": "What this shows; the name of the test.",
    },
    "validator": {
        "stream": _STREAM,
        "streams": _STREAMS,
        "emits": "The events that it may append.",
        "doc": _DOC,
    },
}

OPERATORS: Mapping[Operator, str] = {
    Operator.EQ: "Equal; the same as the value alone.",
    Operator.NEQ: "Not equal, or absent.",
    Operator.IN: "One of a list; as a parameter, of a sequence.",
    Operator.NIN: "None of a list, or absent.",
    Operator.GT: "Greater, later.",
    Operator.GTE: "Greater, later or equal.",
    Operator.LT: "Less, earlier.",
    Operator.LTE: "Less, earlier or equal.",
    Operator.EXISTS: "Whether the field is there.",
    Operator.CONTAINS: "Any element of the list equals.",
}
