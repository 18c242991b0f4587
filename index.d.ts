/**
 * taglib-wasi: audio tags, read and written by TagLib in a WebAssembly sandbox,
 * off the main thread.
 *
 * @example
 * import { initialize, readTags } from 'taglib-wasi';
 *
 * await initialize({ '/music': '/home/me/Music' });
 * const { title, artist } = await readTags('/music/song.flac');
 */

// ---------------------------------------------------------------- Set-up

/** A directory whose files may be used: its path, or its path and what is allowed in it. */
export type PreopenDirectory =
  | string
  | {
      /** A host directory; relative paths count from the working directory. */
      readonly path: string;
      /** Refuse every write beneath it with `EROFS`. Default: `false`. */
      readonly readOnly?: boolean;
    };

/**
 * The directories whose files may be read and changed. Nothing outside of them is
 * ever opened.
 *
 * As an object: guest path to host directory, such as
 * `{ "/music": "/home/me/Music" }`. Guest paths are absolute, with forward
 * slashes. As an array: host directories, each seen under its own absolute
 * path (`C:\Music` under `/C/Music`).
 */
export type Preopens =
  | { readonly [guestPath: string]: PreopenDirectory }
  | readonly PreopenDirectory[];

/** Limits on each call, and on how many run at once. */
export interface InitializeOptions {
  /**
   * How long one file may be parsed, in milliseconds from the moment a thread
   * takes it; waiting does not count. Default: 5000. From 1 to 86,400,000.
   */
  readonly deadlineMs?: number;
  /**
   * The most memory that the sandbox of one file may use, in bytes. Default:
   * 268,435,456 (256 MiB). From 16 MiB, which it starts with, to 2 GiB. Input
   * given as bytes has to fit in it.
   */
  readonly memoryLimit?: number;
  /**
   * How many files are parsed at once, at most. Default: one more than there
   * are cores. Whatever it says, one of libuv's threads (`UV_THREADPOOL_SIZE`, 4 by
   * default) is left to the app, unless there is just one.
   */
  readonly concurrency?: number;
}

/**
 * Opens the directories and loads TagLib. Needed once, before the first read.
 * Called again it replaces the directories and the limits; calls under way
 * finish on the old ones.
 *
 * @throws {TagLibInitializationError} A directory is missing or is none
 *   (`details.path`, `details.errno`), or the addon can't run here.
 * @throws {TypeError} An argument has the wrong type, or an option is unknown.
 * @throws {RangeError} A number or a path is not one of those allowed.
 */
export function initialize(preopens: Preopens, options?: InitializeOptions): Promise<void>;

/** Whether `initialize` has finished, and no `shutdown` has come since. */
export function isInitialized(): boolean;

/**
 * Closes the directories: later reads are refused until the next `initialize`.
 * Resolves when the calls under way are done.
 */
export function shutdown(): Promise<void>;

/** The versions of what runs inside. */
export interface Versions {
  /** This package, such as `"0.1.0"`. */
  readonly package: string;
  /** TagLib, as the module itself tells, such as `"2.3.0"`. */
  readonly taglib: string;
  /** Wasmtime, such as `"48.0.8"`. */
  readonly wasmtime: string;
}

/**
 * @throws {TagLibInitializationError} The addon can't be loaded here.
 */
export function version(): Versions;

// ---------------------------------------------------------------- Reading

/** Bytes with a name of the caller's own. The name is not looked at. */
export interface NamedAudioInput {
  readonly name: string;
  readonly data: Uint8Array | ArrayBuffer;
}

/** What taglib-wasm takes too. A string is always a path. */
export type AudioFileInput = string | Uint8Array | ArrayBuffer | File | NamedAudioInput;

/** Options of a read. */
export interface ReadOptions {
  /**
   * Aborts the call: one that waits never starts, one that runs stops within
   * some 20 ms. The promise rejects with an `AbortError` at once.
   */
  readonly signal?: AbortSignal;
  /**
   * Whether to give pictures. With `false` they are neither copied out of the
   * sandbox nor to JavaScript. Default: `true`.
   */
  readonly pictures?: boolean;
}

