"""What the schemas of answers have in common."""

from typing import Any

from marshmallow import Schema


class ObjectSchema(Schema):
    """Of objects: a field is the attribute of its name, or None.

    marshmallow asks of each value whether it is a mapping, and looks for a path in each name: of a
    long answer that is a third of the work.
    """

    def get_attribute(self, obj: Any, attr: str, default: Any) -> Any:
        return getattr(obj, attr, default)
