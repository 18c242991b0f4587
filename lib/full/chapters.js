'use strict';

/**
 * Orders chapters, and calculates where they end.
 *
 * @import { ChapterRecord } from '../../native/binding.js'
 * @import { Chapter } from '../../index.js'
 */

/**
 * Returns the chapters in the order of their start. A chapter without an end lasts to the
 * next one, and the last one to the end of the audio, unless that is before its start.
 *
 * @param {readonly ChapterRecord[]} chapters
 * @param {number | undefined} durationMs Of the audio.
 * @returns {ChapterRecord[]}
 */
function inOrder(chapters, durationMs) {
  const sorted = chapters.toSorted((left, right) => left.startTimeMs - right.startTimeMs);
  return sorted.map((chapter, index) => {
    const { startTimeMs, endTimeMs = sorted[index + 1]?.startTimeMs ?? durationMs } = chapter;
    const isInferred = chapter.endTimeMs === undefined;
    const isBeforeStart = endTimeMs !== undefined && endTimeMs < startTimeMs;
    return { ...chapter, endTimeMs: isInferred && isBeforeStart ? undefined : endTimeMs };
  });
}

/**
 * Returns a chapter as a read gives it after the chapter was written.
 *
 * @param {ChapterRecord} record
 * @returns {Chapter}
 */
function asRead({ url, picture, ...chapter }) {
  return /** @type {Chapter} */ ({
    ...chapter,
    ...(url && { url }),
    ...(picture && picture.data.length > 0 && { picture }),
  });
}

/**
 * Returns a chapter that the caller may change.
 *
 * @param {Chapter} chapter
 * @returns {Chapter}
 */
function copyOf({ picture, ...chapter }) {
  if (picture === undefined) return chapter;
  return { ...chapter, picture: { ...picture, data: new Uint8Array(picture.data) } };
}

module.exports = { asRead, copyOf, inOrder };
