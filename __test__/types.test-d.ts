/**
 * Checked by `tsc`, never run: what the types promise, and that our tag types
 * and taglib-wasm's can stand for each other.
 */

import * as ours from 'taglib-wasi';
import { register } from 'taglib-wasi/register';
import * as simple from 'taglib-wasi/simple';
import type * as peer from 'taglib-wasm';
import type * as peerSimple from 'taglib-wasm/simple';

type Assert<T extends true> = T;
/** Assignable both ways. */
type Same<A, B> = [A] extends [B] ? ([B] extends [A] ? true : false) : false;

export type TagTypes = [
  Assert<Same<ours.Tag, peer.Tag>>,
  Assert<Same<ours.ExtendedTag, peer.ExtendedTag>>,
  Assert<Same<keyof ours.ExtendedTag, keyof peer.ExtendedTag>>,
  Assert<Same<ours.TagInput, peer.TagInput>>,
  Assert<Same<keyof ours.TagInput, keyof peer.TagInput>>,
  Assert<Same<ours.Picture, peer.Picture>>,
  Assert<Same<ours.PictureType, peer.PictureType>>,
  Assert<Same<ours.Chapter, peer.Chapter>>,
  Assert<Same<ours.BroadcastAudioExtension, peer.BroadcastAudioExtension>>,
  Assert<Same<ours.AudioFileInput, peer.AudioFileInput>>,
  Assert<Same<ours.AudioProperties, peer.AudioProperties>>,
  Assert<Same<ours.FileType, peer.FileType>>,
];

type PeerSimple = typeof peerSimple;

export type SimpleApi = [
  Assert<Same<keyof PeerSimple, Extract<keyof PeerSimple, keyof typeof simple>>>,
  Assert<Same<Pick<typeof simple, keyof PeerSimple>, PeerSimple>>,
];

// One may take the other's place.
export const replacement: PeerSimple = ours;
export const routed: PeerSimple = simple;

export async function useRoute(): Promise<void> {
  await register({ preopens: ['/home/me/Music'], deadlineMs: 1000 });
  // @ts-expect-error no directories
  await register({ deadlineMs: 1000 });
  const via: 'native' | 'taglib-wasm' = simple.route('/music/a.mp3').via;
  const title = (await simple.getTagLib()).version();
  console.log(via, title);
  await ours.writeTags('/music/a.mp3', { title: 'x' }, { hardLinks: 'break', inPlace: true });
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
      const limit: 'deadline' | 'memory' | 'stack' = error.limit;
      console.log(limit);
    }
    if (error instanceof ours.TagLibError) console.log(error.code, error.details?.errno);
  }
}
