"""The size of files and functions."""

from collections.abc import Iterator

from check_size.source import functions

MAX_FILE_LINES = 400
MAX_FUNCTION_LINES = 60
MAX_PARAMETERS = 5
MAX_NESTING = 4


def size_findings(path: str, code: str) -> Iterator[tuple[str, str, int]]:
    """Yields the findings of a file: kind, place and number. Functions of the same name count as one."""
    lines = code.count("\n")
    if lines > MAX_FILE_LINES:
        yield "file-lines", path, lines
    worst: dict[tuple[str, str], int] = {}
    for name, length, count, depth in functions(code):
        for kind, number, limit in (
            ("function-lines", length, MAX_FUNCTION_LINES),
            ("parameters", count, MAX_PARAMETERS),
            ("nesting", depth, MAX_NESTING),
        ):
            if number > limit:
                key = (kind, f"{path}::{name}")
                worst[key] = max(worst.get(key, 0), number)
    for (kind, place), number in worst.items():
        yield kind, place, number
