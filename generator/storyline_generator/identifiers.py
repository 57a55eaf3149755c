"""Names of a story → names in Python and on the wire, valid by construction.

Reserved words are known here and only here; of schemas it knows nothing.
Two names may become one (`A_1` and `A1`): telling the user so is the business of the checks.
"""

from __future__ import annotations

import keyword
from functools import cache
from hashlib import sha256

MODULES = frozenset(
    {
        "types",
        "events",
        "filters",
        "projections",
        "validators",
        "upcasts",
        "versions",
        "examples_test",
    }
)
"""The modules of a generated package, which the package's own exports must not hide."""

FILTER_NAMES_TAKEN = MODULES | {"annotations"}
"""`annotations` stands in every module, and cannot be imported under another name."""

_MODEL_ATTRIBUTES = """
    construct copy dict from_orm json model_computed_fields model_config model_construct model_copy
    model_dump model_dump_json model_extra model_fields model_fields_set model_json_schema
    model_parametrized_name model_post_init model_rebuild model_validate model_validate_json
    model_validate_strings parse_file parse_obj parse_raw schema schema_json update_forward_refs
    validate
"""
FIELD_NAMES_TAKEN = frozenset(
    (*_MODEL_ATTRIBUTES.split(), "self", "cls", "where", "ordered_by", "replace")
)
"""What events, records and states have already. A test looks at pydantic and the runtime."""

_READER_ATTRIBUTES = """
    applied_events apply as_json fold for_id get_existing_state handlers id_of ids_of initial_state
    is_valid next_state on_error projection_type query_of reads reduce_events reduce_only_db_events
    refresh revision save state state_class state_key story typed_state_class version
"""
MEMBER_NAMES_TAKEN = frozenset(
    (*_READER_ATTRIBUTES.split(), "self", "super", "id", "client", "streams", "load_existing")
)
"""What validators and projections have already. A test looks at the runtime."""

LONGEST_MODULE_NAME = 200
"""File systems allow 255 bytes, to which Python's cache adds some."""


@cache
def class_name(name: str) -> str:
    """`ITEM_ADDED` and `item_added` → `ItemAdded`."""
    return _free("".join(word.capitalize() for word in name.split("_")))


@cache
def field_name(name: str) -> str:
    """The attribute of an event, a record or a state: `due_on` → `due_on`, `class` → `class_`."""
    return _free(name, FIELD_NAMES_TAKEN)


def parameter_name(name: str) -> str:
    """The keyword argument of a filter function."""
    return _free(name)


def member_name(name: str) -> str:
    """The keyword argument of a validator or projection, which keeps it under the same name."""
    return _free(name, MEMBER_NAMES_TAKEN)


def module_name(*names: str) -> str:
    """The file of a story, of streams, of a projection or a validator, without `.py`."""
    name = _free("_and_".join(names))
    is_short = len(name) <= LONGEST_MODULE_NAME
    return name if is_short else f"{name[:180]}_{sha256(name.encode()).hexdigest()[:12]}"


def stream_function(stream: str) -> str:
    """`list` → `list_stream`."""
    return f"{stream}_stream"


def filter_function(name: str) -> str:
    return _free(name, FILTER_NAMES_TAKEN)


def stream_union(stream: str) -> str:
    """`list` → `ListEvent`, the union of the stream's events."""
    return f"{class_name(stream)}Event"


def state_class(projection: str) -> str:
    return f"{class_name(projection)}State"


def projection_class(projection: str) -> str:
    """The user's class; the generated one is `…Base`."""
    return f"{class_name(projection)}Projection"


def projection_base(projection: str) -> str:
    return f"{projection_class(projection)}Base"


def validator_class(validator: str) -> str:
    """The user's class; the generated one is `…Base`."""
    return f"{class_name(validator)}Validator"


def validator_base(validator: str) -> str:
    return f"{validator_class(validator)}Base"


def version_class(event: str, version: int) -> str:
    """What a version of an event is stored as: `ItemAddedV1`."""
    return f"{class_name(event)}V{version}"


def upcaster_module(event: str, version: int) -> str:
    """Where the user's code leads from this version to the next: `item_added_v1_to_v2`."""
    return f"{event.lower()}_v{version}_to_v{version + 1}"


def handler_name(event: str) -> str:
    """The method of a projection: `ITEM_ADDED` → `on_item_added`."""
    return f"on_{event.lower()}"


def story_constant(story: str) -> str:
    """`todo` → `TODO`."""
    return story.upper()


def camel_case(name: str) -> str:
    """The key on the wire with `wire = "camel"`: `list_id` → `listId`."""
    first, *rest = name.split("_")
    return first + "".join(word[:1].upper() + word[1:] for word in rest)


def _free(name: str, taken: frozenset[str] = frozenset()) -> str:
    return f"{name}_" if keyword.iskeyword(name) or name in taken else name
