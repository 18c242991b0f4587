/**
 * taglib-wasi/rating: replaces `taglib-wasm/rating`. Exports each function of
 * {@link RatingUtils}. They convert between the scales of ratings: normalized (0 to 1),
 * POPM (0 to 255, as in ID3v2), stars and percent.
 */

import type { NormalizedRating, PopmRating } from './index.js';

export { RatingUtils } from './index.js';
export type { NormalizedRating, PopmRating };

/** Limits a number to the range from 0 to 1. */
export function clamp(rating: number): NormalizedRating;
/** Converts 0 to 1 into 0 to 255, linearly. */
export function fromNormalized(value: NormalizedRating): PopmRating;
/** Converts percent into 0 to 1. */
export function fromPercent(percent: number): NormalizedRating;
/** Converts 0 to 255 into whole stars, on the scale from 0 to 1. */
export function fromPopm(value: PopmRating): NormalizedRating;
/** Converts stars into 0 to 1. `maxStars` is 5 by default. */
export function fromStars(stars: number, maxStars?: number): NormalizedRating;
/** Returns whether a number is from 0 to 1. */
export function isValid(rating: number): rating is NormalizedRating;
/** Returns the number itself, typed as a normalized rating. */
export function normalized(value: number): NormalizedRating;
/** Returns the number itself, typed as a POPM rating. */
export function popm(value: number): PopmRating;
/** Converts 0 to 255 into 0 to 1, linearly. */
export function toNormalized(value: PopmRating): NormalizedRating;
/** Converts 0 to 1 into percent. */
export function toPercent(value: NormalizedRating): number;
/** Converts 0 to 1 into the POPM value of the nearest number of stars. */
export function toPopm(value: NormalizedRating): PopmRating;
/** Converts 0 to 1 into stars. `maxStars` is 5 by default. */
export function toStars(value: NormalizedRating, maxStars?: number): number;
