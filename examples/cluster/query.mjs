// Asks DuckDB about the rows of a scan.
//
//   node query.mjs OUTPUT failures | duplicates | covers | loudness
//
// Prints a line of JSON for each row of the answer. docs/scale.md has the columns.
import process from 'node:process';
import { DuckDBInstance } from '@duckdb/node-api';

const QUERIES = {
  failures: `
    SELECT code, errno, "limit", count(*)::INTEGER AS files, min(path) AS example
    FROM song WHERE status = 'failed' GROUP BY ALL ORDER BY files DESC`,

  // The same audio, or without --audio-hash the same artist, title and length.
  duplicates: `
    SELECT count(*)::INTEGER AS files, list(path ORDER BY path) AS paths
    FROM song WHERE audioHash IS NOT NULL OR (artist IS NOT NULL AND title IS NOT NULL)
    GROUP BY coalesce(audioHash, to_json([lower(artist[1]), lower(title[1]), durationMs::VARCHAR])::VARCHAR)
    HAVING files > 1 ORDER BY files DESC, paths`,

  covers: `
    SELECT coalesce(albumArtist, artist)[1] AS artist, album[1] AS album, count(*)::INTEGER AS files,
      (count(*) FILTER (NOT hasCoverArt))::INTEGER AS without
    FROM song WHERE album IS NOT NULL
    GROUP BY ALL HAVING without > 0 ORDER BY without DESC, artist, album`,

  // Albums that have ReplayGain for some files only, or whose files differ a lot.
  loudness: `
    SELECT coalesce(albumArtist, artist)[1] AS artist, album[1] AS album, count(*)::INTEGER AS files,
      (count(*) FILTER (gain IS NULL))::INTEGER AS without, round(max(gain) - min(gain), 2) AS decibels
    FROM (SELECT *, TRY_CAST(regexp_extract(replayGainTrackGain[1], '[-+]?[0-9.]+') AS DOUBLE) AS gain
      FROM song)
    WHERE album IS NOT NULL
    GROUP BY ALL HAVING without BETWEEN 1 AND files - 1 OR decibels > 12
    ORDER BY without DESC, artist, album`,
};

const [output, name, ...rest] = process.argv.slice(2);
if (!Object.hasOwn(QUERIES, name ?? '') || rest.length > 0) {
  console.error(`Usage: node query.mjs OUTPUT ${Object.keys(QUERIES).join(' | ')}`);
  process.exit(2);
}
// So that characters such as * in its path are no pattern.
process.chdir(output);
const connection = await (await DuckDBInstance.create(':memory:')).connect();
await connection.run("CREATE VIEW song AS FROM read_parquet('rows/*.parquet')");
const answer = await connection.runAndReadAll(QUERIES[name]);
for (const row of answer.getRowObjectsJson()) console.log(JSON.stringify(row));
