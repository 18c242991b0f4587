/**
 * Readers that don't use TagLib, if they are installed: mutagen for tags,
 * ffmpeg and flac for the audio.
 */
import { execFile, spawnSync } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { ROOT } from './files.mjs';

const run = promisify(execFile);
const FIXTURE_MAKER = path.join(ROOT, '__test__', 'fixtures');

export const hasMutagen = succeeds('python3', ['-c', 'import mutagen']);
export const hasFfmpeg = succeeds('ffmpeg', ['-version']);
export const hasFlac = succeeds('flac', ['--version']);

function succeeds(command, args) {
  return spawnSync(command, args, { stdio: 'ignore' }).status === 0;
}

/** mutagen's readings of the files, in the form of `fixtures/readings.json`. */
export function mutagenReadings(files) {
  return readings('mutagen_reading', files);
}

/** The length in seconds that mutagen reads from each file. */
export async function mutagenLengths(files) {
  const program = `
import json, mutagen, sys
print(json.dumps([mutagen.File(file).info.length for file in sys.argv[1:]]))`;
  const { stdout } = await run('python3', ['-c', program, ...files]);
  return JSON.parse(stdout);
}

/** The length in seconds that ffprobe reads from each file. */
export function ffprobeLengths(files) {
  const shown = ['-show_entries', 'format=duration', '-of', 'csv=p=0'];
  return Promise.all(
    files.map(async (file) => {
      const { stdout } = await run('ffprobe', ['-v', 'error', ...shown, file]);
      return Number(stdout);
    }),
  );
}

/** What ffprobe reads: tags by their names in lower case, pictures, and titles of chapters. */
export function ffprobeReadings(files) {
  return readings('ffprobe_reading', files);
}

/** Reads each file by a function of `fixtures/make.py`. */
async function readings(reader, files) {
  const program = `
import concurrent.futures, json, pathlib, sys
sys.path.insert(0, ${JSON.stringify(FIXTURE_MAKER)})
sys.dont_write_bytecode = True
import make
with concurrent.futures.ThreadPoolExecutor(2) as pool:
    print(json.dumps(list(pool.map(make.${reader}, map(pathlib.Path, sys.argv[1:])))))`;
  const { stdout } = await run('python3', ['-c', program, ...files], { maxBuffer: 1 << 26 });
  return JSON.parse(stdout);
}

/** A hash of the audio packets, without decoding them. */
export function audioHash(file) {
  return audio(file, 'streamhash');
}

/** The errors that ffprobe reports, without memory addresses and the file's path. */
export async function probeErrors(file) {
  const { stderr } = await run('ffprobe', ['-v', 'error', file]).catch((error) => error);
  return stderr.replaceAll(/ @ 0x[0-9a-f]+/g, '').replaceAll(file, 'file');
}

/** The size and hash of each audio packet, without the side data that ffmpeg adds. */
export async function audioPackets(file) {
  const lines = (await audio(file, 'framehash')).split('\n');
  const packets = lines.filter((line) => line !== '' && !line.startsWith('#'));
  return packets.map((line) => line.split(',').slice(4, 6).join().trim());
}

async function audio(file, format) {
  const copied = ['-map', '0:a', '-c', 'copy', '-f', format, '-'];
  const { stdout } = await run('ffmpeg', ['-v', 'error', '-i', file, ...copied]);
  return stdout;
}
