"""Takes tables and figures of `delgrad reproduce` over into the README and the book.

    python3 docs/tables.py DIR

DIR is the folder of a reproduction of all parts. Its tables.md is copied to reproduce/tables.md, and each table goes wherever a
document has it between two comments, <!-- table NAME --> and <!-- end -->. Figures of docs/src/images/reproduced are replaced.
"""

import pathlib
import re
import shutil
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
BLOCK = re.compile(r"<!-- table (\S+) -->\n.*?<!-- end -->", re.DOTALL)


def main() -> None:
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    text = (pathlib.Path(sys.argv[1]) / "tables.md").read_text(encoding="utf-8")
    tables = {block[1]: block[0] for block in BLOCK.finditer(text)}

    def fresh(block: re.Match) -> str:
        if block[1] not in tables:
            sys.exit(f"there is no table `{block[1]}` in {sys.argv[1]}/tables.md: reproduce all parts")
        return tables[block[1]]

    for page in [ROOT / "README.md", *sorted((ROOT / "docs/src").rglob("*.md"))]:
        before = page.read_text(encoding="utf-8")
        after = BLOCK.sub(fresh, before)
        if after != before:
            page.write_text(after, encoding="utf-8")
            print(f"written: {page.relative_to(ROOT)}")
    for image in sorted((ROOT / "docs/src/images/reproduced").glob("*.svg")):
        shutil.copyfile(pathlib.Path(sys.argv[1]) / "figures" / image.name, image)
    (ROOT / "reproduce/tables.md").write_text(text, encoding="utf-8")


main()
