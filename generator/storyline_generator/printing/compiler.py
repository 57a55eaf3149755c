"""Templates, read by Jinja → the source of a Python module: a function for each, and each macro.

It knows as much of the language as a template here may say: decisions are the plan's. Anything else
raises, and so does a name that is not there when it is printed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from jinja2 import Environment, nodes

_JINJA = Environment(trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=True)
_INDENT = "    "


def python(sources: Mapping[str, str]) -> str:
    """The module; `PRINTERS` in it has the function of each template by its name."""
    lines = [line for name, source in sources.items() for line in _template(name, source)]
    printers = [f"{_INDENT}{name!r}: {_function(name)}," for name in sources]
    return "\n".join((*lines, "PRINTERS = {", *printers, "}", ""))


def _template(name: str, source: str) -> Iterator[str]:
    body = _JINJA.parse(source, name, name).body
    for macro in (node for node in body if isinstance(node, nodes.Macro)):
        yield from _defined(macro.name, [argument.name for argument in macro.args], macro.body)
    yield from _defined(_function(name), ["plan"], body)


def _function(template: str) -> str:
    return "print_" + re.sub(r"\W", "_", template)


def _defined(name: str, arguments: Iterable[str], body: Iterable[nodes.Node]) -> Iterator[str]:
    yield f"def {name}({', '.join(arguments)}):"
    yield f"{_INDENT}texts = []; write = texts.append"
    yield from _block(body, None)
    yield f"{_INDENT}return ''.join(texts)"


def _block(body: Iterable[nodes.Node], loop: nodes.For | None) -> Iterator[str]:
    """Statements one level deeper. `loop`: the innermost around them."""
    yield f"{_INDENT}pass"
    for node in body:
        yield from (f"{_INDENT}{line}" for line in _statement(node, loop))


def _statement(node: nodes.Node, loop: nodes.For | None) -> Iterator[str]:
    match node:
        case nodes.Output():
            yield _written(node, loop)
        case nodes.Assign():
            yield f"{_expression(node.target, loop)} = {_expression(node.node, loop)}"
        case nodes.If(elif_=[]):
            yield f"if {_expression(node.test, loop)}:"
            yield from _block(node.body, loop)
            yield "else:"
            yield from _block(node.else_, loop)
        case nodes.For(else_=[], test=None):
            yield f"for {_each(node)} in {_items(node, loop)}:"
            yield from _block(node.body, node)
        case nodes.Macro() | nodes.FromImport():
            pass  # all macros are functions of the one module
        case _:
            raise NotImplementedError(node)


def _each(loop: nodes.For) -> str:
    target = _expression(loop.target, None)
    return f"{target}, {_is_last(loop)}" if _asks_for_last(loop) else target


def _items(loop: nodes.For, outer: nodes.For | None) -> str:
    items = _expression(loop.iter, outer)
    return f"with_last({items})" if _asks_for_last(loop) else items


def _asks_for_last(loop: nodes.For) -> bool:
    return any(name.name == "loop" for name in loop.find_all(nodes.Name))


def _is_last(loop: nodes.For) -> str:
    return f"is_last_{loop.lineno}"


def _written(output: nodes.Output, loop: nodes.For | None) -> str:
    """One call for the text between two statements, however many values are in it."""
    values = [part for part in output.nodes if not isinstance(part, nodes.TemplateData)]
    text = "".join(
        part.data.replace("%", "%%") if isinstance(part, nodes.TemplateData) else "%s"
        for part in output.nodes
    )
    return f"write({text!r} % ({''.join(f'{_expression(value, loop)}, ' for value in values)}))"


def _expression(node: nodes.Node, loop: nodes.For | None) -> str:
    match node:
        case nodes.Const():
            return repr(node.value)
        case nodes.Name():
            return node.name
        case nodes.Getattr(node=nodes.Name(name="loop"), attr="last") if loop:
            return _is_last(loop)
        case nodes.Getattr():
            return f"{_expression(node.node, loop)}.{node.attr}"
        case nodes.CondExpr(expr2=None):
            return f"({_expression(node.expr1, loop)} if {_expression(node.test, loop)} else '')"
        case _:
            return _operation(node, [_expression(part, loop) for part in node.iter_child_nodes()])


def _operation(node: nodes.Node, parts: list[str]) -> str:
    """`parts`: of what the node is made, in the order in which it is written."""
    match node:
        case nodes.Call(kwargs=[]):
            return f"{parts[0]}({', '.join(parts[1:])})"
        case nodes.Filter(kwargs=[]):
            return f"{node.name}({', '.join(parts)})"
        case nodes.Tuple():
            return f"({''.join(f'{part}, ' for part in parts)})"
        case nodes.CondExpr():
            return f"({parts[1]} if {parts[0]} else {parts[2]})"
        case nodes.Not():
            return f"(not {parts[0]})"
        case nodes.Concat():
            return f"({' + '.join(parts)})"
        case _:
            raise NotImplementedError(node)
