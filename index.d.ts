/**
 * taglib-wasi: reads and writes audio tags with TagLib, in a WebAssembly sandbox and
 * off the main thread.
 *
 * @example
 * import { initialize, readTags } from 'taglib-wasi';
 *
 * await initialize({ '/music': '/home/me/Music' });
 * const { title, artist } = await readTags('/music/song.flac');
 */

import type { NormalizedRating, PopmRating } from './lib/full/types.js';

// ---------------------------------------------------------------- Set-up

/** A directory whose files may be used: its path, or its path and its options. */
export type PreopenDirectory =
  | string
  | {
      /** A host directory; relative paths count from the working directory. */
      readonly path: string;
      /** Whether every write beneath it is refused with `EROFS`. Default: `false`. */
      readonly readOnly?: boolean;
    };

/**
 * The directories whose files may be read and changed. Nothing outside them is
 * ever opened.
 *
 * An object maps guest paths to host directories, such as
 * `{ "/music": "/home/me/Music" }`. Guest paths are absolute, with forward
 * slashes. An array lists host directories; the guest path of each is its own
 * absolute path (`/C/Music` for `C:\Music`).
 */
export type Preopens =
  | { readonly [guestPath: string]: PreopenDirectory }
  | readonly PreopenDirectory[];

/** Limits on each call, and on the number of calls that run at once. */
export interface InitializeOptions {
  /**
   * The deadline for parsing one file, in milliseconds from the moment a thread
   * starts on it. From 1 to 86,400,000. Default: 5000.
   */
  readonly deadlineMs?: number;
  /**
   * The memory limit of the sandbox of one file, in bytes. From 16 MiB, its initial
   * size, to 2 GiB. Input given as bytes must fit in it.
   * Default: 268,435,456 (256 MiB).
   */
  readonly memoryLimit?: number;
  /**
   * The limit on text and picture data in the answer to one read, in bytes. From
   * 64 KiB to 2 GiB. A larger answer fails with a {@link ResourceLimitError} whose
   * `limit` is `"answer"`. With `pictures: false` pictures do not count. Saves have no
   * such limit. Default: 67,108,864 (64 MiB).
   */
  readonly maxAnswerBytes?: number;
  /**
   * How many files are parsed at once, from 1 to 1024. One of libuv's threads
   * (`UV_THREADPOOL_SIZE`, 4 by default) is always left to the app, unless there is
   * only one. Default: one more than there are cores.
   */
  readonly concurrency?: number;
}

/**
 * Opens the directories and loads TagLib. Call it once, before the first read.
 * A second call replaces the directories and the limits; running calls finish
 * with the old ones.
 *
 * @throws {TagLibInitializationError} A directory is missing or is not a directory
 *   (`details.path`, `details.errno`), or the addon can't run here.
 * @throws {TypeError} An argument has the wrong type, or an option is unknown.
 * @throws {RangeError} A number is out of range, or a path is not valid.
 */
export function initialize(preopens: Preopens, options?: InitializeOptions): Promise<void>;

/** Returns whether `initialize` has completed and `shutdown` has not been called since. */
export function isInitialized(): boolean;

/**
 * Closes the directories. Later calls reject until the next `initialize`. Resolves
 * when the running calls have settled.
 */
export function shutdown(): Promise<void>;

/** The versions of this package, TagLib and Wasmtime. */
export interface Versions {
  /** This package, such as `"0.1.0"`. */
  readonly package: string;
  /** TagLib, as its module reports it, such as `"2.3.0"`. */
  readonly taglib: string;
  /** Wasmtime, such as `"48.0.8"`. */
  readonly wasmtime: string;
}

/**
 * @throws {TagLibInitializationError} The addon can't be loaded here.
 */
export function version(): Versions;

// ---------------------------------------------------------------- Reading

/** Bytes with a name. Only batches use the name. */
export interface NamedAudioInput {
  readonly name: string;
  readonly data: Uint8Array | ArrayBuffer;
}

/** A path, or the content of a file. A string is always a path. */
export type AudioFileInput = string | Uint8Array | ArrayBuffer | File | NamedAudioInput;

/**
 * A file that is read in ranges, wherever it is. {@link httpSource} makes one for a URL.
 *
 * A read gets the start of the file, most formats also the end at once, and then what else it needs.
 * Its content must not change meanwhile; a source that notices a change should throw.
 */
export interface RandomAccessSource {
  /** TagLib chooses the parser by its extension. Errors contain it. */
  readonly name: string;
  /** In bytes. */
  readonly size: number;
  /**
   * Resolves to exactly `length` bytes from `offset` on. They are within the file. A read may ask
   * for several ranges at once. `signal` fires when the read has ended.
   */
  read(offset: number, length: number, options: { signal: AbortSignal }): Promise<Uint8Array>;
}

/**
 * What can be read. A `Blob` or `File` of more than a megabyte is read in ranges, not whole:
 * Node's `fs.openAsBlob` gives one for a file.
 */
export type ReadInput = AudioFileInput | URL | Blob | RandomAccessSource;

/** Limits of a read from a {@link RandomAccessSource} or a large `Blob`. */
export interface TransferOptions {
  /** How many ranges one file may take. Default: 64. */
  readonly maxRequests?: number;
  /** How many bytes one file may take. Default: 67,108,864 (64 MiB). */
  readonly maxBytes?: number;
  /**
   * How long one file may take, in milliseconds, with all requests. Parsing has the deadline of
   * {@link initialize} in addition. Default: 30,000.
   */
  readonly timeoutMs?: number;
}

/** Options of a read that has no others. */
export interface SourceReadOptions extends SignalOptions {
  /** Limits of a read from a {@link RandomAccessSource} or a large `Blob`. */
  readonly transfer?: TransferOptions;
}

/** Options of {@link readPictures} and {@link readPictureMetadata}. */
export interface PictureReadOptions extends SourceReadOptions {
  /** The encoding of descriptions that the file stores as Latin-1. Default: they are Latin-1. */
  readonly legacyEncoding?: LegacyEncoding;
}

/** Options of {@link httpSource}. */
export interface HttpSourceOptions {
  /** Headers of each request, such as `Authorization`. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Sends the requests. Default: the global `fetch`. */
  readonly fetch?: typeof fetch;
  /**
   * How many bytes may be downloaded from a server that does not support ranges. Default: 0, such
   * a server is an error.
   */
  readonly maxDownload?: number;
  /**
   * How long the first request may take, in milliseconds. Later ones have the limits of
   * {@link TransferOptions}. Default: 30,000.
   */
  readonly timeoutMs?: number;
  /** Aborts the first request. */
  readonly signal?: AbortSignal;
}

/**
 * Makes a source for a file on an HTTP server, which is read by Range requests. The first request
 * is made at once: it tells the size, and gets the first 16 to 64 KiB.
 *
 * The content is checked by its size, and by a strong `ETag` if the server sends one.
 *
 * @throws {FileOperationError} The server can't be reached or answers with an error (`EIO`), does
 *   not support ranges (`ENOTSUP`), or, in a later read, has another file (`ESTALE`).
 * @throws {ResourceLimitError} The server takes too long.
 * @throws {Error} With the name `AbortError`, when `signal` fires.
 *
 * @example
 * const source = await httpSource('https://example.com/song.flac');
 * const tags = await readTags(source, { pictures: false });
 */
export function httpSource(
  url: string | URL,
  options?: HttpSourceOptions,
): Promise<RandomAccessSource>;

