// node tags.mjs FILE…: prints titles and artists.
import path from 'node:path';
import process from 'node:process';
import { FileOperationError, InvalidFormatError, initialize, readTags } from 'taglib-wasi';

const files = process.argv.slice(2).map((file) => path.resolve(file));

// Files outside these directories cannot be opened.
await initialize([...new Set(files.map((file) => path.dirname(file)))]);

for (const file of files) {
  try {
    const { title = ['no title'], artist = ['nobody'] } = await readTags(file, { pictures: false });
    console.log(`${title.join(' / ')}, by ${artist.join(' and ')}`);
  } catch (error) {
    if (error instanceof InvalidFormatError) console.error(`${file} is no audio file`);
    else if (error instanceof FileOperationError) console.error(`${file}: ${error.details.errno}`);
    else throw error;
    process.exitCode = 1;
  }
}
