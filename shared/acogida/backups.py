"""What a backup of the data must not hold: the keys that open it."""

import json
import re
import tarfile
import zipfile
from collections.abc import Iterator
from pathlib import Path

SMALL = 64 * 1024
"""No file of a key is as large; nothing larger is read."""

_WORD = re.compile(rb"[A-Za-z0-9_-]{32,}")


def keys_inside(backup: Path, keys: Path) -> list[str]:
    """Names of the files in a folder, tar or zip that hold one of the keys of the folder `keys`.

    They are known by what is in them, whatever they are called. Raises OSError, TarError and
    BadZipFile when the backup cannot be read.
    """
    secrets = {
        word for _name, content in _of_folder(keys) for word in _WORD.findall(_private(content))
    }
    return [
        name for name, content in _files(backup) if not secrets.isdisjoint(_WORD.findall(content))
    ]


def _private(content: bytes) -> bytes:
    """Of a signing key only the private part: the public one may be anywhere."""
    try:
        keys = json.loads(content)["keys"]
    except (ValueError, TypeError, KeyError):
        return content
    return b" ".join(str(key["d"]).encode() for key in keys if "d" in key)


def _files(backup: Path) -> Iterator[tuple[str, bytes]]:
    if backup.is_dir():
        yield from _of_folder(backup)
    elif zipfile.is_zipfile(backup):
        with zipfile.ZipFile(backup) as archive:
            for entry in archive.infolist():
                if not entry.is_dir() and entry.file_size < SMALL:
                    yield entry.filename, archive.read(entry)
    else:
        with tarfile.open(backup) as archive:
            for member in archive:
                if (
                    member.isfile()
                    and member.size < SMALL
                    and (file := archive.extractfile(member))
                ):
                    yield member.name, file.read()


def _of_folder(folder: Path) -> Iterator[tuple[str, bytes]]:
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.stat().st_size < SMALL:
            yield str(path.relative_to(folder)), path.read_bytes()