/** Options of a read. */
export interface ReadOptions {
  /**
   * Aborts the call. The promise rejects with an `AbortError` at once. A waiting call
   * never starts, and a running call stops within about 20 ms.
   */
  readonly signal?: AbortSignal;
  /**
   * Whether to read pictures. With `false` their bytes are not copied. Default:
   * `true`.
   */
  readonly pictures?: boolean;
  /**
   * The encoding of texts that the file stores as Latin-1. Default: they are Latin-1, as the
   * standards say.
   */
  readonly legacyEncoding?: LegacyEncoding;
  /** Limits of a read from a {@link RandomAccessSource} or a large `Blob`. */
  readonly transfer?: TransferOptions;
}

/**
 * The encoding of texts in ID3v1, in ID3v2 frames of encoding 0 and in RIFF INFO, which many
 * programs wrote in the encoding of the system they ran on:
 *
 * - a label of the [Encoding Standard](https://encoding.spec.whatwg.org/#names-and-labels), such
 *   as `'gbk'`, `'shift_jis'`, `'euc-kr'` or `'windows-1251'`, whatever the texts are;
 * - `'auto'`, to detect it from all of these texts of the file, or in a scan of its folder. Texts
 *   that may be Latin-1 are left alone, so encodings of Latin letters, such as `'windows-1250'`,
 *   are never detected;
 * - a function that gets the bytes of one text and returns the text.
 *
 * A text that is not valid in the encoding stays as it is, as does one that the file also has in
 * Unicode. Names of fields are not decoded.
 */
export type LegacyEncoding =
  | 'auto'
  | (string & {})
  | ((bytes: Uint8Array, context: LegacyTextContext) => string);

/** Where a text is stored whose bytes a function decodes. */
export interface LegacyTextContext {
  /** The path of the file. Undefined for bytes. */
  readonly file: string | undefined;
  /** The tag, such as `ID3v1`, `ID3v2.3` or `INFO`. */
  readonly tag: string;
  /** The identifier of the frame or field, such as `TIT2`. */
  readonly id: string;
}

/**
 * Reads every tag of an audio file, on a worker thread and in a sandbox of its
 * own.
 *
 * @param file A path, a `file:` URL object, or the content of a file. A path
 *   is a guest path, or an absolute or relative host path inside a preopened
 *   directory. Up to 8 MiB of bytes are copied before the call returns, so they may
 *   be changed afterwards. Larger ones are copied in pieces, and may be changed when the
 *   promise is settled.
 * @returns A plain object with a key for each tag that the file has; `{}` for a
 *   file without tags.
 * @throws {InvalidFormatError} TagLib recognizes neither extension nor content.
 * @throws {FileOperationError} The file can't be opened or read;
 *   `details.errno` is `"ENOENT"`, `"EACCES"`, `"EISDIR"`, `"ENOTCAPABLE"`
 *   (outside every preopened directory) and so on.
 * @throws {ResourceLimitError} Parsing takes too long or too much memory, or the
 *   file nests too deeply.
 * @throws {MetadataError} The tags exceed a limit: 1,000,000 bytes in a text,
 *   50,000,000 bytes in a picture, 10,000 values in a field, 1,000 fields.
 * @throws {MemoryError} TagLib ran out of memory below the limit.
 * @throws {TagLibInitializationError} `initialize` has not been called.
 * @throws {TypeError} An option is unknown or has the wrong type.
 * @throws {Error} With the name `AbortError`, when `signal` fires.
 *
 * @example
 * const tags = await readTags('album/01.mp3', { pictures: false });
 * console.log(tags.title?.[0], tags.track, tags.year);
 */
export function readTags(file: ReadInput, options?: ReadOptions): Promise<ExtendedTag>;

/** Options of the functions without the option `pictures`. */
export type SignalOptions = Pick<ReadOptions, 'signal'>;

/**
 * Reads the properties of the audio stream.
 *
 * @throws {MetadataError} TagLib finds no audio stream (`field` is
 *   `"audioProperties"`). Otherwise as {@link readTags}.
 *
 * @example
 * const { durationMs, sampleRate, codec } = await readProperties('/music/a.flac');
 */
export function readProperties(
  file: ReadInput,
  options?: SourceReadOptions,
): Promise<AudioProperties>;

/**
 * Reads the format. It is `"unknown"` for the formats that taglib-wasm does not
 * name (APE, Musepack, DSF, DSDIFF, Shorten, tracker modules), although their tags
 * can be read.
 *
 * @throws As {@link readTags}.
 */
export function readFormat(
  file: ReadInput,
  options?: SourceReadOptions,
): Promise<FileType | undefined>;

/**
 * Resolves to whether TagLib can read the file. It is `false` for a file that is missing,
 * unreadable, damaged or beyond the limits. Rejects only if an argument is wrong or the
 * call is aborted.
 */
export function isValidAudioFile(file: ReadInput, options?: SourceReadOptions): Promise<boolean>;

/** Tags and audio properties of one file. */
export interface FileMetadata {
  tags: ExtendedTag;
  /** `undefined` where TagLib finds no audio stream. */
  properties: AudioProperties | undefined;
  /** Whether the file has pictures, even with `pictures: false`. */
  hasCoverArt: boolean;
  dynamics?: AudioDynamics;
}

/** The loudness tags as single strings; several values are joined by a comma. */
export interface AudioDynamics {
  replayGainTrackGain?: string;
  replayGainTrackPeak?: string;
  replayGainAlbumGain?: string;
  replayGainAlbumPeak?: string;
  appleSoundCheck?: string;
}

/**
 * Reads tags and audio properties in one pass over the file.
 *
 * @throws As {@link readTags}.
 */
export function readMetadata(file: ReadInput, options?: ReadOptions): Promise<FileMetadata>;

/**
 * Reads the pictures. Resolves to an empty array if there are none.
 *
 * @throws As {@link readTags}.
 */
export function readPictures(file: ReadInput, options?: PictureReadOptions): Promise<Picture[]>;

/**
 * Reads the front cover, or the first picture if there is no front cover.
 *
 * @returns The bytes of the image, or `undefined` if there is no picture.
 * @throws As {@link readTags}.
 */
export function readCoverArt(
  file: ReadInput,
  options?: SourceReadOptions,
): Promise<Uint8Array | undefined>;

/** A text, several texts, or `[]` to remove the field. */
export type TextInput = string | string[];

/** Fields to set. Fields that are not named stay as they are. */
export interface TagInput {
  readonly title?: TextInput;
  readonly artist?: TextInput;
  readonly album?: TextInput;
  readonly comment?: TextInput;
  readonly genre?: TextInput;
  readonly year?: number;
  /** Such as `1975-10-31` or `1975`. Takes precedence over `year`. */
  readonly date?: TextInput;
  readonly track?: number;
  readonly appleSoundCheck?: TextInput;
  readonly albumArtist?: TextInput;
  readonly composer?: TextInput;
  readonly conductor?: TextInput;
  readonly copyright?: TextInput;
  readonly encodedBy?: TextInput;
  readonly isrc?: TextInput;
  readonly lyricist?: TextInput;
  readonly titleSort?: TextInput;
  readonly artistSort?: TextInput;
  readonly albumSort?: TextInput;
  readonly albumArtistSort?: TextInput;
  readonly composerSort?: TextInput;
  readonly label?: TextInput;
  readonly subtitle?: TextInput;
  readonly producer?: TextInput;
  readonly originalArtist?: TextInput;
  readonly originalAlbum?: TextInput;
  readonly originalDate?: TextInput;
  readonly acoustidFingerprint?: TextInput;
  readonly acoustidId?: TextInput;
  readonly musicbrainzTrackId?: TextInput;
  readonly musicbrainzReleaseId?: TextInput;
  readonly musicbrainzArtistId?: TextInput;
  readonly musicbrainzReleaseGroupId?: TextInput;
  readonly replayGainTrackGain?: TextInput;
  readonly replayGainTrackPeak?: TextInput;
  readonly replayGainAlbumGain?: TextInput;
  readonly replayGainAlbumPeak?: TextInput;
  readonly discNumber?: number;
  readonly totalTracks?: number;
  readonly totalDiscs?: number;
  readonly bpm?: number;
  /** Whether it is part of a compilation. */
  readonly compilation?: boolean;
}

