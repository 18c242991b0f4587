'use strict';

/**
 * An open file: getters and setters (`TagAccess`), its raw ID3v2 frames, its content, and
 * saves.
 *
 * No descriptor is open, and no native memory is held. A save applies what the setters
 * have changed to what the file holds then.
 *
 * @import { CopyOptions, Id3v2Frame, SaveOptions, SignalOptions } from '../../index.js'
 * @import { LossPolicy } from '../../native/binding.js'
 * @import { Changes } from './delta.js'
 * @import { ModelAnswer, Target } from './operations.js'
 * @import { SourceTarget } from './source-target.js'
 */

const { checkApplyOptions, checkSaveOptions } = require('../arguments/options.js');
const { orAborted, throwIfAborted } = require('../core/aborts.js');
const calls = require('../core/calls.js');
const { FileOperationError } = require('../core/errors.js');
const { contentOf, copyOf } = require('../core/large-content.js');
const { currentSession } = require('../core/session.js');
const { isEmpty, toEdit } = require('./delta.js');
const { checkFrameBodies, checkFrameId } = require('./frames.js');
const { Model } = require('./model.js');
const operations = require('./operations.js');
const { checkBlockingSaveOptions, checkCopyOptions } = require('./options.js');
const { Saves } = require('./saves.js');
const { notHere } = require('./source-target.js');
const { TagAccess } = require('./tag-access.js');

class AudioFileImpl extends TagAccess {
  /** The file's path, its content, or its source. @type {Target | SourceTarget} */
  #target;
  #saves;
  /** Returns the raw frames of the file as it is on disk, if they are known. */
  #knownFrames = () => this._model.framesAsRead;

  /**
   * Use `TagLib.open`.
   *
   * @param {Target | SourceTarget} target
   * @param {() => ModelAnswer} answer
   * @param {boolean} hasPictures Whether the pictures were read.
   */
  constructor(target, answer, hasPictures) {
    const modelOf = once(() => new Model(answer(), hasPictures));
    super(modelOf);
    this.#target = target;
    this.#saves = new Saves(modelOf);
  }

