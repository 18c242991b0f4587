// deno run --allow-ffi --allow-env --allow-read tags.ts FILE…: prints titles and artists.
//
// Deno's permissions do not confine an addon. The preopens do: only files in the
// directories passed to `initialize` can be opened, whatever --allow-read permits.
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
