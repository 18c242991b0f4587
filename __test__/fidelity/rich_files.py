#!/usr/bin/env python3
"""Makes files with everything that their formats can hold, to see what a save keeps.

    python3 __test__/fidelity/rich_files.py FOLDER

The modules of `rich/` lay files out by hand, from the small fixtures; that needs the
standard library alone. `rich/programs.py` has other programs write more of them, such
as mutagen, AtomicParsley, metaflac, mkvpropedit, kid3-cli and ffmpeg. Those that are
not installed are named on stderr and passed over.
"""

import pathlib
import sys

sys.dont_write_bytecode = True

from rich import ape, asf, id3v2, iff, matroska, mp4, programs, tracker, xiph

FIXTURES = pathlib.Path(__file__).resolve().parent.parent / "fixtures" / "audio"


def make(folder):
    """Fills the folder, and gives the number of files."""
    folder.mkdir(parents=True, exist_ok=True)
    count = 0
    for family in (id3v2, ape, iff, mp4, xiph, asf, matroska, tracker):
        for name, content in family.files(FIXTURES):
            (folder / name).write_bytes(content)
            count += 1
    return count + programs.make(FIXTURES, folder)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    print(make(pathlib.Path(sys.argv[1])))
