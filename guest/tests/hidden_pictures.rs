//! Tests that hiding pictures from the guest does not change an answer, by path and by bytes.

use crate::mutate;
use crate::support::{fixtures, preopen, scratch};
use std::env;
use std::fs;
use std::io::{Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};
use taglib_wasi_guest::{
    Cancellation, ErrorKind, Limit, Limits, Metadata, Preopens, ReadOptions, Source, read_metadata,
};

/// How often each file is mutated. `MUTATIONS` sets a higher number.
const ROUNDS: u64 = 12;

fn read_source(source: &Source, options: ReadOptions) -> Result<Metadata, ErrorKind> {
    let limits = Limits { deadline: Duration::from_secs(60), ..Limits::default() };
    read_metadata(source, options, limits, &Cancellation::default()).map_err(|error| error.kind())
}

fn by_path(preopens: &Arc<Preopens>, name: &str) -> Source {
    Source::Path { preopens: Arc::clone(preopens), path: format!("/music/{name}") }
}

fn read(
    preopens: &Arc<Preopens>,
    name: &str,
    pictures: bool,
    hide_pictures: bool,
) -> Result<Metadata, ErrorKind> {
    read_source(
        &by_path(preopens, name),
        ReadOptions { pictures, hide_pictures, ..ReadOptions::default() },
    )
}

/// Compares the answers with and without hiding, and by bytes. Returns whether the
/// answer by bytes could be compared.
fn assert_same(preopens: &Arc<Preopens>, name: &str, bytes: &[u8], about: &str) -> bool {
    let by_bytes = Source::Bytes(bytes.to_vec());
    let mut is_comparable = false;
    for pictures in [true, false] {
        let [hidden, whole] = [true, false].map(|hide| read(preopens, name, pictures, hide));
        assert_eq!(hidden, whole, "{about}, pictures: {pictures}");
        let options = ReadOptions { pictures, hide_pictures: true, ..ReadOptions::default() };
        let (Ok(hidden), Ok(bytes)) = (hidden, read_source(&by_bytes, options)) else { continue };
        // By path, TagLib chooses the format by the name, which may not be that of the content.
        if can_be_hidden(name) && format_of(&hidden) == format_of(&bytes) {
            is_comparable = true;
            assert_eq!(hidden, bytes, "{about} by bytes, pictures: {pictures}");
        }
    }
    is_comparable
}

/// Returns whether pictures are hidden in files of this name. In other formats, TagLib itself
/// reads some damaged files differently by path and by bytes.
fn can_be_hidden(name: &str) -> bool {
    const EXTENSIONS: [&str; 8] = ["mp3", "flac", "ogg", "opus", "m4a", "mp4", "wav", "aiff"];
    name.rsplit_once('.').is_some_and(|(_, extension)| EXTENSIONS.contains(&extension))
}

fn format_of(metadata: &Metadata) -> Option<(Option<&str>, Option<&str>)> {
    let audio = metadata.audio.as_ref()?;
    Some((audio.container_format.as_deref(), audio.codec.as_deref()))
}

/// Returns the fixtures, and TagLib's own test files if they are present.
fn files() -> Vec<PathBuf> {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/corpus");
    let listed = [fixtures(), corpus].map(|folder| fs::read_dir(folder).into_iter().flatten());
    let mut files: Vec<_> = listed.into_iter().flatten().map(|it| it.unwrap().path()).collect();
    files.sort();
    files.retain(|file| file.is_file());
    files
}

#[test]
fn every_file_reads_the_same() {
    let mut compared_by_bytes = 0;
    for file in files() {
        let name = file.file_name().unwrap().to_str().unwrap();
        let bytes = fs::read(&file).unwrap();
        let preopens = preopen(file.parent().unwrap());
        compared_by_bytes += usize::from(assert_same(&preopens, name, &bytes, name));
    }
    assert!(compared_by_bytes >= 20, "{compared_by_bytes}");
}

#[test]
fn every_damaged_file_reads_the_same() {
    let rounds = env::var("MUTATIONS").map_or(ROUNDS, |rounds| rounds.parse().unwrap());
    let folder = scratch("damaged-hidden");
    let preopens = preopen(&folder);
    for file in files() {
        let bytes = fs::read(&file).unwrap();
        for seed in 0..rounds {
            let mutated = mutate::mutated(&bytes, seed);
            let name = mutate::name_of(&mutated);
            fs::write(folder.join(name), &mutated).unwrap();
            let about = format!("{} as {name}, seed {seed}", file.display());
            assert_same(&preopens, name, &mutated, &about);
        }
    }
}

