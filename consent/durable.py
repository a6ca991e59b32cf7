"""Writes a file so that it is whole on disk, under its name, before anyone is told of it."""

import os
import secrets
from pathlib import Path


def sync_folder(folder: Path) -> None:
    """A name survives a power cut only once its folder is synced."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def make_folder(folder: Path) -> None:
    """The folder and the parents it lacks, for our eyes only, each synced into its parent."""
    if folder.is_dir():
        return
    make_folder(folder.parent)
    folder.mkdir(mode=0o700, exist_ok=True)
    sync_folder(folder.parent)


def write(path: Path, data: bytes, *, replace: bool) -> None:
    """Write all of `data` or nothing; with `replace=False` a file that is there stays, and FileExistsError is raised."""
    make_folder(path.parent)
    part = path.with_name(f".{secrets.token_hex(12)}.part")
    try:
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
            out.write(data)
            out.flush()
            os.fsync(out.fileno())
        if replace:
            part.replace(path)
        else:
            path.hardlink_to(part)  # unlike a rename, a link never takes the place of a file
    finally:
        part.unlink(missing_ok=True)
    sync_folder(path.parent)
