"""Run the benchmarks and write bench.json: `make bench`, `make bench ONLY=office`.

A benchmark is a module of this folder with `measure(peers)`, which yields Results; its name is the
area. With `--peers` it also measures what it is compared with, in the same run. One that says
ON_REQUEST runs only when it is named.
"""

import json
import os
import sys
from importlib import import_module
from pathlib import Path

HERE = Path(__file__).parent
OUTPUT = HERE.parents[1] / "bench.json"


def main() -> None:
    """Run the areas, or the one of ONLY; what the others gave before stays."""
    only, peers = os.environ.get("ONLY", ""), "--peers" in sys.argv[1:]
    areas = sorted(path.stem for path in HERE.glob("[a-z]*.py") if path.stem != "result")
    if only and only not in areas:
        sys.exit(f"ONLY={only}: the areas are {', '.join(areas)}")
    figures = json.loads(OUTPUT.read_text(encoding="utf-8")) if OUTPUT.exists() else {}
    for area in (only,) if only else areas:
        module = import_module(f"bench.{area}")
        if not only and getattr(module, "ON_REQUEST", False):
            continue
        for result in module.measure(peers=peers):
            figures[f"{area}.{result.name}"] = result.figure()
            print(f"{area}.{result.name}: {result.value:g} {result.unit}", flush=True)
    OUTPUT.write_text(json.dumps(dict(sorted(figures.items())), indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
