//! Converts frames of ID3v2.2 to ID3v2.3, which has all of these frames except two.

use super::frame::Frame;

/// The identifiers of the same frame in both versions (id3.org: id3v2-00, id3v2.3.0; and those of
/// iTunes).
const IDENTIFIERS: [(&[u8; 3], &[u8; 4]); 77] = [
    (b"BUF", b"RBUF"),
    (b"CNT", b"PCNT"),
    (b"COM", b"COMM"),
    (b"CRA", b"AENC"),
    (b"EQU", b"EQUA"),
    (b"ETC", b"ETCO"),
    (b"GEO", b"GEOB"),
    (b"GP1", b"GRP1"),
    (b"IPL", b"IPLS"),
    (b"MCI", b"MCDI"),
    (b"MLL", b"MLLT"),
    (b"MVI", b"MVIN"),
    (b"MVN", b"MVNM"),
    (b"PCS", b"PCST"),
    (b"PIC", b"APIC"),
    (b"POP", b"POPM"),
    (b"REV", b"RVRB"),
    (b"RVA", b"RVAD"),
    (b"SLT", b"SYLT"),
    (b"STC", b"SYTC"),
    (b"TAL", b"TALB"),
    (b"TBP", b"TBPM"),
    (b"TCM", b"TCOM"),
    (b"TCO", b"TCON"),
    (b"TCP", b"TCMP"),
    (b"TCR", b"TCOP"),
    (b"TCT", b"TCAT"),
    (b"TDA", b"TDAT"),
    (b"TDR", b"TDRL"),
    (b"TDS", b"TDES"),
    (b"TDY", b"TDLY"),
    (b"TEN", b"TENC"),
    (b"TFT", b"TFLT"),
    (b"TID", b"TGID"),
    (b"TIM", b"TIME"),
    (b"TKE", b"TKEY"),
    (b"TKW", b"TKWD"),
    (b"TLA", b"TLAN"),
    (b"TLE", b"TLEN"),
    (b"TMT", b"TMED"),
    (b"TOA", b"TOPE"),
    (b"TOF", b"TOFN"),
    (b"TOL", b"TOLY"),
    (b"TOR", b"TORY"),
    (b"TOT", b"TOAL"),
    (b"TP1", b"TPE1"),
    (b"TP2", b"TPE2"),
    (b"TP3", b"TPE3"),
    (b"TP4", b"TPE4"),
    (b"TPA", b"TPOS"),
    (b"TPB", b"TPUB"),
    (b"TRC", b"TSRC"),
    (b"TRD", b"TRDA"),
    (b"TRK", b"TRCK"),
    (b"TS2", b"TSO2"),
    (b"TSA", b"TSOA"),
    (b"TSC", b"TSOC"),
    (b"TSI", b"TSIZ"),
    (b"TSP", b"TSOP"),
    (b"TSS", b"TSSE"),
    (b"TST", b"TSOT"),
    (b"TT1", b"TIT1"),
    (b"TT2", b"TIT2"),
    (b"TT3", b"TIT3"),
    (b"TXT", b"TEXT"),
    (b"TXX", b"TXXX"),
    (b"TYE", b"TYER"),
    (b"UFI", b"UFID"),
    (b"ULT", b"USLT"),
    (b"WAF", b"WOAF"),
    (b"WAR", b"WOAR"),
    (b"WAS", b"WOAS"),
    (b"WCM", b"WCOM"),
    (b"WCP", b"WCOP"),
    (b"WFD", b"WFED"),
    (b"WPB", b"WPUB"),
    (b"WXX", b"WXXX"),
];

/// Converts a frame. Returns `None` if ID3v2.3 has no such frame.
pub(super) fn upgraded(id: &[u8], content: Vec<u8>) -> Option<Frame> {
    let (_, new_id) = IDENTIFIERS.iter().find(|(known, _)| known[..] == *id)?;
    let content = if *new_id == b"APIC" { picture(&content)? } else { content };
    Some(Frame::new(**new_id, content, 3))
}

/// Converts a picture: ID3v2.2 has an image format of three characters, ID3v2.3 a MIME type.
fn picture(content: &[u8]) -> Option<Vec<u8>> {
    let ([encoding, format @ ..], rest) = content.split_first_chunk::<4>()?;
    let mime_type = match format {
        b"JPG" => "image/jpeg".to_owned(),
        b"-->" => "-->".to_owned(),
        format => format!("image/{}", String::from_utf8_lossy(format).to_lowercase()),
    };
    Some([&[*encoding], mime_type.as_bytes(), &[0], rest].concat())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_have_their_longer_names_and_pictures_a_mime_type() {
        let title = upgraded(b"TT2", b"\0title".to_vec()).unwrap();
        assert_eq!(title, Frame::new(*b"TIT2", b"\0title".to_vec(), 3));
        let picture = upgraded(b"PIC", b"\0PNG\x03cover\0data".to_vec()).unwrap();
        assert_eq!(picture.content, b"\0image/png\0\x03cover\0data");
        assert_eq!(upgraded(b"CRM", Vec::new()), None);
    }
}
