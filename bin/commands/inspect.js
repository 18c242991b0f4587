'use strict';

/** @import { NativeElement } from '../../index.js' */

const { readNative } = require('../../index.js');
const { locate, recordOf } = require('../files.js');
const { plainError, toJson } = require('../output/json.js');
const { printableLine } = require('../output/text.js');

/** How wide the column of names is, and how much of a value is shown, in characters. */
const NAME_WIDTH = 28;
const MAX_VALUE = 120;

/**
 * Shows what files consist of.
 *
 * @param {string[]} files
 * @param {{ json?: boolean }} options
 * @param {import('../reporter.js').Reporter} reporter
 */
module.exports = async function inspect(files, { json }, reporter) {
  const records = [];
  for await (const file of locate(files, { readOnly: true })) {
    const record = await recordOf(file, async (real) => ({
      status: 'read',
      elements: await readNative(real, { signal: reporter.signal }),
    }));
    const { path } = file;
    if ('error' in record) reporter.fileFailed(path, record.error);
    else reporter.tally.read += 1;
    if (json) {
      records.push('error' in record ? { ...record, error: plainError(record.error) } : record);
    } else if ('elements' in record) {
      await reporter.output.write(tree(path, record.elements));
    }
  }
  if (json) await reporter.output.write(`${toJson(records, 2)}\n`);
};

/**
 * Returns the elements beneath the tags that hold them.
 *
 * @param {string} path
 * @param {readonly NativeElement[]} elements
 */
function tree(path, elements) {
  const lines = [printableLine(path)];
  let tag;
  for (const element of elements) {
    if (element.tagIndex !== tag) lines.push(`  ${element.tag}`);
    tag = element.tagIndex;
    lines.push(`    ${nameOf(element).padEnd(NAME_WIDTH)} ${contentOf(element)}`.trimEnd());
  }
  if (elements.length === 0) lines.push('  no tags, and no format with a structure that is known');
  return `${lines.join('\n')}\n`;
}

/** @param {NativeElement} element */
function nameOf({ id, language, description }) {
  const parts = [id, language && `[${language}]`, description && `"${description}"`];
  return printableLine(parts.filter(Boolean).join(' '));
}

/** @param {NativeElement} element */
function contentOf(element) {
  const size = `${element.size.toLocaleString('en')} bytes`;
  switch (element.type) {
    case 'text':
    case 'number': {
      const text = printableLine(element.values.join(' / '));
      return text.length > MAX_VALUE ? `${text.slice(0, MAX_VALUE)}… (${size})` : text;
    }
    case 'bytes': {
      const type = element.mimeType ? `${printableLine(element.mimeType)}, ` : '';
      return `(${type}${size}, SHA-256 ${element.sha256.slice(0, 12)}…)`;
    }
    default:
      return element.id.toLowerCase() === element.type ? `(${size})` : `(${element.type}, ${size})`;
  }
}