/** A text, or a text with its description and language. */
export type LyricsInput = string | UnsyncedLyrics;

/**
 * Tags to change: fields, and all other values that `readTags` returns. Tags that are
 * not named stay as they are. A list replaces all existing entries.
 */
export interface TagChanges extends TagInput {
  /** `null` or `[]` removes all pictures. */
  readonly pictures?: readonly Picture[] | null;
  /** `null` or `[]` removes all ratings. */
  readonly ratings?: readonly Rating[] | null;
  /** `null` or `[]` removes all lyrics. */
  readonly lyrics?: LyricsInput | readonly LyricsInput[] | null;
  /** `null` or `[]` removes all chapters. */
  readonly chapters?: readonly ChapterInput[] | null;
  /**
   * Read-only. Ignored if `bextData` is present, whose bytes are then written; refused
   * otherwise.
   */
  readonly bext?: BroadcastAudioExtension;
  /** The bytes of the `bext` chunk; `null` removes it. */
  readonly bextData?: Uint8Array | null;
  /** The text of the `iXML` chunk; `null` removes it. */
  readonly ixml?: string | null;
  /**
   * Raw ID3v2 frames by their IDs, without the frame headers. `[]` removes the frames
   * with that ID.
   */
  readonly id3v2Frames?: { readonly [id: string]: readonly Uint8Array[] };
}

/**
 * Data that a change would lose, or has lost, although it was not asked to change
 * it; or a picture, or a detail of a picture or chapter, that the change asks for and the
 * format can't store.
 */
export interface Loss {
  /** The kind of data, such as `"ID3v2 frame"`. */
  readonly kind: string;
  /** Its identifier, such as `"TIT2"`. */
  readonly key: string;
  /** Its content, shortened. */
  readonly before: string;
  /** The content that the changed file has in its place, shortened. */
  readonly after?: string;
}

/** Options of the functions that return the bytes of a changed file. */
export interface ApplyOptions extends SignalOptions {
  /**
   * What to do if the change would lose data that it was not asked to change, or asks
   * for a picture or chapter that the format can't store in full:
   * `'refuse'` rejects with the errno `ENOTSUP` and `details.lost`; `'ignore'` returns
   * the changed file. Default: `'refuse'`.
   */
  readonly onLoss?: 'refuse' | 'ignore';
}

/**
 * Changes tags and returns the changed file. A file passed by path is not changed on
 * disk. Its format is detected from its content.
 *
 * All values that `readTags` returns are accepted. Tags that are not named stay as they
 * are, and a change that would lose some of them is refused (`onLoss`).
 *
 * The changed bytes count against `memoryLimit`.
 *
 * @returns The bytes of the changed file.
 * @throws As {@link readTags}; {@link FileOperationError} with the operation
 *   `save` and the errno `ENOTSUP` if TagLib can't write the format, or if data
 *   would be lost ({@link FileOperationError.details}, `lost`); a `TypeError` if a
 *   value has the wrong type for its field; a `RangeError` for a rating outside
 *   0 to 1.
 */
export function applyTags(
  file: AudioFileInput | URL,
  tags: TagChanges,
  options?: ApplyOptions,
): Promise<Uint8Array>;

/**
 * Removes all tags: fields, pictures, ratings, lyrics, chapters, `bext`, `iXML`.
 *
 * @returns The bytes of the changed file; a file named by its path is not changed.
 * @throws As {@link applyTags}.
 */
export function clearTags(file: AudioFileInput | URL, options?: ApplyOptions): Promise<Uint8Array>;

/**
 * Replaces all pictures.
 *
 * @returns The bytes of the changed file; a file named by its path is not changed.
 * @throws As {@link applyTags}; a `RangeError` for an unknown picture type.
 */
export function applyPictures(
  file: AudioFileInput | URL,
  pictures: Picture[],
  options?: ApplyOptions,
): Promise<Uint8Array>;

/**
 * Adds a picture after the existing ones.
 *
 * @returns The bytes of the changed file; a file named by its path is not changed.
 * @throws As {@link applyPictures}.
 */
export function addPicture(
  file: AudioFileInput | URL,
  picture: Picture,
  options?: ApplyOptions,
): Promise<Uint8Array>;

/**
 * Removes all pictures.
 *
 * @returns The bytes of the changed file; a file named by its path is not changed.
 * @throws As {@link applyTags}.
 */
export function clearPictures(
  file: AudioFileInput | URL,
  options?: ApplyOptions,
): Promise<Uint8Array>;

/**
 * Replaces all pictures by one front cover, described as "Front Cover".
 *
 * @param imageData The bytes of the image.
 * @param mimeType Such as `image/jpeg`.
 * @returns The bytes of the changed file; a file named by its path is not changed.
 * @throws As {@link applyTags}.
 */
export function applyCoverArt(
  file: AudioFileInput | URL,
  imageData: Uint8Array,
  mimeType: string,
  options?: ApplyOptions,
): Promise<Uint8Array>;

/**
 * Replaces the pictures of a type by one picture.
 *
 * @returns The bytes of the changed file; a file named by its path is not changed.
 * @throws As {@link applyPictures}.
 */
export function replacePictureByType(
  file: AudioFileInput | URL,
  newPicture: Picture,
  options?: ApplyOptions,
): Promise<Uint8Array>;

/** Options of a save. */
export interface SaveOptions extends SignalOptions {
  /**
   * What to do with a file that has several hard links: `'refuse'` rejects
   * with `EMLINK`; `'break'` gives the new content to this name only. Default:
   * `'refuse'`.
   */
  readonly hardLinks?: 'refuse' | 'break';
  /**
   * Whether the file keeps its modification time. Default: `false`.
   */
  readonly preserveModified?: boolean;
  /**
   * Whether TagLib edits the file itself instead of a copy. This avoids copying a
   * large file. However, a full disk or a crash while saving may damage the file, and
   * data that TagLib loses is neither detected nor restored. Default: `false`.
   */
  readonly inPlace?: boolean;
  /**
   * What to do if the save would lose data that it was not asked to change, or asks for
   * a picture or chapter that the format can't store in full:
   * `'refuse'` rejects with the errno `ENOTSUP` and `details.lost`, and the file is
   * unchanged; `'report'` saves and resolves to what was lost; `'ignore'` saves.
   * `'report'` can't be combined with `inPlace`. Default: `'refuse'`.
   */
  readonly onLoss?: 'refuse' | 'report' | 'ignore';
}

/** Options of a save that reports what it loses. */
export interface ReportingSaveOptions extends SaveOptions {
  readonly onLoss: 'report';
  readonly inPlace?: false;
}

/** What a save with `onLoss: 'report'` resolves to. */
export interface SaveReport {
  /** Empty if everything was kept. */
  readonly lost: readonly Loss[];
}

/**
 * Changes tags of the file on disk. After a failure, the file is the old one or the
 * new one, whole. A copy in the same directory is changed, read back, written to the
 * disk and renamed over the file. It keeps the mode, owner and extended attributes.
 *
 * The deadline is `deadlineMs` plus one second for every 16 MiB of the file.
 *
 * @param file A path. Saves of the same file run one after another.
 * @throws As {@link applyTags}, and {@link FileOperationError} with the errno
 *   in `details.errno`: `EROFS` in a read-only preopen, `EMLINK` for a file
 *   with several hard links, `EBUSY` if another program changes the file during the
 *   save, `EFBIG` for a file of more than 2 GiB, `ENOTSUP` if TagLib did not write
 *   the requested change or other data would be lost, `ENOSPC` and others. The file
 *   is then unchanged.
 * @throws {InvalidFormatError} The file's structure is damaged, or the save would
 *   change its audio.
 *
 * @example
 * await writeTags('/music/song.flac', { title: 'New title', genre: [] });
 */
