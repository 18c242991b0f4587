/** The types of the Full API; `index.d.ts` exports them. */

import type {
  ApplyOptions,
  AudioFileInput,
  AudioProperties,
  BroadcastAudioExtension,
  Chapter,
  ChapterInput,
  FileType,
  InitializeOptions,
  LegacyEncoding,
  NamedAudioInput,
  Picture,
  Preopens,
  RandomAccessSource,
  Rating,
  ReadInput,
  ReportingSaveOptions,
  SaveOptions,
  SaveReport,
  SourceReadOptions,
  TagInput,
  UnsyncedLyrics,
} from '../../index.js';
import type { COMPLEX_PROPERTIES, PROPERTIES, Tags, UnnarrowedKey } from '../tables/properties.js';

// ---------------------------------------------------------------- TagLib

/**
 * taglib-wasm's options for loading its module. With `wasmBinary`, `wasmUrl` or
 * `forceWasmType: 'emscripten'`, `TagLib.initialize` resolves to taglib-wasm's own
 * `TagLib`; the other options have no effect.
 */
export interface LoadTagLibOptions {
  readonly wasmBinary?: ArrayBuffer | Uint8Array;
  readonly wasmUrl?: string;
  readonly forceWasmType?: 'wasi' | 'emscripten';
  readonly disableOptimizations?: boolean;
}

/** Options of {@link TagLib.initialize}. */
export interface TagLibOptions extends InitializeOptions, LoadTagLibOptions {
  /**
   * The argument of `initialize`. Default: the preopens of an earlier `initialize`.
   * Without preopens only bytes can be opened.
   */
  readonly preopens?: Preopens;
}

/** Options of {@link TagLib.open}. */
export interface OpenOptions extends SourceReadOptions {
  /**
   * Whether to read pictures. With `false`, `getPictures` throws, and a save leaves the
   * pictures as they are unless they are set. Default: `true`.
   */
  readonly pictures?: boolean;
  /**
   * Whether to read the raw ID3v2 frames of an MP3. With `false`, the first
   * `getId3v2Frames` reads them and blocks. Default: `false`.
   */
  readonly frames?: boolean;
  /**
   * The encoding of texts that the file stores as Latin-1, which the getters decode. A save
   * writes only texts that are set. Raw frames are not decoded. Default: the texts are Latin-1.
   */
  readonly legacyEncoding?: LegacyEncoding;
  /**
   * Whether a `Blob` or `File` of more than a megabyte is read in ranges. With `false` it is read
   * whole, so that the calls that block can use its content: `save`, `getFileBuffer` and
   * `getId3v2Frames`. Makes no difference to paths and bytes. Default: `true`.
   */
  readonly partial?: boolean;
  /** Makes no difference. In bytes. */
  readonly maxHeaderSize?: number;
  /** Makes no difference. In bytes. */
  readonly maxFooterSize?: number;
}

/** Options of a save that may go to another path. */
export interface CopyOptions extends SaveOptions {
  /** Whether a file at the other path is replaced; with `false` the errno is `EEXIST`. Default: `true`. */
  readonly overwrite?: boolean;
}

/** Options of a save that reports what it loses, and may go to another path. */
export interface ReportingCopyOptions extends CopyOptions {
  readonly onLoss: 'report';
  readonly inPlace?: false;
}

/** Options of a save that blocks, and can neither be aborted nor report. */
export interface BlockingSaveOptions extends Omit<SaveOptions, 'signal' | 'onLoss'> {
  /** As in {@link ApplyOptions}. */
  readonly onLoss?: 'refuse' | 'ignore';
}

/**
 * Opens files, and changes them in one call.
 *
 * @example
 * const taglib = await TagLib.initialize({ preopens: { '/music': '/home/me/Music' } });
 * const file = await taglib.open('/music/song.mp3');
 * file.tag().setTitle('New title').setArtist('Somebody');
 * await file.saveToFile();
 */
export class TagLib {
  private constructor();

  /**
   * Opens the directories and loads TagLib, or follows an earlier `initialize`.
   *
   * @throws As `initialize`.
   */
  static initialize(options?: TagLibOptions): Promise<TagLib>;

