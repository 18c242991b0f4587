#!/usr/bin/env node
'use strict';

/**
 * The command line: the commands, their arguments, and the exit codes. Only results
 * go to stdout; progress, messages and summaries go to stderr.
 */

const process = require('node:process');
const { Command, InvalidArgumentError, Option } = require('commander');
const { SCAN_EXTENSIONS, PICTURE_TYPE_VALUES } = require('../index.js');
const { FIELDS, fieldValue, isRepeatable, otherField } = require('./fields.js');
const { printable } = require('./output/text.js');
const { run } = require('./reporter.js');

const USAGE = 2;

const program = new Command('taglib-wasi')
  .description('Reads and changes the tags of audio files. Each file is parsed in a sandbox.')
  .version(require('../package.json').version)
  .showHelpAfterError('(see --help)')
  // Messages contain the arguments, which may be file names with control characters.
  .configureOutput({ writeErr: (text) => process.stderr.write(printable(text)) })
  .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : USAGE))
  .addHelpText(
    'after',
    `
Examples:
  $ taglib-wasi read song.mp3
  $ taglib-wasi scan ~/Music > library.ndjson
  $ taglib-wasi scan ~/Music --properties --format parquet -o library.parquet
  $ taglib-wasi report ~/Music -o report.html
  $ taglib-wasi set song.mp3 --title "So What" --artist "Miles Davis" --comment ""
  $ taglib-wasi cover set *.flac --image cover.jpg
  $ taglib-wasi dump album/*.mp3 > tags.json && $EDITOR tags.json && taglib-wasi apply tags.json

Exit codes: 0 success, 1 a file failed or the output can't be written, 2 wrong usage,
130 interrupted.`,
  );

program
  .command('read')
  .description('show tags and audio properties')
  .argument('<files...>')
  .option('--json', 'write an array of JSON objects; pictures without their bytes')
  .option('--no-pictures', 'leave out pictures')
  .action(run(() => require('./commands/read.js')));

program
  .command('inspect')
  .description('show every frame, atom, comment, chunk and block, as it is stored')
  .argument('<files...>')
  .option('--json', 'write an array of JSON objects')
  .action(run(() => require('./commands/inspect.js')));

program
  .command('scan')
  .description('read every audio file beneath directories, one record for each')
  .argument('<directories...>')
  .addOption(
    new Option('--format <format>', 'how to write the records')
      .choices(['ndjson', 'json', 'csv', 'parquet'])
      .default('ndjson'),
  )
  .option('-o, --output <path>', 'the file to write; - is stdout (default: stdout)')
  .option('--properties', 'add audio properties')
  .option('--no-pictures', 'leave out pictures')
  .option('--audio-hash', 'add a hash of the audio alone, which a change of tags keeps')
  .option(
    '--extensions <list>',
    `which files, such as mp3,flac (default: ${SCAN_EXTENSIONS.join(',')})`,
    (list) => list.split(','),
  )
  .option(
    '--concurrency <number>',
    'files at once (default: one more than there are cores)',
    positive,
  )
  .option('--follow', 'follow symbolic links inside the directory')
  .option(
    '--no-escape-formulas',
    "in CSV, don't put an apostrophe before text that a spreadsheet would run as a formula",
  )
  .option('--force', 'replace the output file even if it is not a scan')
  .action(run(() => require('./commands/scan.js')));

program
  .command('report')
  .description('write a page about every audio file beneath a directory, and what is wrong there')
  .argument('<directory>')
  .option('-o, --output <path>', 'the HTML file to write (default: stdout)')
  .option('--json', 'write the same facts as JSON')
  .option('--audio-hash', 'compare the audio of all files, not only of likely duplicates')
  .addOption(
    new Option('--cover-megabytes <number>', 'the most bytes of covers in the page')
      .argParser((text) => (text === '0' ? 0 : positive(text)))
      .default(16),
  )
  .option(
    '--concurrency <number>',
    'files at once (default: one more than there are cores)',
    positive,
  )
  .option('--force', 'replace the output file even if it is not a report')
  .action(run(() => require('./commands/report.js')));

const set = changing('set', 'set fields; the others stay, and "" removes a field').argument(
  '<files...>',
);
for (const field of FIELDS) {
  set.option(
    `--${field.option} <value>`,
    isRepeatable(field) ? `${field.help}; repeat for several` : field.help,
    (text, before) => parsed(() => fieldValue(field.name, text, before)),
  );
}
set
  .option(
    '--field <name=value>',
    'any other field, by its name in JSON or TagLib’s; repeat for several',
    (text, /** @type {Record<string, unknown> | undefined} */ before) =>
      parsed(() => otherField(text, before)),
  )
  .action(run(() => require('./commands/set.js')));

const cover = program.command('cover').description('get, set or remove pictures');

