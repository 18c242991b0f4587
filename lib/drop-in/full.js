'use strict';

/**
 * taglib-wasm's Full API. Each call chooses its route. An open file is ours if the
 * addon has read it, and taglib-wasm's otherwise.
 *
 * @import { AudioFileInput, CopyOptions, OpenOptions, SaveOptions, TagInput, TagLibOptions } from '../../index.js'
 * @import { ModelAnswer, Target } from '../full/operations.js'
 * @import { SourceTarget } from '../full/source-target.js'
 */

const { throwIfAborted } = require('../core/aborts.js');
const { AudioFileImpl } = require('../full/audio-file.js');
const { needsTaglibWasm } = require('../full/options.js');
const { openAs, TagLib } = require('../full/taglib.js');
const { asLoadedTaglibWasmError, withTaglibWasmErrors } = require('./errors.js');
const { tagsOfTaglibWasm } = require('./fields.js');
const { initialize } = require('./initialize.js');
const { toleratingLosses, toleration, warnOfLosses } = require('./losses.js');
const { routeCall } = require('./route.js');
const { findTaglibWasm, loadedTaglibWasm, loadTaglibWasm } = require('../core/taglib-wasm.js');

/** An open file whose changes tolerate losses, as those of the simple API do. */
class RoutedAudioFile extends AudioFileImpl {
  #path;

  /**
   * @param {Target | SourceTarget} file
   * @param {() => ModelAnswer} answer
   * @param {boolean} hasPictures
   */
  constructor(file, answer, hasPictures) {
    super(file, answer, hasPictures);
    this.#path = file.errorContext.path;
  }

  /** @param {import('../../index.js').BlockingSaveOptions} [options] */
  save(options) {
    try {
      return super.save(options);
    } catch (error) {
      const tolerated = toleration(error, options);
      const isSaved = super.save(tolerated.options);
      warnOfLosses(this.#path, tolerated.lost);
      return isSaved;
    }
  }

  /** @param {SaveOptions} [options] */
  saveAsync(options) {
    return this.#tolerating((checked) => super.saveAsync(checked), options);
  }

  /**
   * @param {string} [path]
   * @param {CopyOptions} [options]
   */
  saveToFile(path, options) {
    if (path !== undefined) {
      const { via, reason } = routeCall('AudioFile.saveToFile', path);
      if (via !== 'native') return this.#writeOutside(path, reason, options);
    }
    return this.#tolerating((checked) => super.saveToFile(path, checked), options);
  }

  /**
   * Leaves the write to taglib-wasm, which writes any bytes as those of a picture.
   *
   * @param {string} path
   * @param {string} reason
   * @param {CopyOptions} [options]
   */
  async #writeOutside(path, reason, { signal, onLoss } = {}) {
    const data = await this.toBuffer({ signal, ...(onLoss && { onLoss: asApplied(onLoss) }) });
    const taglibWasm = await loadTaglibWasm(`AudioFile.saveToFile (${reason})`);
    await taglibWasm.savePictureToFile({ data, mimeType: '', type: 'Other' }, path);
  }

  /** @param {import('../../index.js').ApplyOptions} [options] */
  toBuffer(options) {
    return this.#tolerating((checked) => super.toBuffer(checked), options);
  }

  /**
   * @param {(options: any) => Promise<any>} change
   * @param {object} [options]
   */
  #tolerating(change, options) {
    const ofFile = (/** @type {unknown} */ _file, /** @type {any} */ checked) => change(checked);
    return toleratingLosses(ofFile)(this.#path, options);
  }

  /** An app may hold files of either route. @param {unknown} value */
  static [Symbol.hasInstance](value) {
    return isInstance(value, AudioFileImpl, loadedTaglibWasm()?.AudioFileImpl);
  }
}

/**
 * There is no report of what a change of bytes loses.
 *
 * @param {'refuse' | 'report' | 'ignore'} onLoss
 */
function asApplied(onLoss) {
  return onLoss === 'report' ? 'ignore' : onLoss;
}

class RoutedTagLib extends TagLib {
  /** taglib-wasm's object, once it is needed. @type {Promise<any> | undefined} */
  #taglibWasm;

  /**
   * @param {TagLibOptions} [options]
   * @returns {Promise<any>}
   */
  static async initialize(options = {}) {
    if (needsTaglibWasm(options)) {
      const { TagLib: TheirTagLib } = await loadTaglibWasm('TagLib.initialize with these options');
      return TheirTagLib.initialize(/** @type {any} */ (options));
    }
    const { preopens, forceWasmType, disableOptimizations, ...limits } =
      /** @type {TagLibOptions & { disableOptimizations?: boolean }} */ (options);
    if (preopens !== undefined) await initialize(preopens, limits);
    // The getters of open files throw taglib-wasm's errors, and can't wait for it.
    await findTaglibWasm();
    return new RoutedTagLib();
  }

