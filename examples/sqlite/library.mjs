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
    audio TEXT,
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
  const file = 'size, modified AS mtimeMs, audio AS audioHash FROM song';
  const known = database.prepare(`SELECT ${file} WHERE path = ?`);
  const all = database.prepare(`SELECT path, ${file}`);
  const since = {
    get: (path) => known.get(path),
    *[Symbol.iterator]() {
      for (const row of all.iterate()) yield [row.path, row];
    },
  };
  const put = database.prepare(`
    INSERT INTO song (path, size, modified, audio, seconds) VALUES (?, ?, ?, ?, ?)
    ON CONFLICT (path) DO UPDATE SET
      size = excluded.size, modified = excluded.modified, audio = excluded.audio,
      seconds = excluded.seconds
    RETURNING id`);
  const forget = database.prepare('DELETE FROM words WHERE rowid = ?');
  const index = database.prepare(
    'INSERT INTO words (rowid, title, artist, album) VALUES (?, ?, ?, ?)',
  );
  const remove = database.prepare('DELETE FROM song WHERE path = ? RETURNING id');

  const counts = { read: 0, skipped: 0, failed: 0, removed: 0, moved: 0 };
  const options = { pictures: false, properties: true, audioHash: true, since };
  // A single transaction. Otherwise SQLite would sync the disk for each song.
  database.exec('BEGIN');
  for await (const record of scan(directory, options)) {
    counts[record.status] += 1;
    if (record.status === 'failed') console.error(record.error.message);
    if (record.status === 'moved') console.log(`${record.from} is now ${record.path}`);
    if (record.status === 'removed' || record.status === 'moved') {
      forget.run(remove.get(record.from ?? record.path).id);
    }
    if (record.status !== 'read') continue;
    const { path: file, size, mtimeMs, tags, properties, audioHash = null } = record;
    const { id } = put.get(file, size, mtimeMs, audioHash, properties?.duration ?? null);
    forget.run(id);
    index.run(id, text(tags.title), text(tags.artist), text(tags.album));
  }
  database.exec('COMMIT');
  const { read, skipped, failed, removed, moved } = counts;
  console.log(
    `${read} read, ${skipped} unchanged, ${failed} failed, ${removed} removed, ${moved} moved`,
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
