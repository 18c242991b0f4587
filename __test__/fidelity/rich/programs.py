"""Files written by other programs, where they are installed."""

import importlib.util
import pathlib
import shutil
import subprocess
import sys
import tempfile

from . import mutagen_files
from .images import png

TAGS = """<?xml version="1.0"?>
<Tags>
 <Tag><Targets><TargetTypeValue>50</TargetTypeValue><TargetType>ALBUM</TargetType></Targets>
  <Simple><Name>TITLE</Name><String>An Album</String><TagLanguage>eng</TagLanguage></Simple>
  <Simple><Name>TOTAL_PARTS</Name><String>12</String></Simple></Tag>
 <Tag><Targets><TargetTypeValue>30</TargetTypeValue></Targets>
  <Simple><Name>TITLE</Name><String>A Title</String></Simple>
  <Simple><Name>TITLE</Name><String>Ein Titel</String><TagLanguage>ger</TagLanguage><DefaultLanguage>0</DefaultLanguage></Simple>
  <Simple><Name>PART_NUMBER</Name><String>03</String></Simple></Tag>
</Tags>
"""
CHAPTERS = "CHAPTER01=00:00:00.000\nCHAPTER01NAME=One\nCHAPTER02=00:00:00.100\nCHAPTER02NAME=Two\n"
METADATA = """;FFMETADATA1
title=A Title
artist=An Artist
album=An Album
album_artist=Both
genre=Jazz
date=2019-04-05
track=3/12
disc=1/2
comment=A comment
lyrics=la la
Own Key=x
[CHAPTER]
TIMEBASE=1/1000
START=0
END=100
title=One
[CHAPTER]
TIMEBASE=1/1000
START=100
END=200
title=Two
"""
CUE_SHEET = 'FILE "a.flac" WAVE\n  TRACK 01 AUDIO\n    INDEX 01 00:00:00\n'


def make(base, folder):
    """Runs what is installed, says what is not, and gives the number of files."""
    count = 0
    if importlib.util.find_spec("mutagen"):
        count += mutagen_files.make(base, folder)
    else:
        print("mutagen is not installed", file=sys.stderr)
    with tempfile.TemporaryDirectory() as place:
        inputs = write_inputs(pathlib.Path(place))
        for program, jobs in PROGRAMS.items():
            if not shutil.which(program):
                print(f"{program} is not installed", file=sys.stderr)
                continue
            for job in jobs(base, folder, inputs):
                count += run(program, *job)
    return count


def write_inputs(place):
    contents = {
        "tags.xml": TAGS,
        "chapters.txt": CHAPTERS,
        "metadata.txt": METADATA,
        "sheet.cue": CUE_SHEET,
        "notes.txt": "notes",
    }
    for name, content in contents.items():
        (place / name).write_text(content)
    (place / "cover.png").write_bytes(png(8))
    return place


def run(program, output, *arguments):
    done = subprocess.run(
        [program, *map(str, arguments)], capture_output=True, check=False, stdin=subprocess.DEVNULL
    )
    if done.returncode > 1 or not output.exists():
        print(
            f"{program} did not make {output.name}: {done.stderr.decode(errors='replace')[-200:]}",
            file=sys.stderr,
        )
        output.unlink(missing_ok=True)
        return 0
    return 1


def copied(base, folder, fixture, name):
    return pathlib.Path(shutil.copy(base / fixture, folder / name))


def atomic_parsley(base, folder, inputs):
    file = copied(base, folder, "plain.m4a", "by-AtomicParsley.m4b")
    common = (
        "--artist",
        "An Artist",
        "--title",
        "A Title",
        "--album",
        "An Album",
        "--tracknum",
        "3/12",
        "--disk",
        "1/2",
        "--overWrite",
    )
    yield (
        file,
        file,
        *common,
        "--genre",
        "Jazz",
        "--stik",
        "Audiobook",
        "--advisory",
        "explicit",
        "--artwork",
        inputs / "cover.png",
        "--compilation",
        "true",
        "--gapless",
        "true",
        "--bpm",
        "128",
        "--longdesc",
        "long",
    )
    file = copied(base, folder, "chapters.m4a", "by-AtomicParsley-podcast.m4a")
    yield (
        file,
        file,
        *common,
        "--podcastFlag",
        "true",
        "--category",
        "Technology",
        "--keyword",
        "a,b",
        "--podcastURL",
        "http://example.org",
        "--podcastGUID",
        "x",
        "--purchaseDate",
        "timestamp",
        "--encodingTool",
        "tool",
        "--apID",
        "me@example.org",
        "--cnID",
        "123456",
        "--sortOrder",
        "name",
        "a",
        "--sortOrder",
        "artist",
        "b",
    )


def metaflac(base, folder, inputs):
    file = copied(base, folder, "plain.flac", "by-metaflac.flac")
    tags = [
        f"--set-tag={tag}"
        for tag in (
            "TITLE=A Title",
            "TRACKNUMBER=03",
            "TRACKTOTAL=12",
            "own key=x",
            "PERFORMER=A",
            "PERFORMER=B",
        )
    ]
    yield (
        file,
        *tags,
        f"--import-picture-from=3|image/png|front||{inputs / 'cover.png'}",
        f"--import-picture-from=4||back|600x500x24|{inputs / 'cover.png'}",
        "--add-seekpoint=10x",
        file,
    )
    sheet = copied(base, folder, "plain.flac", "by-metaflac-cuesheet.flac")
    yield sheet, *tags, f"--import-cuesheet-from={inputs / 'sheet.cue'}", "--add-replay-gain", sheet


