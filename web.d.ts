/**
 * taglib-wasi/web: stands in for `taglib-wasm/web`. Pictures of audio files in a page
 * of an app that has both Node and a DOM, such as an Electron window with Node
 * integration. {@link pictureToDataURL} and {@link dataURLToPicture} need no DOM.
 *
 * The two functions that take an audio file choose the route as `taglib-wasi/simple`
 * does: a path in a preopened directory goes to the addon, anything else to
 * taglib-wasm.
 */

import type { AudioFileInput, Picture, PictureType } from './index.js';

/** How a canvas becomes a picture. */
export interface CanvasPictureOptions {
  /** Default: `image/jpeg`. A browser that can't encode it gives PNG. */
  readonly format?: 'image/jpeg' | 'image/png' | 'image/webp';
  /** From 0 to 1. Default: 0.92. PNG has no quality. */
  readonly quality?: number;
  /** Default: `FrontCover`. */
  readonly type?: PictureType;
  readonly description?: string;
}

/** What a gallery shows. */
export interface GalleryOptions {
  /** The class of each item. Default: `picture-item`. */
  readonly className?: string;
  /** Whether a description stands below its picture. Default: false. */
  readonly includeDescription?: boolean;
  /** Called with the picture and its index when the user clicks on it. */
  readonly onClick?: (picture: Picture, index: number) => void;
}

/**
 * Encodes the content of a canvas as a picture, whose `mimeType` is what the browser
 * has encoded. Rejects with an `Error` if the canvas can't be encoded.
 */
export function canvasToPicture(
  canvas: HTMLCanvasElement,
  options?: CanvasPictureOptions,
): Promise<Picture>;

/**
 * Makes a picture of an image file that the user has picked. `description` is the
 * name of the file by default, `type` is `FrontCover`.
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

/** Makes a data URL (RFC 2397) of a picture. */
export function pictureToDataURL(picture: Picture): string;

/**
 * Makes a picture of a base64 data URL. `type` is `FrontCover` by default. Throws
 * `InvalidFormatError` if it is not one.
 */
export function dataURLToPicture(
  dataURL: string,
  type?: PictureType,
  description?: string,
): Picture;

/** Shows a picture in an element. The memory of its URL is freed when it has loaded. */
export function displayPicture(picture: Picture, imgElement: HTMLImageElement): void;

/**
 * Makes a `blob:` URL of a picture. The caller frees it with `URL.revokeObjectURL`. The
 * file's name belongs into the `download` attribute of the caller's link.
 */
export function createPictureDownloadURL(picture: Picture, filename?: string): string;

/** Replaces the content of an element by all pictures of a file. */
export function createPictureGallery(
  file: AudioFileInput,
  container: HTMLElement,
  options?: GalleryOptions,
): Promise<void>;