  get #isPath() {
    return 'content' in this.#target && typeof this.#target.content === 'string';
  }

  /** The file's path or content. Throws if the content is not here. */
  get #file() {
    if ('source' in this.#target) throw notHere(this.#target);
    return this.#target;
  }

  /** Resolves to the file's path or content. A blob is loaded now. */
  async #wholeFile() {
    const target = this.#target;
    if ('source' in target && target.blob !== undefined) {
      const content = await contentOf(target.blob);
      // A save may have changed the content meanwhile.
      if (this.#target === target) this.#target = bytesTarget(content);
    }
    return this.#file;
  }

  // ---------------------------------------------------------------- ID3v2 frames

  /**
   * @param {string} [id]
   * @returns {Id3v2Frame[]}
   */
  getId3v2Frames(id) {
    this._checkFormat('id3v2Frames', ['MP3']);
    if (id !== undefined) checkFrameId('read', id);
    return this.#framesNow()
      .filter((frame) => id === undefined || frame.id === id)
      .map((frame) => ({ id: frame.id, data: new Uint8Array(frame.data) }));
  }

  /**
   * @param {string} id
   * @param {Uint8Array[]} data
   */
  setId3v2Frames(id, data) {
    const model = this._model;
    this._checkFormat('id3v2Frames', ['MP3']);
    checkFrameId('write', id);
    model.setFrames(id, checkFrameBodies(id, data));
  }

  /** @param {string} id */
  removeId3v2Frames(id) {
    this.setId3v2Frames(id, []);
  }

  /**
   * The frames with all changes. Only TagLib knows which frames a change of fields gives:
   * it is made in memory, and the frames of the result are read.
   */
  #framesNow() {
    const { frames, ...changes } = this.#saves.unsaved;
    const others = { ...changes, frames: new Map() };
    if (!isEmpty(others)) {
      const content = operations.applySync(this.#file, toEdit({ ...others, frames }), IGNORE_LOSS);
      const changed = operations.readFramesSync({ ...this.#file, content });
      // In the bytes of some MP3s, TagLib's C interface finds no frames.
      if (changed.length > 0) return changed;
    }
    const known = this.#knownFrames() ?? operations.readFramesSync(this.#file);
    this.#knownFrames = () => known;
    const kept = known.filter(({ id }) => !frames.has(id));
    const staged = [...frames].flatMap(([id, bodies]) => bodies.map((data) => ({ id, data })));
    return [...kept, ...staged];
  }

  // ---------------------------------------------------------------- Saving

  /** @param {import('../../index.js').BlockingSaveOptions} [options] */
  save(options) {
    this._checkOpen();
    const { save } = checkBlockingSaveOptions(options);
    this.#checkIdle();
    currentSession();
    this.#saves.saveSync((changes) => {
      if (this.#isPath) operations.saveSync(this.#file, toEdit(changes), save);
      else this.#setContent(operations.applySync(this.#file, toEdit(changes), save.onLoss));
      this.#knownFrames = unknown;
    });
    return true;
  }

  /** @param {SaveOptions} [options] */
  saveAsync(options) {
    return calls.fromCallSite(this.saveAsync, () => this.#saveHere(options));
  }

  /**
   * @param {string} [path]
   * @param {CopyOptions} [options]
   */
  saveToFile(path, options) {
    return calls.fromCallSite(this.saveToFile, async () => {
      if (path === undefined) return this.#saveToSource(options);
      const target = operations.targetOf('save', path);
      if (!this.#isPath) return this.#writeContentTo(target, options);
      if (target.content === this.#file.content) return this.#saveToSource(options);
      return this.#saveCopyTo(target, options);
    });
  }

  /** @param {CopyOptions} [options] */
  #saveToSource(options) {
    this._checkOpen();
    if (!this.#isPath) {
      throw new FileOperationError(
        'save',
        'source' in this.#target && this.#target.blob === undefined
          ? "EINVAL: a source can't be saved; read it whole, open its bytes, and save to a path"
          : 'EINVAL: the file was opened from bytes, so saveToFile needs a path',
        this.#target.errorContext.path,
        { errno: 'EINVAL' },
      );
    }
    const { overwrite, ...others } = options ?? {};
    checkCopyOptions({ overwrite });
    return this.#saveHere(others);
  }

  /**
   * Saves to the file, or changes the content.
   *
   * @param {SaveOptions} [options]
   */
  #saveHere(options) {
    this._checkOpen();
    const checked = checkSaveOptions(options);
    if (!this.#isPath && options?.onLoss !== undefined) {
      checkApplyOptions({ onLoss: /** @type {any} */ (options.onLoss) });
    }
    currentSession();
    const saving = this.#saves.save(async (changes) => {
      throwIfAborted(checked.signal);
      if (this.#isPath) {
        const report = await operations.save(this.#file, toEdit(changes), checked);
        this.#knownFrames = unknown;
        return report;
      }
      const { onLoss } = checked.save;
      this.#setContent(
        await operations.apply(await this.#wholeFile(), toEdit(changes), {
          signal: checked.signal,
          onLoss,
        }),
      );
    });
    return orAbortedAtOnce(checked.signal, saving);
  }

  /**
   * @param {Target} target
   * @param {CopyOptions} [options]
   */
  #saveCopyTo(target, options) {
    this._checkOpen();
    const checked = checkCopyOptions(options);
    currentSession();
    const saving = this.#saves.copy(async (changes) => {
      throwIfAborted(checked.signal);
      const { signal } = checked;
      const isSaved = await operations.isSameFile(this.#file, target, signal);
      const result = await operations.saveAs(this.#file, target, toEdit(changes), checked);
      if (isSaved) this.#knownFrames = unknown;
      return { isSaved, result };
    });
    return orAbortedAtOnce(checked.signal, saving);
  }

  /**
   * @param {Target} target
   * @param {CopyOptions} [options]
   */
  async #writeContentTo(target, options) {
    this._checkOpen();
    const { signal, save, overwrite } = checkCopyOptions(options);
    await this.#saveHere({ signal, onLoss: save.onLoss });
    const { content } = await this.#wholeFile();
    await operations.writeContent(target, /** @type {Uint8Array} */ (content), {
      signal,
      overwrite,
    });
  }

  /** @param {Uint8Array} content */
  #setContent(content) {
    this.#target = bytesTarget(content);
    this.#knownFrames = unknown;
  }

  /** A blocking save would go before one that waits, whose older values would replace its own. */
  #checkIdle() {
    if (this.#saves.isIdle) return;
    throw new FileOperationError(
      'save',
      'EBUSY: another save of this file object is under way; await it first',
      this.#target.errorContext.path,
      { errno: 'EBUSY' },
    );
  }

  // ---------------------------------------------------------------- Content

  getFileBuffer() {
    this._checkOpen();
    return this.#isPath
      ? operations.readContentSync(this.#file)
      : new Uint8Array(/** @type {Uint8Array} */ (this.#file.content));
  }

  /** @param {import('../../index.js').ApplyOptions} [options] */
  toBuffer(options) {
    return calls.fromCallSite(this.toBuffer, async () => {
      this._checkOpen();
      const checked = checkApplyOptions(options);
      const changes = this.#saves.unsaved;
      const file = await this.#wholeFile();
      if (!isEmpty(changes)) return operations.apply(file, toEdit(changes), checked);
      throwIfAborted(checked.signal);
      return this.#isPath
        ? operations.readContent(file, checked)
        : copyOf(/** @type {Uint8Array} */ (file.content));
    });
  }

  // ---------------------------------------------------------------- The end

  [Symbol.dispose]() {
    this.dispose();
  }

  /** Waits for the saves that are under way; their failures are those calls' own. */
  async [Symbol.asyncDispose]() {
    await this.#saves.ended();
    this.dispose();
  }
}

/**
 * The save, which may have to wait for others, or an AbortError as soon as the signal
 * fires.
 *
 * @template T
 * @param {AbortSignal | undefined} signal
 * @param {Promise<T>} saving
 * @returns {Promise<T>}
 */
function orAbortedAtOnce(signal, saving) {
  if (signal === undefined || signal.aborted) return saving;
  return orAborted(signal, saving);
}

/**
 * @param {Uint8Array} content
 * @returns {Target}
 */
function bytesTarget(content) {
  return { content, errorContext: { bufferSize: content.byteLength } };
}

/** What is known of a file's frames after it was saved. @returns {Id3v2Frame[] | undefined} */
const unknown = () => undefined;

/**
 * Returns a function that calls `create` the first time, and returns its value every time.
 *
 * @template T
 * @param {() => T} create
 */
function once(create) {
  /** @type {T | undefined} */
  let value;
  /** @type {(() => T) | undefined} */
  let pending = create;
  return () => {
    if (pending !== undefined) value = pending();
    // Releases what `create` refers to.
    pending = undefined;
    return /** @type {T} */ (value);
  };
}

/** For a look at what a change gives, which is not written. */
const IGNORE_LOSS = /** @type {LossPolicy} */ ('ignore');

exports.AudioFileImpl = AudioFileImpl;