  /**
   * Reads all data that the getters return, in one read off the main thread. No
   * descriptor stays open.
   *
   * Of a {@link RandomAccessSource} only the parts that this read needs are kept. So its getters
   * and setters work, but calls that need the whole content fail with `ENOTSUP`: `toBuffer`,
   * `getFileBuffer`, saves of changes, and `getId3v2Frames` unless the frames were read. A large
   * `Blob` or `File` is loaded when `saveAsync`, `saveToFile` or `toBuffer` needs it.
   *
   * @param input The same as for `readTags`. Bytes are copied, and kept for a save.
   * @throws As `readTags`; `ENOTSUP` for a {@link RandomAccessSource} with `partial: false`.
   */
  open(input: ReadInput, options?: OpenOptions): Promise<AudioFile>;

  /**
   * Opens a file, calls and awaits `fn`, and saves the changes.
   *
   * @param input A path or content. A `Blob` or `File` is read whole.
   * @returns `undefined` for a path; the bytes of the changed file for other input.
   * @throws As {@link TagLib.open} and {@link AudioFile.saveToFile}, and any error that
   *   `fn` throws. Nothing is then saved.
   */
  edit(
    input: string | URL,
    fn: (file: AudioFile) => void | Promise<void>,
    options: ReportingSaveOptions,
  ): Promise<SaveReport | undefined>;
  edit(
    input: string | URL,
    fn: (file: AudioFile) => void | Promise<void>,
    options?: SaveOptions,
  ): Promise<void>;
  edit(
    input: Uint8Array | ArrayBuffer | Blob | NamedAudioInput,
    fn: (file: AudioFile) => void | Promise<void>,
    options?: SaveOptions,
  ): Promise<Uint8Array>;

  /**
   * Changes fields of a file, as `writeTags` does.
   *
   * @throws As `writeTags`.
   */
  updateFile(
    path: string,
    tags: Partial<TagInput>,
    options: ReportingSaveOptions,
  ): Promise<SaveReport>;
  updateFile(path: string, tags: Partial<TagInput>, options?: SaveOptions): Promise<void>;

  /**
   * Saves a copy of a file with changed fields, and leaves the source unchanged. If the
   * call fails, no incomplete copy is left.
   *
   * @throws As `writeTags`; `EEXIST` with `overwrite: false`.
   */
  copyWithTags(
    sourcePath: string,
    destPath: string,
    tags: Partial<TagInput>,
    options: ReportingCopyOptions,
  ): Promise<SaveReport>;
  copyWithTags(
    sourcePath: string,
    destPath: string,
    tags: Partial<TagInput>,
    options?: CopyOptions,
  ): Promise<void>;

  /** The versions of this package and of TagLib, such as `"0.1.0 (TagLib 2.3.0)"`. */
  version(): string;
}

/**
 * Resolves to the Full API on the directories of an earlier `initialize`, as
 * `TagLib.initialize()` does.
 *
 * @throws As `TagLib.initialize`.
 */
export function getTagLib(): Promise<TagLib>;

// ---------------------------------------------------------------- AudioFile

/** Options of {@link AudioFile.setProperties}. */
export interface SetPropertiesOptions {
  /** Whether to remove all other properties except the lyrics. Default: `false`. */
  readonly replace?: boolean;
}

/** Options of {@link AudioFile.setChapters}. */
export interface SetChaptersOptions {
  /**
   * How an MP4 file stores chapters. Chapters stored in the other way are removed.
   * `"quicktime"`: a chapter track, which most players read. `"nero"`: a `chpl` atom, with
   * up to 255 chapters. `"both"`: both. Default: `"quicktime"`.
   */
  mp4ChapterStyle?: 'quicktime' | 'nero' | 'both';
}

/** A raw ID3v2 frame. */
export interface Id3v2Frame {
  /** Four characters, such as `"TXXX"`. */
  id: string;
  /** The body of the frame, without the frame header. */
  data: Uint8Array;
  /** Never set. taglib-wasm's type reserves it. */
  flags?: number;
}

/**
 * Properties by their names, such as `albumArtist`. Properties without a name use TagLib's
 * keys, in capitals. A property can have several values.
 */
export type PropertyMap = { [K in PropertyKey]?: string[] } & {
  [key: string]: string[] | undefined;
};

/**
 * The basic fields of an open file. A getter returns the first value. Setters can be
 * chained; an empty text or the number 0 removes the field.
 */