export function writeTags(
  file: string,
  tags: TagChanges,
  options: ReportingSaveOptions,
): Promise<SaveReport>;
export function writeTags(file: string, tags: TagChanges, options?: SaveOptions): Promise<void>;

/** taglib-wasm's name for {@link writeTags}. */
export function applyTagsToFile(
  file: string,
  tags: TagChanges,
  options: ReportingSaveOptions,
): Promise<SaveReport>;
export function applyTagsToFile(
  file: string,
  tags: TagChanges,
  options?: SaveOptions,
): Promise<void>;

/**
 * Replaces all pictures in the file on disk, as safely as {@link writeTags}.
 *
 * @throws As {@link writeTags}; a `RangeError` for an unknown picture type.
 */
export function applyPicturesToFile(
  file: string,
  pictures: Picture[],
  options: ReportingSaveOptions,
): Promise<SaveReport>;
export function applyPicturesToFile(
  file: string,
  pictures: Picture[],
  options?: SaveOptions,
): Promise<void>;

/**
 * Removes all tags from the file on disk, as safely as {@link writeTags}.
 *
 * @throws As {@link writeTags}.
 */
export function clearTagsInFile(file: string, options: ReportingSaveOptions): Promise<SaveReport>;
export function clearTagsInFile(file: string, options?: SaveOptions): Promise<void>;

/** A picture without its bytes. */
export interface PictureMetadata {
  readonly type: PictureType;
  /** As the tag states it, which may be wrong. */
  readonly mimeType: string;
  readonly description: string;
  /** The size of the image, in bytes. */
  readonly size: number;
  /** The MIME type by the content, if that is a JPEG, PNG, GIF, WebP or BMP. */
  readonly contentMimeType?: string;
  /** Whether `mimeType` is that of the content, if that is known. `image/jpg` is right for a JPEG. */
  readonly isMimeTypeRight?: boolean;
  /** In pixels, if the content is an image of a known type. */
  readonly width?: number;
  readonly height?: number;
  /** The SHA-256 hash of the image, in hexadecimal. */
  readonly sha256: string;
}

/** All tags of a file, with descriptions of its pictures. */
export interface TagWithPictureMetadata extends Omit<ExtendedTag, 'pictures'> {
  readonly pictures?: PictureMetadata[];
}

/**
 * Describes the pictures. Their bytes are not copied to JavaScript.
 *
 * @throws As {@link readTags}.
 */
export function readPictureMetadata(
  file: ReadInput,
  options?: PictureReadOptions,
): Promise<PictureMetadata[]>;

/**
 * A frame, an atom, a comment, a block or a chunk of a file, as it is stored.
 *
 * `kind` and `id` are the names that {@link Loss} uses.
 */
export interface NativeElementBase {
  /** Such as `ID3v2 frame`, `MP4 item`, `Vorbis comment` or `RIFF chunk`. */
  readonly kind: string;
  /**
   * The tag or structure that holds the element: `ID3v2.2`, `ID3v2.3`, `ID3v2.4`, `ID3v1`,
   * `APEv1`, `APEv2`, `Vorbis comment`, `FLAC`, `Ogg`, `MP4`, `ASF`, `Matroska`, `RIFF`, `RF64`,
   * `INFO`, `AIFF`, `DSDIFF` or `DSF`.
   */
  readonly tag: string;
  /** The number of that tag in the file, from zero. A file may have two ID3v2 tags. */
  readonly tagIndex: number;
  /**
   * The identifier as it is stored, such as `TIT2`, `©nam` or `Title`, or a path, such as
   * `moov/mvhd`. Bytes that belong to no element are `rest`.
   */
  readonly id: string;
  /**
   * What distinguishes the element from others with this `id`: the description of a `TXXX`,
   * `COMM`, `APIC` or FLAC picture, the owner of a `PRIV` or `UFID`, the address of a `POPM`, the
   * target of a Matroska tag, such as `level 30`.
   */
  readonly description?: string;
  /** As it is stored, such as `eng`. */
  readonly language?: string;
  /** The MIME type that a picture or an object states, which may be wrong. */
  readonly mimeType?: string;
  /** The size of the content in the file, in bytes. */
  readonly size: number;
}

/** An element with texts. */
export interface NativeText extends NativeElementBase {
  readonly type: 'text';
  readonly values: string[];
  /**
   * The IANA name of the encoding that the values were decoded from. Where the file does not
   * state one, this is `UTF-8` if the bytes are valid, and otherwise `ISO-8859-1`.
   */
  readonly encoding?: string;
}

/** An element with numbers. They are texts, since some have 64 bits, and some are pairs (`3/12`). */
export interface NativeNumber extends NativeElementBase {
  readonly type: 'number';
  readonly values: string[];
}

/** An element with bytes. */
export interface NativeBytes extends NativeElementBase {
  readonly type: 'bytes';
  /**
   * The SHA-256 hash, in hexadecimal: of the image of an `APIC`, a FLAC picture or a `covr`, of
   * the data of a `PRIV`, `UFID` or `GEOB`, and otherwise of the whole content.
   */
  readonly sha256: string;
  /** The encoding of the element's texts, if it has some. */
  readonly encoding?: string;
  /** The texts of a `SYLT`. */
  readonly syncedTexts?: NativeSyncedTexts;
}

/** The texts of a `SYLT` frame, as they are stored. */
export interface NativeSyncedTexts {
  /** 1 if times count MPEG frames, and 2 if they are in milliseconds. */
  readonly timeFormat: number;
  /** What the texts are: 0 other, 1 lyrics, 2 a transcription (id3v2.4.0-frames, section 4.9). */
  readonly contentType: number;
  readonly lines: { readonly time: number; readonly text: string }[];
}

/** Audio or other media, whose bytes are not read, or space that is kept free. */
export interface NativeSpace extends NativeElementBase {
  readonly type: 'audio' | 'padding';
}

/** An element of a file, by its `type`. */
export type NativeElement = NativeText | NativeNumber | NativeBytes | NativeSpace;

/**
 * Reads what the file consists of: every frame, atom, comment, chunk and block, in the order of
 * the file. This shows what the tags of TagLib hide, such as a second tag, private frames and
 * encodings. A file of an unknown format has no elements.
 *
 * @throws As {@link readTags}, except `InvalidFormatError`.
 */
export function readNative(file: ReadInput, options?: NativeReadOptions): Promise<NativeElement[]>;

/** Options of {@link readNative}. */
export interface NativeReadOptions extends SignalOptions {
  /** The encoding of texts that the file stores as Latin-1. Default: they are Latin-1. */
  readonly legacyEncoding?: LegacyEncoding;
  /** Limits of a read from a {@link RandomAccessSource} or a large `Blob`. */
  readonly transfer?: TransferOptions;
}

/**
 * Resolves to the SHA-256 hash of the file's audio alone, in hexadecimal. A change of tags keeps
 * it, so it recognizes a file that was retagged, moved or copied. All of the audio is read, and
 * the deadline is extended accordingly.
 *
 * Resolves to `undefined` for tracker modules, whose texts are among the audio, and for files
 * whose structure is damaged.
 *
 * A {@link RandomAccessSource} or a large `Blob` is read in pieces of up to a megabyte, which do
 * not stay in memory.
 *
 * @throws As {@link readTags}.
 */
export function readAudioHash(
  file: ReadInput,
  options?: AudioHashOptions,
): Promise<string | undefined>;

