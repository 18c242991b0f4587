"""Tracker modules with a name for every sample."""


def files(base):
    mod = bytearray((base / "tiny.mod").read_bytes())
    for sample in range(31):
        text = (b"line %02d of the text" % sample).ljust(22, b"\0")
        mod[20 + 30 * sample : 42 + 30 * sample] = text
    mod[1080:1084] = b"8CHN"
    yield "mod-texts.mod", bytes(mod) + bytes(1024)
    # What an editor leaves behind the end of a shorter name.
    mod[20:42] = b"name\0of a longer name\0\0"[:22]
    yield "mod-text-behind-nul.mod", bytes(mod) + bytes(1024)
    for extension, place, length in (("s3m", 0, 28), ("it", 4, 26), ("xm", 17, 20)):
        module = bytearray((base / f"tiny.{extension}").read_bytes())
        module[place : place + length] = b"A title of some letters".ljust(length, b"\0")[:length]
        yield f"{extension}-title.{extension}", bytes(module)
