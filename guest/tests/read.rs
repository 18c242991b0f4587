//! Tests reading the fixtures through the whole guest crate, without JavaScript.

use crate::support::{fixtures, preopen, scratch};
use std::fs;
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};
use taglib_wasi_guest::{
    Cancellation, ErrorKind, Field, Limit, Limits, Metadata, PreopenOptions, Preopens, ReadOptions,
    Result, Source, Tags, read_metadata, taglib_version,
};

fn path(preopens: &Arc<Preopens>, name: &str) -> Source {
    Source::Path { preopens: Arc::clone(preopens), path: format!("/music/{name}") }
}

fn read(source: &Source) -> Result<Metadata> {
    read_metadata(source, ReadOptions::default(), Limits::default(), &Cancellation::default())
}

fn read_fixture(name: &str) -> Tags {
    read(&path(&preopen(&fixtures()), name)).unwrap().tags
}

fn field<'a>(tags: &'a Tags, name: &str) -> &'a Field {
    &tags.fields.iter().find(|(known, _)| known == name).unwrap_or_else(|| panic!("no {name}")).1
}

#[test]
fn a_path_and_its_bytes_give_the_same_tags() {
    let preopens = preopen(&fixtures());
    for entry in fs::read_dir(fixtures()).unwrap() {
        let entry = entry.unwrap();
        let name = entry.file_name().into_string().unwrap();
        let by_path =
            read(&path(&preopens, &name)).unwrap_or_else(|error| panic!("{name}: {error}"));
        let by_bytes = read(&Source::Bytes(fs::read(entry.path()).unwrap())).unwrap();
        assert_eq!(by_path, by_bytes, "{name}");
    }
}

#[test]
fn text_numbers_pictures_and_ratings_arrive() {
    let tags = read_fixture("id3v24.mp3");
    assert_eq!(*field(&tags, "title"), Field::Texts(vec!["Grüße, 世界 🎵".to_owned()]));
    assert_eq!(*field(&tags, "track"), Field::Number(3.0));
    assert_eq!(*field(&tags, "date"), Field::Text("2019-04-05".to_owned()));
    assert_eq!(tags.pictures.len(), 2);
    assert_eq!(tags.pictures[0].picture_type, "FrontCover");
    assert_eq!(tags.ratings[0].counter, Some(7.0));
}

#[test]
fn the_audio_stream_is_described() {
    let metadata = read(&path(&preopen(&fixtures()), "vorbis-comment.flac")).unwrap();
    let audio = metadata.audio.unwrap();
    assert_eq!((audio.sample_rate, audio.channels, audio.duration_ms), (44_100.0, 1.0, 200.0));
    assert!(audio.is_lossless && !audio.can_be_encrypted());
    assert_eq!(metadata.file_type, "FLAC");
}

#[test]
fn a_broadcast_wave_tells_its_origin() {
    let bext = read_fixture("broadcast.wav").bext.unwrap();
    assert_eq!(bext.time_reference, (3 << 32) + 7);
    assert_eq!(bext.loudness.value, Some(-23.0));
    assert_eq!(bext.coding_history, "A=PCM,F=8000,W=8,M=mono\r\n");
}

#[test]
fn without_pictures_the_rest_is_the_same() {
    let source = path(&preopen(&fixtures()), "id3v24.mp3");
    let options = ReadOptions { pictures: false, ..ReadOptions::default() };
    let metadata =
        read_metadata(&source, options, Limits::default(), &Cancellation::default()).unwrap();
    let all = read(&source).unwrap();
    let without = Tags { pictures: Vec::new(), ..all.tags.clone() };
    assert_eq!(metadata, Metadata { tags: without, ..all });
}

#[test]
fn a_wrong_extension_is_seen_through() {
    let directory = scratch("wrong-extension");
    fs::copy(fixtures().join("vorbis-comment.flac"), directory.join("really.mp3")).unwrap();
    let metadata = read(&path(&preopen(&directory), "really.mp3")).unwrap();
    assert_eq!(metadata.tags, read_fixture("vorbis-comment.flac"));
}

