"""ID3v2.2, v2.3 and v2.4 (id3.org), in the names and dates of v2.4.

A frame's text encoding, unsynchronisation and compression are undone before its
value is taken, so that only the content counts.
"""

import re
import struct
import zlib

from .genres import GENRES

# id3v2-00 to id3v2.4.0-frames. IDs without a v2.4 name keep the one of v2.3.
V22_IDS = dict(
    pair.split("=")
    for pair in """
    BUF=RBUF CNT=PCNT COM=COMM CRA=AENC ETC=ETCO EQU=EQUA GEO=GEOB IPL=IPLS LNK=LINK MCI=MCDI MLL=MLLT
    PIC=APIC POP=POPM REV=RVRB RVA=RVAD SLT=SYLT STC=SYTC TAL=TALB TBP=TBPM TCM=TCOM TCO=TCON TCR=TCOP
    TDA=TDAT TDY=TDLY TEN=TENC TFT=TFLT TIM=TIME TKE=TKEY TLA=TLAN TLE=TLEN TMT=TMED TOA=TOPE TOF=TOFN
    TOL=TOLY TOR=TORY TOT=TOAL TP1=TPE1 TP2=TPE2 TP3=TPE3 TP4=TPE4 TPA=TPOS TPB=TPUB TRC=TSRC TRD=TRDA
    TRK=TRCK TSI=TSIZ TSS=TSSE TT1=TIT1 TT2=TIT2 TT3=TIT3 TXT=TEXT TXX=TXXX TYE=TYER UFI=UFID ULT=USLT
    WAF=WOAF WAR=WOAR WAS=WOAS WCM=WCOM WCP=WCOP WPB=WPUB WXX=WXXX TCP=TCMP TS2=TSO2 TSA=TSOA TSC=TSOC
    TSP=TSOP TST=TSOT PCS=PCST TCT=TCAT TDR=TDRL TDS=TDES TID=TGID WFD=WFED GP1=GRP1 MVN=MVNM MVI=MVIN
    TKW=TKWD
    """.split()
)
V23_IDS = {"IPLS": "TIPL", "TORY": "TDOR", "XDOR": "TDOR", "XSOP": "TSOP"}
DATE_PARTS = ("TYER", "TDAT", "TIME")
TEXT_IDS = ("MVNM", "MVIN", "GRP1")
ENCODINGS = {0: "latin-1", 1: "utf-16", 2: "utf-16-be", 3: "utf-8"}


def synchsafe(data):
    return sum((byte & 0x7F) << (7 * (len(data) - 1 - index)) for index, byte in enumerate(data))


def tag_length(data, at):
    """The bytes of the tag at `at`, with header and footer; 0 where there is none."""
    header = data[at : at + 10]
    if len(header) < 10 or header[:3] != b"ID3" or header[3] == 255 or max(header[6:10]) > 127:
        return 0
    footer = 10 if header[3] == 4 and header[5] & 0x10 else 0
    return 10 + synchsafe(header[6:10]) + footer


def read(entries, tag, kind="id3v2"):
    major, revision, flags = tag[3:6]
    entries.add(kind, "@version", f"2.{major}.{revision}")
    end = 10 + synchsafe(tag[6:10])
    body = tag[10:end]
    if flags & 0x80 and major < 4:
        body = body.replace(b"\xff\x00", b"\xff")
    if flags & 0x40 and major > 2:
        size = synchsafe(body[:4]) if major == 4 else int.from_bytes(body[:4], "big") + 4
        entries.add(kind, "@extended-header", body[:size])
        body = body[size:]
    frames, rest = split_frames(body, major, whole_tag=bool(flags & 0x80))
    add_frames(entries, kind, "", frames, major)
    if rest.strip(b"\0"):
        entries.add(kind, "@behind-the-frames", rest.rstrip(b"\0"))


def split_frames(body, major, whole_tag=False):
    """Frames as (id, flags in words, content), and what follows the last of them."""
    id_length, header_length = (3, 6) if major == 2 else (4, 10)
    frames, at = [], 0
    while at + header_length <= len(body):
        name = body[at : at + id_length]
        if not re.fullmatch(rb"[A-Z][A-Z0-9]*[A-Z0-9 ]?", name):
            break
        size = frame_size(body, at, major)
        content = body[at + header_length : at + header_length + size]
        if len(content) < size:
            break
        flags = body[at + 8 : at + 10] if major > 2 else b"\0\0"
        content, words = undo_flags(content, flags, major, whole_tag)
        frames.append((name.decode("latin-1"), words, content))
        at += header_length + size
    return frames, body[at:]


