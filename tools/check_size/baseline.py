"""The findings of a tree, compared with its baseline of accepted findings."""

import os
from pathlib import Path

from check_size.cycle import Crate, cycle_findings
from check_size.size import size_findings
from check_size.source import code_of, without_tests

BASELINE = "tools/check-size.baseline"
HEADER = """\
# Accepted findings of tools/check-size: kind, number, place. This list only gets shorter:
# fix an entry and remove it with `tools/check-size --update`. Edit it manually only to rename a place.
"""
# Folders that are not searched, and folders and files that contain tests.
SKIPPED = {".git", ".tools", "node_modules", "target", "fuzz"}
TESTS = {"tests", "tests.rs"}

Findings = dict[tuple[str, str], int]


def sources(root: Path) -> dict[Path, str]:
    """The code of every Rust file outside tests, by path."""
    found = {}
    for folder, folders, files in os.walk(root):
        folders[:] = sorted(set(folders) - SKIPPED - TESTS)
        for name in sorted(files):
            if name.endswith(".rs") and name not in TESTS:
                path = Path(folder, name)
                found[path] = without_tests(code_of(path.read_text(encoding="utf-8")))
    return found


def findings(root: Path) -> Findings:
    """All findings of a tree."""
    found = {}
    files = sources(root)
    for path, code in files.items():
        for kind, place, number in size_findings(path.relative_to(root).as_posix(), code):
            found[kind, place] = number
    for source in sorted({path.parent for path in files if path.name in ("lib.rs", "main.rs")}):
        own = {path: code for path, code in files.items() if source in path.parents}
        for kind, place, number in cycle_findings(source.parent.name, Crate(source, own)):
            found[kind, place] = number
    return found


def read_baseline(root: Path) -> Findings:
    """The accepted findings."""
    path = root / BASELINE
    accepted = {}
    for line in path.read_text(encoding="utf-8").splitlines() if path.exists() else []:
        if line.strip() and not line.startswith("#"):
            kind, number, place = line.split(maxsplit=2)
            accepted[kind, place] = int(number)
    return accepted


def text_of(found: Findings) -> str:
    """The lines of a baseline."""
    return "".join(f"{kind} {number} {place}\n" for (kind, place), number in sorted(found.items()))


def accepted_number(kind: str, place: str, accepted: Findings) -> int | None:
    """The number in the baseline. Part of an accepted cycle is accepted too."""
    if kind != "cycle":
        return accepted.get((kind, place))
    crate, modules = place.split(": ")
    for (other_kind, other), number in accepted.items():
        if other_kind == "cycle" and other.startswith(f"{crate}: "):
            if set(modules.split()) <= set(other.split(": ")[1].split()):
                return number
    return None


def check(root: Path) -> list[str]:
    """The errors: new findings, findings that grew, and entries of the baseline that are fixed."""
    found, accepted = findings(root), read_baseline(root)
    errors = []
    for (kind, place), number in sorted(found.items()):
        limit = accepted_number(kind, place, accepted)
        if limit is None:
            errors.append(f"{place}: import cycle" if kind == "cycle" else f"{place}: {kind} {number}, over the limit")
        elif number > limit:
            errors.append(f"{place}: {kind} {number}, up from {limit}")
    for kind, place in sorted(accepted.keys() - found.keys()):
        errors.append(f"{place}: {kind} fixed: run tools/check-size --update")
    return errors


def update(root: Path) -> None:
    """Removes fixed entries from the baseline and lowers the others. Never adds or raises one."""
    accepted = read_baseline(root)
    lowered = {}
    for (kind, place), number in findings(root).items():
        limit = accepted_number(kind, place, accepted)
        if limit is not None:
            lowered[kind, place] = min(number, limit)
    (root / BASELINE).write_text(HEADER + text_of(lowered), encoding="utf-8")