/**
 * Reads every tag of an audio file, on a worker thread and in a sandbox of its
 * own.
 *
 * @param file A path, a `file:` URL object, or the content of a file. A path
 *   is a guest path, or an absolute or relative host path inside a preopened
 *   directory. Content is copied before the call returns, so it may be changed
 *   meanwhile.
 * @returns A plain object with a key for each tag that the file has. A file
 *   without tags gives `{}`.
 * @throws {InvalidFormatError} TagLib knows neither extension nor content.
 * @throws {FileOperationError} The file can't be opened or read;
 *   `details.errno` is `"ENOENT"`, `"EACCES"`, `"EISDIR"`, `"ENOTCAPABLE"`
 *   (outside every preopened directory) and so on.
 * @throws {ResourceLimitError} It takes too long, too much memory, or nests
 *   too deep.
 * @throws {MetadataError} Its tags are larger than the limits: a text of
 *   1,000,000 bytes, a picture of 50,000,000 bytes, 10,000 values of one
 *   field, 1,000 fields.
 * @throws {MemoryError} TagLib ran out of memory below the limit.
 * @throws {TagLibInitializationError} `initialize` has not been called.
 * @throws {TypeError} An option is unknown or of the wrong type.
 * @throws {Error} With the name `AbortError`, after `signal`.
 *
 * @example
 * const tags = await readTags('album/01.mp3', { pictures: false });
 * console.log(tags.title?.[0], tags.track, tags.year);
 */
export function readTags(file: AudioFileInput | URL, options?: ReadOptions): Promise<ExtendedTag>;

/** Options of the functions that give no pictures, or nothing else. */
export type SignalOptions = Pick<ReadOptions, 'signal'>;

/**
 * Reads what TagLib tells of the audio stream.
 *
 * @throws {MetadataError} TagLib finds no audio stream (`field` is
 *   `"audioProperties"`). Otherwise as {@link readTags}.
 *
 * @example
 * const { durationMs, sampleRate, codec } = await readProperties('/music/a.flac');
 */
export function readProperties(
  file: AudioFileInput | URL,
  options?: SignalOptions,
): Promise<AudioProperties>;

/**
 * Tells the format. Those that taglib-wasm has no answer for (APE, Musepack,
 * DSF, DSDIFF, Shorten, tracker modules) are `"unknown"`, though their tags
 * can be read.
 *
 * @throws As {@link readTags}.
 */
export function readFormat(
  file: AudioFileInput | URL,
  options?: SignalOptions,
): Promise<FileType | undefined>;

/**
 * Whether TagLib can read the file. Missing, unreadable, hostile and oversized
 * files are `false`; only faults of the call itself reject.
 */
export function isValidAudioFile(
  file: AudioFileInput | URL,
  options?: SignalOptions,
): Promise<boolean>;

