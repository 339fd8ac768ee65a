"""The product's own source, parsed: what the tests of the architecture look at."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Module:
    """One module by its dotted name, `journey.call.views`, or any tree that a test makes up."""

    name: str
    tree: ast.Module

    @property
    def room(self) -> str:
        """`call` in `journey.call.views`."""
        return self.name.split(".")[1]

    @property
    def part(self) -> str:
        """`views` in `journey.call.views`; empty for the room itself."""
        return ".".join(self.name.split(".")[2:])

    def imports(self, *, lazy: bool = True) -> Iterator[tuple[int, str]]:
        """Line and dotted name of everything imported, `from a import b` as `a.b`; `lazy`: in functions too."""
        for node in ast.walk(self.tree) if lazy else _at_import_time(self.tree):
            if isinstance(node, ast.Import):
                yield from ((node.lineno, alias.name) for alias in node.names)
            elif isinstance(node, ast.ImportFrom):
                if node.level:
                    raise ValueError(f"{self.name}:{node.lineno}: write the import out in full")
                yield from ((node.lineno, f"{node.module}.{alias.name}") for alias in node.names)

    def calls(self) -> Iterator[tuple[int, str]]:
        """Line and dotted name of everything called, `dt.datetime.now` or `session.commit`."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Call):
                yield node.lineno, dotted(node.func)


def _at_import_time(node: ast.AST) -> Iterator[ast.AST]:
    yield node
    if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
        for inner in ast.iter_child_nodes(node):
            yield from _at_import_time(inner)


def dotted(node: ast.expr) -> str:
    """`a.b.c` of an expression; what is not a name becomes `?`."""
    if isinstance(node, ast.Attribute):
        return f"{dotted(node.value)}.{node.attr}"
    return node.id if isinstance(node, ast.Name) else "?"


def parse(name: str, text: str) -> Module:
    return Module(name, ast.parse(text))


def modules(package: str = "journey") -> Iterator[Module]:
    """Every module under `journey` or one of its packages, such as `journey/rules`."""
    for path in sorted((REPOSITORY / package).rglob("*.py")):
        name = ".".join(path.relative_to(REPOSITORY).with_suffix("").parts)
        yield parse(name.removesuffix(".__init__"), path.read_text(encoding="utf-8"))
