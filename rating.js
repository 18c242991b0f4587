'use strict';

/**
 * taglib-wasi/rating: stands in for `taglib-wasm/rating`. The types and their
 * documentation are in rating.d.ts.
 */

const { RatingUtils } = require('./lib/simple/ratings.js');

exports.RatingUtils = RatingUtils;

exports.clamp = RatingUtils.clamp;
exports.fromNormalized = RatingUtils.fromNormalized;
exports.fromPercent = RatingUtils.fromPercent;
exports.fromPopm = RatingUtils.fromPopm;
exports.fromStars = RatingUtils.fromStars;
exports.isValid = RatingUtils.isValid;
exports.normalized = RatingUtils.normalized;
exports.popm = RatingUtils.popm;
exports.toNormalized = RatingUtils.toNormalized;
exports.toPercent = RatingUtils.toPercent;
exports.toPopm = RatingUtils.toPopm;
exports.toStars = RatingUtils.toStars;
