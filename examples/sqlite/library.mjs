// A music library in SQLite, with full-text search.
//
//   node library.mjs scan DIRECTORY   reads new and changed files
//   node library.mjs find WORDS…      searches titles, artists and albums
//
// Needs Node 22.13 or newer for node:sqlite. LIBRARY is the path of the database.
import path from 'node:path';
import process from 'node:process';
import { DatabaseSync } from 'node:sqlite';
import { initialize, scan } from 'taglib-wasi';

const database = new DatabaseSync(process.env.LIBRARY ?? 'library.db');
database.exec(`
  CREATE TABLE IF NOT EXISTS song (
    id INTEGER PRIMARY KEY,
    path TEXT NOT NULL UNIQUE,
    size INTEGER NOT NULL,
    modified REAL NOT NULL,
    seen INTEGER NOT NULL,
    seconds REAL
  );
  CREATE VIRTUAL TABLE IF NOT EXISTS words USING fts5 (title, artist, album);
`);

const [command, ...words] = process.argv.slice(2);
if (command === 'scan' && words.length === 1) await scanInto(path.resolve(words[0]));
else if (command === 'find' && words.length > 0) find(words);
else {
  console.error('Usage: node library.mjs scan DIRECTORY | find WORDS…');
  process.exitCode = 2;
}

async function scanInto(directory) {
  await initialize([{ path: directory, readOnly: true }]);
  const known = database.prepare('SELECT size, modified AS mtimeMs FROM song WHERE path = ?');
  const seen = database.prepare('UPDATE song SET seen = ? WHERE path = ?');
  const put = database.prepare(`
    INSERT INTO song (path, size, modified, seen, seconds) VALUES (?, ?, ?, ?, ?)
    ON CONFLICT (path) DO UPDATE SET
      size = excluded.size, modified = excluded.modified, seen = excluded.seen,
      seconds = excluded.seconds
    RETURNING id`);
  const forget = database.prepare('DELETE FROM words WHERE rowid = ?');
  const index = database.prepare(
    'INSERT INTO words (rowid, title, artist, album) VALUES (?, ?, ?, ?)',
  );

  const now = Date.now();
  const counts = { read: 0, skipped: 0, failed: 0 };
  const since = { get: (file) => known.get(file) };
  // A single transaction. Otherwise SQLite would sync the disk for each song.
  database.exec('BEGIN');
  for await (const record of scan(directory, { pictures: false, properties: true, since })) {
    counts[record.status] += 1;
    if (record.status === 'failed') console.error(record.error.message);
    if (record.status === 'skipped') seen.run(now, record.path);
    if (record.status !== 'read') continue;
    const { path: file, size, mtimeMs, tags, properties } = record;
    const { id } = put.get(file, size, mtimeMs, now, properties?.duration ?? null);
    forget.run(id);
    index.run(id, text(tags.title), text(tags.artist), text(tags.album));
  }
  const under = [`${directory}${path.sep}`, now];
  const gone = 'FROM song WHERE substr(path, 1, length(?1)) = ?1 AND seen <> ?2';
  database.prepare(`DELETE FROM words WHERE rowid IN (SELECT id ${gone})`).run(...under);
  const { changes } = database.prepare(`DELETE ${gone}`).run(...under);
  database.exec('COMMIT');
  console.log(
    `${counts.read} read, ${counts.skipped} unchanged, ${counts.failed} failed, ${changes} gone`,
  );
}

function find(query) {
  // Quotes disable FTS5's query syntax, and the star matches prefixes.
  const match = query.map((word) => `"${word.replaceAll('"', '""')}"*`).join(' ');
  const songs = database.prepare(`
    SELECT words.title, words.artist, song.path FROM words JOIN song ON song.id = words.rowid
    WHERE words MATCH ? ORDER BY rank LIMIT 50`);
  for (const { title, artist, path: file } of songs.iterate(match)) {
    console.log(`${title}, by ${artist}: ${file}`);
  }
}

function text(values) {
  return (values ?? []).join('; ');
}
