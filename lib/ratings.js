'use strict';

/**
 * Conversions between the scales of ratings: 0 to 1 as this package has them,
 * 0 to 255 as in ID3v2's POPM, stars, and percent.
 */

/** The bytes that Windows Media Player writes for none to five stars. */
const POPM_STAR_VALUES = Object.freeze([0, 1, 64, 128, 196, 255]);

const STARS = 5;

/** A POPM byte for a rating from 0 to 1: that of the nearest number of stars. */
function toPopm(rating) {
  return POPM_STAR_VALUES[Math.round(rating * STARS)] ?? 0;
}

/** A rating from 0 to 1 for a POPM byte: whole stars, rounded up. */
function fromPopm(popm) {
  const stars = POPM_STAR_VALUES.findIndex((value) => popm <= value);
  return stars < 0 ? 1 : stars / STARS;
}

const RatingUtils = Object.freeze({
  POPM_STAR_VALUES,
  clamp: (rating) => Math.max(0, Math.min(1, rating)),
  fromNormalized: (rating) => Math.round(rating * 255),
  fromPercent: (percent) => percent / 100,
  fromPopm,
  fromStars: (stars, maxStars = STARS) => stars / maxStars,
  isValid: (rating) => typeof rating === 'number' && rating >= 0 && rating <= 1,
  normalized: (rating) => rating,
  popm: (popm) => popm,
  toNormalized: (popm) => popm / 255,
  toPercent: (rating) => rating * 100,
  toPopm,
  toStars: (rating, maxStars = STARS) => Math.round(rating * maxStars),
});

module.exports = { RatingUtils };
