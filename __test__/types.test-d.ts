/**
 * Type tests, which `tsc` checks and nothing runs: the types accept and refuse what
 * they should, and our tag types and taglib-wasm's are assignable to each other.
 */

import * as ours from 'taglib-wasi';
import * as folder from 'taglib-wasi/folder';
import * as rating from 'taglib-wasi/rating';
import { register } from 'taglib-wasi/register';
import * as rows from 'taglib-wasi/rows';
import * as simple from 'taglib-wasi/simple';
import * as web from 'taglib-wasi/web';
import type * as taglibWasm from 'taglib-wasm';
import type * as taglibWasmFolder from 'taglib-wasm/folder';
import type * as taglibWasmRating from 'taglib-wasm/rating';
import type * as taglibWasmSimple from 'taglib-wasm/simple';
import type * as taglibWasmWeb from 'taglib-wasm/web';

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

/** A class with private members, as taglib-wasm's `TagLib`, is assignable to nothing else. */
type TaglibWasmSimple = Omit<typeof taglibWasmSimple, 'getTagLib'>;

export type SimpleApi = [
  Assert<Same<keyof TaglibWasmSimple, Extract<keyof TaglibWasmSimple, keyof typeof simple>>>,
  Assert<Same<Pick<typeof simple, keyof TaglibWasmSimple>, TaglibWasmSimple>>,
];

// Ours can replace taglib-wasm's.
export const replacement: TaglibWasmSimple = ours;
export const routed: TaglibWasmSimple = simple;
export const routedFolder: typeof taglibWasmFolder = folder;
export const routedWeb: typeof taglibWasmWeb = web;
export const routedRating: typeof taglibWasmRating = rating;

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
  const known = new Map<string, ours.KnownFile>();
  for await (const record of ours.scan('/music', { since: known, signal, extensions: ['mp3'] })) {
    if (record.status === 'failed') console.log(record.error.code, record.size);
    else if (record.status === 'read') known.set(record.path, record);
    else if (record.status === 'removed') known.delete(record.path);
    else if (record.status === 'moved') known.delete(record.from);
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
      const limit: 'answer' | 'deadline' | 'memory' | 'stack' | 'transfer' = error.limit;
      console.log(limit);
    }
    if (error instanceof ours.TagLibError) console.log(error.code, error.details?.errno);
  }
}

type Full = typeof ours;
type TaglibWasm = typeof taglibWasm;

/** Where ours is not more: it has more methods, also after `isFormat`, and more options. */
type SharedKey = Exclude<
  keyof taglibWasm.AudioFile & keyof ours.AudioFile,
  'isFormat' | 'saveToFile'
>;

export type FullApi = [
  Assert<Same<Pick<ours.AudioFile, SharedKey>, Pick<taglibWasm.AudioFile, SharedKey>>>,
  Assert<Same<keyof taglibWasm.AudioFile, keyof ours.AudioFile & keyof taglibWasm.AudioFile>>,
  Assert<Same<ours.MutableTag, taglibWasm.MutableTag>>,
  Assert<Same<keyof ours.MutableTag, keyof taglibWasm.MutableTag>>,
  Assert<Same<ours.PropertyMap, taglibWasm.PropertyMap>>,
  Assert<Same<ours.PropertyKey, taglibWasm.PropertyKey>>,
  Assert<Same<ours.PropertyValue<'compilation'>, taglibWasm.PropertyValue<'compilation'>>>,
  Assert<Same<ours.PropertyValue<'title'>, taglibWasm.PropertyValue<'title'>>>,
  Assert<Same<ours.FormatPropertyKey<'MP3'>, taglibWasm.FormatPropertyKey<'MP3'>>>,
  Assert<Same<ours.FormatPropertyKey<'MP4'>, taglibWasm.FormatPropertyKey<'MP4'>>>,
  Assert<Same<ours.FormatPropertyKey<'WAV'>, taglibWasm.FormatPropertyKey<'WAV'>>>,
  Assert<Same<ours.FormatPropertyKey<'APE'>, taglibWasm.FormatPropertyKey<'APE'>>>,
  Assert<Same<ours.PropertyMetadata, taglibWasm.PropertyMetadata>>,
  Assert<Same<ours.TagName, taglibWasm.TagName>>,
  Assert<Same<ours.TagFormat, taglibWasm.TagFormat>>,
  Assert<Same<ours.TypedAudioProperties<'MP3'>, taglibWasm.TypedAudioProperties<'MP3'>>>,
  Assert<Same<ours.TypedAudioProperties<'MP4'>, taglibWasm.TypedAudioProperties<'MP4'>>>,
  Assert<Same<ours.ComplexPropertyKey, taglibWasm.ComplexPropertyKey>>,
  Assert<Same<ours.ComplexPropertyKeyMap, taglibWasm.ComplexPropertyKeyMap>>,
  Assert<Same<ours.ComplexPropertyValueMap, taglibWasm.ComplexPropertyValueMap>>,
  Assert<Same<ours.VariantMap, taglibWasm.VariantMap>>,
  Assert<Same<ours.Id3v2Frame, taglibWasm.Id3v2Frame>>,
  Assert<Same<ours.Rating, taglibWasm.Rating>>,
  Assert<Same<ours.UnsyncedLyrics, taglibWasm.UnsyncedLyrics>>,
  Assert<Same<ours.NormalizedRating, taglibWasm.NormalizedRating>>,
  Assert<Same<ours.PopmRating, taglibWasm.PopmRating>>,
  Assert<Same<ours.BitrateControlMode, taglibWasm.BitrateControlMode>>,
  Assert<Same<ours.FieldMapping, taglibWasm.FieldMapping>>,
  Assert<Same<ours.LoadTagLibOptions, taglibWasm.LoadTagLibOptions>>,
  Assert<Same<ours.SetChaptersOptions, taglibWasm.SetChaptersOptions>>,
  Assert<Same<Full['PROPERTIES'], TaglibWasm['PROPERTIES']>>,
  Assert<Same<Full['Tags'], TaglibWasm['Tags']>>,
  Assert<Same<Full['FormatMappings'], TaglibWasm['FormatMappings']>>,
  Assert<Same<Full['COMPLEX_PROPERTIES'], TaglibWasm['COMPLEX_PROPERTIES']>>,
  Assert<Same<Full['COMPLEX_PROPERTY_KEY'], TaglibWasm['COMPLEX_PROPERTY_KEY']>>,
  Assert<Same<Full['BITRATE_CONTROL_MODE_NAMES'], TaglibWasm['BITRATE_CONTROL_MODE_NAMES']>>,
  Assert<Same<Full['BITRATE_CONTROL_MODE_VALUES'], TaglibWasm['BITRATE_CONTROL_MODE_VALUES']>>,
  Assert<Same<Full['RatingUtils'], TaglibWasm['RatingUtils']>>,
  Assert<Same<Full['bwf'], TaglibWasm['bwf']>>,
  Assert<Same<Full['getAllProperties'], TaglibWasm['getAllProperties']>>,
  Assert<Same<Full['getAllPropertyKeys'], TaglibWasm['getAllPropertyKeys']>>,
  Assert<Same<Full['getAllTagNames'], TaglibWasm['getAllTagNames']>>,
  Assert<Same<Full['getPropertiesByFormat'], TaglibWasm['getPropertiesByFormat']>>,
  Assert<Same<Full['getPropertyMetadata'], TaglibWasm['getPropertyMetadata']>>,
  Assert<Same<Full['isNamedAudioInput'], TaglibWasm['isNamedAudioInput']>>,
  Assert<Same<Full['isValidProperty'], TaglibWasm['isValidProperty']>>,
  Assert<Same<Full['isValidTagName'], TaglibWasm['isValidTagName']>>,
  Assert<Same<Full['isDenoCompiled'], TaglibWasm['isDenoCompiled']>>,
  Assert<Same<Full['loadTagLibModule'], TaglibWasm['loadTagLibModule']>>,
];

