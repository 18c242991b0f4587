#!/usr/bin/env node
'use strict';

/**
 * The command line: which commands there are, what they take, and how the
 * process ends. Results go to stdout and nothing else does; progress, messages
 * and summaries go to stderr.
 *
 * Exit codes: 0 all is well, 1 some files failed, 2 wrong usage, 130 interrupted.
 */

const process = require('node:process');
const { Command, InvalidArgumentError, Option } = require('commander');
const { SCAN_EXTENSIONS, PICTURE_TYPE_VALUES } = require('../index.js');
const { run } = require('./run.js');
const { FIELDS, otherField, fieldValue } = require('./fields.js');

const USAGE = 2;

const program = new Command('taglib-wasi')
  .description('Reads and changes the tags of audio files. Each file is parsed in a sandbox.')
  .version(require('../package.json').version)
  .showHelpAfterError('(--help tells more)')
  .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : USAGE))
  .addHelpText(
    'after',
    `
Examples:
  $ taglib-wasi read song.mp3
  $ taglib-wasi scan ~/Music > library.ndjson
  $ taglib-wasi set song.mp3 --title "So What" --artist "Miles Davis" --comment ""
  $ taglib-wasi cover set *.flac --image cover.jpg
  $ taglib-wasi dump album/*.mp3 > tags.json && $EDITOR tags.json && taglib-wasi apply tags.json

Exit codes: 0 all is well, 1 some files failed, 2 wrong usage, 130 interrupted.`,
  );

program
  .command('read')
  .description('show tags and audio properties')
  .argument('<files...>')
  .option('--json', 'an array of objects for programs; pictures without their bytes')
  .option('--no-pictures', 'leave out pictures')
  .action(run(() => require('./commands/read.js')));

program
  .command('scan')
  .description('read every audio file beneath directories, one line for each')
  .argument('<directories...>')
  .addOption(
    new Option('--format <format>', 'how to write the records')
      .choices(['ndjson', 'json', 'csv'])
      .default('ndjson'),
  )
  .option('--properties', 'give audio properties too')
  .option('--no-pictures', 'leave out pictures')
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
  .action(run(() => require('./commands/scan.js')));

const set = changing('set', 'set fields; those not named stay, and "" removes one').argument(
  '<files...>',
);
for (const field of FIELDS) {
  set.option(
    `--${field.option} <value>`,
    field.several ? `${field.help}; again for several` : field.help,
    (text, before) => parsed(() => fieldValue(field, text, before)),
  );
}
set
  .option(
    '--field <name=value>',
    'any other field, by its name in JSON or TagLib’s; again for several',
    (text, before) => parsed(() => otherField(text, before)),
  )
  .action(run(() => require('./commands/set.js')));

const cover = program.command('cover').description('get, set or remove pictures');

cover
  .command('get')
  .description('write the front cover, or else the first picture')
  .argument('<file>')
  .option('-o, --output <path>', 'the image file to write (default: stdout)')
  .action(run(() => require('./commands/cover-get.js')));

pictureType(changing('set', 'put an image in the place of pictures of its type', cover))
  .argument('<files...>')
  .requiredOption('-i, --image <path>', 'a JPEG, PNG, GIF, WebP or BMP file')
  .option('--description <text>', 'its description', '')
  .action(run(() => require('./commands/cover-set.js')));

pictureType(changing('remove', 'remove pictures, all or those of a type', cover), false)
  .argument('<files...>')
  .action(run(() => require('./commands/cover-remove.js')));

changing('clear', 'remove all tags')
  .argument('<files...>')
  .action(run(() => require('./commands/clear.js')));

program
  .command('dump')
  .description('write tags as JSON, to edit and apply')
  .argument('<files...>')
  .option('--pictures', 'pictures too, in base64')
  .action(run(() => require('./commands/dump.js')));

changing('apply', 'change files to what an edited dump says; what it leaves out stays')
  .argument('[json]', 'the dump; - is stdin', '-')
  .action(run(() => require('./commands/apply.js')));

program.parse();

/** A command that changes files. */
function changing(name, description, parent = program) {
  return parent
    .command(name)
    .description(description)
    .option('--dry-run', 'show what would change, and change nothing')
    .option('--json', 'a line of JSON for each file');
}

function pictureType(command, withDefault = true) {
  const option = new Option('--type <type>', 'which picture').choices(
    Object.keys(PICTURE_TYPE_VALUES),
  );
  return command.addOption(withDefault ? option.default('FrontCover') : option);
}

function positive(text) {
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new InvalidArgumentError('Expected a positive integer.');
  return Number(text);
}

function parsed(parse) {
  try {
    return parse();
  } catch (error) {
    throw new InvalidArgumentError(error.message);
  }
}
