/** The helpers, tables and guards, against taglib-wasm's own. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  PICTURE_TYPE_NAMES as peerNames,
  RatingUtils as peerRatings,
  PICTURE_TYPE_VALUES as peerValues,
} from 'taglib-wasm';
import taglib, {
  findPictureByType,
  PICTURE_TYPE_NAMES,
  PICTURE_TYPE_VALUES,
  RatingUtils,
} from '../index.js';

test('the picture types are taglib-wasm’s, both ways', () => {
  assert.deepEqual(PICTURE_TYPE_NAMES, peerNames);
  assert.deepEqual(PICTURE_TYPE_VALUES, peerValues);
});

test('findPictureByType finds the first of its type', () => {
  const pictures = ['Other', 'FrontCover', 'FrontCover'].map((type, id) => ({ type, id }));
  assert.equal(findPictureByType(pictures, 'FrontCover').id, 1);
  assert.equal(findPictureByType(pictures, 'Media'), undefined);
});

test('ratings convert as taglib-wasm converts them', () => {
  assert.deepEqual(Object.keys(RatingUtils).toSorted(), Object.keys(peerRatings).toSorted());
  assert.deepEqual(RatingUtils.POPM_STAR_VALUES, peerRatings.POPM_STAR_VALUES);
  const values = [...Array(256).keys()].flatMap((byte) => [byte, byte / 255, byte / 100]);
  for (const [name, convert] of Object.entries(RatingUtils)) {
    if (typeof convert !== 'function') continue;
    for (const value of values) {
      assert.equal(convert(value), peerRatings[name](value), `${name}(${value})`);
    }
  }
  assert.equal(RatingUtils.isValid(Number.NaN), false);
  assert.equal(RatingUtils.toStars(0.5, 10), 5);
  assert.equal(RatingUtils.fromStars(5, 10), 0.5);
});

test('each guard knows its class and no other', () => {
  const errors = {
    isEnvironmentError: new taglib.EnvironmentError('a', 'b'),
    isFileOperationError: new taglib.FileOperationError('read', 'a'),
    isInvalidFormatError: new taglib.InvalidFormatError('a'),
    isMemoryError: new taglib.MemoryError('a'),
    isMetadataError: new taglib.MetadataError('read', 'a'),
    isResourceLimitError: new taglib.ResourceLimitError('stack', 'a'),
    isUnsupportedFormatError: new taglib.UnsupportedFormatError('a'),
  };
  for (const [guard, own] of Object.entries(errors)) {
    for (const error of [...Object.values(errors), new Error('a'), null, 'a']) {
      assert.equal(taglib[guard](error), error === own, guard);
    }
    assert.equal(taglib.isTagLibError(own), true);
  }
  assert.equal(taglib.isTagLibError(new Error('a')), false);
});