def frame_size(body, at, major):
    if major == 2:
        return int.from_bytes(body[at + 3 : at + 6], "big")
    plain = int.from_bytes(body[at + 4 : at + 8], "big")
    if major == 3:
        return plain
    safe = synchsafe(body[at + 4 : at + 8])
    # Old iTunes wrote plain sizes into v2.4: where only the plain size leads to a
    # frame, to padding or to the end, it is meant.
    return (
        plain
        if plain != safe and not leads_on(body, at + 10 + safe) and leads_on(body, at + 10 + plain)
        else safe
    )


def leads_on(body, at):
    following = body[at : at + 4]
    return at == len(body) or (
        at < len(body)
        and (following == bytes(len(following)) or bool(re.fullmatch(rb"[A-Z0-9]{4}", following)))
    )


def undo_flags(content, flags, major, whole_tag):
    """The content as it was before it was transformed, and the flags that say more than how."""
    words = []
    if major == 3:
        status = {0x80: "discard if tag altered", 0x40: "discard if file altered", 0x20: "read-only"}
        compressed, encrypted, grouped = flags[1] & 0x80, flags[1] & 0x40, flags[1] & 0x20
        content = content[4:] if compressed else content
        if encrypted:
            words.append(f"encrypted by {content[0] if content else '?'}")
            content = content[1:]
        if grouped:
            words.append(f"group {content[0] if content else '?'}")
            content = content[1:]
    else:
        status = {0x40: "discard if tag altered", 0x20: "discard if file altered", 0x10: "read-only"}
        compressed, encrypted, grouped = flags[1] & 0x08, flags[1] & 0x04, flags[1] & 0x40
        if grouped:
            words.append(f"group {content[0] if content else '?'}")
            content = content[1:]
        if encrypted:
            words.append(f"encrypted by {content[0] if content else '?'}")
            content = content[1:]
        if flags[1] & 0x01:
            content = content[4:]
        if major == 4 and (flags[1] & 0x02 or whole_tag):
            content = content.replace(b"\xff\x00", b"\xff")
    words += [word for bit, word in status.items() if flags[0] & bit]
    if compressed and not encrypted:
        try:
            content = zlib.decompress(content)
        except zlib.error:
            words.append("not zlib")
    return content, words


def add_frames(entries, kind, prefix, frames, major):
    dates = {}
    for name, words, content in frames:
        original = name
        if major == 2:
            name = V22_IDS.get(name.strip(), name)
        elif major == 3 and len(name.strip()) == 3:
            # iTunes wrote v2.2 IDs into v2.3 tags.
            name = V22_IDS.get(name.strip(), name)
        if major < 4:
            name = V23_IDS.get(name, name)
            if name in DATE_PARTS and name not in dates:
                dates[name] = decode_texts(content)
                continue
        try:
            parts = list(decode(name, content, major)) if is_clear(words) else [(name, content)]
        except (ValueError, LookupError, struct.error):
            parts = [(name if name == original else f"{name} ({original})", content)]
        for key, value in parts:
            if isinstance(value, Subframes):
                inner, rest = split_frames(value, major)
                add_frames(entries, kind, f"{prefix}{key}/", inner, major)
                if rest.strip(b"\0"):
                    entries.add(kind, f"{prefix}{key}/@behind-the-frames", rest)
                continue
            entries.add(kind, prefix + key, [value, *words] if words else value)
    for key, value in join_dates(dates):
        entries.add(kind, prefix + key, value)


def is_clear(words):
    return not any(word.startswith(("encrypted", "not zlib")) for word in words)


def join_dates(dates):
    """TYER, TDAT (DDMM) and TIME (HHMM) as the one TDRC of v2.4."""
    texts = {name: "".join(values[:1]) for name, values in dates.items()}
    date = texts.pop("TYER", "")
    if re.fullmatch(r"\d{4}", date) and re.fullmatch(r"\d{4}", texts.get("TDAT", "")):
        day = texts.pop("TDAT")
        date += f"-{day[2:]}-{day[:2]}"
        if re.fullmatch(r"\d{4}", texts.get("TIME", "")):
            time = texts.pop("TIME")
            date += f"T{time[:2]}:{time[2:]}"
    if date:
        yield "TDRC", [date]
    yield from ((name, [text]) for name, text in texts.items() if text)


class Subframes(bytes):
    """Frames inside a frame."""


def decode_texts(content):
    """The texts of a text frame, whatever their encoding and terminators."""
    if not content:
        return []
    encoding = ENCODINGS.get(content[0])
    if encoding is None:
        raise ValueError("encoding")
    texts = [text for text, _ in split_texts(content[1:], encoding)]
    while texts and texts[-1] == "":
        texts.pop()
    return texts


def split_texts(data, encoding):
    while data:
        text, data = take_text(data, encoding)
        yield text, data