/** Options of {@link readAudioHash}. */
export interface AudioHashOptions extends SignalOptions {
  /**
   * Limits for a {@link RandomAccessSource} or a large `Blob`, of which all of the audio is read.
   * So the defaults are higher: `maxRequests` 4096, `maxBytes` 4,294,967,296 (4 GiB) and
   * `timeoutMs` 600,000.
   */
  readonly transfer?: TransferOptions;
}

// ---------------------------------------------------------------- Synced lyrics

/** Lyrics whose lines have times. */
export interface SyncedLyrics {
  /** A code of ISO 639-2, such as `eng`. Absent if it is not known. */
  readonly language?: string;
  /** Absent if it is empty. */
  readonly description?: string;
  /** What the lines are. Default when writing: `'lyrics'`. */
  readonly type?: SyncedLyricsType;
  readonly lines: readonly SyncedLine[];
}

/** The content types of `SYLT` (id3v2.4.0-frames, section 4.9). */
export type SyncedLyricsType =
  | 'other'
  | 'lyrics'
  | 'transcription'
  | 'movement'
  | 'events'
  | 'chord'
  | 'trivia'
  | 'webpageUrls'
  | 'imageUrls';

/** A line, and when it begins. */
export interface SyncedLine {
  /** In milliseconds from the start of the audio; a whole number below 2³². */
  readonly timeMs: number;
  /**
   * In ID3v2 this may be a syllable. Then the first syllable of each line begins with a line
   * break.
   */
  readonly text: string;
}

/**
 * Reads all synced lyrics: `SYLT` frames, and LRC in a field for lyrics, such as `LYRICS`, `©lyr`,
 * `SYNCEDLYRICS` or `USLT`. Those that {@link writeSyncedLyrics} writes, `SYLT` and `SYNCEDLYRICS`,
 * come first. Frames that count MPEG frames instead of milliseconds are left out.
 *
 * @throws As {@link readNative}.
 */
export function readSyncedLyrics(
  file: ReadInput,
  options?: NativeReadOptions,
): Promise<SyncedLyrics[]>;

/**
 * Replaces the synced lyrics, safely, as {@link writeTags} does: all `SYLT` frames in MP3, and the
 * field `SYNCEDLYRICS` elsewhere, which holds LRC. An empty array removes them. Lyrics without
 * times stay, as does LRC in other fields.
 *
 * @throws {MetadataError} If LRC can't express a text: one with a line break, or of another type
 *   than `'lyrics'`.
 * @throws As {@link writeTags}.
 */
export function writeSyncedLyrics(
  file: string,
  lyrics: readonly SyncedLyrics[],
  options: SyncedLyricsSaveOptions & ReportingSaveOptions,
): Promise<SaveReport>;
export function writeSyncedLyrics(
  file: string,
  lyrics: readonly SyncedLyrics[],
  options?: SyncedLyricsSaveOptions,
): Promise<void>;

/**
 * Does what {@link writeSyncedLyrics} does, and returns the changed file, as {@link applyTags}
 * does.
 *
 * @returns The bytes of the changed file.
 * @throws {MetadataError} As {@link writeSyncedLyrics}.
 * @throws As {@link applyTags}.
 */
export function applySyncedLyrics(
  file: AudioFileInput | URL,
  lyrics: readonly SyncedLyrics[],
  options?: SyncedLyricsApplyOptions,
): Promise<Uint8Array>;

/** What becomes of the synced lyrics that a file has. */
export interface KeepOthersOption {
  /**
   * Whether to keep the synced lyrics of a file whose language or description differs from those
   * given. Default: `false`.
   */
  readonly keepOthers?: boolean;
}

/** Options of {@link writeSyncedLyrics}. */
export interface SyncedLyricsSaveOptions extends SaveOptions, KeepOthersOption {}

/** Options of {@link applySyncedLyrics}. */
export interface SyncedLyricsApplyOptions extends ApplyOptions, KeepOthersOption {}

/** The content of an LRC file. */
export interface Lrc {
  /** The headers by their names in lower case, such as `ti`, `ar` or `la`. */
  headers: Record<string, string>;
  /** In the order of their times. */
  lines: { timeMs: number; text: string }[];
}

/**
 * Reads LRC: lines such as `[01:02.34]text`, with one time or several, and `[offset:]`. Times of
 * words are removed. Lines without a time are left out.
 *
 * @param lrc A text, or the bytes of a file.
 * @throws A `TypeError` with the code `ERR_ENCODING_INVALID_ENCODED_DATA` if the bytes are not in
 *   the encoding.
 */
export function parseLrc(lrc: string | Uint8Array, options?: LrcOptions): Lrc;

/** Options of {@link parseLrc}. */
export interface LrcOptions {
  /**
   * The encoding of bytes: a label of the [Encoding
   * Standard](https://encoding.spec.whatwg.org/#names-and-labels), such as `gbk`. Default: `utf-8`.
   */
  readonly encoding?: string;
}

/** Writes LRC. Syllables are joined to lines, and a line break begins another line. */
export function formatLrc(lrc: {
  readonly headers?: Readonly<Record<string, string>>;
  readonly lines: readonly SyncedLine[];
}): string;

// ---------------------------------------------------------------- Batches

/** Options of the batch functions. */
export interface BatchOptions extends ReadOptions {
  /** How many files are read at once. Default, and upper limit: the `concurrency` of `initialize`. */
  concurrency?: number;
  /** Whether to continue after a failure. With `false` the batch rejects at the first failure. Default: `true`. */
  continueOnError?: boolean;
  /**
   * Called after each file, in the order of completion. `currentFile` is the path or
   * name that the caller passed, or `"buffer-N"` for bytes.
   */
  onProgress?: (processed: number, total: number, currentFile: string) => void;
  /** Aborts the whole batch. Running reads stop within about 20 ms. */
  signal?: AbortSignal;
}

/** The result for one file of a batch. */
export type BatchItem<T> =
  | { status: 'ok'; path: string; data: T }
  | { status: 'error'; path: string; error: Error };

/** The results of a batch, in the order of the files. */
export interface BatchResult<T> {
  items: BatchItem<T>[];
  /** In milliseconds. */
  duration: number;
}

/**
 * Reads the tags of many files, several at once.
 *
 * @throws {Error} With the name `AbortError`, when `signal` fires; with
 *   `continueOnError: false`, the error of the first file that fails.
 *
 * @example
 * const { items } = await readTagsBatch(paths, {
 *   pictures: false,
 *   onProgress: (done, total) => console.log(`${done} of ${total}`),
 * });
 * for (const item of items) {
 *   if (item.status === 'ok') console.log(item.path, item.data.title);
 *   else console.error(item.path, item.error.message);
 * }
 */
export function readTagsBatch(
  files: ReadInput[],
  options?: BatchOptions,
): Promise<BatchResult<ExtendedTag>>;

/** {@link readProperties} for many files; `data` is `undefined` if there is no audio stream. */
export function readPropertiesBatch(
  files: ReadInput[],
  options?: BatchOptions,
): Promise<BatchResult<AudioProperties | undefined>>;

/** {@link readMetadata} for many files. */
export function readMetadataBatch(
  files: ReadInput[],
  options?: BatchOptions,
): Promise<BatchResult<FileMetadata>>;

// ---------------------------------------------------------------- Scanning

/** A file of a scan, as it was when it was found. */
export interface ScannedFile {
  /** Begins with the directory as the caller passed it. */
  path: string;
  /** In bytes. */
  size: number;
  /** When it was last changed, in milliseconds since 1970, as `fs.Stats.mtimeMs`. */
  mtimeMs: number;
}

/** A file whose tags a scan has read. */
export interface ReadRecord<Tags = ExtendedTag> extends ScannedFile {
  status: 'read';
  tags: Tags;
  /** With `audioHash: true`, what {@link readAudioHash} gives. */
  audioHash?: string;
  /** With `properties: true`, if TagLib finds an audio stream. */
  properties?: AudioProperties;
}

