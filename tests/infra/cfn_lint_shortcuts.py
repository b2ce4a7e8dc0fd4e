"""Shortcuts for what cfn-lint does at great length, with the same findings.

It copies its validators, contexts and filters a hundred thousand times for a template, and each
time asks for the names of their fields; it writes down the attributes of all resources for every
`Fn::GetAtt`; and it loads its rules again for every template.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import fields
from functools import cache, partial
from typing import Any, Final

from cfnlint.context.context import Context  # type: ignore[import-untyped]  # it ships none
from cfnlint.jsonschema import validators  # type: ignore[import-untyped]
from cfnlint.jsonschema._filter import FunctionFilter  # type: ignore[import-untyped]
from cfnlint.jsonschema._utils import Unset  # type: ignore[import-untyped]
from cfnlint.rules import Rules  # type: ignore[import-untyped]
from cfnlint.template.template import Template  # type: ignore[import-untyped]

_OF_CONTEXT: Final = frozenset(one.name for one in fields(Context))
_module_names: Final = Context.__dict__["module_names"].func


def take() -> None:
    """Take them in this process."""
    Context.evolve = _evolved_context
    Context.module_names = property(_same_modules())
    FunctionFilter.evolve = _evolved
    for made in (validators.CfnTemplateValidator, validators.StandardValidator):
        made.evolve = _evolved
    validators.create = _evolving(validators.create)
    Template.get_valid_getatts = _once(Template.get_valid_getatts)
    Rules.create_from_directory = staticmethod(_loaded_once(Rules.create_from_directory))


def _evolved(self: Any, **changes: Any) -> Any:
    """A copy with some fields changed."""
    copied = object.__new__(type(self))
    vars(copied).update(vars(self))
    vars(copied).update(changes)
    if hasattr(copied, "__post_init__"):
        copied.__post_init__()
    return copied


def _evolved_context(self: Any, **changes: Any) -> Any:
    """A copy with some fields changed, without what was worked out from them."""
    if "ref_values" in changes:
        changes["ref_values"] = {**self.ref_values, **changes["ref_values"]}
    copied = object.__new__(type(self))
    kept = vars(copied)
    kept.update((name, value) for name, value in vars(self).items() if name in _OF_CONTEXT)
    kept.update(changes)
    return copied


def _evolving(create: Callable[..., Any]) -> Callable[..., Any]:
    """Let each class of validators that is made copy its own in this way."""

    def created(*arguments: Any, **named: Any) -> Any:
        made = create(*arguments, **named)
        made.evolve = _evolved
        return made

    return created


def _same_modules() -> Callable[[Any], tuple[str, ...]]:
    """Find the modules among the resources once, as long as these are the same."""
    last: tuple[Any, tuple[str, ...]] = (None, ())

    def found(context: Any) -> tuple[str, ...]:
        nonlocal last
        if context.resources is not last[0]:
            last = context.resources, _module_names(context)
        return last[1]

    return found


def _loaded_once(load: Callable[[str], Any]) -> Callable[[str], Any]:
    """Load rules once, as cfn-lint's own command does for all of its templates."""

    @cache
    def loaded(folder: str) -> Any:
        rules = load(folder)
        # Not that of the class: each rule's module is loaded a second time, beside the imported.
        rules["E1101"].cfnLint = partial(_by_keyword, rules["E1101"])
        return rules

    return loaded


def _by_keyword(
    self: Any, validator: Any, keywords: Sequence[str], instance: Any, schema: Any
) -> Iterator[Any]:
    """Find the rules of a keyword without asking each of the others for all of theirs."""
    rules = vars(self).get("by_keyword")
    if rules is None:
        rules = self.by_keyword = defaultdict(list)
        for rule in self.child_rules.values():
            if rule is not None and rule.id:
                for keyword in rule.keywords:
                    rules[keyword].append(rule)
    own = validator.function_filter.evolve(add_cfn_lint_keyword=False)
    validator = validator.evolve(function_filter=own)
    for keyword in keywords:
        for rule in rules.get(keyword, ()):
            for error in rule.validate(validator, keyword, instance, schema):
                if error.rule is None and isinstance(error.validator, Unset):
                    error.rule = rule
                yield error


def _once(attributes: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """Write down the attributes of a template's resources once."""

    def found(template: Any) -> Any:
        resources = template.context.resources
        kept = vars(template).get("kept_attributes")
        if kept is None or kept[0] is not resources:
            kept = template.kept_attributes = (resources, attributes(template))
        return kept[1]

    return found
