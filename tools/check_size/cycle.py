"""Import cycles between the modules of a crate.

An import is a `use` or a path that starts with `crate::` or `super::`. It leads to the module that defines the item:
re-exports are followed.
"""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

# A module's path from the root of its crate; the root is ().
Module = tuple[str, ...]
Graph = dict[Module, set[Module]]
USE = re.compile(r"\b(?P<public>pub(?:\([^)]*\))?\s+)?use\s+(?P<tree>[^;]+);")
INLINE = re.compile(r"(?<![\w:])(?P<path>(?:crate|super)(?:::\w+)+)")


def module_of(source: Path, path: Path) -> Module:
    """The module of a file. Beside lib.rs, main.rs is treated as a module."""
    parts = path.relative_to(source).with_suffix("").parts
    is_root = parts == ("lib",) or (parts == ("main",) and not (source / "lib.rs").exists())
    return () if is_root else parts


def paths_in(tree: str, prefix: Module = ()) -> list[Module]:
    """The paths of a `use` tree, without renames."""
    tree = re.sub(r"\s+as\s+\w+", "", tree).strip()
    head, brace, rest = tree.partition("{")
    steps = prefix + tuple(step for step in re.split(r"\s*::\s*", head.strip()) if step)
    if not brace:
        return [steps]
    parts, depth, current = [], 0, ""
    for char in rest[: rest.rindex("}")]:
        depth += {"{": 1, "}": -1}.get(char, 0)
        if char == "," and depth == 0:
            parts.append(current)
            current = ""
        else:
            current += char
    return [path for part in [*parts, current] if part.strip() for path in paths_in(part, steps)]


def absolute(path: Module, module: Module, modules: set[Module]) -> Module | None:
    """A path from the root of the crate, or None if it leaves the crate."""
    if path[0] == "crate":
        return path[1:]
    base = module
    if path[0] in ("self", "super"):
        while path and path[0] in ("self", "super"):
            base, path = (base[:-1] if path[0] == "super" else base), path[1:]
        return base + path
    return module + path if module + path[:1] in modules else None


class Crate:
    """The modules of a crate and the imports of each one."""

    def __init__(self, source: Path, files: dict[Path, str]):
        self.codes = {module_of(source, path): code for path, code in files.items()}
        self.modules = set(self.codes)
        self.imports: dict[Module, list[tuple[bool, Module]]] = {}
        for module, code in self.codes.items():
            found = []
            for use in USE.finditer(code):
                for path in paths_in(use["tree"]):
                    target = absolute(path, module, self.modules) if path else None
                    if target is not None:
                        found.append((use["public"] is not None, target))
            for inline in INLINE.finditer(USE.sub("", code)):
                target = absolute(tuple(inline["path"].split("::")), module, self.modules)
                if target is not None:
                    found.append((False, target))
            self.imports[module] = found

    def home(self, path: Module, seen: frozenset = frozenset()) -> Module:
        """The module that defines an item, following re-exports."""
        module = path
        while module not in self.modules:
            module = module[:-1]
        rest = path[len(module) :]
        if not rest or (module, rest[0]) in seen:
            return module
        for public, target in self.imports[module]:
            if public and target and target[-1] == rest[0] and target != path:
                return self.home(target, seen | {(module, rest[0])})
        return module

    def edges(self) -> Graph:
        """The modules that each module imports, without its ancestors and descendants: these may use each other."""
        edges: Graph = {module: set() for module in self.modules}
        for module, found in self.imports.items():
            for _, path in found:
                target = self.home(path)
                shared = min(len(target), len(module))
                if target[:shared] != module[:shared]:
                    edges[module].add(target)
        return edges


def components(edges: Graph) -> list[list[Module]]:
    """The strongly connected components with more than one module (Kosaraju's algorithm)."""
    order: list[Module] = []
    seen: set[Module] = set()

    def visit(start: Module, graph: Graph, leave: Callable[[Module], None]) -> None:
        stack = [(start, iter(sorted(graph[start])))]
        seen.add(start)
        while stack:
            node, following = stack[-1]
            after = next((other for other in following if other not in seen), None)
            if after is None:
                stack.pop()
                leave(node)
            else:
                seen.add(after)
                stack.append((after, iter(sorted(graph[after]))))

    for node in sorted(edges):
        if node not in seen:
            visit(node, edges, order.append)
    backward: Graph = {node: {other for other in edges if node in edges[other]} for node in edges}
    seen.clear()
    found = []
    for node in reversed(order):
        if node not in seen:
            component: list[Module] = []
            visit(node, backward, component.append)
            if len(component) > 1:
                found.append(sorted(component))
    return found


def level_of(edges: Graph, parent: Module) -> Graph:
    """The imports between the children of a module, each with everything below it."""
    depth = len(parent) + 1
    level: Graph = {}
    for module, targets in edges.items():
        if len(module) < depth or module[: depth - 1] != parent:
            continue
        own = level.setdefault(module[:depth], set())
        for target in targets:
            if len(target) >= depth and target[: depth - 1] == parent and target[:depth] != module[:depth]:
                own.add(target[:depth])
                level.setdefault(target[:depth], set())
    return level


def cycle_findings(name: str, crate: Crate) -> Iterator[tuple[str, str, int]]:
    """Yields the cycles between siblings, at each level of the module tree: kind, place and number of modules."""
    edges = crate.edges()
    parents = {module[:length] for module in crate.modules for length in range(len(module))}
    for parent in sorted(parents):
        for component in components(level_of(edges, parent)):
            names = " ".join("::".join(module) for module in component)
            yield "cycle", f"{name}: {names}", len(component)
