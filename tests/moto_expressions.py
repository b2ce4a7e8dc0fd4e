"""Shortcuts for what moto does with expressions of DynamoDB, with the same outcome.

Our code has some hundred expressions, which differ only in the values that they name. moto parses
each of them again for each call, twice for an update, and goes through an update's tree ten times.
"""

from __future__ import annotations

import pickle
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, Final

from moto.dynamodb.comparisons import AttributeValue, ConditionExpressionParser
from moto.dynamodb.parsing import ast_nodes, expressions, validators

_nodes: Final[Any] = ast_nodes
_parser: Final[Any] = expressions.UpdateExpressionParser  # type: ignore[attr-defined]
"""moto excludes these modules from its types."""
_MOST_CONDITIONS: Final = 2_000
"""How many conditions are kept: those that compare with a list are many."""
_OTHER, _PASSED, _PROCESSED = range(3)
"""What a traverser does with what it finds in a tree: with a text, with nodes, with its own."""
_roles: Final[dict[tuple[type, type], int]] = {}


def take() -> None:
    """Take them in this process."""
    parse = _parser.make
    _parser.make = cache(lambda text: _named(parse(text), text))
    _nodes.UpdateExpression.__deepcopy__ = lambda tree, _: pickle.loads(_pickled(tree))
    _nodes.DepthFirstTraverser.traverse_node_recursively = _traversed
    _take_once(validators.ActionCountValidator, lambda _: ())
    _take_once(validators.OverlappingPathsValidator, _names)
    _take_once(
        validators.UpdateHashRangeKeyValidator,
        lambda validator: (*_names(validator), *validator.table_key_attributes),
    )
    for name, shortcut in (
        ("parse", _of_conditions),
        ("_assert_no_redundant_parentheses", _knowing_its_root),
        ("_make_operand", _with_its_values),
    ):
        moto = getattr(ConditionExpressionParser, name)
        setattr(ConditionExpressionParser, name, shortcut(moto))


def _named(tree: Any, text: str) -> Any:
    """A tree that knows of which expression it is."""
    tree.text = text
    return tree


def _pickled(tree: Any) -> bytes:
    """A tree in the form in which it is copied in the least time. Nobody changes the tree itself:
    moto works on copies."""
    kept: bytes | None = vars(tree).get("pickled")
    if kept is None:
        kept = tree.pickled = pickle.dumps(tree)
    return kept


def _traversed(traverser: Any, node: Any, child_id: int = -1) -> Any:
    """Go through a tree. moto asks of each node anew whether it is one of those, some of them
    abstract, that this traverser does something with."""
    kinds = (type(traverser), type(node))
    role = _roles.get(kinds)
    if role is None:
        role = _roles[kinds] = _role(traverser, node)
    if role == _OTHER:
        return node
    parent = node.parent
    for place, child in enumerate(node.children or ()):
        traverser.pre_processing_of_child(node, place)
        _traversed(traverser, child, place)
    if role == _PROCESSED:
        node = traverser.process(node)
        node.parent = parent
        if parent is not None:
            parent.children[child_id] = node
    return node


def _role(traverser: Any, node: object) -> int:
    if not isinstance(node, _nodes.Node):
        return _OTHER
    return _PROCESSED if isinstance(node, traverser.nodes_to_be_processed()) else _PASSED


def _names(validator: Any) -> tuple[object, ...]:
    names: Mapping[str, str] = validator.expression_attribute_names or {}
    return tuple(sorted(names.items()))


def _take_once(validator: Any, about: Callable[[Any], tuple[object, ...]]) -> None:
    """Let a validator that looks at no item, and changes nothing, pass what it has passed."""
    look = validator.traverse
    passed: set[tuple[object, ...]] = set()

    def traverse(self: Any, node: Any) -> Any:
        known = (node.text, *about(self))
        if known in passed:
            return node
        seen = look(self, node)
        passed.add(known)
        return seen

    validator.traverse = traverse


def _of_conditions(parse: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """Parse each condition once for the names that it is used with. What moto makes of it holds
    values only where the condition names them."""
    trees: dict[object, tuple[Any, list[str], list[str]]] = {}

    def parsed(parser: Any) -> Any:
        names: Mapping[str, str] = parser.expression_attribute_names or {}
        about = (parser.condition_expression, *sorted(names.items()))
        if about not in trees:
            made = parse(parser)
            if parser.condition_expression and len(trees) < _MOST_CONDITIONS:
                found = parser.expr_attr_names_found, parser.expr_attr_values_found
                trees[about] = (parser.root, *map(list, found))
            return made
        root, names_found, values_found = trees[about]
        parser.expr_attr_names_found += names_found
        parser.expr_attr_values_found += values_found
        return parser._make_op_condition(root)

    return parsed


def _knowing_its_root(look: Callable[..., None]) -> Callable[..., None]:
    """Keep the tree of a condition, at which moto looks last of all."""

    def looked(parser: Any, node: Any, parent_kind: str | None = None) -> None:
        look(parser, node, parent_kind)
        if parent_kind is None:
            parser.root = node

    return looked


def _with_its_values(make: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
    """Take the values of this call, not those of the first that was parsed."""

    def made(parser: Any, node: Any) -> Any:
        if node.kind == ConditionExpressionParser.Kind.EXPRESSION_ATTRIBUTE_VALUE:
            return AttributeValue(parser.expression_attribute_values[node.text])
        return make(parser, node)

    return made
