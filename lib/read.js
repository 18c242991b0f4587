'use strict';

/**
 * The read functions. Each is one query to the addon, which reads the file
 * once and makes only what was asked for into JavaScript objects.
 */

const { checkFile, checkReadOptions } = require('./arguments.js');
const calls = require('./calls.js');
const { MetadataError } = require('./errors.js');
const { native } = require('./native.js');

/** Reads one file, on the session at the time of the call; `options` are checked. */
async function read(file, query, { signal, pictures }, session = calls.currentSession()) {
  calls.throwIfAborted(signal);
  const kind = new ReadKind(session, query, pictures);
  return withInput(file, (input, subject) => calls.submitRead(kind, input, signal, subject));
}

/** What reads have to have in common to go to a thread together. */
class ReadKind {
  constructor(session, query, pictures) {
    Object.assign(this, { session, query, pictures });
  }

  isLike({ session, query, pictures }) {
    return session === this.session && query === this.query && pictures === this.pictures;
  }

  /** The outcomes of these reads, or of the first of them (`SubmissionWindow`). */
  async start(reads) {
    const files = reads.map(({ file }) => file);
    const cancellations = reads.map(({ cancellation }) => cancellation);
    const { session, query, pictures } = this;
    return calls.unwrap(await native().read(session, files, query, pictures, cancellations));
  }
}

/**
 * Gives `use` a path or bytes for the addon, and what an error is to name. At
 * once, but for a Blob: the caller may change the bytes when its call returns.
 */
function withInput(file, use) {
  const { path, bytes, blob } = checkFile(file);
  if (path !== undefined) return use(path, { path: pathAsGiven(file, path) });
  const useBytes = (content) => use(calls.held(content), { bufferSize: content.byteLength });
  if (bytes !== undefined) return useBytes(bytes);
  return blob.arrayBuffer().then((content) => useBytes(new Uint8Array(content)));
}

/** Errors name the path as the caller wrote it. */
function pathAsGiven(file, path) {
  return typeof file === 'string' ? file : path;
}

function readTags(file, options) {
  return calls.fromCallSite(readTags, () =>
    read(file, 'tags', checkReadOptions(options, ['signal', 'pictures'])),
  );
}

function readProperties(file, options) {
  return calls.fromCallSite(readProperties, async () => {
    const properties = await read(file, 'properties', checkReadOptions(options));
    if (properties !== undefined) return properties;
    throw new MetadataError('read', 'TagLib finds no audio stream in the file', 'audioProperties');
  });
}

function readFormat(file, options) {
  return calls.fromCallSite(readFormat, () => read(file, 'format', checkReadOptions(options)));
}

/** False for every fault of the file; faults of the call still reject. */
function isValidAudioFile(file, options) {
  return calls.fromCallSite(isValidAudioFile, async () => {
    try {
      await read(file, 'format', checkReadOptions(options));
      return true;
    } catch (error) {
      if (FILE_FAULTS.has(error.code)) return false;
      throw error;
    }
  });
}

const FILE_FAULTS = new Set([
  'FILE_OPERATION',
  'INVALID_FORMAT',
  'MEMORY',
  'METADATA',
  'RESOURCE_LIMIT',
]);

function readMetadata(file, options) {
  return calls.fromCallSite(readMetadata, () =>
    read(file, 'metadata', checkReadOptions(options, ['signal', 'pictures'])),
  );
}

function readPictures(file, options) {
  return calls.fromCallSite(readPictures, () => picturesOf(file, options));
}

function picturesOf(file, options) {
  return read(file, 'pictures', { ...checkReadOptions(options), pictures: true });
}

function readCoverArt(file, options) {
  return calls.fromCallSite(readCoverArt, async () => {
    const pictures = await picturesOf(file, options);
    return (findPictureByType(pictures, 'FrontCover') ?? pictures[0])?.data;
  });
}

function readPictureMetadata(file, options) {
  return calls.fromCallSite(readPictureMetadata, async () => {
    const pictures = await picturesOf(file, options);
    return pictures.map(({ type, mimeType, description, data }) => ({
      type,
      mimeType,
      description,
      size: data.length,
    }));
  });
}

function findPictureByType(pictures, type) {
  return pictures.find((picture) => picture.type === type);
}

module.exports = {
  findPictureByType,
  isValidAudioFile,
  read,
  readCoverArt,
  readFormat,
  readMetadata,
  readPictureMetadata,
  readPictures,
  readProperties,
  readTags,
  withInput,
};