/** A file that a scan has found, but not read because of `since`. */
export interface SkippedRecord extends ScannedFile {
  status: 'skipped';
}

/**
 * A file that can't be read, or, without `size` and `mtimeMs`, a file or directory
 * whose metadata can't be read.
 */
export interface FailedRecord extends Partial<ScannedFile> {
  status: 'failed';
  path: string;
  error: TagLibError;
}

/** A known file that is not there any more. */
export interface RemovedRecord {
  status: 'removed';
  /** As `since` has it. */
  path: string;
}

/** A known file that is not there any more, and whose audio is in a new file. */
export interface MovedRecord {
  status: 'moved';
  /** The new path. An earlier record has the tags of the file. */
  path: string;
  /** The old path, as `since` has it. */
  from: string;
}

/** One result of a scan. */
export type ScanRecord<Tags = ExtendedTag> =
  | ReadRecord<Tags>
  | SkippedRecord
  | FailedRecord
  | RemovedRecord
  | MovedRecord;

/** What an app knows of a file from an earlier scan. */
export interface KnownFile {
  readonly size: number;
  readonly mtimeMs: number;
  /** Finds out where the file has moved to, if the scan has `audioHash: true`. */
  readonly audioHash?: string;
}

/** The progress of a scan: the numbers of files so far. */
export interface ScanProgress {
  read: number;
  failed: number;
  skipped: number;
  removed: number;
  moved: number;
  /** Files with other extensions, and links that are not followed. */
  passedOver: number;
  /** The path of the next record. */
  path: string;
}

/** Options of a scan. */
export interface ScanOptions extends SignalOptions {
  /**
   * Whether to read pictures. With `'metadata'` they are described, as by
   * {@link readPictureMetadata}, and their bytes are not copied. Default: `true`.
   */
  readonly pictures?: boolean | 'metadata';
  /**
   * The extensions of the files to read; case and a leading dot do not matter.
   * Default: `SCAN_EXTENSIONS`, all extensions that TagLib knows.
   */
  readonly extensions?: readonly string[];
  /** Whether to read audio properties. Default: `false`. */
  readonly properties?: boolean;
  /**
   * Whether to follow symbolic links within the preopened directory. Each real
   * directory is listed once, under its path without links if that is beneath the
   * scanned directory. Default: `false`.
   */
  readonly follow?: boolean;
  /**
   * How many files are read at once, within the `concurrency` of `initialize`. At
   * most twice as many files are ahead of the loop, and at most 24, or 4 after a
   * file with more than a megabyte of pictures. Default: no other limit.
   */
  readonly concurrency?: number;
  /**
   * The encoding of texts that files store as Latin-1. `'auto'` judges all files of a folder
   * together. Default: they are Latin-1.
   */
  readonly legacyEncoding?: LegacyEncoding;
  /**
   * The known files, which are not read if unchanged: a map from path to size and
   * modification time, any object with such a `get`, or a function. Paths are compared in
   * NFC.
   *
   * A map, or another object that can be iterated over in the same way, is read once more at the
   * end: each file beneath the directory that has one of the extensions and was not found gives
   * a record `removed`, or `moved` if its audio was found in a new file. Files beneath a
   * directory that can't be read are not reported.
   */
  readonly since?:
    | ({ get(path: string): KnownFile | undefined } & Partial<
        Iterable<readonly [path: string, file: KnownFile]>
      >)
    | ((file: ScannedFile) => boolean | Promise<boolean>);
  /**
   * Whether to hash the audio of each file that is read, as {@link readAudioHash} does. This reads
   * all of the file. Default: `false`.
   */
  readonly audioHash?: boolean;
  /** Called before each record. */
  readonly onProgress?: (progress: ScanProgress) => void;
}

/** The extensions that `scan` looks for, in lower case and without a dot. */
export const SCAN_EXTENSIONS: readonly string[];

/**
 * Reads every audio file beneath a directory. Files are found and read as the loop
 * consumes records, so that only a few are in memory. Records arrive in the order of
 * completion. Leaving the loop ends the scan.
 *
 * A scan keeps its directories and limits, even if `initialize` or `shutdown` is called
 * while it runs.
 *
 * @param directory A guest path, or an absolute or relative host path, of a
 *   directory inside a preopened one.
 * @throws {FileOperationError} The directory itself can't be listed. A file or
 *   directory beneath it that can't be read is a record with the status `"failed"`.
 * @throws {Error} With the name `AbortError`, when `signal` fires.
 *
 * @example
 * for await (const record of scan('/music', { pictures: false })) {
 *   if (record.status === 'read') console.log(record.path, record.tags.title);
 *   if (record.status === 'failed') console.error(record.error.message);
 * }
 */
export function scan(
  directory: string,
  options: ScanOptions & { readonly pictures: 'metadata' },
): AsyncGenerator<ScanRecord<TagWithPictureMetadata>, void, undefined>;
export function scan(
  directory: string,
  options?: ScanOptions & { readonly pictures?: boolean },
): AsyncGenerator<ScanRecord, void, undefined>;
export function scan(
  directory: string,
  options: ScanOptions,
): AsyncGenerator<ScanRecord<ExtendedTag | TagWithPictureMetadata>, void, undefined>;

// ---------------------------------------------------------------- Tags

/** The basic tags. Texts are arrays, because a file can have several values. */
export interface Tag {
  readonly title?: string[];
  readonly artist?: string[];
  readonly album?: string[];
  readonly comment?: string[];
  readonly genre?: string[];
  /** The number at the beginning of the date. */
  readonly year?: number;
  /** The number on the album, without the total. */
  readonly track?: number;
}

/**
 * All tags of a file.
 *
 * Fields without a name in this type are arrays of strings. Their key is TagLib's own, in
 * capitals, such as `MOODOFOURS` for an ID3v2 `TXXX:MoodOfOurs`. Read them as
 * `(tags as Record<string, unknown>)["MOODOFOURS"]`.
 */
export interface ExtendedTag extends Tag {
  /** The date as stored in the file, such as `"1975-10-31"`; an array if there are several. */
  readonly date?: string | string[];
  readonly albumArtist?: string[];
  readonly composer?: string[];
  readonly conductor?: string[];
  readonly lyricist?: string[];
  readonly producer?: string[];
  readonly label?: string[];
  readonly subtitle?: string[];
  readonly copyright?: string[];
  readonly encodedBy?: string[];
  /** International Standard Recording Code (ISO 3901). */
  readonly isrc?: string[];
  readonly discNumber?: number;
  readonly totalTracks?: number;
  readonly totalDiscs?: number;
  /** Beats per minute. */
  readonly bpm?: number;
  /**
   * Whether it is part of a compilation; present if the file has the flag.
   * taglib-wasm 1.5.1 always returns `false`.
   */
  readonly compilation?: boolean;
  readonly titleSort?: string[];
  readonly artistSort?: string[];
  readonly albumSort?: string[];
  readonly albumArtistSort?: string[];
  readonly composerSort?: string[];
  readonly originalArtist?: string[];
  readonly originalAlbum?: string[];
  readonly originalDate?: string[];
  readonly musicbrainzTrackId?: string[];
  readonly musicbrainzReleaseId?: string[];
  readonly musicbrainzArtistId?: string[];
  readonly musicbrainzReleaseGroupId?: string[];
  readonly acoustidFingerprint?: string[];
  readonly acoustidId?: string[];
  /** Such as `"-6.54 dB"`. */
  readonly replayGainTrackGain?: string[];
  /** Such as `"0.988553"`; 1 is full scale. */
  readonly replayGainTrackPeak?: string[];
  readonly replayGainAlbumGain?: string[];
  readonly replayGainAlbumPeak?: string[];
  /** iTunes' volume adjustment (`iTunNORM`). */
  readonly appleSoundCheck?: string[];
  readonly pictures?: Picture[];
  readonly ratings?: Rating[];
  readonly lyrics?: UnsyncedLyrics[];
  /** In the order of their start. */
  readonly chapters?: Chapter[];
  /** The parsed `bext` chunk of a WAV or FLAC file. */
  readonly bext?: BroadcastAudioExtension;
  /** The bytes of the `bext` chunk. */
  readonly bextData?: Uint8Array;
  /** The text of the `iXML` chunk. */
  readonly ixml?: string;
  /** Never set by a read. taglib-wasm's type has it for writes. */
  id3v2Frames?: Record<string, Uint8Array[]>;
}