#[test]
fn junk_is_never_an_empty_success() {
    let directory = scratch("junk");
    let files = [
        ("empty.mp3", &b""[..]),
        ("text.mp3", b"hello, world"),
        ("none", b""),
        // TagLib seeks to before the start of the file, and then finds a sample rate.
        ("short.mpc", b"ab"),
    ];
    for (name, content) in files {
        fs::write(directory.join(name), content).unwrap();
        let error = read(&path(&preopen(&directory), name)).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidFormat, "{name}");
        let error = read(&Source::Bytes(content.to_vec())).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidFormat, "{name}");
    }
}

#[test]
fn file_errors_carry_their_errno() {
    let directory = scratch("errno");
    fs::create_dir(directory.join("folder.mp3")).unwrap();
    let preopens = preopen(&directory);
    let name_too_long = format!("{}.mp3", "x".repeat(300));
    for (name, errno) in [
        ("missing.mp3", "ENOENT"),
        ("folder.mp3", "EISDIR"),
        ("", "EISDIR"),
        ("missing/x.mp3", "ENOENT"),
        ("../outside.mp3", "ENOTCAPABLE"),
        (&name_too_long, "ENAMETOOLONG"),
        ("nul\0.mp3", "EINVAL"),
    ] {
        match read(&path(&preopens, name)).unwrap_err().kind() {
            ErrorKind::FileOperation { errno: found, .. } => {
                assert_eq!(found.name(), errno, "{name}")
            }
            kind => panic!("{name}: {kind:?}"),
        }
    }
}

#[test]
#[cfg(unix)]
fn links_may_lead_around_inside_a_preopen_but_not_out() {
    use std::os::unix::fs::symlink;
    let directory = scratch("links");
    fs::copy(fixtures().join("id3v1.mp3"), directory.join("real.mp3")).unwrap();
    symlink("real.mp3", directory.join("inside.mp3")).unwrap();
    symlink(fixtures().join("id3v1.mp3"), directory.join("absolute.mp3")).unwrap();
    symlink("../../etc/passwd", directory.join("relative.mp3")).unwrap();
    let preopens = preopen(&directory);
    assert!(read(&path(&preopens, "inside.mp3")).is_ok());
    for name in ["absolute.mp3", "relative.mp3"] {
        match read(&path(&preopens, name)).unwrap_err().kind() {
            ErrorKind::FileOperation { errno, .. } => assert_eq!(errno.name(), "ENOTCAPABLE"),
            kind => panic!("{name}: {kind:?}"),
        }
    }
}

#[test]
#[cfg(unix)]
fn a_fifo_holds_no_thread() {
    let directory = scratch("fifo");
    let fifo = directory.join("pipe.mp3");
    assert!(std::process::Command::new("mkfifo").arg(&fifo).status().unwrap().success());
    let started = Instant::now();
    let error = read(&path(&preopen(&directory), "pipe.mp3")).unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::FileOperation { .. }));
    assert!(started.elapsed() < Duration::from_secs(2));
}

/// Returns an ID3v2.4 tag with these frames.
fn id3v2(frames: &[u8]) -> Vec<u8> {
    let size: Vec<u8> =
        [21, 14, 7, 0].iter().map(|shift| (frames.len() >> shift) as u8 & 0x7f).collect();
    [b"ID3\x04\0\0", &size[..], frames].concat()
}

/// Returns a WAV of `count` empty chunks, which TagLib indexes one by one.
fn many_chunks(count: usize) -> Vec<u8> {
    let mut bytes = b"RIFF\0\0\0\0WAVE".to_vec();
    bytes.extend(b"junk\0\0\0\0".repeat(count));
    let size = (bytes.len() - 8) as u32;
    bytes[4..8].copy_from_slice(&size.to_le_bytes());
    bytes
}

