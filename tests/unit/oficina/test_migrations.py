"""Which revision is the last, read from the names of files."""

import pytest
from alembic.script import ScriptDirectory

from oficina.migrations import config, heads
from oficina.settings import SERVICES


@pytest.mark.parametrize("servicio", SERVICES)
def test_the_last_file_of_each_line_is_its_head(servicio: str) -> None:
    """A line that forks, or a file that is named otherwise, would pass for up to date."""
    scripts = ScriptDirectory.from_config(config(servicio))
    assert heads(servicio) == set(scripts.get_heads())
    assert len(heads(servicio)) == 2, "one of oficina and one of its own"
    for revision in scripts.walk_revisions():
        assert revision.path.endswith(f"/{revision.revision}.py")
