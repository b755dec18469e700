"""The synthetic spoken digits, which the example program `cochlea` of the repository makes."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

from packages import FetchError

NEEDED = {
    "cargo": "install Rust from https://rustup.rs",
    "espeak-ng": "install it, on Debian with `apt install espeak-ng flite`",
    "flite": "install it, on Debian with `apt install espeak-ng flite`",
}
"""The programs that it takes, and where they come from."""


def make(folder: Path) -> None:
    """Has the digits spoken and heard, and writes train and test files of spikes into a folder."""
    for program, remedy in NEEDED.items():
        if shutil.which(program) is None:
            raise FetchError(f"spoken-digits: {program} is missing; {remedy}")
    print("  speaking and listening; this takes some minutes, more when the program is compiled first", flush=True)
    command = ["cargo", "run", "--quiet", "--release", "--example", "cochlea", "--", "digits", str(folder.resolve())]
    if subprocess.run(command, cwd=Path(__file__).resolve().parents[2], check=False).returncode != 0:
        raise FetchError("spoken-digits: the example program cochlea failed, as it says above")