// A function that is written for taglib-wasm takes our objects.
declare const opened: ours.AudioFile;
export const asTaglibWasm: taglibWasm.AudioFile = opened;
declare const taglibOfOurs: ours.TagLib;
export const opener: Pick<taglibWasm.TagLib, keyof taglibWasm.TagLib> = taglibOfOurs;

export async function useFullApi(signal: AbortSignal): Promise<void> {
  const taglib = await ours.TagLib.initialize({ preopens: ['/home/me/Music'], deadlineMs: 1000 });
  await using file = await taglib.open('/music/a.mp3', { signal, pictures: false, frames: true });
  file.tag().setTitle('x').setTrack(3).setDate('1999');
  if (file.isFormat('MP3')) {
    const mp3: ours.TypedAudioFile<'MP3'> = file;
    const layer: number | undefined = mp3.audioProperties()?.mpegLayer;
    const format: 'MP3' = mp3.getFormat();
    mp3.setProperty('albumArtist', 'x');
    // @ts-expect-error not a property of MP3
    mp3.setProperty('albumArtists', 'x');
    console.log(layer, format);
  }
  const compilation: boolean | undefined = file.getProperty('compilation');
  const own: string | undefined = file.getProperty('MY OWN');
  console.log(compilation, own);
  await file.saveToFile('/music/b.mp3', { overwrite: false });
  const report = await file.saveToFile(undefined, { onLoss: 'report' });
  console.log(
    report?.lost.length,
    await file.toBuffer({ signal }),
    file instanceof ours.AudioFileImpl,
  );
  const saved: boolean = file.save({ hardLinks: 'break' });
  // @ts-expect-error a blocking save can't be aborted
  file.save({ signal });
  const bytes: Uint8Array = await taglib.edit(
    new Uint8Array(),
    (it) => void it.tag().setTitle('x'),
  );
  const nothing: undefined = (await taglib.edit('/music/a.mp3', (it) =>
    it.removePictures(),
  )) as undefined;
  await taglib.copyWithTags('a.mp3', 'b.mp3', { title: 'x', track: 2 }, { overwrite: false });
  // @ts-expect-error a misspelled option
  await taglib.open('/music/a.mp3', { picture: false });
  const source = await ours.httpSource('https://example.org/a.mp3');
  await taglib.open(source, { transfer: { maxBytes: 1000 } });
  await taglib.open(new Blob(), { partial: false });
  // @ts-expect-error a source can't be changed
  await taglib.edit(source, (it) => void it.tag().setTitle('x'));
  const hash: string | undefined = await ours.readAudioHash(source, { transfer: {}, signal });
  console.log(hash);
  const stars: number = ours.RatingUtils.toStars(ours.RatingUtils.normalized(0.8));
  // @ts-expect-error a number of no known scale
  ours.RatingUtils.toStars(0.8);
  console.log(saved, bytes, nothing, stars);
}

export async function useRows(): Promise<void> {
  const writer = await rows.createParquetWriter(async (bytes: Uint8Array) => console.log(bytes));
  for await (const record of ours.scan('/music', { properties: true })) {
    const row = rows.rowOf(record);
    const path: string = row.path;
    console.log(path, row.title);
    await writer.add(row);
  }
  // @ts-expect-error metadata is text
  await writer.end({ files: 1 });
  // @ts-expect-error a row needs a path
  rows.rowOf({ status: 'read' });
  console.log(
    rows.COLUMNS.map(({ name, type }) => `${name} ${type}`),
    rows.SCHEMA_VERSION,
  );
}
