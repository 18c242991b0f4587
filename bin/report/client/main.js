'use strict';

/** The script of the page. */

const { showCovers } = require('./covers.js');
const { Files } = require('./files.js');
const { FileTable } = require('./file-table.js');
const { fillOnOpen } = require('./findings.js');
const { compressedDataOf, dataOf, elementOf } = require('./page.js');

/** The table, when its files are decoded. */
const table = compressedDataOf('files').then(start);

document.addEventListener('DOMContentLoaded', () => {
  showCovers(dataOf('covers').albums, async (text) => (await table).search(text));
});
for (const button of document.querySelectorAll('[data-filter]')) {
  const filter = button.getAttribute('data-filter') ?? '';
  button.addEventListener('click', async () => (await table).filter(filter));
}
document.addEventListener('keydown', (event) => {
  const isTyping = event.target instanceof Element && event.target.matches('input, select');
  if (event.key !== '/' || isTyping || event.ctrlKey || event.metaKey || event.altKey) return;
  event.preventDefault();
  elementOf('query').focus();
});

/**
 * Shows the files, or those that the reader has already asked for.
 *
 * @param {import('./files.js').FileData} data
 */
function start(data) {
  const files = new Files(data);
  fillOnOpen(dataOf('findings'), files);
  const fileTable = new FileTable(files);
  fileTable.show();
  return fileTable;
}