export interface MutableTag {
  /** `""` if there is none, as for the other texts. */
  readonly title?: string;
  readonly artist?: string;
  readonly album?: string;
  readonly comment?: string;
  readonly genre?: string;
  /** The number at the beginning of the date; 0 if there is none. */
  readonly year?: number;
  /** The date as stored in the file, such as `"1975-10-31"`; `undefined` if there is none. */
  readonly date?: string;
  /** The number on the album; 0 if there is none. */
  readonly track?: number;
  setTitle(value: string): MutableTag;
  setArtist(value: string): MutableTag;
  setAlbum(value: string): MutableTag;
  setComment(value: string): MutableTag;
  setGenre(value: string): MutableTag;
  /** Replaces the date by the year. */
  setYear(value: number): MutableTag;
  /** Sets the date, and the year with it. */
  setDate(value: string): MutableTag;
  /** Sets the number, and keeps the total. */
  setTrack(value: number): MutableTag;
}

/**
 * An open file: its tags as they were when it was opened, with the changes of the
 * setters.
 *
 * Getters and setters do not access the file. A save applies only these changes, to the
 * current content of the file, and keeps changes that another program or another open
 * file has made to other fields. Getters return copies, and setters copy their arguments.
 *
 * After `dispose` every method throws a {@link MetadataError}.
 */
