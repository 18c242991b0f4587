/** Rows: what `taglib-wasi scan` writes as NDJSON, CSV and Parquet, and the entry that makes them. */
import assert from 'node:assert/strict';
import { execFile, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { copyFile, link, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import { after, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { asyncBufferFromFile, parquetMetadataAsync, parquetReadObjects } from 'hyparquet';
import taglib from '../index.js';
import rows from '../rows.js';
import { randomNumbers } from '../tools/random.mjs';
import { BIN, run } from './support/command-line.mjs';
import { fixture, fixtureNames, ROOT, scratch } from './support/files.mjs';
import { nestedChapters } from './support/hostile.mjs';
import { size } from './support/sizes.mjs';

const { COLUMNS, SCHEMA_VERSION, createParquetWriter, rowOf } = rows;

const execute = promisify(execFile);
const DUCKDB = path.join(ROOT, 'examples/cluster/node_modules/@duckdb/node-api/lib/index.js');
const hasPyArrow = spawnSync('python3', ['-c', 'import pyarrow.parquet']).status === 0;

after(taglib.shutdown);

describe('`taglib-wasi scan` gives the same rows as NDJSON, CSV and Parquet', () => {
  for (const seed of [1, 2, 3]) {
    test(`of a tree made with the seed ${seed}`, async (t) => {
      const folder = await makeTree(t, seed);
      const rowsOf = await scanInAllFormats(folder, ['--properties', '--audio-hash']);
      const expected = rowsOf.ndjson.map((record) => rowOfRecord(record));
      assert.ok(expected.length > fixtureNames().length);
      assertSameRows(await readParquet(rowsOf.parquet), expected);
      assertSameRows(await readCsv(rowsOf.csv), expected.map(asCsv));
      assertEveryColumnIsTested(expected);
    });
  }

  test('with null for what was not asked for', async (t) => {
    const folder = await scratch(t);
    await mkdir(path.join(folder, 'music'));
    await copyFile(fixture('id3v24.mp3'), path.join(folder, 'music', 'song.mp3'));
    const rowsOf = await scanInAllFormats(folder, ['--no-pictures']);
    const [row] = await readParquet(rowsOf.parquet);
    for (const name of ['durationMs', 'codec', 'audioHash', 'pictures', 'hasCoverArt']) {
      assert.equal(row[name], null, name);
    }
    const expected = rowsOf.ndjson.map((record) => rowOfRecord(record, { pictures: false }));
    assertSameRows([row], expected);
    const [cells] = await readCsv(rowsOf.csv);
    assert.deepEqual(Object.keys(cells), Object.keys(row));
    assert.equal(cells.codec, '');
  });
});

describe('other programs read the Parquet file:', () => {
  test('DuckDB', { skip: !existsSync(DUCKDB) && 'npm test installs DuckDB' }, async (t) => {
    const folder = await makeTree(t, 4);
    const { parquet, ndjson } = await scanInAllFormats(folder, ['--properties']);
    const { DuckDBInstance } = await import(pathToFileURL(DUCKDB).href);
    const connection = await (await DuckDBInstance.create(':memory:')).connect();
    const json = path.join(folder, 'duckdb.ndjson');
    await connection.run(`COPY (FROM '${parquet}') TO '${json}' (FORMAT json)`);
    connection.closeSync();
    assertSameRows(
      linesOf(await readFile(json, 'utf8')),
      ndjson.map((record) => rowOfRecord(record)),
    );
  });

  test('PyArrow', { skip: !hasPyArrow && 'PyArrow is not installed' }, async (t) => {
    const folder = await makeTree(t, 5);
    const { parquet, ndjson } = await scanInAllFormats(folder, ['--properties']);
    const program = `
import json, sys, pyarrow.parquet as parquet
for row in parquet.read_table(sys.argv[1]).to_pylist(): print(json.dumps(row))`;
    const { stdout } = await execute('python3', ['-c', program, parquet]);
    assertSameRows(
      linesOf(stdout),
      ndjson.map((record) => rowOfRecord(record)),
    );
  });
});

test('every format states the version of the schema', async (t) => {
  const folder = await makeTree(t, 6);
  const { ndjson, csv, parquet } = await scanInAllFormats(folder, []);
  assert.ok(ndjson.every(({ schemaVersion }) => schemaVersion === SCHEMA_VERSION));
  assert.ok((await readCsv(csv)).every(({ schemaVersion }) => +schemaVersion === SCHEMA_VERSION));
  const { key_value_metadata, created_by } = await metadataOf(parquet);
  assert.deepEqual(key_value_metadata, [{ key: 'schemaVersion', value: `${SCHEMA_VERSION}` }]);
  assert.match(created_by, /^taglib-wasi \d/);
});

test('docs/scale.md describes each column with its type', async () => {
  const page = await readFile(path.join(ROOT, 'docs', 'scale.md'), 'utf8');
  const [, section] = page.match(/^## The rows\n([\s\S]*?)^## /m);
  assert.match(section, new RegExp(`version ${SCHEMA_VERSION}\\b`));
  const described = [...section.matchAll(/^\| (`.*?`) \| (.*?) \|/gm)].flatMap(([, names, type]) =>
    [...names.matchAll(/`(\w+)`/g)].map(([, name]) => [name, type]),
  );
  const types = { LIST: 'list of strings', STRING: 'string' };
  assert.deepEqual(
    described.sort(),
    COLUMNS.map(({ name, type }) => [name, types[type] ?? type.toLowerCase()]).sort(),
  );
});

describe('`taglib-wasi scan -o`', () => {
  async function oneSong(t) {
    const folder = await scratch(t);
    await copyFile(fixture('id3v24.mp3'), path.join(folder, 'song.mp3'));
    return folder;
  }

  for (const format of ['ndjson', 'json', 'csv', 'parquet']) {
    test(`writes ${format}, and replaces an earlier scan`, async (t) => {
      const folder = await oneSong(t);
      const file = path.join(folder, 'out');
      const args = ['scan', '.', '--format', format];
      for (const _ of ['new', 'again']) {
        const { code, stdout } = await run(folder, [...args, '-o', 'out']);
        assert.deepEqual([code, stdout], [0, '']);
      }
      const piped = await execute(process.execPath, [BIN, ...args, '-o', '-'], {
        cwd: folder,
        encoding: 'buffer',
      });
      assert.deepEqual(piped.stdout, await readFile(file));
      assert.deepEqual((await readdir(folder)).sort(), ['out', 'song.mp3']);
    });
  }

  test('replaces another file only with --force', async (t) => {
    const folder = await oneSong(t);
    const song = path.join(folder, 'song.mp3');
    const before = await readFile(song);
    const args = ['scan', '.', '--format', 'parquet', '-o', 'song.mp3'];
    const { code, stderr } = await run(folder, args);
    assert.equal(code, 1);
    assert.match(stderr, /song\.mp3 exists and is not a scan of taglib-wasi; .*--force/);
    assert.deepEqual(await readFile(song), before);
    await run(folder, [...args, '--force']);
    assert.equal((await readParquet(song)).length, 1);
  });

  test('does not replace a Parquet file that another program wrote', async (t) => {
    const folder = await oneSong(t);
    await writeFile(path.join(folder, 'sales'), `PAR1${'x'.repeat(100)}duckdbPAR1`);
    const { code, stderr } = await run(folder, ['scan', '.', '--format', 'parquet', '-o', 'sales']);
    assert.equal(code, 1);
    assert.match(stderr, /sales exists and is not a scan/);
  });

  test('leaves no file when it can’t be completed', async (t) => {
    const folder = await oneSong(t);
    const { code, stderr } = await run(folder, ['scan', '.', '-o', 'none/out']);
    assert.equal(code, 1);
    assert.match(stderr, /^taglib-wasi: can't write the scan: ENOENT/);
    assert.deepEqual(await readdir(folder), ['song.mp3']);
  });

  test('keeps an earlier scan if it is interrupted', {
    skip: process.platform === 'win32',
  }, async (t) => {
    const folder = await oneSong(t);
    await run(folder, ['scan', '.', '-o', 'out']);
    const before = await readFile(path.join(folder, 'out'));
    for (let count = 0; count < 3000; count += 1) {
      await link(path.join(folder, 'song.mp3'), path.join(folder, `${count}.mp3`));
    }
    const scan = spawn(process.execPath, [BIN, 'scan', '.', '-o', 'out'], { cwd: folder });
    while (!(await readdir(folder)).some((name) => name.endsWith('.tmp'))) await sleep(5);
    scan.kill('SIGINT');
    const [code] = await once(scan, 'exit');
    assert.equal(code, 130);
    assert.deepEqual(await readFile(path.join(folder, 'out')), before);
    assert.ok(!(await readdir(folder)).some((name) => name.endsWith('.tmp')));
  });

  test('is asked for by --format parquet at a terminal', {
    skip: process.platform === 'win32',
  }, async (t) => {
    const folder = await oneSong(t);
    const program = `
import os, pty, sys
sys.exit(os.waitstatus_to_exitcode(pty.spawn(sys.argv[1:])))`;
    const command = [process.execPath, BIN, 'scan', folder, '--format', 'parquet'];
    const ended = await execute('python3', ['-c', program, ...command]).catch((error) => error);
    assert.equal(ended.code, 1);
    assert.equal(ended.stdout, 'taglib-wasi: Parquet is not text; name a file for it with -o\r\n');
  });
});

describe('taglib-wasi/rows', () => {
  test('gives null for values that are not of the column’s type', () => {
    const tags = { track: 2 ** 31, year: 1.5, discNumber: 2 ** 31 - 1, bpm: 120.5 };
    const row = rowOf({ path: 'a', status: 'read', tags });
    assert.deepEqual([row.track, row.year, row.discNumber], [null, null, 2 ** 31 - 1]);
    assert.equal(row.bpm, 120.5);
    const error = Object.assign(new Error('gone'), { code: 'ENOENT', errno: -2 });
    const failed = rowOf({ path: 'a', status: 'failed', error });
    assert.deepEqual([failed.code, failed.errno, failed.message], ['ENOENT', null, 'gone']);
  });

  test('writes rows that are added without waiting', async () => {
    const parts = [];
    const writer = await createParquetWriter((bytes) => void parts.push(bytes));
    const paths = Array.from({ length: 25_000 }, (_, index) => `${index}.mp3`);
    await Promise.all(paths.map((file) => writer.add(rowOf({ path: file, status: 'read' }))));
    await writer.end();
    const { buffer } = new Uint8Array(Buffer.concat(parts));
    const read = await parquetReadObjects({ file: buffer, columns: ['path'] });
    assert.deepEqual(
      read.map((row) => row.path),
      paths,
    );
  });

  test('says which argument or column is wrong', async () => {
    assert.throws(() => rowOf({ status: 'read' }), /record must be an object with a path/);
    await assert.rejects(createParquetWriter('file'), /write must be a function/);
    const writer = await createParquetWriter(() => {});
    const row = rowOf({ path: 'a', status: 'read' });
    await assert.rejects(writer.add({ ...row, title: 'text' }), {
      name: 'TypeError',
      message: 'row.title must be an array of strings or null, not the string "text"',
    });
    await assert.rejects(
      writer.add({ ...row, path: null }),
      /row\.path must be a string, not null/,
    );
  });

  test('rejects when the bytes can’t be written', async () => {
    const writer = await createParquetWriter(() => Promise.reject(new Error('the disk is full')));
    await writer.add(rowOf({ path: 'a', status: 'read' }));
    await assert.rejects(writer.end(), /the disk is full/);
  });

  test('ends a group of rows early when their texts are long', async () => {
    const parts = [];
    const writer = await createParquetWriter((bytes) => void parts.push(bytes));
    for (let index = 0; index < 40; index += 1) {
      const comment = [`${index}`.repeat(500_000)];
      await writer.add(rowOf({ path: `${index}`, status: 'read', tags: { comment } }));
    }
    await writer.end();
    const { buffer } = new Uint8Array(Buffer.concat(parts));
    assert.ok((await parquetMetadataAsync(buffer)).row_groups.length > 3);
    assert.equal((await parquetReadObjects({ file: buffer })).length, 40);
  });

  const many = size(60_000, 200_000);
  test(`needs no more memory for ${many} rows than for 20,000`, async (t) => {
    const program = `
      const { createParquetWriter, rowOf } = require(${JSON.stringify(path.join(ROOT, 'rows.js'))});
      createParquetWriter(() => {}).then(async (writer) => {
        for (let index = 0; index < ${many}; index += 1) {
          const tags = { title: ['Title ' + index], comment: ['A made-up comment ' + index] };
          await writer.add(rowOf({ path: index + '.mp3', status: 'read', tags }));
          if (index === 20_000) console.log(process.resourceUsage().maxRSS);
        }
        await writer.end();
        console.log(process.resourceUsage().maxRSS);
      });`;
    const { stdout } = await execute(process.execPath, ['-e', program]);
    const [few, all] = stdout.split('\n').map((kilobytes) => Number(kilobytes) / 1024);
    t.diagnostic(`${Math.round(few)} MiB, then ${Math.round(all)} MiB`);
    assert.ok(all - few < 64, `${few} MiB, then ${all} MiB`);
  });
});

/** Makes a library of copies of all fixtures with random tags, and of files that can't be read. */
async function makeTree(t, seed) {
  const folder = await scratch(t);
  const random = randomNumbers(seed);
  const one = (list) => list[Math.floor(random() * list.length)];
  const text = () => one(TEXTS).repeat(1 + Math.floor(random() * 3));
  const texts = (most) => Array.from({ length: 1 + Math.floor(random() * most) }, text);
  for (const name of fixtureNames()) {
    const album = path.join(folder, 'music', one(FOLDERS), one(FOLDERS));
    await mkdir(album, { recursive: true });
    const file = path.join(album, `${one(FOLDERS)} ${name}`);
    await copyFile(fixture(name), file);
    if (random() < 0.3) continue;
    await taglib.initialize([album]);
    const track = Math.floor(random() * 100);
    const tags = { title: texts(1), artist: texts(30), genre: texts(3), track, comment: texts(1) };
    for (const name of RARE) tags[name] = texts(1);
    // Not every format takes tags.
    await taglib.writeTags(file, tags).catch(() => {});
  }
  await writeFile(path.join(folder, 'music', 'junk 世界.mp3'), 'junk');
  await writeFile(path.join(folder, 'music', 'empty.flac'), '');
  await writeFile(path.join(folder, 'music', 'nested.mp3'), nestedChapters(5000));
  return folder;
}

/** Texts that no fixture has. */
const RARE = [
  ...['copyright', 'label', 'replayGainTrackGain', 'replayGainTrackPeak'],
  ...['replayGainAlbumGain', 'replayGainAlbumPeak'],
];
const FOLDERS = ['Grüße', '世界 🎵', 'it\'s; a, "test"', 'e\u0301', 'plain'];
const TEXTS = [
  'So What',
  'Grüße',
  '世界 🎵',
  '"quoted", text; more',
  'two\nlines',
  '=1+1',
  'ﷺ',
  '0',
];

async function scanInAllFormats(folder, options) {
  const file = (format) => path.join(folder, `out.${format}`);
  for (const format of ['ndjson', 'csv', 'parquet']) {
    const args = ['scan', 'music', ...options, '--no-escape-formulas', '--format', format];
    const { stderr } = await run(folder, [...args, '-o', file(format)]);
    assert.ok(existsSync(file(format)), stderr);
  }
  const ndjson = linesOf(await readFile(file('ndjson'), 'utf8'));
  return { ndjson, csv: file('csv'), parquet: file('parquet') };
}

/** The row that docs/scale.md promises for a record in NDJSON. */
function rowOfRecord(record, { pictures = true } = {}) {
  const count = pictures && record.tags ? (record.tags.pictures?.length ?? 0) : undefined;
  const file = { ...record, pictures: count, hasCoverArt: count === undefined ? count : count > 0 };
  const row = {};
  for (const { name, type, group } of COLUMNS) {
    const value = (group === undefined ? file : record[group])?.[name];
    row[name] = value === undefined ? null : type === 'LIST' ? [value].flat() : value;
  }
  return row;
}

/** The same row as text. */
function asCsv(row) {
  return Object.fromEntries(
    Object.entries(row).map(([name, value]) => [
      name,
      value === null ? '' : Array.isArray(value) ? value.join('; ') : `${value}`,
    ]),
  );
}

/** Compares rows, which the formats may have in another order. */
function assertSameRows(actual, expected) {
  const sorted = (list) => list.toSorted((one, two) => (one.path < two.path ? -1 : 1));
  const plain = (list) => JSON.parse(JSON.stringify(list, (_, value) => withoutBigInt(value)));
  assert.deepEqual(plain(sorted(actual)), plain(sorted(expected)));
}

function withoutBigInt(value) {
  return typeof value === 'bigint' ? Number(value) : value;
}

/** Shows that the tree has a value for each column that `scan` fills, and a row without it. */
function assertEveryColumnIsTested(expected) {
  const never = COLUMNS.filter(({ name }) => expected.every((row) => row[name] === null));
  assert.deepEqual(
    never.map(({ name }) => name),
    ['errno', 'attempts'],
  );
}

async function readParquet(file) {
  const read = await parquetReadObjects({ file: await asyncBufferFromFile(file) });
  // hyparquet has undefined for a list that is null in all rows.
  return read.map((row) =>
    Object.fromEntries(COLUMNS.map(({ name }) => [name, row[name] ?? null])),
  );
}

async function metadataOf(file) {
  return parquetMetadataAsync(await asyncBufferFromFile(file));
}

async function readCsv(file) {
  const program = `
import csv, json, sys
csv.field_size_limit(10 ** 8)
print(json.dumps(list(csv.DictReader(open(sys.argv[1], newline='', encoding='utf8')))))`;
  const options = { maxBuffer: 2 ** 28 };
  const { stdout } = await execute('python3', ['-c', program, file], options);
  return JSON.parse(stdout);
}

function linesOf(text) {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));
}