/** An embedded picture. */
export interface Picture {
  /** The MIME type in the tag. It may be wrong, or `"application/octet-stream"`. */
  readonly mimeType: string;
  /** The bytes of the image; a copy that belongs to the caller. */
  readonly data: Uint8Array;
  readonly type: PictureType;
  readonly description?: string;
}

/** The picture types of ID3v2's APIC frame, which other formats use too. */
export type PictureType =
  | 'Other'
  | 'FileIcon'
  | 'OtherFileIcon'
  | 'FrontCover'
  | 'BackCover'
  | 'LeafletPage'
  | 'Media'
  | 'LeadArtist'
  | 'Artist'
  | 'Conductor'
  | 'Band'
  | 'Composer'
  | 'Lyricist'
  | 'RecordingLocation'
  | 'DuringRecording'
  | 'DuringPerformance'
  | 'MovieScreenCapture'
  | 'ColouredFish'
  | 'Illustration'
  | 'BandLogo'
  | 'PublisherLogo';

/** A popularity, such as ID3v2's POPM. */
export interface Rating {
  /** From 0 to 1. */
  rating: number;
  /** The person or program that gave the rating, usually an email address. */
  email?: string;
  /** How often it was played. */
  counter?: number;
}

/** Lyrics without timing, such as ID3v2's USLT. */
export interface UnsyncedLyrics {
  text: string;
  description?: string;
  /** ISO 639-2, such as `"eng"`. */
  language?: string;
}

/** A chapter; times in milliseconds from the start of the file. */
export interface Chapter {
  startTimeMs: number;
  /** In MP4 and Vorbis comments, which store no ends, the next start or the end of the track. */
  endTimeMs?: number;
  title?: string;
  /** The element ID of ID3v2's CHAP frame, or Matroska's `ChapterUID`. */
  id?: string;
  /** The kind of element that stores the chapter, in MP3 and MP4. */
  source?: 'id3' | 'nero' | 'quicktime';
  /** The link of the chapter, in MP3, MP4 and Vorbis comments. taglib-wasm does not return it. */
  url?: string;
  /**
   * The image of the chapter, in MP3 and MP4, unless the read has `pictures: false` or
   * `pictures: "metadata"`. In MP4 it is the one that is shown when the chapter begins.
   * taglib-wasm does not return it.
   */
  picture?: Picture;
}

/**
 * A chapter to write. A detail that is `undefined` stays as it is in the same chapter of the file:
 * the one with the same `id`, or with the same start and title; in MP4, or else with the same
 * start, or else with the same title. `null` removes the detail. In a format that has no room for
 * it, the write rejects.
 */
export interface ChapterInput extends Omit<Chapter, 'url' | 'picture'> {
  url?: string | null;
  picture?: Picture | null;
}

/** The Broadcast Audio Extension of EBU Tech 3285, version 2. */
export interface BroadcastAudioExtension {
  description: string;
  originator: string;
  originatorReference: string;
  /** `YYYY-MM-DD` */
  originationDate: string;
  /** `HH:MM:SS` */
  originationTime: string;
  /** Samples since midnight. */
  timeReferenceSamples: bigint;
  /** 0, 1 or 2. */
  version: number;
  /** SMPTE UMID, 64 bytes in hexadecimal. From version 1. */
  umid?: string;
  /** Integrated loudness in LUFS. This and the following from version 2. */
  loudnessValueDb?: number;
  /** In LU. */
  loudnessRangeDb?: number;
  /** In dBTP. */
  maxTruePeakLevelDbtp?: number;
  /** In LUFS. */
  maxMomentaryLoudnessDb?: number;
  /** In LUFS. */
  maxShortTermLoudnessDb?: number;
  /** Lines end in CR LF. */
  codingHistory: string;
}

// ---------------------------------------------------------------- Audio

/** Properties of the audio stream. */
export interface AudioProperties {
  /** In whole seconds, rounded down. */
  readonly duration: number;
  readonly durationMs?: number;
  /** In kbit/s. */
  readonly bitrate: number;
  /** In hertz. */
  readonly sampleRate: number;
  readonly channels: number;
  /** 0 if the format has no fixed number. */
  readonly bitsPerSample: number;
  readonly codec: AudioCodec;
  readonly containerFormat: ContainerFormat;
  readonly isLossless: boolean;
  /** MPEG audio only. */
  readonly mpegVersion?: number;
  /** MPEG audio only. */
  readonly mpegLayer?: number;
  /** MP4 and ASF only. */
  readonly isEncrypted?: boolean;
  /** For formats that have versions, such as APE and WavPack. */
  readonly formatVersion?: number;
  /** MP3 only, if its first frame contains it. taglib-wasm documents it but never sets it. */
  readonly bitrateMode?: BitrateMode;
  /** In decibels; Opus only (RFC 7845, section 5.1). Players always apply it. */
  readonly outputGainDb?: number;
}

export type BitrateMode = 'CBR' | 'VBR' | 'ABR';

export type AudioCodec =
  | 'AAC'
  | 'ALAC'
  | 'MP3'
  | 'FLAC'
  | 'Vorbis'
  | 'Opus'
  | 'Speex'
  | 'PCM'
  | 'IEEEFloat'
  | 'WAV'
  | 'WMA'
  | 'WMALossless'
  | 'APE'
  | 'DSD'
  | 'WavPack'
  | 'MPC'
  | 'TTA'
  | 'Shorten'
  | 'MOD'
  | 'S3M'
  | 'IT'
  | 'XM'
  | 'unknown';

export type ContainerFormat =
  | 'MP3'
  | 'MP4'
  | 'FLAC'
  | 'OGG'
  | 'WAV'
  | 'AIFF'
  | 'ASF'
  | 'APE'
  | 'DSF'
  | 'DSDIFF'
  | 'WavPack'
  | 'MPC'
  | 'TTA'
  | 'Shorten'
  | 'MOD'
  | 'S3M'
  | 'IT'
  | 'XM'
  | 'Matroska'
  | 'unknown';

export type FileType =
  | 'MP3'
  | 'MP4'
  | 'FLAC'
  | 'OGG'
  | 'OPUS'
  | 'WAV'
  | 'AIFF'
  | 'ASF'
  | 'APE'
  | 'DSF'
  | 'DSDIFF'
  | 'WV'
  | 'MPC'
  | 'TTA'
  | 'SHN'
  | 'MOD'
  | 'S3M'
  | 'IT'
  | 'XM'
  | 'OggFLAC'
  | 'SPEEX'
  | 'MATROSKA'
  | 'unknown';

// ---------------------------------------------------------------- Full API

export * from './lib/full/types.js';

// ---------------------------------------------------------------- Folders and picture files

export * from './lib/folder/types.js';
export * from './lib/pictures/types.js';

// ---------------------------------------------------------------- Web pages

export {
  BITRATE_CONTROL_MODE_NAMES,
  BITRATE_CONTROL_MODE_VALUES,
  COMPLEX_PROPERTIES,
  COMPLEX_PROPERTY_KEY,
  FormatMappings,
  PROPERTIES,
  Tags,
} from './lib/tables/properties.js';
export * from './web.js';

