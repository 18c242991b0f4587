/** The types of the helpers for picture files; index.d.ts exports them. */

import type { Picture, PictureType, SaveOptions, SignalOptions } from '../../index.js';

/** Options of functions that write a picture to a file. */
export interface ExportPictureOptions extends SignalOptions {
  /** Whether an existing file is replaced; `false` rejects with `EEXIST`. Default: `true`. */
  readonly overwrite?: boolean;
}

/** Options of {@link exportAllPictures}. */
export interface ExportAllPicturesOptions extends ExportPictureOptions {
  /** Returns the name of a picture's file. By default, names are such as `front-cover-1.jpeg`. */
  readonly nameFormat?: (picture: Picture, index: number) => string;
}

/** Options of functions that add an image file to an audio file. */
export interface ImportPictureOptions extends SaveOptions {
  /** Default: detected from the content of the image, or else from its extension. */
  readonly mimeType?: string;
  /** Default: `Front Cover` for {@link importCoverArt}, else empty. */
  readonly description?: string;
}

/** Options of {@link loadPictureFromFile}. */
export interface LoadPictureOptions extends SignalOptions {
  /** Default: detected from the content of the image, or else from its extension. */
  readonly mimeType?: string;
  /** Default: the name of the file. */
  readonly description?: string;
}

/** Options of {@link copyCoverArt}. */
export interface CopyCoverArtOptions extends SaveOptions {
  /** Whether all pictures are copied, instead of the cover alone. Default: `false`. */
  readonly copyAll?: boolean;
}

/** The paths of image files, by the meaning of their names. */
export interface CoverArtFiles {
  /** `cover` or `front`. */
  front?: string;
  back?: string;
  folder?: string;
  /** `album` and `artwork`. */
  [key: string]: string | undefined;
}

/**
 * Writes the front cover of an audio file, or else its first picture, to an image file,
 * which is never incomplete.
 *
 * @throws {MetadataError} The file has no pictures.
 * @throws {FileOperationError} The image can't be written, such as `EROFS`.
 */
export function exportCoverArt(
  audioPath: string,
  imagePath: string,
  options?: ExportPictureOptions,
): Promise<void>;

/**
 * Writes the first picture of a type to an image file.
 *
 * @throws As {@link exportCoverArt}.
 */
export function exportPictureByType(
  audioPath: string,
  imagePath: string,
  type: PictureType,
  options?: ExportPictureOptions,
): Promise<void>;

/**
 * Writes every picture to its own file in an existing directory. Resolves to the paths of
 * the files, or to an empty array if there are no pictures.
 *
 * @throws As {@link exportCoverArt}.
 */
export function exportAllPictures(
  audioPath: string,
  outputDir: string,
  options?: ExportAllPicturesOptions,
): Promise<string[]>;

/**
 * Writes a picture to an image file.
 *
 * @throws As {@link exportCoverArt}.
 */
export function savePictureToFile(
  picture: Picture,
  imagePath: string,
  options?: ExportPictureOptions,
): Promise<void>;

/**
 * Replaces all pictures of an audio file by an image, as its front cover.
 *
 * @throws As `writeTags`.
 */
export function importCoverArt(
  audioPath: string,
  imagePath: string,
  options?: ImportPictureOptions,
): Promise<void>;

/**
 * Replaces the pictures of one type by an image, and keeps those of other types.
 *
 * @throws As `writeTags`.
 */
export function importPictureWithType(
  audioPath: string,
  imagePath: string,
  type: PictureType,
  options?: ImportPictureOptions,
): Promise<void>;

/**
 * Replaces the pictures of one audio file by the front cover of another, or else by its
 * first picture.
 *
 * @throws {MetadataError} The source has no pictures.
 * @throws As `writeTags`.
 */
export function copyCoverArt(
  sourcePath: string,
  targetPath: string,
  options?: CopyCoverArtOptions,
): Promise<void>;

/**
 * Reads an image file as a picture. The image is not decoded. `type` is `FrontCover` by
 * default.
 *
 * @throws {FileOperationError} The image can't be read.
 */
export function loadPictureFromFile(
  imagePath: string,
  type?: PictureType,
  options?: LoadPictureOptions,
): Promise<Picture>;

/**
 * Finds image files beside an audio file by their usual names: `cover` and `front`,
 * `folder`, `album`, `artwork`, `back` and `back-cover`, as jpg, jpeg, png, gif or webp.
 *
 * @throws {FileOperationError} The directory can't be listed.
 */
export function findCoverArtFiles(
  audioPath: string,
  options?: SignalOptions,
): Promise<CoverArtFiles>;
