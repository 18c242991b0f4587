/**
 * taglib-wasi/web: replaces `taglib-wasm/web`. Shows and creates pictures in a web page
 * of an app that has both Node and a DOM, such as an Electron window with Node
 * integration. {@link pictureToDataURL} and {@link dataURLToPicture} need no DOM.
 *
 * The two functions that take an audio file choose the route as `taglib-wasi/simple`
 * does: a path in a preopened directory goes to the addon, anything else to
 * taglib-wasm.
 */

import type { AudioFileInput, Picture, PictureType } from './index.js';

/** Options of {@link canvasToPicture} and {@link setCoverArtFromCanvas}. */
export interface CanvasPictureOptions {
  /** Default: `image/jpeg`. A browser that can't encode the format returns PNG. */
  readonly format?: 'image/jpeg' | 'image/png' | 'image/webp';
  /** From 0 to 1. Default: 0.92. Has no effect on PNG. */
  readonly quality?: number;
  /** Default: `FrontCover`. */
  readonly type?: PictureType;
  readonly description?: string;
}

/** Options of {@link createPictureGallery}. */
export interface GalleryOptions {
  /** The class of each item. Default: `picture-item`. */
  readonly className?: string;
  /** Whether the description is shown below each picture. Default: `false`. */
  readonly includeDescription?: boolean;
  /** Called with the picture and its index when the user clicks on it. */
  readonly onClick?: (picture: Picture, index: number) => void;
}

/**
 * Encodes the content of a canvas as a picture. Its `mimeType` is the format that the
 * browser has used. Rejects with an `Error` if the canvas can't be encoded.
 */
export function canvasToPicture(
  canvas: HTMLCanvasElement,
  options?: CanvasPictureOptions,
): Promise<Picture>;

/**
 * Makes a picture from an image file that the user has selected. By default,
 * `description` is the name of the file and `type` is `FrontCover`.
 */
export function imageFileToPicture(
  file: File,
  type?: PictureType,
  description?: string,
): Promise<Picture>;

/**
 * Replaces the pictures of a file by the content of a canvas, and resolves to the bytes
 * of the changed file. The description is `Front Cover` by default.
 */
export function setCoverArtFromCanvas(
  file: AudioFileInput,
  canvas: HTMLCanvasElement,
  options?: CanvasPictureOptions,
): Promise<Uint8Array>;

/** Makes a data URL (RFC 2397) from a picture. */
export function pictureToDataURL(picture: Picture): string;

/**
 * Makes a picture from a base64 data URL. `type` is `FrontCover` by default. Throws
 * `InvalidFormatError` if `dataURL` is not such a URL.
 */
export function dataURLToPicture(
  dataURL: string,
  type?: PictureType,
  description?: string,
): Picture;

/** Shows a picture in an element. Its `blob:` URL is revoked when the picture has loaded. */
export function displayPicture(picture: Picture, imgElement: HTMLImageElement): void;

/**
 * Makes a `blob:` URL from a picture. The caller must release it with
 * `URL.revokeObjectURL`. Set the name of the file in the `download` attribute of the link.
 */
export function createPictureDownloadURL(picture: Picture, filename?: string): string;

/** Replaces the content of an element by all pictures of a file. */
export function createPictureGallery(
  file: AudioFileInput,
  container: HTMLElement,
  options?: GalleryOptions,
): Promise<void>;
