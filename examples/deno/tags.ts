// deno run --allow-ffi --allow-env --allow-read tags.ts FILE…: the title and artist of files.
//
// --allow-ffi takes the addon out of Deno's own sandbox: what may be opened is
// then what `initialize` names, whatever --allow-read says.
import { dirname, resolve } from 'node:path';
import { initialize, readTags, TagLibError } from 'npm:taglib-wasi';

const files = Deno.args.map((file) => resolve(file));
await initialize([...new Set(files.map((file) => dirname(file)))]);

for (const file of files) {
  try {
    const { title = ['no title'], artist = ['nobody'] } = await readTags(file, { pictures: false });
    console.log(`${title.join(' / ')}, by ${artist.join(' and ')}`);
  } catch (error) {
    if (!(error instanceof TagLibError)) throw error;
    console.error(error.message);
    Deno.exitCode = 1;
  }
}
