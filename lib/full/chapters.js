'use strict';

/**
 * Orders chapters, and calculates where they end.
 *
 * @import { Chapter } from '../../index.js'
 */

/**
 * Returns the chapters in the order of their start. A chapter without an end lasts to the
 * next one, and the last one to the end of the audio, unless that is before its start.
 *
 * @param {readonly Chapter[]} chapters
 * @param {number | undefined} durationMs Of the audio.
 * @returns {Chapter[]}
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

module.exports = { inOrder };
