'use strict';

/**
 * The tags of an open file as its getters give them: what was read, with every change of
 * the setters. Each change is recorded for the next save as well.
 *
 * The values that it takes and returns belong to the model: its users copy them.
 *
 * @import { AudioProperties, Chapter, FileType, Picture, Rating, UnsyncedLyrics } from '../../index.js'
 * @import { ChapterRecord, LyricsRecord, PictureRecord, RatingRecord } from '../../native/binding.js'
 * @import { Changes } from './delta.js'
 * @import { Id3v2Frame, ModelAnswer } from './operations.js'
 *
 * @typedef {{ v1: boolean, v2: boolean }} Id3Tags
 */

const { MetadataError } = require('../core/errors.js');
const { asRead } = require('./chapters.js');
const { combined, isEmpty, noChanges } = require('./delta.js');
const { LYRICS } = require('./keys.js');

/** The keys of totals, by those of their numbers. @type {Record<string, string>} */
const TOTALS = { TRACKNUMBER: 'TRACKTOTAL', DISCNUMBER: 'DISCTOTAL' };

class Model {
  /** @type {FileType} */
  format;
  /** @type {AudioProperties | undefined} */
  audioProperties;
  /** The raw ID3v2 frames, if they were read. @type {Id3v2Frame[] | undefined} */
  framesAsRead;
  /** Values by TagLib's keys, lyrics not among them. @type {Record<string, string[]>} */
  #fields;
  /** Undefined if they were not read. @type {readonly Picture[] | undefined} */
  #pictures;
  /** @type {readonly Rating[]} */
  #ratings;
  /** @type {readonly UnsyncedLyrics[]} */
  #lyrics;
  /** In the order of their start. @type {readonly Chapter[]} */
  #chapters;
  /** @type {Uint8Array | undefined} */
  #bextData;
  /** @type {string | undefined} */
  #ixml;
  /** @type {Readonly<Id3Tags>} */
  #id3Tags;
  /** The parts of the file that the properties do not show. @type {Record<string, string[]>} */
  #mp4Items;
  /** @type {Changes} */
  #changes = noChanges();

  /**
   * @param {ModelAnswer} answer
   * @param {boolean} hasPictures Whether the pictures were read.
   */
  constructor(answer, hasPictures) {
    const { tags, properties, format, propertyMap, mp4Items = {}, id3Tags, frames } = answer;
    const { [LYRICS]: _, ...fields } = propertyMap;
    this.format = format;
    this.audioProperties = properties;
    this.framesAsRead = frames;
    this.#fields = fields;
    for (const key of Object.keys(TOTALS)) this.#splitPair(key);
    this.#pictures = hasPictures ? asStored(tags.pictures ?? [], format) : undefined;
    this.#ratings = tags.ratings ?? [];
    this.#lyrics = tags.lyrics ?? [];
    this.#chapters = (tags.chapters ?? []).map(withoutWrongEnd);
    this.#bextData = tags.bextData;
    this.#ixml = tags.ixml;
    this.#id3Tags = id3Tags ?? { v1: false, v2: false };
    this.#mp4Items = mp4Items;
  }

  // ---------------------------------------------------------------- Fields