/// TagLib looks only for `ID3 ` and `id3 `, byte by byte.
#[test]
fn a_tag_counts_only_in_a_chunk_of_the_name_that_taglib_looks_for() {
    let folder = scratch("tag-chunks");
    let preopens = preopen(&folder);
    for name in ["id3.wav", "id3.aiff"] {
        let original = fs::read(fixtures().join(name)).unwrap();
        let at = [b"ID3 ", b"id3 "]
            .iter()
            .find_map(|id| original.windows(4).position(|window| window == *id))
            .unwrap();
        for (id, has_pictures) in [
            (b"ID3 ", true),
            (b"id3 ", true),
            (b"Id3 ", false),
            (b"iD3 ", false),
            (b"ID3\0", false),
            (b"ID32", false),
        ] {
            let mut bytes = original.clone();
            bytes[at..at + 4].copy_from_slice(id);
            fs::write(folder.join(name), &bytes).unwrap();
            let about = format!("{name} with {:?}", String::from_utf8_lossy(id));
            assert!(assert_same(&preopens, name, &bytes, &about), "{about}");
            let metadata = read(&preopens, name, true, true).unwrap();
            assert_eq!(!metadata.tags.pictures.is_empty(), has_pictures, "{about}");
        }
    }
}

/// Uses a sparse file of 10 GB with 600 pictures of 16 MiB.
#[test]
fn pictures_that_exceed_a_limit_together_are_refused_at_once() {
    const PICTURES: u64 = 600;
    const LARGEST_BLOCK: u64 = (1 << 24) - 1;
    const QUICK: Duration = Duration::from_secs(2);
    let folder = scratch("bomb");
    let (name, path) = ("bomb.flac", folder.join("bomb.flac"));
    let original = fs::read(fixtures().join("plain.flac")).unwrap();
    let (stream_info, rest) = original.split_at(4 + 4 + 34);
    let data = (LARGEST_BLOCK - 32 - 9) as u32;
    let head = [
        &[6, 0xFF, 0xFF, 0xFF],
        &3_u32.to_be_bytes()[..],
        &9_u32.to_be_bytes(),
        b"image/png",
        &[0; 4 + 16],
        &data.to_be_bytes(),
    ]
    .concat();
    let mut file = fs::File::create(&path).unwrap();
    file.write_all(stream_info).unwrap();
    let mut at = stream_info.len() as u64;
    for _ in 0..PICTURES {
        file.seek(SeekFrom::Start(at)).unwrap();
        file.write_all(&head).unwrap();
        at += 4 + LARGEST_BLOCK;
    }
    file.seek(SeekFrom::Start(at)).unwrap();
    file.write_all(rest).unwrap();

    let preopens = preopen(&folder);
    let start = Instant::now();
    for (answer, limit) in [(usize::MAX, Limit::Memory), (Limits::DEFAULT_ANSWER, Limit::Answer)] {
        let limits = Limits { answer, ..Limits::default() };
        let source = by_path(&preopens, name);
        let result =
            read_metadata(&source, ReadOptions::default(), limits, &Cancellation::default());
        assert_eq!(result.unwrap_err().kind(), ErrorKind::ResourceLimit(limit));
    }
    assert_eq!(read(&preopens, name, false, true).unwrap().tags.pictures, []);
    assert!(start.elapsed() < QUICK, "{:?}", start.elapsed());
    fs::remove_file(path).unwrap();
}

/// TagLib passes over a page that lies across two pieces of its search, and
/// finds the one before it.
#[test]
fn the_last_page_of_a_stream_is_found_wherever_it_is() {
    const SIZES: std::ops::Range<usize> = 0..1_100;
    let folder = scratch("last-page");
    let preopens = preopen(&folder);
    for name in ["vorbis.ogg", "opus.opus"] {
        let bytes = fs::read(fixtures().join(name)).unwrap();
        let mut lengths = Vec::new();
        for size in SIZES {
            let longer = [&bytes[..], &last_page(&bytes, size)].concat();
            fs::write(folder.join(name), &longer).unwrap();
            assert_same(&preopens, name, &longer, &format!("{name} and a page of {size}"));
            lengths.push(
                read(&preopens, name, false, true).unwrap().audio.unwrap().duration_ms as u64,
            );
        }
        lengths.sort();
        lengths.dedup();
        assert_eq!(lengths.len(), 2, "{name}: the page is found, and not found");
    }
}

/// Returns a page of this size that ends the stream after 1,000 seconds.
fn last_page(stream: &[u8], size: usize) -> Vec<u8> {
    const SAMPLES: u64 = 48_000_000;
    const FLAGS: u8 = 4;
    let serial = &stream[14..18];
    let mut segments = vec![255; size / 255];
    segments.push((size % 255) as u8);
    let table = [&[segments.len() as u8], &segments[..]].concat();
    let numbers = [&SAMPLES.to_le_bytes(), serial, &[0; 8]].concat();
    [b"OggS\0".as_slice(), &[FLAGS], &numbers, &table, &vec![7; size]].concat()
}