export interface AudioFile {
  /** Returns the format of the file, as `readFormat` does. */
  getFormat(): FileType;
  /** Returns the basic fields. */
  tag(): MutableTag;
  /** Returns the properties of the audio stream, or `undefined` if TagLib finds none. */
  audioProperties(): AudioProperties | undefined;
  /** Returns all text properties except the lyrics. */
  properties(): PropertyMap;
  /**
   * Sets properties; `[]` removes one. Other properties are kept, unless `replace` is set.
   *
   * @throws {MetadataError} A name is not that of a property, such as `codec`.
   */
  setProperties(properties: PropertyMap, options?: SetPropertiesOptions): void;
  /** Returns the first value of a property, or `undefined`. Flags are `"1"` and `"0"`. */
  getProperty<K extends PropertyKey>(key: K): PropertyValue<K> | undefined;
  getProperty(key: string): string | undefined;
  /**
   * Sets a property to one value; `""` removes it.
   *
   * @throws {MetadataError} The name is not that of a property, such as `codec`.
   */
  setProperty<K extends PropertyKey>(key: K, value: PropertyValue<K>): void;
  setProperty(key: string, value: string): void;
  /** Returns whether the file has this format, and narrows its type to that format. */
  isFormat<F extends FileType>(format: F): this is TypedAudioFile<F>;
  /** Returns whether the file is an MP4. */
  isMP4(): boolean;
  /**
   * Returns the first value of an MP4 item, such as `"©nam"` or
   * `"----:com.apple.iTunes:MOOD"`, as text. `trkn` and `disk` are a number and a total, as in `"3/12"`.
   *
   * @throws {UnsupportedFormatError} The file is not an MP4.
   */
  getMP4Item(key: string): string | undefined;
  /**
   * Sets an MP4 item.
   *
   * @throws {UnsupportedFormatError} The file is not an MP4.
   * @throws {MetadataError} TagLib can't write the item.
   */
  setMP4Item(key: string, value: string): void;
  /**
   * Removes an MP4 item.
   *
   * @throws As {@link AudioFile.setMP4Item}.
   */
  removeMP4Item(key: string): void;
  /**
   * Saves all changes, and blocks until they are saved. Saves to the file as safely as
   * {@link AudioFile.saveToFile} does, or changes the content in memory if the file was
   * opened from bytes. {@link AudioFile.saveAsync} does not block.
   *
   * @returns `true`.
   * @throws As {@link AudioFile.saveToFile}; `EBUSY` while another save of this object is
   *   running.
   */
  save(options?: BlockingSaveOptions): boolean;
  /** Does the same as {@link AudioFile.save}, off the main thread. */
  saveAsync(options: ReportingSaveOptions): Promise<SaveReport | undefined>;
  saveAsync(options?: SaveOptions): Promise<void>;
  /**
   * Returns the bytes of the file on disk, without unsaved changes, or the current content
   * if the file was opened from bytes. Blocks; {@link AudioFile.toBuffer} does not.
   *
   * @throws {FileOperationError} The file can't be read, or its content is not here (`ENOTSUP`).
   */
  getFileBuffer(): Uint8Array;
  /** Resolves to the content with all changes. Works off the main thread, and saves nothing. */
  toBuffer(options?: ApplyOptions): Promise<Uint8Array>;
  /**
   * Saves all changes made so far at once. After a failure, the file is the old one or the
   * new one, whole, and its changes belong to the next save. So do changes made while the
   * save runs. Without changes it writes nothing.
   *
   * With another path it saves a changed copy to that path. The file itself is not
   * changed, and the changes stay unsaved.
   *
   * @param path Default: the path that was opened.
   * @throws As `writeTags`; `EINVAL` without a path for a file that was opened from
   *   bytes or a source; `ENOTSUP` for a source whose content is not here; `EEXIST` with `overwrite: false`.
   */
  saveToFile(
    path: string | undefined,
    options: ReportingCopyOptions,
  ): Promise<SaveReport | undefined>;
  saveToFile(path?: string, options?: CopyOptions): Promise<void>;
  /** Always returns `true`, because `open` rejects for files that can't be read. */
  isValid(): boolean;
  /**
   * Returns the pictures.
   *
   * @throws {MetadataError} The file was opened with `pictures: false`.
   */
  getPictures(): Picture[];
  /** Replaces all pictures. */
  setPictures(pictures: Picture[]): void;
  /** Adds a picture to those that the file has when it is saved. */
  addPicture(picture: Picture): void;
  /** Removes all pictures. */
  removePictures(): void;
  /** Returns the chapters, in the order of their start. */
  getChapters(): Chapter[];
  /**
   * Replaces all chapters. A chapter without an end lasts until the next one, or until
   * the end of the audio.
   *
   * @throws {UnsupportedFormatError} The format has no chapters: it is neither MP3, MP4, FLAC, Ogg
   *   nor Matroska.
   */
  setChapters(chapters: ChapterInput[], options?: SetChaptersOptions): void;
  /** Returns the decoded `bext` chunk of a WAV or FLAC file. */
  getBext(): BroadcastAudioExtension | undefined;
  /**
   * Replaces the `bext` chunk.
   *
   * @throws {UnsupportedFormatError} The file is neither a WAV nor a FLAC.
   */
  setBext(bext: BroadcastAudioExtension): void;
  /** Returns the bytes of the `bext` chunk. */
  getBextData(): Uint8Array | undefined;
  /** Replaces the `bext` chunk; `null` removes it. Throws as {@link AudioFile.setBext}. */
  setBextData(data: Uint8Array | null): void;
  /** Returns the text of the `iXML` chunk of a WAV or FLAC file. */
  getIxml(): string | undefined;
  /** Replaces the `iXML` chunk; `null` removes it. Throws as {@link AudioFile.setBext}. */
  setIxml(data: string | null): void;
  /** Returns the ratings, each from 0 to 1. */
  getRatings(): Rating[];
  /**
   * Replaces all ratings.
   *
   * @throws {RangeError} A rating is not from 0 to 1.
   */
  setRatings(ratings: Rating[]): void;
  /** Returns the first rating. */
  getRating(): NormalizedRating | undefined;
  /** Replaces all ratings by one. Throws as {@link AudioFile.setRatings}. */
  setRating(rating: number, email?: string): void;
  /**
   * Returns the raw ID3v2 frames of an MP3 with all changes, or only those with one ID.
   * Blocks if the file was not opened with `frames: true`, or if there are other unsaved
   * changes.
   *
   * @throws {UnsupportedFormatError} The file is not an MP3.
   * @throws {MetadataError} The ID is not four characters from `A` to `Z` and `0` to `9`.
   */
  getId3v2Frames(id?: string): Id3v2Frame[];
  /**
   * Replaces all frames with an ID by frames with these bodies, which are written
   * unchanged. `[]` removes all frames with the ID.
   *
   * @throws As {@link AudioFile.getId3v2Frames}; a {@link MetadataError} for an empty
   *   body.
   */
  setId3v2Frames(id: string, data: Uint8Array[]): void;
  /** Removes all frames with an ID. Throws as {@link AudioFile.getId3v2Frames}. */
  removeId3v2Frames(id: string): void;
  getLyrics(): UnsyncedLyrics[];
  /** Replaces all lyrics. */
  setLyrics(lyrics: UnsyncedLyrics[]): void;
  /** Returns which ID3 tags a FLAC file has; it should have none. `false` in other formats. */
  hasId3Tags(): { v1: boolean; v2: boolean };
  /** Removes ID3 tags from a FLAC file. Default: both. Does nothing in other formats. */
  stripId3Tags(opts?: { v1?: boolean; v2?: boolean }): void;
  /**
   * Ends the use of this object. A running save continues; unsaved changes are dropped.
   */
  dispose(): void;
  [Symbol.dispose](): void;
  /** Waits for running saves, and disposes of the object. */
  [Symbol.asyncDispose](): Promise<void>;
}