def mkvpropedit(base, folder, inputs):
    for fixture in ("tagged.mka", "tagged.webm"):
        file = copied(base, folder, fixture, f"by-mkvpropedit-{fixture}")
        extra = (
            (
                "--attachment-description",
                "front",
                "--add-attachment",
                inputs / "cover.png",
                "--add-attachment",
                inputs / "notes.txt",
            )
            if fixture.endswith("mka")
            else ()
        )
        yield (
            file,
            file,
            "--edit",
            "info",
            "--set",
            "title=A Title",
            "--tags",
            f"global:{inputs / 'tags.xml'}",
            "--chapters",
            inputs / "chapters.txt",
            *extra,
        )


def mkvmerge(base, folder, inputs):
    file = folder / "by-mkvmerge.mka"
    yield (
        file,
        "-o",
        file,
        "--title",
        "A Title",
        "--global-tags",
        inputs / "tags.xml",
        "--chapters",
        inputs / "chapters.txt",
        "--attach-file",
        inputs / "cover.png",
        "--language",
        "0:ger",
        "--track-name",
        "0:Main",
        base / "plain.flac",
    )


def kid3(base, folder, inputs):
    names = {
        "plain.mp3": "mp3",
        "plain.m4a": "m4a",
        "plain.flac": "flac",
        "vorbis.ogg": "ogg",
        "opus.opus": "opus",
        "ape.wv": "wv",
        "tagged.wma": "wma",
        "id3.wav": "wav",
        "id3.aiff": "aiff",
        "id3.tta": "tta",
    }
    fields = {
        "title": "A Title",
        "artist": "An Artist",
        "album": "An Album",
        "track number": "03/12",
        "disc number": "1/2",
        "genre": "Jazz",
        "date": "2019-04-05",
        "bpm": "128",
        "rating": "255",
        "isrc": "USRC17607839",
        "lyricist": "L",
        "remixer": "R",
        "work": "W",
        "media": "CD",
        "catalog number": "CAT 1",
    }
    for fixture, extension in names.items():
        file = copied(base, folder, fixture, f"by-kid3.{extension}")
        commands = [part for field, value in fields.items() for part in ("-c", f"set '{field}' '{value}'")]
        commands += ["-c", f"set picture:'{inputs / 'cover.png'}' 'front'"]
        yield file, *commands, file


def ffmpeg(base, folder, inputs):
    described = (
        "-i",
        inputs / "metadata.txt",
        "-map",
        "0:a",
        "-map_metadata",
        "1",
        "-map_chapters",
        "1",
        "-c",
        "copy",
        "-fflags",
        "+bitexact",
    )
    outputs = {
        "v23.mp3": ("plain.mp3", "-id3v2_version", "3", "-write_id3v1", "1"),
        "v24.mp3": ("plain.mp3",),
        "v24-and-v1.mp3": ("plain.mp3", "-write_id3v1", "1"),
        "book.m4b": ("plain.m4a", "-f", "ipod"),
        "movie-first.m4a": ("plain.m4a", "-movflags", "+faststart"),
        "metadata-keys.mp4": ("plain.m4a", "-movflags", "+use_metadata_tags"),
        "fragments.mp4": ("plain.m4a", "-movflags", "+frag_keyframe+empty_moov+default_base_moof"),
        "quicktime.mov": ("plain.m4a",),
        "tags.flac": ("plain.flac",),
        "tags.ogg": ("vorbis.ogg",),
        "tags.opus": ("opus.opus",),
        "tags.mka": ("plain.flac",),
        "tags.wma": ("tagged.wma",),
        "tags.wv": ("ape.wv",),
        "bext.wav": ("info.wav", "-write_bext", "1"),
        "rf64.wav": ("info.wav", "-rf64", "always"),
        "id3.aiff": ("id3.aiff", "-write_id3v2", "1"),
        "id3.tta": ("id3.tta",),
        "id3.aac": ("plain.m4a", "-write_id3v2", "1"),
        "live.webm": ("opus.opus", "-live", "1"),
        "live-clusters.mka": ("plain.flac", "-live", "1", "-cluster_time_limit", "50"),
    }  # fmt: skip
    for name, (fixture, *options) in outputs.items():
        file = folder / f"by-ffmpeg-{name}"
        yield file, "-v", "error", "-y", "-i", base / fixture, *described, *options, file
    piped = folder / "by-ffmpeg-piped.webm"
    yield (
        piped,
        "-v",
        "error",
        "-y",
        "-i",
        base / "opus.opus",
        *described,
        "-f",
        "webm",
        "-flush_packets",
        "1",
        "-seekable",
        "0",
        piped,
    )


PROGRAMS = {
    "AtomicParsley": atomic_parsley,
    "metaflac": metaflac,
    "mkvpropedit": mkvpropedit,
    "mkvmerge": mkvmerge,
    "kid3-cli": kid3,
    "ffmpeg": ffmpeg,
}
