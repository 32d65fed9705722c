"""Addresses that are put together when somebody needs them, not when the office starts."""

from collections.abc import Callable
from typing import Any

from werkzeug.routing import Rule

Builder = Callable[..., tuple[str, str]]


class LateRule(Rule):
    """A rule whose address builders are compiled at the first `url_for` that uses them.

    Werkzeug compiles two functions a rule as it is added: a tenth of the time in which the embedded
    office starts, for hundreds of rules of which a page names a few. The method is Werkzeug's own;
    where it is called no more, addresses are compiled early again and nothing else changes.
    """

    def _compile_builder(self, append_unknown: bool = True) -> Builder:  # noqa: FBT001, FBT002
        compiled: list[Builder] = []
        compile_now = super()._compile_builder

        def build(rule: Rule, **values: Any) -> tuple[str, str]:
            # Two requests may both compile it: they come to the same.
            if not compiled:
                compiled.append(compile_now(append_unknown))
            return compiled[0](rule, **values)

        return build
