/**
 * Measures what saves keep: saves a copy of each file, and prints what was refused,
 * and what was silently lost.
 *
 *     node __test__/fidelity/measure.mjs [--edit title | --all-edits] [--repeat]
 *         [--sets fixtures,rich,corpus] [--only part-of-a-name] [--details] [--json]
 *
 * `--all-edits` prints a line for each kind of edit, `--repeat` what the saves after the
 * first of the same title change. `--details` lists every file.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import {
  collectFiles,
  describe,
  EDITS,
  hasLoss,
  isRefusedForLoss,
  judgeRepeatedSaves,
  judgeSaves,
} from './saves.mjs';

const { values } = parseArgs({
  options: {
    edit: { type: 'string', default: 'title' },
    'all-edits': { type: 'boolean', default: false },
    repeat: { type: 'boolean', default: false },
    only: { type: 'string', default: '' },
    sets: { type: 'string', default: 'fixtures,rich,corpus' },
    details: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
  },
});

const folder = await mkdtemp(path.join(tmpdir(), 'taglib-wasi-fidelity-'));
try {
  const every = await collectFiles(path.join(folder, 'rich'), values.sets.split(','));
  const files = every.filter((file) => path.basename(file).includes(values.only));
  if (values['all-edits']) await measureEdits(files);
  else if (values.repeat) await measureRepetition(files);
  else print(await judgeSaves(files, EDITS[values.edit], path.join(folder, 'saves')));
} finally {
  await rm(folder, { recursive: true, force: true });
}

async function measureEdits(files) {
  const lines = {};
  for (const [name, edit] of Object.entries(EDITS)) {
    const place = path.join(folder, name);
    const results = await judgeSaves(files, edit, place);
    await rm(place, { recursive: true });
    const { resolved, ...counts } = count(results);
    const ignored = resolved.filter(({ asked }) => asked.length === 0).length;
    lines[name] = { resolved: resolved.length, ...counts, 'nothing changed': ignored };
  }
  show(lines);
}

async function measureRepetition(files) {
  const results = await judgeRepeatedSaves(files, path.join(folder, 'saves'));
  print(results);
  if (values.json) return;
  const refused = results.filter(({ refusal }) => refusal !== undefined);
  console.log(`refused though the first save was not: ${refused.length}`);
  for (const { file } of refused) console.log(`  ${path.basename(file)}`);
  const other = results.filter(({ sameBytes }) => sameBytes === false);
  console.log(`other bytes than after the first save: ${other.length}`);
  for (const { file } of other) console.log(`  ${path.basename(file)}`);
}

function count(results) {
  const resolved = results.filter(({ error }) => error === undefined);
  return {
    resolved,
    refused: results.length - resolved.length,
    'refused for loss': results.filter(isRefusedForLoss).length,
    'with losses': resolved.filter(hasLoss).length,
    'with additions': resolved.filter(({ added }) => added.length > 0).length,
  };
}

function print(results) {
  if (values.json) {
    const plain = results.map(({ error, ...rest }) => ({ ...rest, ...(error && reason(error)) }));
    console.log(JSON.stringify(plain, null, 1));
    return;
  }
  const containers = groups(results, ({ file }) => [path.extname(file).slice(1).toLowerCase()]);
  const lines = {};
  for (const [name, some] of [...containers, ['all', results]]) {
    const { resolved, ...counts } = count(some);
    lines[name] = { files: some.length, resolved: resolved.length, ...counts };
  }
  show(lines);
  printGroups(
    'Refused',
    results.filter(({ error }) => error),
    ({ error }) => [Object.values(reason(error)).flat().slice(0, 3).join(' ')],
  );
  const changes = ({ lost = [], altered = [] }) => [...lost, ...altered];
  printGroups('Lost or altered', results.filter(hasLoss), (result) => changes(result).map(label));
  printGroups(
    'Added',
    results.filter(({ added }) => added?.length > 0),
    ({ added }) => added.map(label),
  );
  if (!values.details) return;
  for (const result of results.filter(hasLoss)) {
    console.log(path.basename(result.file));
    for (const change of changes(result)) console.log(`  - ${describe(change)}`);
    for (const change of result.added) console.log(`  + ${describe(change)}`);
  }
}

function show(lines) {
  if (values.json) console.log(JSON.stringify(lines, null, 1));
  else console.table(lines);
}

function reason({ name, code, message, details }) {
  const cause = message.replace(/^.*\/[^:]+: /, '');
  return { code: code ?? name, errno: details?.errno ?? '', cause, lost: details?.lost ?? [] };
}

/** What was changed, without what differs from file to file. */
function label({ kind, key, before, after }) {
  const change = before === undefined ? 'added' : after === undefined ? 'lost' : 'altered';
  return `${kind.split('#')[0]}${kind.includes('#') ? '#n' : ''} ${key.split(':')[0].replaceAll(/\d+/g, 'n')} ${change}`;
}

function groups(items, names) {
  const found = new Map();
  for (const item of items) {
    for (const name of new Set(names(item))) {
      found.set(name, [...(found.get(name) ?? []), item]);
    }
  }
  return [...found].sort(([, some], [, others]) => others.length - some.length);
}

function printGroups(title, results, names) {
  console.log(`\n${title}: ${results.length} files`);
  for (const [name, some] of groups(results, names)) {
    const examples = some.slice(0, 4).map(({ file }) => path.basename(file));
    console.log(`  ${String(some.length).padStart(4)}  ${name}  (${examples.join(', ')})`);
  }
}