// ---------------------------------------------------------------- taglib-wasm

/** Changes a setting of taglib-wasm. It has no effect on this package's own functions. */
export function setBufferMode(enabled: boolean): void;

// ---------------------------------------------------------------- Helpers

/** Returns the first picture of a type, or `undefined`. */
export function findPictureByType(pictures: Picture[], type: PictureType): Picture | undefined;

/**
 * The named entries of tags that are not text fields, with the kind of value that
 * `writeTags` takes for each ({@link TagChanges}). `'read-only'` is `bext`; set `bextData`
 * instead.
 * Every other name is a text field.
 */
export const FIELD_TYPES: {
  readonly [name: string]:
    | 'number'
    | 'boolean'
    | 'lyrics'
    | 'pictures'
    | 'ratings'
    | 'chapters'
    | 'bytes'
    | 'xml'
    | 'frames'
    | 'read-only';
};

/** Picture types by their numbers in ID3v2's APIC frame. */
export const PICTURE_TYPE_NAMES: Record<number, PictureType>;

/** Numbers in ID3v2's APIC frame by picture type. */
export const PICTURE_TYPE_VALUES: Record<PictureType, number>;

/**
 * Converts between the scales of ratings: normalized (0 to 1, as in {@link Rating}),
 * POPM (0 to 255, as in ID3v2), stars and percent.
 */
export const RatingUtils: {
  /** The values that Windows Media Player writes for zero to five stars. */
  readonly POPM_STAR_VALUES: readonly [0, 1, 64, 128, 196, 255];
  /** Limits a number to the range from 0 to 1. */
  readonly clamp: (rating: number) => NormalizedRating;
  /** Converts 0 to 1 into 0 to 255, linearly. */
  readonly fromNormalized: (value: NormalizedRating) => PopmRating;
  readonly fromPercent: (percent: number) => NormalizedRating;
  /** Converts 0 to 255 into whole stars, on the scale from 0 to 1. */
  readonly fromPopm: (value: PopmRating) => NormalizedRating;
  /** `maxStars` is 5 by default. */
  readonly fromStars: (stars: number, maxStars?: number) => NormalizedRating;
  readonly isValid: (rating: number) => rating is NormalizedRating;
  /** Returns the number itself, typed as a normalized rating. */
  readonly normalized: (value: number) => NormalizedRating;
  /** Returns the number itself, typed as a POPM rating. */
  readonly popm: (value: number) => PopmRating;
  /** Converts 0 to 255 into 0 to 1, linearly. */
  readonly toNormalized: (value: PopmRating) => NormalizedRating;
  readonly toPercent: (value: NormalizedRating) => number;
  /** Converts 0 to 1 into the POPM value of the nearest number of stars. */
  readonly toPopm: (value: NormalizedRating) => PopmRating;
  /** `maxStars` is 5 by default. */
  readonly toStars: (value: NormalizedRating, maxStars?: number) => number;
};

// ---------------------------------------------------------------- Errors

/** taglib-wasm's codes, and two of this package: RESOURCE_LIMIT and INTERNAL. */
export type TagLibErrorCode =
  | 'INITIALIZATION'
  | 'INVALID_FORMAT'
  | 'UNSUPPORTED_FORMAT'
  | 'FILE_OPERATION'
  | 'METADATA'
  | 'MEMORY'
  | 'ENVIRONMENT'
  | 'WASM_MEMORY'
  | 'MODULE_LOAD'
  | 'WASI_HOST'
  | 'RESOURCE_LIMIT'
  | 'INTERNAL';

/**
 * The base class of this package's errors. A bug in the package rejects with this
 * class itself and the code `INTERNAL`; the app is not affected.
 */
export class TagLibError extends Error {
  readonly code: TagLibErrorCode;
  /** `path`: the file or directory. `errno`: the system's name of the error. */
  readonly details?: Record<string, unknown>;
  constructor(code: TagLibErrorCode, message: string, details?: Record<string, unknown>);
}

/**
 * `INITIALIZATION`: `initialize` has not been called, a directory can't be used, the
 * addon can't be loaded (the message says why, and what to do), or the app has replaced
 * the handler for SIGSEGV.
 */
export class TagLibInitializationError extends TagLibError {
  constructor(message: string, details?: Record<string, unknown>);
}

/** `INVALID_FORMAT`: TagLib does not recognize the file, or a save would damage it. */
export class InvalidFormatError extends TagLibError {
  /** The size of the input in bytes, if it was given as bytes. */
  readonly bufferSize?: number;
  constructor(message: string, bufferSize?: number, details?: Record<string, unknown>);
}

/** `UNSUPPORTED_FORMAT`: the format does not support the operation. */
export class UnsupportedFormatError extends TagLibError {
  readonly format: string;
  readonly supportedFormats: readonly string[];
  constructor(
    format: string,
    supportedFormats?: readonly string[],
    details?: Record<string, unknown>,
  );
}

/** `FILE_OPERATION`: the file can't be used; `details.errno` says why. */
export class FileOperationError extends TagLibError {
  /** The operation that failed, such as `"open"`, `"read"`, `"save"`, `"write"` or `"rename"`. */
  readonly operation: string;
  readonly path?: string;
  readonly details?: {
    /** The system's name of the error, such as `"ENOENT"`. */
    readonly errno?: string;
    /** The status of an HTTP server that refused a read. The errno is then `"EIO"`. */
    readonly status?: number;
    /** The data that a refused change would have lost. The errno is then `"ENOTSUP"`. */
    readonly lost?: readonly Loss[];
    readonly [name: string]: unknown;
  };
  constructor(operation: string, message: string, path?: string, details?: Record<string, unknown>);
}

/** `METADATA`: the tags are too large, or there is no audio stream. */
export class MetadataError extends TagLibError {
  readonly operation: string;
  readonly field?: string;
  constructor(
    operation: string,
    message: string,
    field?: string,
    details?: Record<string, unknown>,
  );
}

/** `MEMORY`: TagLib could not allocate memory, although no limit was reached. */
export class MemoryError extends TagLibError {
  constructor(message: string, details?: Record<string, unknown>);
}

/** `ENVIRONMENT`: the runtime lacks a feature. */
export class EnvironmentError extends TagLibError {
  readonly environment: string;
  readonly reason: string;
  readonly requiredFeature?: string;
  constructor(environment: string, reason: string, requiredFeature?: string);
}

/**
 * `RESOURCE_LIMIT`: a limit stopped the call. For "deadline", "memory" and "answer" see
 * {@link InitializeOptions}. The limit "stack" is fixed; only files that are made for the
 * purpose reach it.
 */
export class ResourceLimitError extends TagLibError {
  /** Also in `details.limit`. */
  readonly limit: 'deadline' | 'memory' | 'stack' | 'answer' | 'transfer';
  constructor(
    limit: 'deadline' | 'memory' | 'stack' | 'answer' | 'transfer',
    message: string,
    details?: Record<string, unknown>,
  );
}

/** The formats that taglib-wasm lists as supported. TagLib reads more. */
export const SUPPORTED_FORMATS: readonly ['MP3', 'MP4', 'M4A', 'FLAC', 'OGG', 'WAV', 'MKA'];

export function isTagLibError(error: unknown): error is TagLibError;
export function isInvalidFormatError(error: unknown): error is InvalidFormatError;
export function isUnsupportedFormatError(error: unknown): error is UnsupportedFormatError;
export function isFileOperationError(error: unknown): error is FileOperationError;
export function isMetadataError(error: unknown): error is MetadataError;
export function isMemoryError(error: unknown): error is MemoryError;
export function isEnvironmentError(error: unknown): error is EnvironmentError;
export function isResourceLimitError(error: unknown): error is ResourceLimitError;