/** An {@link AudioFile} of a known format, whose properties have the keys of that format. */
export interface TypedAudioFile<F extends FileType>
  extends Omit<AudioFile, 'getProperty' | 'setProperty' | 'audioProperties'> {
  getFormat(): F;
  audioProperties(): TypedAudioProperties<F> | undefined;
  getProperty<K extends FormatPropertyKey<F>>(key: K): PropertyValue<K> | undefined;
  setProperty<K extends FormatPropertyKey<F>>(key: K, value: PropertyValue<K>): void;
}

/** The class of the objects that {@link TagLib.open} resolves to, for use with `instanceof`. */
export const AudioFileImpl: abstract new () => AudioFile;
export type AudioFileImpl = AudioFile;

/** {@link AudioProperties} of a known format, with the properties that it always has. */
export type TypedAudioProperties<F extends FileType> = F extends 'MP3'
  ? AudioProperties & { readonly mpegVersion: number; readonly mpegLayer: number }
  : F extends 'MP4' | 'ASF'
    ? AudioProperties & { readonly isEncrypted: boolean }
    : F extends 'OPUS'
      ? AudioProperties & { readonly outputGainDb: number }
      : F extends 'APE' | 'WV' | 'TTA' | 'MPC' | 'SHN'
        ? AudioProperties & { readonly formatVersion: number }
        : AudioProperties;

/** Returns whether an input is bytes with a name. */
export function isNamedAudioInput(input: AudioFileInput): input is NamedAudioInput;

// ---------------------------------------------------------------- Properties

/** The name of a property in {@link PROPERTIES}. */
export type PropertyKey = keyof typeof PROPERTIES;

/** The type of a property's value. */
export type PropertyValue<K extends PropertyKey> = (typeof PROPERTIES)[K]['type'] extends 'string'
  ? string
  : (typeof PROPERTIES)[K]['type'] extends 'number'
    ? number
    : (typeof PROPERTIES)[K]['type'] extends 'boolean'
      ? boolean
      : string;

/** The description of a property in {@link PROPERTIES}. */
export type PropertyMetadata = {
  /** TagLib's key. */
  key: string;
  description: string;
  type: 'string' | 'number' | 'boolean' | 'array';
  /** The tag formats that have it. */
  supportedFormats: readonly string[];
  /** Its names in tag formats. */
  mappings: Record<string, string | { frame?: string; atom?: string; description?: string }>;
};

/** The tag formats of {@link PROPERTIES}. */
export type TagFormat = 'ID3v2' | 'MP4' | 'Vorbis' | 'WAV';

type TagFormatOf<F extends FileType> = F extends 'MP3' | 'AIFF'
  ? 'ID3v2'
  : F extends 'MP4'
    ? 'MP4'
    : F extends 'FLAC' | 'OGG' | 'OPUS' | 'OggFLAC' | 'SPEEX' | 'MATROSKA'
      ? 'Vorbis'
      : F extends 'WAV'
        ? 'WAV'
        : TagFormat;

type KeyOfTagFormat<T extends TagFormat> = {
  [K in Exclude<
    PropertyKey,
    UnnarrowedKey
  >]: T extends (typeof PROPERTIES)[K]['supportedFormats'][number] ? K : never;
}[Exclude<PropertyKey, UnnarrowedKey>];

/** The names of the properties that a file of this format can have. */
export type FormatPropertyKey<F extends FileType> = KeyOfTagFormat<TagFormatOf<F>>;

/** The name of a property in {@link Tags}. */
export type TagName = (typeof Tags)[keyof typeof Tags];

/** Returns whether a text is the name of a property. */
export function isValidProperty(key: string): key is PropertyKey;