def take_text(data, encoding):
    """The text up to a terminator or the end, and what follows."""
    width = 2 if encoding.startswith("utf-16") else 1
    end = 0
    while end < len(data) and data[end : end + width] != bytes(width):
        end += width
    text = data[:end]
    if encoding == "utf-16" and text[:2] not in (b"\xff\xfe", b"\xfe\xff"):
        encoding = "utf-16-le"
    return text.decode(encoding, "surrogateescape" if width == 1 else "replace"), data[end + width :]


def decode(name, content, major):
    """Yields (key, value) for a frame; several where frames are inside."""
    if name in ("TIPL", "TMCL"):
        texts = decode_texts(content)
        yield name, [texts[at : at + 2] for at in range(0, len(texts), 2)]
    elif name == "TCON":
        yield name, genres(decode_texts(content))
    elif name == "TXXX":
        texts = decode_texts(content)
        yield f"TXXX:{texts[0] if texts else ''}", texts[1:]
    elif name.startswith("T") or name in TEXT_IDS:
        yield name, decode_texts(content)
    elif name == "WXXX":
        description, url = take_text(content[1:], ENCODINGS[content[0]])
        yield f"WXXX:{description}", url.rstrip(b"\0").decode("latin-1")
    elif name.startswith("W") and name != "WFED":
        yield name, content.rstrip(b"\0").decode("latin-1")
    elif name in ("COMM", "USLT"):
        encoding, language = ENCODINGS[content[0]], content[1:4].decode("latin-1")
        description, rest = take_text(content[4:], encoding)
        text = [value for value, _ in split_texts(rest, encoding)]
        while text and text[-1] == "":
            text.pop()
        yield f"{name}:{language}:{description}", text
    elif name in ("UFID", "PRIV"):
        owner, data = take_text(content, "latin-1")
        yield f"{name}:{owner}", data
    elif name == "POPM":
        email, rest = take_text(content, "latin-1")
        yield f"POPM:{email}", {"rating": rest[0], "count": int.from_bytes(rest[1:], "big")}
    elif name == "PCNT":
        yield name, int.from_bytes(content, "big")
    elif name == "APIC":
        yield picture(content, major)
    elif name == "GEOB":
        encoding = ENCODINGS[content[0]]
        mime, rest = take_text(content[1:], "latin-1")
        file_name, rest = take_text(rest, encoding)
        description, data = take_text(rest, encoding)
        yield f"GEOB:{description}", {"mime": mime, "file": file_name, "data": data}
    elif name == "SYLT":
        yield synchronised_lyrics(content)
    elif name == "CHAP":
        element, rest = take_text(content, "latin-1")
        start, end, start_offset, end_offset = struct.unpack(">IIII", rest[:16])
        yield f"CHAP:{element}", [start, end, start_offset, end_offset]
        yield f"CHAP:{element}", Subframes(rest[16:])
    elif name == "CTOC":
        element, rest = take_text(content, "latin-1")
        flags, count = rest[:2]
        children, rest = [], rest[2:]
        for _ in range(count):
            child, rest = take_text(rest, "latin-1")
            children.append(child)
        yield f"CTOC:{element}", {"flags": flags & 3, "children": children}
        yield f"CTOC:{element}", Subframes(rest)
    else:
        yield name, content


def picture(content, major):
    encoding = ENCODINGS[content[0]]
    if major == 2:
        mime = {b"PNG": "image/png", b"JPG": "image/jpeg"}.get(content[1:4], content[1:4].decode("latin-1"))
        rest = content[4:]
    else:
        mime, rest = take_text(content[1:], "latin-1")
    description, data = take_text(rest[1:], encoding)
    return f"APIC:{rest[0]}:{description}", {"mime": mime, "data": data}


def synchronised_lyrics(content):
    encoding, language = ENCODINGS[content[0]], content[1:4].decode("latin-1")
    time_format, kind = content[4:6]
    description, rest = take_text(content[6:], encoding)
    lines = []
    while rest:
        text, rest = take_text(rest, encoding)
        lines.append([text, int.from_bytes(rest[:4], "big")])
        rest = rest[4:]
    return f"SYLT:{language}:{description}", {"format": time_format, "kind": kind, "lines": lines}


def genres(texts):
    """Names for "(17)", "17" and "(17)Rock", which v2.3 and v2.4 write differently."""
    names = []
    for text in texts:
        references = re.match(r"(\((\d+|RX|CR)\))*", text).group()
        for reference in re.findall(r"\((\d+|RX|CR)\)", references):
            names.append(genre(reference))
        refinement = text[len(references) :].replace("((", "(", 1)
        if refinement:
            names.append(genre(refinement))
    # "(17)Rock" says the same thing twice.
    return list(dict.fromkeys(names))


def genre(text):
    if text in ("RX", "CR"):
        return {"RX": "Remix", "CR": "Cover"}[text]
    return GENRES[int(text)] if text.isascii() and text.isdigit() and int(text) < len(GENRES) else text
