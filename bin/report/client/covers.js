'use strict';

/** The cover wall: the covers of albums, and a coloured tile for those that are not there. */

const { counted } = require('../words.js');
const { elementOf, isolated, make } = require('./page.js');
const { Paged } = require('./paged.js');

/**
 * @typedef {object} AlbumData
 * @property {string} title
 * @property {string} artist
 * @property {string} folder
 * @property {number} files
 * @property {number} cover The id of its image, −1 for no cover, −2 for one that is not in the
 *   page.
 */

/** How many albums are shown first, so that the wall does not hide what comes below it. */
const STEP = window.matchMedia('(max-width: 48rem)').matches ? 12 : 42;

/** How many colours the style has for tiles. */
const COLOURS = 8;

/**
 * @param {AlbumData[]} albums
 * @param {(text: string) => void} search
 */
function showCovers(albums, search) {
  const wall = document.getElementById('wall');
  // The page of a library without albums has no wall.
  if (wall === null) return;
  const loader = new IntersectionObserver(loadImages, { rootMargin: '600px' });
  // Show the albums with an image first.
  const sorted = albums.toSorted((a, b) => Number(b.cover >= 0) - Number(a.cover >= 0));
  const more = make('button', { type: 'button', class: 'more' });
  wall.after(make('p', {}, more));
  new Paged(wall, more, (index) => tile(sorted[index], search, loader), STEP).show(sorted.length);
}

/**
 * @param {AlbumData} album
 * @param {(text: string) => void} search
 * @param {IntersectionObserver} loader
 */
function tile(album, search, loader) {
  const { title, artist, folder, files } = album;
  const button = make(
    'button',
    { type: 'button' },
    picture(album, loader),
    isolated(title, 'album'),
    isolated(artist || 'No artist', 'muted'),
    make('span', { class: 'hidden' }, `, ${counted(files, 'file')}`),
  );
  button.addEventListener('click', () => search(folder === '.' ? title : `${title} ${folder}`));
  return make('li', {}, button);
}

/**
 * @param {AlbumData} album
 * @param {IntersectionObserver} loader
 */
function picture({ title, artist, cover }, loader) {
  if (cover >= 0) {
    const image = make('img', { alt: '', decoding: 'async', 'data-cover': String(cover) });
    loader.observe(image);
    return image;
  }
  const letters = title.match(/[\p{L}\p{N}]+/gu)?.slice(0, 2) ?? [];
  const initials = letters.map((word) => [...word][0]).join('');
  const why = cover === -1 ? 'no cover' : 'cover left out';
  const colour = hashOf(`${artist}\n${title}`) % COLOURS;
  const note = make('span', { class: 'note' }, why);
  return make('span', { class: `tile colour-${colour}` }, isolated(initials), note);
}

/** @param {string} text */
function hashOf(text) {
  let hash = 0;
  for (const character of text) hash = (hash * 31 + (character.codePointAt(0) ?? 0)) >>> 0;
  return hash;
}

/**
 * Sets the sources of images that come into view.
 *
 * @param {IntersectionObserverEntry[]} entries
 * @param {IntersectionObserver} loader
 */
function loadImages(entries, loader) {
  for (const { isIntersecting, target } of entries) {
    if (!isIntersecting) continue;
    loader.unobserve(target);
    const data = elementOf(`cover-${target.getAttribute('data-cover')}`);
    target.setAttribute('src', data.textContent);
  }
}

exports.showCovers = showCovers;