/** All that TagLib knows of one file. */
export interface FileMetadata {
  tags: ExtendedTag;
  /** `undefined` where TagLib finds no audio stream. */
  properties: AudioProperties | undefined;
  /** Whether there are pictures, asked for or not. */
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
 * Reads tags and audio properties in one go.
 *
 * @throws As {@link readTags}.
 */
export function readMetadata(
  file: AudioFileInput | URL,
  options?: ReadOptions,
): Promise<FileMetadata>;

/**
 * Reads the pictures; an empty array where there are none.
 *
 * @throws As {@link readTags}.
 */
export function readPictures(
  file: AudioFileInput | URL,
  options?: SignalOptions,
): Promise<Picture[]>;

/**
 * Reads the front cover, or the first picture where none is one.
 *
 * @returns The image file, or `undefined` where there is no picture.
 * @throws As {@link readTags}.
 */
export function readCoverArt(
  file: AudioFileInput | URL,
  options?: SignalOptions,
): Promise<Uint8Array | undefined>;

/** One text, several, or `[]` to remove the field. */
export type TextInput = string | string[];

/** Fields to set; those that are not named stay as they are. */
export interface TagInput {
  readonly title?: TextInput;
  readonly artist?: TextInput;
  readonly album?: TextInput;
  readonly comment?: TextInput;
  readonly genre?: TextInput;
  readonly year?: number;
  /** Such as `1975-10-31` or `1975`; goes before `year`. */
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
  /** Part of a compilation. */
  readonly compilation?: boolean;
}

/**
 * Sets fields and gives back the changed file. A file named by its path is
 * read and not touched; what it is, its content decides.
 *
 * What `readTags` gives besides fields (pictures, ratings, chapters, `bext`,
 * `bextData`, `ixml`) may be among `tags` and stays as the file has it. In MP4
 * and ID3v2 tags `totalTracks` is lost at any change, as with taglib-wasm: their
 * module writes the track number last, as a number alone.
 *
 * Editing in memory takes memory several times the file's size, so
 * `memoryLimit` counts beyond four times that size.
 *
 * @returns The bytes of the changed file.
 * @throws As {@link readTags}; {@link FileOperationError} with the operation
 *   `save` and the errno `ENOTSUP` where TagLib can't write the format.
 * @throws A `TypeError` where a field is neither text nor what its type says.
 */
export function applyTags(
  file: AudioFileInput | URL,
  tags: TagInput,
  options?: SignalOptions,
): Promise<Uint8Array>;

/**
 * Removes all tags: fields, pictures, ratings, lyrics, chapters, `bext`, `iXML`.
 *
 * @returns The bytes of the changed file; a file named by its path is not touched.
 * @throws As {@link applyTags}.
 */
export function clearTags(file: AudioFileInput | URL, options?: SignalOptions): Promise<Uint8Array>;

/**
 * Replaces all pictures.
 *
 * @returns The bytes of the changed file; a file named by its path is not touched.
 * @throws As {@link applyTags}; a `RangeError` for an unknown picture type.
 */
export function applyPictures(
  file: AudioFileInput | URL,
  pictures: Picture[],
  options?: SignalOptions,
): Promise<Uint8Array>;

/**
 * Adds a picture after those that the file has.
 *
 * @returns The bytes of the changed file; a file named by its path is not touched.
 * @throws As {@link applyPictures}.
 */
export function addPicture(
  file: AudioFileInput | URL,
  picture: Picture,
  options?: SignalOptions,
): Promise<Uint8Array>;

/**
 * Removes all pictures.
 *
 * @returns The bytes of the changed file; a file named by its path is not touched.
 * @throws As {@link applyTags}.
 */
export function clearPictures(
  file: AudioFileInput | URL,
  options?: SignalOptions,
): Promise<Uint8Array>;

/**
 * Replaces all pictures by one front cover, described as "Front Cover".
 *
 * @param imageData The image file.
 * @param mimeType Such as `image/jpeg`.
 * @returns The bytes of the changed file; a file named by its path is not touched.
 * @throws As {@link applyTags}.
 */
export function applyCoverArt(
  file: AudioFileInput | URL,
  imageData: Uint8Array,
  mimeType: string,
  options?: SignalOptions,
): Promise<Uint8Array>;

/**
 * Puts a picture in place of those of its type.
 *
 * @returns The bytes of the changed file; a file named by its path is not touched.
 * @throws As {@link applyPictures}.
 */
export function replacePictureByType(
  file: AudioFileInput | URL,
  newPicture: Picture,
  options?: SignalOptions,
): Promise<Uint8Array>;

/** How a file is saved. */
export interface SaveOptions extends SignalOptions {
  /**
   * What becomes of a file with several names (hard links): `refuse` rejects
   * with `EMLINK`; `break` gives the new content to this name only.
   * @default 'refuse'
   */
  readonly hardLinks?: 'refuse' | 'break';
  /**
   * Whether the file keeps its modification time.
   * @default false
   */
  readonly preserveModified?: boolean;
  /**
   * Lets TagLib edit the file itself instead of a copy. That spares the copy of
   * a large file, and a full disk or a crash while saving may damage it.
   * @default false
   */
  readonly inPlace?: boolean;
}

/**
 * Sets fields in the file itself. It is the old file or the new one, whole,
 * whatever happens meanwhile: a copy beside it is changed, read back, written
 * through to the disk and put in its place, with its mode, owner and extended
 * attributes.
 *
 * The deadline is `deadlineMs` and a second more for every 16 MiB of the file.
 *
 * @param file A path. Two saves of one file follow one another.
 * @throws As {@link applyTags}, and {@link FileOperationError} with the errno
 *   in `details.errno`: `EROFS` in a read-only preopen, `EMLINK` for a file
 *   with several names, `EBUSY` where somebody else changes the file at the
 *   same time, `EFBIG` for one of more than 2 GiB, `ENOTSUP` where TagLib did
 *   not write what was asked, `ENOSPC` and the like. The file then is as it was.
 * @throws {InvalidFormatError} The file's structure is damaged, or its audio
 *   would not be the same.
 *
 * @example
 * await writeTags('/music/song.flac', { title: 'New title', genre: [] });
 */
export function writeTags(file: string, tags: TagInput, options?: SaveOptions): Promise<void>;

/** {@link writeTags}, by its name in taglib-wasm. */
export function applyTagsToFile(file: string, tags: TagInput, options?: SaveOptions): Promise<void>;

/**
 * Replaces all pictures in the file itself, as safely as {@link writeTags}.
 *
 * @throws As {@link writeTags}; a `RangeError` for an unknown picture type.
 */
export function applyPicturesToFile(
  file: string,
  pictures: Picture[],
  options?: SaveOptions,
): Promise<void>;

/**
 * Removes all tags from the file itself, as safely as {@link writeTags}.
 *
 * @throws As {@link writeTags}.
 */
export function clearTagsInFile(file: string, options?: SaveOptions): Promise<void>;

/**
 * Reads what the pictures are, without their bytes.
 *
 * @returns For each picture its type, MIME type, description, and size in bytes.
 * @throws As {@link readTags}.
 */
export function readPictureMetadata(
  file: AudioFileInput | URL,
  options?: SignalOptions,
): Promise<Array<{ type: PictureType; mimeType: string; description?: string; size: number }>>;

// ---------------------------------------------------------------- Batches

/** Options of the batch functions. */
export interface BatchOptions extends ReadOptions {
  /** How many files at once, within the `concurrency` of `initialize`. Default: that. */
  concurrency?: number;
  /** With `false` the first failure rejects, and stops the rest. Default: `true`. */
  continueOnError?: boolean;
  /**
   * Called after each file, in the order in which they are done. `currentFile`
   * is the path or name as given, or `"buffer-N"` for bytes.
   */
  onProgress?: (processed: number, total: number, currentFile: string) => void;
  /** Aborts the whole batch: what runs stops within some 20 ms. */
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
 * @throws {Error} With the name `AbortError`, after `signal`; and with
 *   `continueOnError: false` the error of the first file that fails.
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
  files: (AudioFileInput | URL)[],
  options?: BatchOptions,
): Promise<BatchResult<ExtendedTag>>;

/** {@link readProperties} for many files; `data` is `undefined` where there is no audio stream. */
export function readPropertiesBatch(
  files: (AudioFileInput | URL)[],
  options?: BatchOptions,
): Promise<BatchResult<AudioProperties | undefined>>;

/** {@link readMetadata} for many files. */
export function readMetadataBatch(
  files: (AudioFileInput | URL)[],
  options?: BatchOptions,
): Promise<BatchResult<FileMetadata>>;

// ---------------------------------------------------------------- Scanning

/** A file of a scan, as it was when it was found. */
export interface ScannedFile {
  /** Begins with the directory as it was given. */
  path: string;
  /** In bytes. */
  size: number;
  /** When it was changed, in milliseconds since 1970: `fs.Stats.mtimeMs`. */
  mtimeMs: number;
}

/** A file whose tags a scan has read. */
export interface ReadRecord extends ScannedFile {
  status: 'read';
  tags: ExtendedTag;
  /** With `properties: true`, where TagLib finds an audio stream. */
  properties?: AudioProperties;
}

/** A file that a scan has found, and not read because of `since`. */
export interface SkippedRecord extends ScannedFile {
  status: 'skipped';
}

/**
 * A file that can't be read. Without `size` and `mtimeMs`: a file or directory
 * that can't be looked at.
 */
export interface FailedRecord extends Partial<ScannedFile> {
  status: 'failed';
  path: string;
  error: TagLibError;
}

/** What a scan found out about a file, or about what it could not look at. */
export type ScanRecord = ReadRecord | SkippedRecord | FailedRecord;

/** How far a scan is. */
export interface ScanProgress {
  read: number;
  failed: number;
  skipped: number;
  /** Files with other extensions, and links that are not followed, so far. */
  passedOver: number;
  /** The path of the record that comes next. */
  path: string;
}

/** Options of a scan. */
export interface ScanOptions extends ReadOptions {
  /**
   * Which files, by their extensions; case and a leading dot do not matter.
   * Default: `SCAN_EXTENSIONS`, all that TagLib knows.
   */
  readonly extensions?: readonly string[];
  /** Whether to give audio properties. Default: `false`. */
  readonly properties?: boolean;
  /**
   * Whether to go where symbolic links lead, within the preopened directory.
   * One that leads back to a directory above it is passed over. Default: `false`.
   */
  readonly follow?: boolean;
  /**
   * How many files are read at once, within the `concurrency` of `initialize`;
   * twice as many are read ahead of the loop. Default: that of `initialize`, and
   * up to 24 files ahead, or 4 after one with more than a megabyte of pictures.
   */
  readonly concurrency?: number;
  /**
   * Which files are known already, and not to be read: a map (or what has its
   * `get`) of their sizes and times by path, or a function.
   */
  readonly since?:
    | { get(path: string): { readonly size: number; readonly mtimeMs: number } | undefined }
    | ((file: ScannedFile) => boolean | Promise<boolean>);
  /** Called before each record is given. */
  readonly onProgress?: (progress: ScanProgress) => void;
}

/** The extensions that `scan` looks for, in lower case and without a dot. */
export const SCAN_EXTENSIONS: readonly string[];

/**
 * Reads every audio file beneath a directory, found and read while the loop
 * asks for them: however many there are, a few are in memory. Records come in
 * the order in which they are done. Leaving the loop ends the scan.
 *
 * It goes on with the directories and limits that it began with when
 * `initialize` or `shutdown` is called meanwhile.
 *
 * @param directory A guest path, or an absolute or relative host path, of a
 *   directory inside a preopened one.
 * @throws {FileOperationError} The directory itself can't be listed. What can't
 *   be read beneath it is a record with the status `"failed"`.
 * @throws {Error} With the name `AbortError`, after `signal`.
 *
 * @example
 * for await (const record of scan('/music', { pictures: false })) {
 *   if (record.status === 'read') console.log(record.path, record.tags.title);
 *   if (record.status === 'failed') console.error(record.error.message);
 * }
 */
export function scan(
  directory: string,
  options?: ScanOptions,
): AsyncGenerator<ScanRecord, void, undefined>;

// ---------------------------------------------------------------- Tags

/** The basic tags. Text comes as arrays, since files may hold several values. */
export interface Tag {
  readonly title?: string[];
  readonly artist?: string[];
  readonly album?: string[];
  readonly comment?: string[];
  readonly genre?: string[];
  /** The number that the date begins with. */
  readonly year?: number;
  /** The number on the album, without the total. */
  readonly track?: number;
}

/**
 * Everything that a file is tagged with.
 *
 * Fields that have no name here come too, under TagLib's own key in capitals,
 * such as `MOODOFOURS` for an ID3v2 `TXXX:MoodOfOurs`; read those as
 * `(tags as Record<string, unknown>)["MOODOFOURS"]`. They are arrays of
 * strings.
 */
export interface ExtendedTag extends Tag {
  /** The date as the file has it, such as `"1975-10-31"`; an array where it has several. */
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
   * There where the file has the flag, but `false` even where it is set: so
   * taglib-wasm 1.5.1 answers, and this package gives its answers.
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
  /** The `bext` chunk as it stands in the file. */
  readonly bextData?: Uint8Array;
  /** The `iXML` chunk, not parsed. */
  readonly ixml?: string;
  /** Never set by a read: the field exists in taglib-wasm's type, for its writes. */
  id3v2Frames?: Record<string, Uint8Array[]>;
}

/** An embedded picture. */
export interface Picture {
  /** As the tag says: it may be wrong, or `"application/octet-stream"`. */
  readonly mimeType: string;
  /** The image file; a copy of the caller's own. */
  readonly data: Uint8Array;
  readonly type: PictureType;
  readonly description?: string;
}

/** The picture types of ID3v2's APIC frame, which other formats share. */
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
  /** Whose rating it is. */
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
  /** MP4 has no ends: there it is the next start, or the end of the track. */
  endTimeMs?: number;
  title?: string;
  /** The element ID of ID3v2's CHAP frame. */
  id?: string;
  /** What it was read from. */
  source?: 'id3' | 'nero' | 'quicktime';
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

/** What TagLib tells of the audio stream. */
export interface AudioProperties {
  /** In whole seconds, rounded down. */
  readonly duration: number;
  readonly durationMs?: number;
  /** In kbit/s. */
  readonly bitrate: number;
  /** In hertz. */
  readonly sampleRate: number;
  readonly channels: number;
  /** 0 where the format has no such thing. */
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
  /** Of the formats that have versions, such as APE and WavPack. */
  readonly formatVersion?: number;
  /** MP3 only, where its first frame tells. taglib-wasm documents it and leaves it out. */
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

// ---------------------------------------------------------------- taglib-wasm

/**
 * taglib-wasm's full API, in JavaScript's own WebAssembly and on this thread.
 *
 * @throws {TagLibInitializationError} The optional peer dependency taglib-wasm
 *   is not installed.
 */
// @ts-ignore: taglib-wasm need not be installed
export function getTagLib(): Promise<import('taglib-wasm').TagLib>;

/** taglib-wasm's own setting. What this package does itself has no modes. */
export function setBufferMode(enabled: boolean): void;

// ---------------------------------------------------------------- Helpers

/** The first picture of a type, or `undefined`. */
export function findPictureByType(pictures: Picture[], type: PictureType): Picture | undefined;

/**
 * The named fields of tags that are not text: `writeTags` takes a number, a
 * boolean or lyrics for them. Those that are `'not a field'` come from `readTags`
 * and are ignored by `writeTags`. Every other name is a text field.
 */
export const FIELD_TYPES: {
  readonly [name: string]: 'number' | 'boolean' | 'lyrics' | 'not a field';
};

/** The picture types by the numbers of ID3v2's APIC frame. */
export const PICTURE_TYPE_NAMES: Record<number, PictureType>;

/** The numbers of ID3v2's APIC frame by picture type. */
export const PICTURE_TYPE_VALUES: Record<PictureType, number>;

/**
 * Conversions between the scales of ratings: normalized (0 to 1, as
 * {@link Rating} has it), POPM (0 to 255, as ID3v2 has it), stars and percent.
 */
export const RatingUtils: {
  /** What Windows Media Player writes for none to five stars. */
  readonly POPM_STAR_VALUES: readonly [0, 1, 64, 128, 196, 255];
  /** Brings a number into the range from 0 to 1. */
  clamp(rating: number): number;
  /** 0 to 1 into 0 to 255, evenly. */
  fromNormalized(rating: number): number;
  fromPercent(percent: number): number;
  /** 0 to 255 into whole stars on the scale from 0 to 1. */
  fromPopm(popm: number): number;
  /** `maxStars` is 5 by default. */
  fromStars(stars: number, maxStars?: number): number;
  isValid(rating: number): boolean;
  /** The number itself: taglib-wasm marks its type with it. */
  normalized(rating: number): number;
  /** The number itself: taglib-wasm marks its type with it. */
  popm(popm: number): number;
  /** 0 to 255 into 0 to 1, evenly. */
  toNormalized(popm: number): number;
  toPercent(rating: number): number;
  /** 0 to 1 into the POPM value of the nearest number of stars. */
  toPopm(rating: number): number;
  /** `maxStars` is 5 by default. */
  toStars(rating: number, maxStars?: number): number;
};

// ---------------------------------------------------------------- Errors

/** taglib-wasm's codes, and two of our own: RESOURCE_LIMIT and INTERNAL. */
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
 * The base of all errors of this package. A bug in it rejects with this class
 * itself and the code `INTERNAL`; the app goes on.
 */
export class TagLibError extends Error {
  readonly code: TagLibErrorCode;
  /** `path`: what the call was about. `errno`: the system's name of the error. */
  readonly details?: Record<string, unknown>;
  constructor(code: TagLibErrorCode, message: string, details?: Record<string, unknown>);
}

/**
 * `INITIALIZATION`: no `initialize` yet, an unusable directory, an addon that is
 * damaged or can't run, or a handler for SIGSEGV that somebody else has installed.
 */
export class TagLibInitializationError extends TagLibError {
  constructor(message: string, details?: Record<string, unknown>);
}

/** `INVALID_FORMAT`: not an audio file that TagLib knows. */
export class InvalidFormatError extends TagLibError {
  /** In bytes, where the input was bytes. */
  readonly bufferSize?: number;
  constructor(message: string, bufferSize?: number, details?: Record<string, unknown>);
}

/** `UNSUPPORTED_FORMAT`: the operation does not exist for this format. */
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
  /** What was tried, such as `"open"`, `"read"`, `"save"`, `"write"` or `"rename"`. */
  readonly operation: string;
  readonly path?: string;
  constructor(operation: string, message: string, path?: string, details?: Record<string, unknown>);
}

/** `METADATA`: the tags can't be given, as they are too large. */
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

/** `MEMORY`: TagLib could not allocate, though no limit was reached. */
export class MemoryError extends TagLibError {
  constructor(message: string, details?: Record<string, unknown>);
}

/** `ENVIRONMENT`: the runtime lacks something. */
export class EnvironmentError extends TagLibError {
  readonly environment: string;
  readonly reason: string;
  readonly requiredFeature?: string;
  constructor(environment: string, reason: string, requiredFeature?: string);
}

/**
 * `RESOURCE_LIMIT`: the call was stopped. For "deadline" and "memory" see
 * {@link InitializeOptions}; "stack" is fixed, and only files made for it
 * reach it.
 */
export class ResourceLimitError extends TagLibError {
  /** Also in `details.limit`. */
  readonly limit: 'deadline' | 'memory' | 'stack';
  constructor(
    limit: 'deadline' | 'memory' | 'stack',
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
