/** The helpers, tables and type guards, compared with taglib-wasm's. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  RatingUtils as TaglibWasmRatingUtils,
  PICTURE_TYPE_NAMES as taglibWasmNames,
  PICTURE_TYPE_VALUES as taglibWasmValues,
} from 'taglib-wasm';
import taglib, {
  findPictureByType,
  PICTURE_TYPE_NAMES,
  PICTURE_TYPE_VALUES,
  RatingUtils,
} from '../index.js';

test('the tables of picture types equal taglib-wasm’s', () => {
  assert.deepEqual(PICTURE_TYPE_NAMES, taglibWasmNames);
  assert.deepEqual(PICTURE_TYPE_VALUES, taglibWasmValues);
});

test('findPictureByType finds the first picture of the type', () => {
  const pictures = ['Other', 'FrontCover', 'FrontCover'].map((type, id) => ({ type, id }));
  assert.equal(findPictureByType(pictures, 'FrontCover').id, 1);
  assert.equal(findPictureByType(pictures, 'Media'), undefined);
});

test('ratings convert as taglib-wasm converts them', () => {
  assert.deepEqual(
    Object.keys(RatingUtils).toSorted(),
    Object.keys(TaglibWasmRatingUtils).toSorted(),
  );
  assert.deepEqual(RatingUtils.POPM_STAR_VALUES, TaglibWasmRatingUtils.POPM_STAR_VALUES);
  const values = [...Array(256).keys()].flatMap((byte) => [byte, byte / 255, byte / 100]);
  for (const [name, convert] of Object.entries(RatingUtils)) {
    if (typeof convert !== 'function') continue;
    for (const value of values) {
      assert.equal(convert(value), TaglibWasmRatingUtils[name](value), `${name}(${value})`);
    }
  }
  assert.equal(RatingUtils.isValid(Number.NaN), false);
  assert.equal(RatingUtils.toStars(0.5, 10), 5);
  assert.equal(RatingUtils.fromStars(5, 10), 0.5);
});

test('each type guard accepts errors of its own class alone', () => {
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
