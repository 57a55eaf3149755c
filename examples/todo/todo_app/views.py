"""What the reader sees: projections, printed as text."""

from collections.abc import Sequence

from storyline import EventClient
from todo_app.projections.todo.list import ListProjection
from todo_app.projections.todo.overview import OverviewProjection
from todo_app.story.todo import Item, ListEvent, ListId, ListState, list_stream


def list_page(client: EventClient, list_id: ListId) -> str:
    state = ListProjection(client, list_id=list_id, load_existing=True).state()
    if not state.name:
        return f"There is no list `{list_id}`."
    lines = [line("[ ]", item) for item in state.incomplete]
    lines += [line("[x]", item) for item in state.completed]
    return "\n".join([heading(state), *lines])


def heading(state: ListState) -> str:
    counts = f"{len(state.incomplete)} open, {len(state.completed)} done"
    removed = f", {len(state.removed)} removed" if state.removed else ""
    return f"{state.name}: {counts}{removed}"


def line(box: str, item: Item) -> str:
    due = f", due {item.due_on:%d %B %Y}" if item.due_on else ""
    urgent = "  (high priority)" if item.priority == "high" else ""
    return f"  {box} {item.title}{due}{urgent}"


def overview_page(client: EventClient, list_ids: Sequence[ListId]) -> str:
    streams = [list_stream(list_id=list_id) for list_id in list_ids]
    state = OverviewProjection(client, owner="me", streams=streams).state()
    return "\n".join(f"{s.name}: {len(s.open_items)} open" for s in state.lists.values())


def log_page(client: EventClient, list_id: ListId) -> str:
    """One line an event: its place in the log, its type, its data without the list id."""
    return "\n".join(
        f"{recorded.id:>4}  {recorded.type:<24}"
        + ", ".join(f"{name}: {value}" for name, value in told_fields(recorded.data).items())
        for recorded in client.get_event_stream(list_stream(list_id=list_id))
    )


def told_fields(event: ListEvent) -> dict[str, str]:
    """As they are stored, but for the list id, which is the same on every line."""
    return event.model_dump(mode="json", exclude_none=True, exclude={"list_id"})
