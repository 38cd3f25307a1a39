"""Looks for each operation of the document in the two clients: a module of functions in Python, an entry in TypeScript."""

import json
import pathlib
import re
import sys

document, python, typescript = sys.argv[1:]
paths = json.loads(pathlib.Path(document).read_text())["paths"]
wanted = {operation["operationId"] for methods in paths.values() for operation in methods.values()}
modules = {path.stem for path in pathlib.Path(python, "api").glob("*/*.py")}
operations = pathlib.Path(typescript).read_text().split("export interface operations {")[1]
entries = set(re.findall(r"^    (\w+): \{$", operations, re.MULTILINE))
missing = [f"{name} is not in {where}" for where, names in [("Python", modules), ("TypeScript", entries)] for name in sorted(wanted - names)]
print("\n".join(missing) or f"{len(wanted)} operations in both clients")
sys.exit(bool(missing) or len(wanted) < 50)