cover
  .command('get')
  .description('write the front cover, or the first picture if there is none')
  .argument('<file>')
  .option('-o, --output <path>', 'the image file to write (default: stdout)')
  .action(run(() => require('./commands/cover-get.js')));

pictureType(changing('set', 'replace the pictures of a type by an image', cover))
  .argument('<files...>')
  .requiredOption('-i, --image <path>', 'a JPEG, PNG, GIF, WebP or BMP file')
  .option('--description <text>', 'its description', '')
  .action(run(() => require('./commands/cover-set.js')));

pictureType(changing('remove', 'remove all pictures, or those of a type', cover), false)
  .argument('<files...>')
  .action(run(() => require('./commands/cover-remove.js')));

const chapters = program.command('chapters').description('get or set chapters');

chapters
  .command('get')
  .description('write the chapters as a cue sheet, as FFmpeg’s metadata or as JSON')
  .argument('<file>')
  .option('-o, --output <path>', 'the file to write (default: stdout)')
  .addOption(
    new Option(
      '--format <format>',
      'default: by the extension of the output, or ffmetadata',
    ).choices(['ffmetadata', 'cue', 'json']),
  )
  .action(run(() => require('./commands/chapters-get.js')));

changing('set', 'replace the chapters by those of such a file', chapters)
  .argument('<file>')
  .requiredOption('--from <path>', 'the cue sheet, metadata or JSON; - is stdin')
  .action(run(() => require('./commands/chapters-set.js')));

const lyrics = program.command('lyrics').description('get or set synced lyrics');

lyricsNames(
  lyrics
    .command('get')
    .description('write the synced lyrics as LRC')
    .argument('<file>')
    .option('-o, --output <path>', 'the LRC file to write (default: stdout)'),
).action(run(() => require('./commands/lyrics-get.js')));

lyricsNames(
  changing('set', 'set the synced lyrics of one language and description; others stay', lyrics)
    .argument('<file>')
    .requiredOption('--from <path>', 'the LRC file; - is stdin')
    .option('--encoding <label>', 'of the LRC file, such as gbk (default: utf-8)'),
).action(run(() => require('./commands/lyrics-set.js')));

changing('clear', 'remove all tags')
  .argument('<files...>')
  .action(run(() => require('./commands/clear.js')));

onLoss(program.command('fix-encoding'))
  .description('show which texts have a legacy encoding, such as GBK, and write them as Unicode')
  .argument('<files...>')
  .option('--encoding <label>', 'such as gbk, shift_jis or windows-1251; auto detects it', 'auto')
  .option('--write', 'change the files; without it, only show what would change')
  .option('--json', 'write a line of JSON for each file')
  .action(run(() => require('./commands/fix-encoding.js')));

program
  .command('dump')
  .description('write tags as JSON, to be edited and applied')
  .argument('<files...>')
  .option('--pictures', 'add pictures, in base64')
  .action(run(() => require('./commands/dump.js')));

changing('apply', 'change files to what an edited dump says; fields that it leaves out stay')
  .argument('[json]', 'the dump; - is stdin', '-')
  .action(run(() => require('./commands/apply.js')));

program.parse();

/**
 * Adds a command that changes files.
 *
 * @param {string} name
 * @param {string} description
 * @param {Command} parent
 */
function changing(name, description, parent = program) {
  const command = parent
    .command(name)
    .description(description)
    .option('--dry-run', 'show what would change, without changing it');
  return onLoss(command).option('--json', 'write a line of JSON for each file');
}

/**
 * Adds `--on-loss`.
 *
 * @param {Command} command
 */
function onLoss(command) {
  return command.addOption(
    new Option('--on-loss <policy>', 'if something else in the file would be lost')
      .choices(['refuse', 'report', 'ignore'])
      .default('refuse'),
  );
}

/**
 * Adds `--type`.
 *
 * @param {Command} command
 */
function pictureType(command, withDefault = true) {
  const option = new Option('--type <type>', 'which picture').choices(
    Object.keys(PICTURE_TYPE_VALUES),
  );
  return command.addOption(withDefault ? option.default('FrontCover') : option);
}

/**
 * Adds the options that choose one of several synced lyrics.
 *
 * @param {Command} command
 */
function lyricsNames(command) {
  return command
    .option('--language <code>', 'their language, such as eng', languageCode)
    .option('--description <text>', 'their description');
}

/** @param {string} text */
function languageCode(text) {
  if (/^[a-z]{3}$/i.test(text)) return text;
  throw new InvalidArgumentError('It must be a code of ISO 639-2, such as eng.');
}

/** @param {string} text */
function positive(text) {
  if (!/^[1-9]\d{0,8}$/.test(text)) {
    throw new InvalidArgumentError('It must be a positive integer.');
  }
  return Number(text);
}

/**
 * @template T
 * @param {() => T} parse
 */
function parsed(parse) {
  try {
    return parse();
  } catch (error) {
    throw new InvalidArgumentError(/** @type {Error} */ (error).message);
  }
}
