'use strict';

/** The table of files, with its search, its filters and its order. */

const { bytes, count, counted, length } = require('../words.js');
const { elementOf, isolated, make } = require('./page.js');
const { Paged } = require('./paged.js');

/**
 * @import { Column, Files } from './files.js'
 */

/** How long after the last key the search starts. */
const TYPING_MS = 120;

/** @type {[Column, string][]} */
const COLUMNS = [
  ['title', 'Title'],
  ['artist', 'Artist'],
  ['album', 'Album'],
  ['year', 'Year'],
  ['format', 'Format'],
  ['seconds', 'Length'],
  ['size', 'Size'],
];
const NUMBERS = ['year', 'seconds', 'size'];

class FileTable {
  #files;
  #query = /** @type {HTMLInputElement} */ (elementOf('query'));
  #filter = /** @type {HTMLSelectElement} */ (elementOf('filter'));
  #headings = COLUMNS.map(([column, name]) => this.#heading(column, name));
  /** @type {{ column: Column, isDescending: boolean } | undefined} */
  #order;
  /** The files that are shown. @type {number[]} */
  #found = [];
  #rows;

  /** @param {Files} files */
  constructor(files) {
    this.#files = files;
    this.#rows = new Paged(elementOf('rows'), elementOf('more'), (index) =>
      row(files.file(this.#found[index])),
    );
    elementOf('columns').append(...this.#headings);
    let timer = 0;
    this.#query.addEventListener('input', () => {
      clearTimeout(timer);
      timer = window.setTimeout(() => this.show(), TYPING_MS);
    });
    this.#filter.addEventListener('change', () => this.show());
    elementOf('search').addEventListener('submit', (event) => {
      event.preventDefault();
      this.show();
    });
  }

  /**
   * Searches for a text, and moves there.
   *
   * @param {string} text
   */
  search(text) {
    this.#query.value = text;
    this.filter('');
  }

  /**
   * Shows the files that a filter leaves, and moves there.
   *
   * @param {string} filter
   */
  filter(filter) {
    if (filter !== '') this.#query.value = '';
    this.#filter.value = filter;
    this.show();
    elementOf('files').scrollIntoView();
    this.#query.focus({ preventScroll: true });
  }

  /** Shows the files that the form asks for. */
  show() {
    const files = this.#files;
    const found = files.find(this.#query.value, this.#filter.value);
    const order = this.#order;
    this.#found = order ? files.sort(found, order.column, order.isDescending) : found;
    this.#rows.show(found.length);
    const isAll = found.length === files.length;
    elementOf('found').textContent = isAll
      ? counted(files.length, 'file')
      : `${count(found.length)} of ${counted(files.length, 'file')}`;
  }

  /**
   * @param {Column} column
   * @param {string} name
   */
  #heading(column, name) {
    const button = make('button', { type: 'button' }, name);
    button.addEventListener('click', () => this.#sortBy(column));
    return make('th', { scope: 'col', class: classOf(column) }, button);
  }

  /** Once more, in the other direction; and then by path again. @param {Column} column */
  #sortBy(column) {
    const isSame = this.#order?.column === column;
    if (!isSame) this.#order = { column, isDescending: false };
    else if (this.#order?.isDescending) this.#order = undefined;
    else this.#order = { column, isDescending: true };
    for (const [index, heading] of this.#headings.entries()) {
      heading.removeAttribute('aria-sort');
      if (COLUMNS[index][0] === this.#order?.column) {
        heading.setAttribute('aria-sort', this.#order.isDescending ? 'descending' : 'ascending');
      }
    }
    this.show();
  }
}

/** @param {ReturnType<Files['file']>} file */
function row({ path, title, artist, album, year, format, seconds, size }) {
  /** On a phone, the columns that are hidden are below the title. */
  const details = [artist, album, year || '', format, length(seconds), bytes(size)];
  /** @type {Record<Column, string>} */
  const texts = {
    title,
    artist,
    album,
    year: String(year || ''),
    format,
    seconds: length(seconds),
    size: bytes(size),
  };
  const cells = COLUMNS.slice(1).map(([column]) => {
    return make('td', { class: classOf(column) }, isolated(texts[column]));
  });
  const name = make(
    'th',
    { scope: 'row', class: 'title' },
    isolated(title || 'No title', title === '' ? 'muted' : ''),
    isolated(details.filter(Boolean).join(' · '), 'details'),
    isolated(path, 'path'),
  );
  return make('tr', {}, name, ...cells);
}

/** @param {Column} column */
function classOf(column) {
  return NUMBERS.includes(column) ? `${column} number` : column;
}

exports.FileTable = FileTable;
