'use strict';

/**
 * The sections of the page.
 *
 * @import { WallCover } from './covers.js'
 * @import { Facts } from './facts.js'
 */

const path = require('node:path');
const { barChart, yearChart } = require('./charts.js');
const { coverRow } = require('./covers.js');
const { html } = require('./html.js');
const { bytes, count, counted, duration, percent } = require('./words.js');

/** @param {Facts} facts */
function banner({ directory, created, totals }) {
  const date = new Date(created).toLocaleDateString('en', { dateStyle: 'long' });
  return html`<header>
<p class="eyebrow">Library report</p>
<h1><bdi>${nameOf(directory)}</bdi></h1>
<p class="muted"><bdi>${path.resolve(directory)}</bdi>, <time datetime="${created}">${date}</time></p>
<dl class="totals">
${total('Files', count(totals.files))}
${total('Playing time', duration(totals.seconds))}
${total('Size', bytes(totals.bytes))}
${total('Albums', count(totals.albums))}
${total('Artists', count(totals.artists))}
</dl>
</header>`;
}

/**
 * @param {string} name
 * @param {string} value
 */
function total(name, value) {
  return html`<div><dt>${name}</dt><dd>${value}</dd></div>`;
}

/**
 * @param {Facts} facts
 * @param {Map<string, WallCover>} covers
 */
function coverWall({ totals, albums }, covers) {
  const heading = html`<h2 id="covers-heading">Covers</h2>`;
  if (albums.length === 0)
    return html`<section id="covers" aria-labelledby="covers-heading">${heading}<p class="muted">No file has an album title.</p></section>`;
  const { albumsWithCover } = totals;
  const shown = albums.filter((album) => covers.has(coverRow(album)?.cover?.sha256 ?? '')).length;
  const leftOut = ` The smallest covers are in the page, of ${counted(shown, 'album')}; --cover-megabytes makes room for more.`;
  return html`<section id="covers" aria-labelledby="covers-heading">
${heading}
<p class="muted">${count(albumsWithCover)} of ${counted(albums.length, 'album')} ${albumsWithCover === 1 ? 'has' : 'have'} a cover.${shown < albumsWithCover ? leftOut : ''} Choose an album to see its files.</p>
<ul class="wall" id="wall" role="list"></ul>
</section>`;
}

/** @param {Facts} facts */
function charts({ formats, qualities, years, genres, totals }) {
  return html`<section id="charts" aria-labelledby="charts-heading">
<h2 id="charts-heading">Charts</h2>
<div class="grid">
${yearChart(years, totals.files)}
${barChart('Formats', formats)}
${barChart('Quality', qualities)}
${barChart('Genres', genres)}
</div>
</section>`;
}

/** What a file may lack, as the page calls it. The keys are those of `facts.missing`. */
const MISSING = {
  cover: 'cover',
  year: 'year',
  albumArtist: 'album artist',
  title: 'title',
  artist: 'artist',
  album: 'album title',
  track: 'track number',
};

/** @param {Facts} facts */
function problems(facts) {
  const { contradictions, duplicates, broken, wrongTexts, isAllHashed } = facts;
  const extra = duplicates.reduce((sum, { extraBytes }) => sum + extraBytes, 0);
  const compared = isAllHashed
    ? 'The audio of all files was compared.'
    : 'The audio was compared of files of equal length that have the same size, or the same title and artist. --audio-hash compares all files.';
  return html`<section id="problems" aria-labelledby="problems-heading">
<h2 id="problems-heading">To fix</h2>
<div class="card"><h3>Missing</h3>
<ul class="missing" role="list">${missing(facts)}</ul></div>
${list('contradictions', 'Contradictions', contradictions.length, 'album', 'What files of one album say differently: the files of a folder with the same album title. Years of compilations may differ.')}
${list('duplicates', 'Duplicates', duplicates.length, 'recording', `The same audio in several files, whatever their tags are. The copies take ${bytes(extra)}. ${compared}`)}
${list('encodings', 'Encodings that look wrong', wrongTexts.length, 'file', 'Texts that are stored in a legacy encoding, and texts that look as if they were read in the wrong one. One text of each file is shown.')}
${list('broken', 'Broken files', broken.length, 'file', 'Files and folders that could not be read, and why.')}
</section>`;
}

/** @param {Facts} facts */
function missing({ missing: rows, totals }) {
  return Object.entries(MISSING).map(([kind, name]) => {
    const found = rows[/** @type {keyof typeof MISSING} */ (kind)].length;
    if (found === 0) return html`<li class="good">No file lacks the ${name}</li>`;
    return html`<li><button type="button" data-filter="${kind}"><b>${count(found)}</b> without ${name}<span class="muted">${percent(found, totals.files)} of files</span><span class="hidden">: show them</span></button></li>`;
  });
}

/**
 * A list that the page's script fills when it is opened.
 *
 * @param {string} id
 * @param {string} heading
 * @param {number} found
 * @param {string} noun
 * @param {string} explanation
 */
function list(id, heading, found, noun, explanation) {
  if (found === 0)
    return html`<div class="card good"><h3>${heading} <span class="total">None</span></h3></div>`;
  return html`<details class="card" id="${id}"><summary><h3>${heading} <span class="total">${counted(found, noun)}</span></h3></summary>
<p class="muted">${explanation}</p><div class="items"></div></details>`;
}

/** @param {Facts} facts */
function fileTable({ totals }) {
  const filters = [
    ...Object.entries(MISSING).map(([kind, name]) => [kind, `Without ${name}`]),
    ['contradictions', 'In an album with contradictions'],
    ['duplicates', 'With a duplicate'],
    ['encodings', 'Encoding looks wrong'],
  ];
  return html`<section id="files" aria-labelledby="files-heading">
<h2 id="files-heading">Files</h2>
<form class="search" role="search" id="search">
<div><label for="query">Search titles, artists, albums, years, formats and paths</label>
<input type="search" id="query" autocomplete="off" spellcheck="false" enterkeyhint="search"></div>
<div><label for="filter">Filter</label>
<select id="filter"><option value="">All files</option>${filters.map(([value, name]) => html`<option value="${value}">${name}</option>`)}</select></div>
</form>
<p role="status" aria-live="polite" id="found">${counted(totals.files, 'file')}</p>
<div class="scroll" tabindex="0" role="region" aria-labelledby="files-heading">
<table class="files"><caption class="hidden">Files, with buttons in the headings that sort them</caption>
<thead><tr id="columns"></tr></thead><tbody id="rows"></tbody></table>
</div>
<p><button type="button" id="more" class="more" hidden>Show more</button></p>
</section>`;
}

/** @param {string} directory */
function nameOf(directory) {
  return path.basename(path.resolve(directory)) || directory;
}

module.exports = { banner, charts, coverWall, fileTable, nameOf, problems };