  /**
   * @param {AudioFileInput} input
   * @param {OpenOptions} [options]
   * @returns {Promise<any>}
   */
  async open(input, options) {
    const { via, reason } = routeCall('TagLib.open', input);
    if (via === 'native') return withTaglibWasmErrors(openAs(RoutedAudioFile, input, options));
    return (await this.#theirs('open', reason)).open(input, options);
  }

  /**
   * @param {AudioFileInput} input
   * @param {(file: any) => void | Promise<void>} change
   * @param {SaveOptions} [options]
   */
  async edit(input, change, options) {
    const { via, reason } = routeCall('TagLib.edit', input);
    if (via !== 'native') return (await this.#theirs('edit', reason)).edit(input, change);
    throwIfAborted(options?.signal);
    const file = await withTaglibWasmErrors(
      openAs(RoutedAudioFile, input, { signal: options?.signal, partial: false }),
    );
    try {
      await change(file);
      if (typeof input === 'string') return await file.saveToFile(undefined, options);
      await file.saveAsync(options);
      return file.getFileBuffer();
    } finally {
      file.dispose();
    }
  }

  /**
   * @param {string} path
   * @param {Partial<TagInput>} tags
   * @param {SaveOptions} [options]
   */
  async updateFile(path, tags, options) {
    const { via, reason } = routeCall('TagLib.updateFile', path);
    if (via !== 'native') return (await this.#theirs('updateFile', reason)).updateFile(path, tags);
    return withTaglibWasmErrors(updateFile(path, tagsOfTaglibWasm(tags), options));
  }

  /**
   * @param {string} source
   * @param {string} destination
   * @param {Partial<TagInput>} tags
   * @param {CopyOptions} [options]
   */
  async copyWithTags(source, destination, tags, options) {
    for (const path of [source, destination]) {
      const { via, reason } = routeCall('TagLib.copyWithTags', path);
      if (via === 'native') continue;
      return (await this.#theirs('copyWithTags', reason)).copyWithTags(source, destination, tags);
    }
    return withTaglibWasmErrors(copyWithTags(source, destination, tagsOfTaglibWasm(tags), options));
  }

  /**
   * @param {string} method
   * @param {string} reason
   */
  #theirs(method, reason) {
    this.#taglibWasm ??= loadTaglibWasm(`TagLib.${method} (${reason})`).then((taglibWasm) =>
      taglibWasm.TagLib.initialize(),
    );
    return this.#taglibWasm;
  }

  /** @param {unknown} value */
  static [Symbol.hasInstance](value) {
    return isInstance(value, TagLib, loadedTaglibWasm()?.TagLib);
  }
}

const addonTagLib = new TagLib();
const updateFile = toleratingLosses((path, tags, options) =>
  addonTagLib.updateFile(path, tags, options),
);
const copyWithTags = toleratingLosses((source, destination, tags, options) =>
  addonTagLib.copyWithTags(source, destination, tags, options),
);

/**
 * @param {unknown} value
 * @param {Function} ourClass
 * @param {Function | undefined} theirClass
 */
function isInstance(value, ourClass, theirClass) {
  return [ourClass, theirClass].some(
    (Class) => Class !== undefined && Function.prototype[Symbol.hasInstance].call(Class, value),
  );
}

/** Makes every method of the class throw, and reject with, taglib-wasm's errors. */
function convertErrors(/** @type {Record<string, any>} */ prototype) {
  for (const name of methodNames(prototype)) {
    const method = prototype[name];
    Object.defineProperty(prototype, name, {
      configurable: true,
      writable: true,
      /** @this {unknown} @param {unknown[]} args */
      value: function routedMethod(...args) {
        try {
          const result = method.apply(this, args);
          return result instanceof Promise ? withTaglibWasmErrors(result) : result;
        } catch (error) {
          throw asLoadedTaglibWasmError(error);
        }
      },
    });
  }
}

/**
 * The public methods of a prototype and of those that it inherits from.
 *
 * @param {object} prototype
 */
function methodNames(prototype) {
  const names = new Set();
  for (let next = prototype; next !== Object.prototype; next = Object.getPrototypeOf(next)) {
    for (const [name, { value }] of Object.entries(Object.getOwnPropertyDescriptors(next))) {
      if (typeof value === 'function' && name !== 'constructor' && !name.startsWith('_')) {
        names.add(name);
      }
    }
  }
  return names;
}

convertErrors(RoutedAudioFile.prototype);

/** A Full API on its route, as taglib-wasm's `simple` gives it. */
function getTagLib() {
  return RoutedTagLib.initialize();
}

module.exports = { AudioFileImpl: RoutedAudioFile, getTagLib, TagLib: RoutedTagLib };