  /** @param {string} key */
  #splitPair(key) {
    const pair = pairOf(key, this.values(key));
    if (pair === undefined) return;
    this.#fields[key] = [pair.number];
    this.#fields[TOTALS[key]] ??= [pair.total];
  }

  /** The fields without the lyrics. */
  get fields() {
    return this.#fields;
  }

  /**
   * The values, none if there is no such field.
   *
   * @param {string} key
   * @returns {readonly string[]}
   */
  values(key) {
    if (key === LYRICS) return this.#lyrics.map(({ text }) => text);
    return Object.hasOwn(this.#fields, key) ? this.#fields[key] : [];
  }

  /**
   * The first value.
   *
   * @param {string} key
   * @returns {string | undefined}
   */
  value(key) {
    return this.values(key)[0];
  }

  /**
   * Sets the values; none remove the field.
   *
   * @param {string} key
   * @param {string[]} values
   */
  setField(key, values) {
    if (key === LYRICS) return this.setLyrics(values.map((text) => ({ text })));
    const pair = pairOf(key, values);
    if (pair !== undefined) {
      this.setField(key, [pair.number]);
      this.setField(TOTALS[key], [pair.total]);
      return;
    }
    this.#showField(key, values);
    this.#changes.fields.set(key, values);
  }

  /**
   * @param {string} key
   * @param {string[]} values
   */
  #showField(key, values) {
    if (values.length > 0) this.#fields[key] = values;
    else delete this.#fields[key];
  }

  /**
   * The values of an MP4 item, as the file has them.
   *
   * @param {string} item
   * @returns {string[] | undefined}
   */
  mp4Item(item) {
    return Object.hasOwn(this.#mp4Items, item) ? this.#mp4Items[item] : undefined;
  }

  // ---------------------------------------------------------------- Other parts

  get pictures() {
    if (this.#pictures !== undefined) return this.#pictures;
    throw new MetadataError(
      'read',
      'the file was opened with `pictures: false`; open it without, or use readPictures',
      'pictures',
    );
  }

  /** @param {PictureRecord[]} pictures */
  setPictures(pictures) {
    this.#pictures = asStored(/** @type {any} */ (pictures), this.format);
    this.#record({ pictures: { mode: 'replaceAll', pictures } });
  }

  /** @param {PictureRecord} picture */
  addPicture(picture) {
    this.#pictures &&= [
      ...this.#pictures,
      ...asStored(/** @type {any} */ ([picture]), this.format),
    ];
    this.#record({ pictures: { mode: 'add', pictures: [picture] } });
  }

  get ratings() {
    return this.#ratings;
  }

  /** @param {RatingRecord[]} ratings */
  setRatings(ratings) {
    this.#ratings = ratings;
    // In Vorbis comments, MP4 and APE tags, ratings are this field as well.
    this.#changes.fields.delete('RATING');
    this.#record({ ratings });
  }

  get lyrics() {
    return this.#lyrics;
  }

  /** @param {LyricsRecord[]} lyrics */
  setLyrics(lyrics) {
    this.#lyrics = lyrics;
    this.#record({ lyrics });
  }

  get chapters() {
    return this.#chapters;
  }

  /**
   * @param {ChapterRecord[]} chapters
   * @param {Changes['mp4ChapterStyle']} mp4ChapterStyle
   */
  setChapters(chapters, mp4ChapterStyle) {
    this.#chapters = chapters.map(asRead);
    this.#record({ chapters, ...(mp4ChapterStyle && { mp4ChapterStyle }) });
  }

  get bextData() {
    return this.#bextData;
  }

  /** @param {Uint8Array | null} bextData */
  setBextData(bextData) {
    this.#bextData = bextData ?? undefined;
    this.#record({ bextData });
  }

  get ixml() {
    return this.#ixml;
  }

  /** @param {string | null} ixml */
  setIxml(ixml) {
    this.#ixml = ixml ?? undefined;
    this.#record({ ixml });
  }

  get id3Tags() {
    return this.#id3Tags;
  }

  /** @param {Id3Tags} stripId3 */
  stripId3Tags(stripId3) {
    const { v1, v2 } = this.#id3Tags;
    this.#id3Tags = { v1: v1 && !stripId3.v1, v2: v2 && !stripId3.v2 };
    this.#record({ stripId3 });
  }

  /**
   * @param {string} id
   * @param {Uint8Array[]} bodies
   */
  setFrames(id, bodies) {
    this.#changes.frames.set(id, bodies);
  }

  // ---------------------------------------------------------------- Changes

  /** @param {Partial<Changes>} change */
  #record(change) {
    this.#changes = combined(this.#changes, { ...noChanges(), ...change });
  }

  get hasChanges() {
    return !isEmpty(this.#changes);
  }

  /** What has changed since the changes were last taken. */
  get changes() {
    return this.#changes;
  }

  /** Gives the changes, and begins to record new ones. */
  takeChanges() {
    const changes = this.#changes;
    this.#changes = noChanges();
    return changes;
  }

  /**
   * Takes back changes that were not saved, beneath those made since.
   *
   * @param {Changes} changes
   */
  returnChanges(changes) {
    this.#changes = combined(changes, this.#changes);
  }
}

/**
 * The parts of a text such as "3/12", in which most formats store a number and a total.
 *
 * @param {string} key
 * @param {readonly string[]} values
 */
function pairOf(key, values) {
  if (!Object.hasOwn(TOTALS, key)) return undefined;
  const pair = values[0]?.match(/^(\d+)\/(\d+)$/);
  return pair ? { number: pair[1], total: pair[2] } : undefined;
}

/**
 * The pictures as they are read from the format: MP4 stores neither types nor
 * descriptions, and its pictures are covers; Matroska stores whether one is a front cover.
 *
 * @param {readonly Picture[]} pictures
 * @param {FileType} format
 * @returns {readonly Picture[]}
 */
function asStored(pictures, format) {
  switch (format) {
    case 'MP4':
      return pictures.map((picture) => ({ ...picture, type: 'FrontCover', description: '' }));
    case 'MATROSKA':
      return pictures.map((picture) =>
        picture.type === 'FrontCover' ? picture : { ...picture, type: 'Other' },
      );
    default:
      return pictures;
  }
}

/**
 * Drops the end of a chapter that starts behind the end of the audio. Only ID3v2 stores
 * ends.
 *
 * @param {Chapter} chapter
 */
function withoutWrongEnd(chapter) {
  const { startTimeMs, endTimeMs = startTimeMs, source } = chapter;
  return source !== 'id3' && endTimeMs < startTimeMs
    ? { ...chapter, endTimeMs: undefined }
    : chapter;
}

exports.Model = Model;