#[test]
fn a_slow_file_stops_at_the_deadline() {
    let limits = Limits { deadline: Duration::from_millis(300), ..Limits::default() };
    let source = Source::Bytes(many_chunks(1_000_000));
    let started = Instant::now();
    let error = read_metadata(&source, ReadOptions::default(), limits, &Cancellation::default())
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::ResourceLimit(Limit::Deadline));
    assert!(started.elapsed() < Duration::from_secs(3));
}

#[test]
fn a_running_call_can_be_cancelled() {
    let cancellation = Cancellation::default();
    let canceller = cancellation.clone();
    let thread = thread::spawn(move || {
        thread::sleep(Duration::from_millis(100));
        canceller.cancel();
    });
    let source = Source::Bytes(many_chunks(1_000_000));
    let error = read_metadata(&source, ReadOptions::default(), Limits::default(), &cancellation)
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Aborted);
    thread.join().unwrap();
}

#[test]
fn a_file_that_needs_too_much_memory_stops_at_the_limit() {
    let limits = Limits { memory: 20 << 20, ..Limits::default() };
    let source = Source::Bytes(vec![0; 10 << 20]);
    let error = read_metadata(&source, ReadOptions::default(), limits, &Cancellation::default())
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::ResourceLimit(Limit::Memory));
}

#[test]
fn a_file_beyond_four_gibibytes_is_read_or_refused_by_its_limit() {
    let directory = scratch("large");
    // The file is sparse: it takes no space on disk.
    let tagged = fs::read(fixtures().join("id3v24.mp3")).unwrap();
    for (name, head) in [("tagged.mp3", &tagged[..]), ("unknown.bin", b"junk")] {
        fs::write(directory.join(name), head).unwrap();
        fs::File::options()
            .write(true)
            .open(directory.join(name))
            .and_then(|file| file.set_len(5 << 30))
            .unwrap();
    }
    let preopens = preopen(&directory);
    let tags = read(&path(&preopens, "tagged.mp3")).unwrap().tags;
    assert_eq!(tags.fields, read_fixture("id3v24.mp3").fields);
    let error = read(&path(&preopens, "unknown.bin")).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::ResourceLimit(Limit::Memory));
}

#[test]
fn a_file_that_nests_too_deep_stops_at_the_stack() {
    const HEADER: usize = 10;
    const BODY: usize = 18;
    let mut frames = Vec::new();
    for inner in (0..5_000).rev() {
        let size = BODY + inner * (HEADER + BODY);
        let size = [21, 14, 7, 0].map(|shift| (size >> shift) as u8 & 0x7f);
        frames.extend([&b"CHAP"[..], &size, b"\0\0", b"a\0", &[0; 16]].concat());
    }
    let mut bytes = id3v2(&frames);
    bytes.resize(bytes.len() + 1024, 0);
    let error = read(&Source::Bytes(bytes)).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::ResourceLimit(Limit::Stack));
    assert!(!read_fixture("id3v24.mp3").fields.is_empty());
}

#[test]
fn many_threads_read_at_once() {
    let preopens = preopen(&fixtures());
    let expected = read(&path(&preopens, "id3v24.mp3")).unwrap();
    thread::scope(|scope| {
        for _ in 0..16 {
            scope.spawn(|| {
                for _ in 0..25 {
                    assert_eq!(read(&path(&preopens, "id3v24.mp3")).unwrap(), expected);
                }
            });
        }
    });
}

#[test]
fn the_module_tells_its_version() {
    assert_eq!(taglib_version().unwrap(), "2.3.0");
    assert!(taglib_wasi_guest::WASMTIME_VERSION.starts_with("48."));
}

#[test]
fn an_unusable_preopen_is_named() {
    for (host_path, reason) in
        [("/nowhere/at/all", "no such directory"), ("/etc/passwd", "not a directory")]
    {
        let options = PreopenOptions {
            guest_path: "/music".to_owned(),
            host_path: host_path.to_owned(),
            read_only: false,
        };
        let error = Preopens::open(&[options]).unwrap_err();
        assert!(
            error.to_string().contains(host_path) && error.to_string().contains(reason),
            "{error}"
        );
        assert_eq!(error.path(), Some(host_path));
    }
}
