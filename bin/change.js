'use strict';

/**
 * What the commands that change files share: each file in its turn, told as it
 * is done. A change is `{ save, preview }`: one changes the file, the other
 * gives the bytes that it would have.
 */

const { isDeepStrictEqual } = require('node:util');
const { readTags } = require('../index.js');
const { locate, recordOf } = require('./files.js');
const { plainError, plainRecord } = require('./output/json.js');
const { printable } = require('./output/table.js');

/** `changeOf` gives the change of a file, by its place in the list. */
async function changeFiles(files, { dryRun = false, json = false }, job, changeOf) {
  job.isDry = dryRun;
  for (const [index, file] of (await locate(files, { readOnly: dryRun })).entries()) {
    const record = await recordOf(file, async (real) => {
      // Interrupted between two files there is nothing to undo.
      job.signal.throwIfAborted();
      const { save, preview } = await changeOf(index, real);
      if (dryRun) return previewed(real, preview, job.signal);
      await save(real, { signal: job.signal });
      return { status: 'changed' };
    });
    if (record.status === 'failed') job.failed(file.path, record.error);
    else job.tally[record.status === 'unchanged' ? 'skipped' : 'changed'] += 1;
    await job.output.write(json ? asJson(record) : asText(record, dryRun));
  }
}

async function previewed(real, preview, signal) {
  const before = await readTags(real, { signal });
  const after = await readTags(await preview(real, { signal }), { signal });
  const changes = differences(before, after);
  return { status: Object.keys(changes).length > 0 ? 'changed' : 'unchanged', changes };
}

function differences(before, after) {
  const [from, to] = [before, after].map((tags) => plainRecord({ tags }).tags);
  const names = [...new Set([...Object.keys(from), ...Object.keys(to)])];
  return Object.fromEntries(
    names
      .filter((name) => !isDeepStrictEqual(before[name], after[name]))
      .map((name) => [name, { from: from[name], to: to[name] }]),
  );
}

function asJson({ error, ...record }) {
  return `${JSON.stringify({ ...record, ...(error && { error: plainError(error) }) })}\n`;
}

function asText({ path, status, changes = {} }, dryRun) {
  if (status === 'failed') return '';
  const lines = Object.entries(changes).map(
    ([name, { from, to }]) => `  ${printable(name)}: ${inShort(from)} → ${inShort(to)}\n`,
  );
  const verb = status === 'unchanged' ? 'would stay as it is' : dryRun ? 'would change' : 'changed';
  return `${printable(path)}: ${verb}\n${lines.join('')}`;
}

function inShort(value) {
  return value === undefined ? 'nothing' : printable(JSON.stringify(value));
}

module.exports = { changeFiles };
