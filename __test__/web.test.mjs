/** The functions for web pages, on a stand-in for a page that records what is done to it. */
import assert from 'node:assert/strict';
import { afterEach, describe, test } from 'node:test';
import * as taglibWasm from 'taglib-wasm/web';
import taglib from '../index.js';
import * as routed from '../web.js';
import { FIXTURES, fixture } from './support/files.mjs';

const PICTURE = {
  mimeType: 'image/png',
  data: new Uint8Array(100_000).map((_, index) => index),
  type: 'BackCover',
  description: 'Back',
};

/** An element that has what the functions use. */
class Element {
  children = [];
  style = {};
  src = '';
  #listeners = new Map();

  appendChild(child) {
    this.children.push(child);
  }

  addEventListener(name, listener) {
    this.#listeners.set(name, listener);
  }

  fire(name) {
    this.#listeners.get(name)?.();
  }

  set innerHTML(html) {
    assert.equal(html, '');
    this.children = [];
  }
}

const canvasOf = (blob) => ({ toBlob: (callback) => callback(blob) });
const content = async (url) => new Uint8Array(await (await fetch(url)).arrayBuffer());

afterEach(() => taglib.shutdown());

describe('a data URL', () => {
  test('has the picture that it is made of, as taglib-wasm’s has', () => {
    const url = taglib.pictureToDataURL(PICTURE);
    assert.equal(url, taglibWasm.pictureToDataURL(PICTURE));
    const read = taglib.dataURLToPicture(url, 'BackCover', 'Back');
    assert.deepEqual(read, PICTURE);
    assert.deepEqual(taglib.dataURLToPicture(url), taglibWasm.dataURLToPicture(url));
  });

  test('may have parameters', () => {
    const { mimeType, data } = taglib.dataURLToPicture(
      'data:image/svg+xml;charset=utf-8;base64,PHN2Zz4=',
    );
    assert.deepEqual([mimeType, Buffer.from(data).toString()], ['image/svg+xml', '<svg>']);
  });

  test('that is not valid is refused', () => {
    for (const url of [
      'x',
      'data:image/png,abc',
      'data:image/png;base64,',
      'data:image/png;base64,%',
    ]) {
      assert.throws(() => taglib.dataURLToPicture(url), { code: 'INVALID_FORMAT' }, url);
    }
  });
});

describe('a canvas', () => {
  test('becomes a picture of the type that the browser has encoded', async () => {
    const canvas = canvasOf(new Blob([PICTURE.data], { type: 'image/png' }));
    const options = { format: 'image/webp', type: 'BackCover', description: 'Back' };
    assert.deepEqual(await taglib.canvasToPicture(canvas, options), PICTURE);
  });

  test('that can’t be encoded rejects', async () => {
    await assert.rejects(taglib.canvasToPicture(canvasOf(null)), /can't be encoded as image\/jpeg/);
  });

  test('becomes the cover of a file', async () => {
    await taglib.initialize([FIXTURES]);
    const canvas = canvasOf(new Blob([PICTURE.data], { type: 'image/png' }));
    const changed = await taglib.setCoverArtFromCanvas(fixture('plain.mp3'), canvas);
    assert.deepEqual(await taglib.readPictures(changed), [
      { ...PICTURE, type: 'FrontCover', description: 'Front Cover' },
    ]);
  });
});

test('an image file becomes a picture', async () => {
  const file = new File([PICTURE.data], 'scan.png', { type: 'image/png' });
  const picture = await taglib.imageFileToPicture(file);
  assert.deepEqual(picture, { ...PICTURE, type: 'FrontCover', description: 'scan.png' });
});

test('a download URL has the picture’s bytes', async () => {
  const url = taglib.createPictureDownloadURL(PICTURE, 'cover.png');
  assert.deepEqual(await content(url), PICTURE.data);
  URL.revokeObjectURL(url);
});

test('a picture is shown, and its memory is freed when it has loaded', async () => {
  const image = new Element();
  taglib.displayPicture(PICTURE, image);
  const { src } = image;
  assert.deepEqual(await content(src), PICTURE.data);
  image.fire('load');
  await assert.rejects(content(src));
});

test('a gallery shows every picture, with its description and what a click does', async (t) => {
  globalThis.document = { createElement: () => new Element() };
  t.after(() => delete globalThis.document);
  await taglib.initialize([FIXTURES]);
  for (const { createPictureGallery } of [taglib, routed]) {
    const container = new Element();
    container.appendChild(new Element());
    const clicked = [];
    await createPictureGallery(fixture('id3v24.mp3'), container, {
      includeDescription: true,
      onClick: ({ type }, index) => clicked.push([type, index]),
    });
    const pictures = await taglib.readPictures(fixture('id3v24.mp3'));
    assert.equal(container.children.length, pictures.length);
    for (const [index, item] of container.children.entries()) {
      assert.equal(item.className, 'picture-item');
      item.children[0].fire('click');
      assert.deepEqual(await content(item.children[0].src), pictures[index].data);
    }
    assert.deepEqual(
      clicked,
      pictures.map(({ type }, index) => [type, index]),
    );
  }
});
