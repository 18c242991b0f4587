'use strict';

/**
 * Conversions between the scales of ratings: 0 to 1 as this package has them,
 * 0 to 255 as in ID3v2's POPM, stars, and percent.
 *
 * @import { RatingUtils as Type } from '../../index.js'
 */

/** The bytes that Windows Media Player writes for none to five stars. @type {readonly [0, 1, 64, 128, 196, 255]} */
const POPM_STAR_VALUES = Object.freeze([0, 1, 64, 128, 196, 255]);

const STARS = 5;

/** @type {Record<string, (value: number, maxStars?: number) => number | boolean>} */
const CONVERSIONS = {
  clamp: (rating) => Math.max(0, Math.min(1, rating)),
  fromNormalized: (rating) => Math.round(rating * 255),
  fromPercent: (percent) => percent / 100,
  fromPopm: (popm) => {
    const stars = POPM_STAR_VALUES.findIndex((value) => popm <= value);
    return stars < 0 ? 1 : stars / STARS;
  },
  fromStars: (stars, maxStars = STARS) => stars / maxStars,
  isValid: (rating) => typeof rating === 'number' && rating >= 0 && rating <= 1,
  normalized: (rating) => rating,
  popm: (popm) => popm,
  toNormalized: (popm) => popm / 255,
  toPercent: (rating) => rating * 100,
  toPopm: (rating) => POPM_STAR_VALUES[Math.round(rating * STARS)] ?? 0,
  toStars: (rating, maxStars = STARS) => Math.round(rating * maxStars),
};

// The types mark numbers by their scale, which they don't have here.
const RatingUtils = /** @type {typeof Type} */ (
  /** @type {unknown} */ (Object.freeze({ POPM_STAR_VALUES, ...CONVERSIONS }))
);

module.exports = { RatingUtils };
