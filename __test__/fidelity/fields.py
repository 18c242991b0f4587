"""Where each field is kept: which keys an edit of that field may change, by kind of entry."""

import re

# The targets of Matroska's tags.
SONG = r"\((level 30|no level)\)"
ALBUM = r"\(level 50( by default)?\)"
# Those of a text that has the same meaning for an album and for its songs.
ANY = r"\((level 30|no level|level 50 by default)\)"

# field: {kind: regular expression that the whole key has to match, ignoring case}
FIELDS = {
    "title": {
        "id3v2": "TIT2",
        "id3v1": "title",
        "ape": "title",
        "vorbis": "title",
        "ilst": "©nam",
        "info": "INAM",
        "asf-description": "Title",
        "asf": "Title",
        "matroska-tag": rf"TITLE {SONG}",
        "matroska": "Info/Title",
        "tracker": "title",
        "dsdiff": "DIIN/DITI",
    },
    "artist": {
        "id3v2": "TPE1",
        "id3v1": "artist",
        "ape": "artist",
        "vorbis": "artist",
        "ilst": "©ART",
        "info": "IART",
        "asf-description": "Author",
        "asf": "Author|WM/Author",
        "dsdiff": "DIIN/DIAR",
        "matroska-tag": rf"ARTIST {SONG}",
    },
    "album": {
        "id3v2": "TALB",
        "id3v1": "album",
        "ape": "album",
        "vorbis": "album",
        "ilst": "©alb",
        "info": "IPRD",
        "asf": "WM/AlbumTitle",
        "matroska-tag": rf"ALBUM {SONG}|TITLE {ALBUM}",
    },
    "genre": {
        "id3v2": "TCON",
        "id3v1": "genre",
        "ape": "genre",
        "vorbis": "genre",
        "ilst": "©gen|gnre",
        "info": "IGNR",
        "asf": "WM/Genre",
        "matroska-tag": rf"GENRE {ANY}",
    },
    "date": {
        "id3v2": "TDRC",
        "id3v1": "year",
        "ape": "year|date",
        "vorbis": "date|year",
        "ilst": "©day",
        "info": "ICRD",
        "asf": "WM/Year",
        "matroska-tag": rf"(DATE_RECORDED|DATE) {ANY}",
    },
    "track": {
        "id3v2": "TRCK",
        "id3v1": "track",
        "ape": "track",
        "vorbis": "tracknumber|tracktotal|totaltracks",
        "ilst": "trkn",
        "info": "ITRK|IPRT|TRCK",
        "asf": "WM/TrackNumber",
        "matroska-tag": rf"(PART_NUMBER|TRACKNUMBER|TOTAL_PARTS) {SONG}",
    },
    "discNumber": {
        "id3v2": "TPOS",
        "ape": "disc(number)?",
        "vorbis": "discnumber|disctotal|totaldiscs",
        "ilst": "disk",
        "asf": "WM/PartOfSet",
        "matroska-tag": rf"PART_NUMBER {ALBUM}|DISCNUMBER {SONG}",
    },
    # A comment is the one without a description; others (iTunNORM) are not.
    "comment": {
        # FFmpeg writes TXXX, and readers give both as one field.
        "id3v2": "COMM:[^:]*:|TXXX:comment",
        "id3v1": "comment",
        "ape": "comment",
        "vorbis": "comment|description",
        "ilst": "©cmt",
        "info": "ICMT",
        "asf-description": "Description",
        "asf": "Description",
        "matroska-tag": rf"(COMMENT|DESCRIPTION) {ANY}",
        "tracker": "(sample|instrument) .*|message",
    },
    "composer": {
        "id3v2": "TCOM",
        "ape": "composer",
        "vorbis": "composer",
        "ilst": "©wrt",
        "info": "IMUS",
        "asf": "WM/Composer",
        "matroska-tag": rf"COMPOSER {ANY}",
    },
    "albumArtist": {
        "id3v2": "TPE2",
        "ape": "album ?artist",
        "vorbis": "albumartist",
        "ilst": "aART",
        "asf": "WM/AlbumArtist",
        "matroska-tag": rf"ALBUMARTIST {SONG}|ARTIST {ALBUM}",
    },
    "bpm": {
        "id3v2": "TBPM",
        "ape": "bpm",
        "vorbis": "bpm",
        "ilst": "tmpo",
        "info": "IBPM",
        "asf": "WM/BeatsPerMinute",
        "matroska-tag": rf"BPM {ANY}",
    },
    "compilation": {
        "id3v2": "TCMP",
        "ape": "compilation",
        "vorbis": "compilation",
        "ilst": "cpil",
        "asf": "WM/IsCompilation",
        "matroska-tag": rf"COMPILATION {ANY}",
    },
    "isrc": {
        "id3v2": "TSRC",
        "ape": "isrc",
        "vorbis": "isrc",
        "ilst": "----:.*:ISRC",
        "info": "ISRC",
        "asf": "WM/ISRC",
        "matroska-tag": rf"ISRC {ANY}",
    },
    "pictures": {
        "id3v2": "APIC:.*",
        "ape": "cover art .*",
        "vorbis": "metadata_block_picture|coverart(mime)?",
        "picture": ".*",
        "ilst": "covr",
        "asf": "WM/Picture",
        "attachment": ".*",
    },
    "ratings": {
        "id3v2": "POPM:.*",
        "ape": "rating",
        "vorbis": "rating.*",
        "ilst": "rate|----:.*:RATING",
        "asf": "WM/SharedUserRating",
        "matroska-tag": rf"RATING {ANY}",
    },
    "lyrics": {
        "id3v2": "USLT:.*",
        "ape": "(unsynced)?lyrics",
        "vorbis": "(unsynced)?lyrics",
        "ilst": "©lyr",
        "info": "ILYR",
        "asf": "WM/Lyrics",
        "matroska-tag": rf"LYRICS {ANY}",
    },
    "chapters": {
        "id3v2": "(CHAP|CTOC):.*",
        "chapters": ".*",
        "vorbis": "chapter.*",
        "matroska": "Chapters/.*",
        "mp4": r"moov/mvhd|moov/trak\[[2-9]\].*|moov/trak\[1\]/tref/.*",
    },
    "bext": {"riff": "bext"},
    "ixml": {"riff": "iXML"},
    # All tags, and nothing of what the audio needs.
    "everything": {
        "id3v2": ".*",
        "id3v1": ".*",
        "ape": ".*",
        "lyrics3": ".*",
        "vorbis": "(?!@vendor).*",
        "picture": ".*",
        "ilst": ".*",
        "info": ".*",
        "asf-description": ".*",
        "asf": "(?!object|file|header).*",
        "matroska-tag": ".*",
        "matroska": "Info/Title|Chapters/.*",
        "attachment": ".*",
        "chapters": ".*",
        "tracker": ".*",
        "dsdiff": "DIIN/.*",
        "riff": "bext|iXML",
        "mp4": r"moov/mvhd|moov/udta/.*|moov/trak\[[2-9]\].*|moov/trak\[1\]/tref/.*",
    },
}


def allows(fields, kind, key):
    """Whether an edit of these fields may change the entry."""
    base = kind.split("#")[0]
    return any(
        base in FIELDS[field] and re.fullmatch(FIELDS[field][base], key, re.IGNORECASE | re.DOTALL)
        for field in fields
    )