/** Returns the description of a property in {@link PROPERTIES}. */
export function getPropertyMetadata<K extends PropertyKey>(key: K): PropertyMetadata | undefined;

/** Returns the names of all properties. */
export function getAllPropertyKeys(): readonly PropertyKey[];

/** Returns the names of all properties, with their descriptions in {@link PROPERTIES}. */
export function getAllProperties(): readonly [PropertyKey, (typeof PROPERTIES)[PropertyKey]][];

/** Returns the names of the properties of a tag format, such as `ID3v2`. */
export function getPropertiesByFormat(format: string): PropertyKey[];

/** Returns whether a text is one of the values of {@link Tags}. */
export function isValidTagName(name: string): name is TagName;

/** Returns the values of {@link Tags}. */
export function getAllTagNames(): readonly TagName[];

/** The types of properties that consist of several values, by the keys of {@link COMPLEX_PROPERTIES}. */
export interface ComplexPropertyValueMap {
  PICTURE: Picture;
  RATING: Rating;
  LYRICS: UnsyncedLyrics;
  CHAPTER: Chapter;
}

/** A key of {@link COMPLEX_PROPERTIES}. */
export type ComplexPropertyKey = keyof typeof COMPLEX_PROPERTIES;

/** The type of {@link COMPLEX_PROPERTY_KEY}. */
export type ComplexPropertyKeyMap = { readonly [K in ComplexPropertyKey]: K };

/** An object with values of unknown types. */
export type VariantMap = Record<string, unknown>;

/** The name of a field in each tag format. */
export interface FieldMapping {
  id3v2?: { frame: string; description?: string };
  vorbis?: string;
  mp4?: string;
  wav?: string;
}

export type { BitrateControlMode } from '../tables/properties.js';

// ---------------------------------------------------------------- Broadcast audio, ratings

/** The `bext` chunk of broadcast audio (EBU Tech 3285) as bytes and as an object. */
export const bwf: {
  /** Decodes a chunk. Returns `undefined` if it is shorter than 348 bytes. */
  decodeBext(bytes: Uint8Array): BroadcastAudioExtension | undefined;
  /**
   * Encodes a chunk. Texts that are too long are truncated, and loudness is limited to the
   * range of 16 bits.
   */
  encodeBext(b: BroadcastAudioExtension): Uint8Array;
};

type Brand<T, K extends string> = T & { readonly __brand: K };

/** A rating from 0 to 1. */
export type NormalizedRating = Brand<number, 'NormalizedRating'>;

/** A rating from 0 to 255, as in ID3v2's POPM frame. */
export type PopmRating = Brand<number, 'PopmRating'>;

// ---------------------------------------------------------------- taglib-wasm's module

/** taglib-wasm's module. */
// @ts-ignore: taglib-wasm need not be installed
export type TagLibModule = import('taglib-wasm').TagLibModule;

/** taglib-wasm's module, under its other name. */
// @ts-ignore: taglib-wasm need not be installed
export type WasmModule = import('taglib-wasm').WasmModule;

/**
 * Loads taglib-wasm's module.
 *
 * @throws {TagLibInitializationError} The optional peer dependency taglib-wasm is not
 *   installed.
 */
export function loadTagLibModule(options?: LoadTagLibOptions): Promise<TagLibModule>;

/**
 * Creates taglib-wasm's own `TagLib` from its module. It does not use this package.
 *
 * @throws As {@link loadTagLibModule}.
 */
// @ts-ignore: taglib-wasm need not be installed
export function createTagLib(module: WasmModule): Promise<import('taglib-wasm').TagLib>;

/**
 * Resolves to taglib-wasm's own `TagLib` for a program made by `deno compile`.
 *
 * @throws As {@link loadTagLibModule}.
 */
export function initializeForDenoCompile(
  embeddedWasmPath?: string,
  // @ts-ignore: taglib-wasm need not be installed
): Promise<import('taglib-wasm').TagLib>;

/** Returns whether this program was made by `deno compile`. */
export function isDenoCompiled(): boolean;

/**
 * Writes taglib-wasm's module to a file that `deno compile` can include. Needs Deno.
 *
 * @throws As {@link loadTagLibModule}.
 */
export function prepareWasmForEmbedding(outputPath?: string): Promise<void>;
