'use strict';

/** The script of the page. Files are decoded when the page has been shown. */

const { showCovers } = require('./covers.js');
const { Files } = require('./files.js');
const { FileTable } = require('./file-table.js');
const { fillOnOpen } = require('./findings.js');
const { dataOf, elementOf } = require('./page.js');

/** @type {Files | undefined} */
let decoded;
const files = () => {
  decoded ??= new Files(dataOf('files'));
  return decoded;
};

const table = new FileTable(files);
const findings = dataOf('findings');
fillOnOpen(findings, files);
document.addEventListener('DOMContentLoaded', () => {
  showCovers(dataOf('covers').albums, (text) => table.search(text));
});
for (const button of document.querySelectorAll('[data-filter]')) {
  button.addEventListener('click', () => table.filter(button.getAttribute('data-filter') ?? ''));
}
document.addEventListener('keydown', (event) => {
  const isTyping = event.target instanceof Element && event.target.matches('input, select');
  if (event.key !== '/' || isTyping || event.ctrlKey || event.metaKey || event.altKey) return;
  event.preventDefault();
  elementOf('query').focus();
});
// After the first picture of the page.
requestAnimationFrame(() => setTimeout(() => table.show()));
