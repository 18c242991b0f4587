'use strict';

/** @import { Chapter } from '../../index.js' */

/**
 * Returns the chapters with an end each: the start of the next chapter, or the end of the audio.
 *
 * @param {readonly Chapter[]} chapters
 * @param {number | undefined} durationMs
 * @returns {Chapter[]}
 */
function withEnds(chapters, durationMs) {
  return chapters.map((chapter, index) => {
    const { startTimeMs, endTimeMs } = chapter;
    const end = endTimeMs ?? chapters[index + 1]?.startTimeMs ?? durationMs ?? startTimeMs;
    return { ...chapter, endTimeMs: Math.max(end, startTimeMs) };
  });
}

exports.withEnds = withEnds;
