"""The verbs of the product: what a file of the actions is named after, and which is told what time it is."""

from __future__ import annotations

import ast
from pathlib import Path

SOURCE = Path(__file__).resolve().parent.parent / "src" / "makegood"


def list_verbs() -> set[str]:
    return {
        path.stem
        for path in (SOURCE / "actions").glob("*.py")
        for node in ast.parse(path.read_text(encoding="utf-8")).body
        if isinstance(node, ast.FunctionDef)
        and node.name == path.stem
        and any(argument.arg == "now" for argument in node.args.kwonlyargs)
    }
