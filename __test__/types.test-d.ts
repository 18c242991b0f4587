/**
 * Type tests, which `tsc` checks and nothing runs: the types accept and refuse what
 * they should, and our tag types and taglib-wasm's are assignable to each other.
 */

import * as ours from 'taglib-wasi';
import { register } from 'taglib-wasi/register';
import * as simple from 'taglib-wasi/simple';
import type * as taglibWasm from 'taglib-wasm';
import type * as taglibWasmSimple from 'taglib-wasm/simple';

type Assert<T extends true> = T;
/** Whether each type is assignable to the other. */
type Same<A, B> = [A] extends [B] ? ([B] extends [A] ? true : false) : false;

export type TagTypes = [
  Assert<Same<ours.Tag, taglibWasm.Tag>>,
  Assert<Same<ours.ExtendedTag, taglibWasm.ExtendedTag>>,
  Assert<Same<keyof ours.ExtendedTag, keyof taglibWasm.ExtendedTag>>,
  Assert<Same<ours.TagInput, taglibWasm.TagInput>>,
  Assert<Same<keyof ours.TagInput, keyof taglibWasm.TagInput>>,
  Assert<Same<ours.Picture, taglibWasm.Picture>>,
  Assert<Same<ours.PictureType, taglibWasm.PictureType>>,
  Assert<Same<ours.Chapter, taglibWasm.Chapter>>,
  Assert<Same<ours.BroadcastAudioExtension, taglibWasm.BroadcastAudioExtension>>,
  Assert<Same<ours.AudioFileInput, taglibWasm.AudioFileInput>>,
  Assert<Same<ours.AudioProperties, taglibWasm.AudioProperties>>,
  Assert<Same<ours.FileType, taglibWasm.FileType>>,
];

type TaglibWasmSimple = typeof taglibWasmSimple;

export type SimpleApi = [
  Assert<Same<keyof TaglibWasmSimple, Extract<keyof TaglibWasmSimple, keyof typeof simple>>>,
  Assert<Same<Pick<typeof simple, keyof TaglibWasmSimple>, TaglibWasmSimple>>,
];

// Ours can replace taglib-wasm's.
export const replacement: TaglibWasmSimple = ours;
export const routed: TaglibWasmSimple = simple;

export async function useRoute(): Promise<void> {
  await register({ preopens: ['/home/me/Music'], deadlineMs: 1000 });
  // @ts-expect-error no directories
  await register({ deadlineMs: 1000 });
  const via: 'native' | 'taglib-wasm' = simple.route('/music/a.mp3').via;
  const title = (await simple.getTagLib()).version();
  console.log(via, title);
  await ours.writeTags('/music/a.mp3', { title: 'x' }, { hardLinks: 'break', inPlace: true });
  const { lost } = await ours.writeTags('/music/a.mp3', {}, { onLoss: 'report' });
  console.log(lost[0].kind, lost[0].after);
  // @ts-expect-error a save in place can't report
  await ours.writeTags('/music/a.mp3', {}, { onLoss: 'report', inPlace: true }).then((r) => r.lost);
  // @ts-expect-error bytes have no report
  await ours.applyTags('/music/a.mp3', {}, { onLoss: 'report' });
  // What is read can be written.
  const tags: ours.TagChanges = await ours.readTags('/music/a.mp3');
  await ours.writeTags('/music/a.mp3', { ...tags, lyrics: ['la', { text: 'li' }], ratings: null });
  // @ts-expect-error bytes can't be written to
  await ours.writeTags(new Uint8Array(), { title: 'x' });
}

export async function useScan(signal: AbortSignal): Promise<void> {
  const known = new Map<string, ours.ScannedFile>();
  for await (const record of ours.scan('/music', { since: known, signal, extensions: ['mp3'] })) {
    if (record.status === 'failed') console.log(record.error.code, record.size);
    else known.set(record.path, record);
    if (record.status === 'read') console.log(record.tags.title, record.properties?.duration);
    // @ts-expect-error only what was read has tags
    console.log(record.tags);
  }
  ours.scan('/music', { since: async (file) => file.size > 0 });
  // @ts-expect-error a misspelled option
  ours.scan('/music', { extension: ['mp3'] });
}

export async function use(signal: AbortSignal): Promise<void> {
  await ours.initialize({ '/music': '/home/me/Music', '/cds': { path: 'cds', readOnly: true } });
  await ours.initialize(['/home/me/Music', { path: '/mnt/cds' }], {
    deadlineMs: 1000,
    memoryLimit: 64 * 1024 * 1024,
    concurrency: 2,
  });
  // @ts-expect-error a misspelled option
  await ours.initialize([], { deadline: 1000 });
  // @ts-expect-error a wrong type
  await ours.initialize('/music');

  const tags = await ours.readTags(new URL('file:///music/a.mp3'), { signal, pictures: false });
  const title: string | undefined = tags.title?.[0];
  const track: number | undefined = tags.track;
  console.log(title, track, ours.version().taglib);
  // @ts-expect-error no such option
  await ours.readTags('a.mp3', { picture: false });

  try {
    await ours.readTags('a.mp3');
  } catch (error) {
    if (error instanceof ours.ResourceLimitError) {
      const limit: 'answer' | 'deadline' | 'memory' | 'stack' = error.limit;
      console.log(limit);
    }
    if (error instanceof ours.TagLibError) console.log(error.code, error.details?.errno);
  }
}
