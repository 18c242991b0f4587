"""Files written by mutagen, the library of Picard and Quod Libet."""

import shutil

from .images import JPEG, png


def make(base, folder):
    from mutagen import aiff, apev2, asf, flac, id3, mp4, oggopus, oggvorbis, trueaudio, wave, wavpack

    def frames():
        yield id3.TIT2(3, ["A Title"])
        yield id3.TPE1(3, ["One", "Two"])
        yield id3.TALB(3, ["An Album"])
        yield id3.TRCK(3, ["03/12"])
        yield id3.TDRC(3, ["2019-04-05 10:20"])
        yield id3.TDOR(3, ["1999-01-02"])
        yield id3.TCON(3, ["Jazz", "Own Genre"])
        yield id3.TIPL(3, [["producer", "P"], ["mix", "M"], ["spoons", "S"]])
        yield id3.TMCL(3, [["guitar", "G"]])
        yield id3.COMM(3, "eng", "", ["one", "two"])
        yield id3.COMM(3, "fra", "", ["un"])
        yield id3.USLT(3, "eng", "", "la la")
        yield id3.USLT(3, "XXX", "d", "lo lo")
        yield id3.SYLT(3, "eng", 2, 1, "d", [("a", 0), ("b", 100)])
        yield id3.TXXX(3, "lower case", ["x", "y"])
        yield id3.TXXX(3, "Ö", ["z"])
        yield id3.WXXX(3, "d", "http://example.org")
        yield id3.UFID("http://musicbrainz.org", b"1234")
        yield id3.POPM("a@example.org", 255, 12)
        yield id3.POPM("b@example.org", 1, 2**33)
        yield id3.RVA2("track", 1, -6.5, 0.9)
        yield id3.APIC(3, "image/png", 3, "front", png())
        yield id3.APIC(3, "image/jpeg", 3, "second front", JPEG)
        yield id3.GEOB(0, "application/octet-stream", "f", "Serato Overview", bytes(range(90)))
        yield id3.PRIV("TRAKTOR4", bytes(range(50)))
        yield id3.MCDI(bytes(range(40)))
        yield id3.PCNT(9)
        chapter = [
            id3.TIT2(3, ["One"]),
            id3.APIC(3, "image/png", 0, "still", png()),
            id3.WXXX(3, "u", "http://example.org"),
        ]
        yield id3.CHAP(
            element_id="c1",
            start_time=0,
            end_time=100,
            start_offset=0xFFFFFFFF,
            end_offset=0xFFFFFFFF,
            sub_frames=chapter,
        )
        yield id3.CTOC(
            element_id="toc", flags=3, child_element_ids=["c1"], sub_frames=[id3.TIT2(3, ["Contents"])]
        )

    def copy(fixture, name):
        files.append(name)
        return shutil.copy(base / fixture, folder / name)

    files = []
    for version, v1 in ((3, 0), (4, 0), (3, 2), (4, 2)):
        path = copy("plain.mp3", f"by-mutagen-v2{version}{'-and-v1' if v1 else ''}.mp3")
        tags = id3.ID3()
        for each in frames():
            tags.add(each)
        if version == 3:
            tags.update_to_v23()
        tags.save(path, v2_version=version, v1=v1)
    for kind, fixture, name in (
        (wave.WAVE, "info.wav", "wav"),
        (aiff.AIFF, "id3.aiff", "aiff"),
        (trueaudio.TrueAudio, "id3.tta", "tta"),
    ):
        for version in (3, 4):
            audio = kind(copy(fixture, f"by-mutagen-v2{version}.{name}"))
            if audio.tags is None:
                audio.add_tags()
            audio.tags.clear()
            for each in frames():
                audio.tags.add(each)
            if version == 3:
                audio.tags.update_to_v23()
            audio.save(v2_version=version)
    audio = mp4.MP4(copy("chapters.m4a", "by-mutagen.m4a"))
    audio.update(
        {
            "\xa9nam": ["A Title"],
            "trkn": [(3, 12)],
            "disk": [(1, 2)],
            "tmpo": [32767],
            "cpil": True,
            "stik": [2],
            "rtng": [1],
            "pgap": True,
            "sonm": ["a"],
            "ldes": ["long"],
            "----:com.apple.iTunes:own key": [mp4.MP4FreeForm(b"a"), mp4.MP4FreeForm(b"b")],
            "covr": [mp4.MP4Cover(png(), 14), mp4.MP4Cover(JPEG, 13)],
        }
    )
    audio.save()
    audio = flac.FLAC(copy("plain.flac", "by-mutagen.flac"))
    audio.update({"title": ["A Title"], "tracknumber": ["03"], "own key": ["x", "y"]})
    for kind in (3, 3, 4):
        art = flac.Picture()
        art.type, art.mime, art.desc, art.data, art.width, art.height, art.depth = (
            kind,
            "image/png",
            f"{kind}",
            png(shade=kind),
            10,
            20,
            24,
        )
        audio.add_picture(art)
    audio.save()
    for kind, fixture, name in (
        (oggvorbis.OggVorbis, "vorbis.ogg", "ogg"),
        (oggopus.OggOpus, "opus.opus", "opus"),
    ):
        audio = kind(copy(fixture, f"by-mutagen.{name}"))
        audio.update(
            {"title": ["A Title"], "tracknumber": ["03"], "own key": ["x", "y"], "comment": ["z" * 70000]}
        )
        audio.save()
    audio = wavpack.WavPack(copy("ape.wv", "by-mutagen.wv"))
    audio.tags.update(
        {
            "Track": "03/12",
            "Own Key": ["x", "y"],
            "Link": apev2.APEValue("http://example.org", apev2.EXTERNAL),
        }
    )
    audio.save()
    audio = asf.ASF(copy("tagged.wma", "by-mutagen.wma"))
    audio["WM/TrackNumber"] = [asf.ASFDWordAttribute(3)]
    audio["WM/Composer"] = ["One", "Two"]
    audio["Own"] = [
        asf.ASFQWordAttribute(2**40),
        asf.ASFBoolAttribute(True),
        asf.ASFUnicodeAttribute("x", language=0, stream=1),
    ]
    audio.save()
    return len(files)
