"""README, changes and docs, taken apart."""

import dataclasses
import pathlib
import re
import shlex
import textwrap

from .program import ROOT

FENCE = re.compile(r"^([ ]*)```(\w*)\n(.*?)^[ ]*```$", re.MULTILINE | re.DOTALL)
SHELL = ("", "sh")  # Languages of blocks that hold commands, and what they answer.
FOLDERS = "|".join(path.name for path in ROOT.iterdir() if path.is_dir() and path.name[0].isalpha())


@dataclasses.dataclass(frozen=True)
class Block:
    page: str
    line: int
    language: str
    text: str

    def __str__(self):
        return f"{self.page}:{self.line}"


class Page:
    def __init__(self, path: pathlib.Path):
        self.path = path
        self.name = str(path.relative_to(ROOT))
        self.text = path.read_text()
        self.prose = FENCE.sub("", self.text)

    def blocks(self) -> list[Block]:
        return [Block(self.name, self.text[:found.start()].count("\n") + 1, found[2],
                      textwrap.dedent(found[3])) for found in FENCE.finditer(self.text)]

    def links(self) -> list[str]:
        """Returns where the links lead that stay within the repository."""
        targets = re.findall(r"\]\(([^)\s]+)\)", re.sub(r"`[^`]*`", "", self.prose))
        return [target for target in targets if "://" not in target]

    def pictures(self) -> list[tuple[str, str]]:
        """Returns alternative text and file of each."""
        return re.findall(r"!\[([^\]]*)\]\(([^)\s]+)\)", self.prose)

    def anchors(self) -> set[str]:
        """Returns the names that GitHub gives to the headings."""
        headings = re.findall(r"^#+ (.+)$", self.prose, re.MULTILINE)
        return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}

    def spans(self) -> list[str]:
        return re.findall(r"(?<!`)`([^`\n]+)`(?!`)", self.prose)

    def paths(self) -> set[str]:
        """Returns what is named as a file or folder of the repository; * stands for anything."""
        shell = [block.text for block in self.blocks() if block.language in SHELL]
        return {path.rstrip(".") for text in [*shell, *self.spans()]
                for path in re.findall(rf"(?<![\w/.~-])(?:{FOLDERS})/[\w./*-]*", text)}

    def commands(self) -> list[list[str]]:
        """Returns the command lines of programs that are the project's own, as words."""
        shell = [line for block in self.blocks() if block.language in SHELL
                 for line in block.text.splitlines()]
        spans = [span for span in self.spans() if not (ROOT / span.split()[0]).is_dir()]
        return [shlex.split(line, comments=True) for line in [*shell, *spans]
                if re.match(r"(deploy/|tests/)[\w/]+( |$)|tallymill [a-z-]", line)]


PAGES = [Page(path) for path in [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").rglob("*.md"))]]
