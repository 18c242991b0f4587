'use strict';

/**
 * taglib-wasm's class `TagLib`: opens files, and changes them in one call.
 *
 * @import { AudioFile, CopyOptions, OpenOptions, ReadInput, SaveOptions, TagInput, TagLibOptions } from '../../index.js'
 * @import { SourceTarget } from './source-target.js'
 */

const { checkFile } = require('../arguments/files.js');
const { checkSaveOptions } = require('../arguments/options.js');
const { checkTagChanges } = require('../arguments/tags.js');
const { throwIfAborted } = require('../core/aborts.js');
const calls = require('../core/calls.js');
const { copyOf } = require('../core/large-content.js');
const { native } = require('../core/native.js');
const { hasSession, openSession } = require('../core/session.js');
const { loadTaglibWasm } = require('../core/taglib-wasm.js');
const { AudioFileImpl } = require('./audio-file.js');
const operations = require('./operations.js');
const {
  checkCopyOptions,
  checkOpenOptions,
  checkTagLibOptions,
  needsTaglibWasm,
} = require('./options.js');
const { sourceTargetOf } = require('./source-target.js');

class TagLib {
  /**
   * @param {TagLibOptions} [options]
   * @returns {Promise<TagLib>}
   */
  static initialize(options = {}) {
    return calls.fromCallSite(TagLib.initialize, async () => {
      if (needsTaglibWasm(options)) {
        const taglibWasm = await loadTaglibWasm('TagLib.initialize with these options');
        return /** @type {any} */ (taglibWasm.TagLib.initialize(/** @type {any} */ (options)));
      }
      const checked = checkTagLibOptions(options, hasSession());
      if (checked !== undefined) await openSession(checked.preopens, checked.limits);
      return new TagLib();
    });
  }

  /**
   * @param {ReadInput} input
   * @param {OpenOptions} [options]
   * @returns {Promise<AudioFileImpl>}
   */
  open(input, options) {
    return calls.fromCallSite(this.open, () => openAs(AudioFileImpl, input, options));
  }

  /**
   * @param {ReadInput} input
   * @param {(file: AudioFile) => void | Promise<void>} change
   * @param {SaveOptions} [options]
   * @returns {Promise<any>}
   */
  edit(input, change, options) {
    return calls.fromCallSite(this.edit, async () => {
      const { signal } = checkSaveOptions(options);
      const file = await openAs(AudioFileImpl, input, { signal, partial: false });
      try {
        await change(/** @type {any} */ (file));
        if (typeof input === 'string' || input instanceof URL) {
          return await file.saveToFile(undefined, options);
        }
        await file.saveAsync(options);
        return file.getFileBuffer();
      } finally {
        file.dispose();
      }
    });
  }

  /**
   * @param {string} path
   * @param {Partial<TagInput>} tags
   * @param {SaveOptions} [options]
   */
  updateFile(path, tags, options) {
    return calls.fromCallSite(this.updateFile, () =>
      operations.save(
        operations.targetOf('save', path),
        checkTagChanges(tags),
        checkSaveOptions(options),
      ),
    );
  }

  /**
   * @param {string} source
   * @param {string} destination
   * @param {Partial<TagInput>} tags
   * @param {CopyOptions} [options]
   */
  copyWithTags(source, destination, tags, options) {
    return calls.fromCallSite(this.copyWithTags, async () => {
      const edit = checkTagChanges(tags);
      const checked = checkCopyOptions(options);
      const [from, to] = [source, destination].map((path) => operations.targetOf('save', path));
      return operations.saveAs(from, to, edit, checked);
    });
  }

  version() {
    return `${require('../../package.json').version} (TagLib ${native().versions().taglib})`;
  }
}

function getTagLib() {
  return calls.fromCallSite(getTagLib, () => TagLib.initialize());
}

/**
 * Opens a file as an object of a class. Submits the read at once if the file is a path.
 *
 * @param {typeof AudioFileImpl} FileClass
 * @param {ReadInput} input
 * @param {OpenOptions} [options]
 */
async function openAs(FileClass, input, options) {
  const checked = checkOpenOptions(options);
  throwIfAborted(checked.signal);
  const file = sourceTargetOf(input, checked.partial) ?? fileOf(input);
  return file instanceof Promise ? file.then(open) : open(file);

  /** @param {operations.Target | SourceTarget} target */
  async function open(target) {
    const answer = await operations.readModel(target, checked);
    return new FileClass(target, answer, checked.pictures);
  }
}

/**
 * The path, or a copy of the bytes, which the app may change, or a promise of the copy.
 *
 * @param {ReadInput} input
 * @returns {operations.Target | Promise<operations.Target>}
 */
function fileOf(input) {
  const checked = checkFile(input);
  if (checked instanceof Promise || typeof checked.content === 'string') return checked;
  const { content, errorContext } = checked;
  const copy = copyOf(content);
  return copy instanceof Promise
    ? copy.then((bytes) => ({ content: bytes, errorContext }))
    : { content: copy, errorContext };
}

exports.getTagLib = getTagLib;
exports.openAs = openAs;
exports.TagLib = TagLib;
