"""What a benchmark yields."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Result:
    """One figure, and the same figure of those it is compared with."""

    name: str
    value: float
    unit: str
    peers: Mapping[str, float] = field(default_factory=dict)

    def figure(self) -> dict[str, Any]:
        """As it stands in bench.json."""
        return {"value": round(self.value, 3), "unit": self.unit, "peers": dict(self.peers)}
