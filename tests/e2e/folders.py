"""What lies in a folder that a server is writing to."""

import time

SECONDS = 30.0


def contents(folder):
    """{path: bytes} of every file below `folder`, all of one reading in which none of them went away.

    A server writes beside a file and renames, so a name that was listed may be gone when it is read, and its bytes
    stand under a name that was not: then all is read again.
    """
    deadline = time.monotonic() + SECONDS
    while True:
        try:
            return {path: path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}
        except FileNotFoundError:
            if time.monotonic() > deadline:
                raise


def content(folder):
    """The bytes of contents(), one file behind the other."""
    return b"".join(contents(folder).values())
