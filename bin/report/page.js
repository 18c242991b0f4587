'use strict';

/**
 * The report as one HTML page. It needs no other file and no network: a policy allows only
 * its own style and script, by their hashes, and images in `data:` URLs. All texts of files
 * are escaped, or reach the page as data.
 *
 * @import { WallCover } from './covers.js'
 * @import { Facts } from './facts.js'
 */

const { createHash } = require('node:crypto');
const { readFileSync } = require('node:fs');
const path = require('node:path');
const { gzipSync } = require('node:zlib');
const { bundle } = require('./bundle.js');
const { html, Html: Source, scriptJson } = require('./html.js');
const { pageData } = require('./page-data.js');
const { banner, charts, coverWall, fileTable, nameOf, problems } = require('./sections.js');

/**
 * @param {Facts} facts
 * @param {Map<string, WallCover>} covers
 * @returns {Generator<string, void, undefined>}
 */
function* pageOf(facts, covers) {
  const style = readFileSync(path.join(__dirname, 'client', 'page.css'), 'utf8');
  const script = bundle(path.join(__dirname, 'client', 'main.js'));
  const data = pageData(facts, covers);
  yield `${head(facts, style, script)}\n`;
  yield `${body(facts, covers)}\n`;
  for (const [name, value] of Object.entries({ findings: data.findings, covers: data.covers })) {
    yield `<script type="application/json" id="data-${name}">${scriptJson(value)}</script>\n`;
  }
  yield `<script type="text/plain" id="data-files">${compressed(data.files)}</script>\n`;
  yield `<script>${script}</script>\n`;
  // The covers come last: the page can be used before they are loaded.
  let id = 0;
  for (const { mimeType, base64 } of covers.values()) {
    yield `<script type="text/plain" id="cover-${id}">data:${mimeType};base64,${base64}</script>\n`;
    id += 1;
  }
  yield '</body>\n</html>\n';
}

/**
 * Returns JSON, compressed by gzip and in base64. The page of the benchmark's 200,000 files has 4
 * instead of 23 MB, and is usable no later.
 *
 * @param {unknown} data
 */
function compressed(data) {
  return gzipSync(JSON.stringify(data)).toString('base64');
}

/**
 * @param {Facts} facts
 * @param {string} style
 * @param {string} script
 */
function head({ directory }, style, script) {
  const policy = [
    "default-src 'none'",
    'img-src data:',
    `style-src '${hashOf(style)}'`,
    `script-src '${hashOf(script)}'`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="generator" content="taglib-wasi report">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>Library report: ${nameOf(directory)}</title>
<link rel="icon" href="data:,">
<style>${new Source(style)}</style>
</head>`;
}

/** @param {string} text */
function hashOf(text) {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`;
}

/**
 * @param {Facts} facts
 * @param {Map<string, WallCover>} covers
 */
function body(facts, covers) {
  return html`<body>
<a class="skip" href="#main">Skip to the report</a>
${banner(facts)}
<nav aria-label="Sections"><a href="#covers">Covers</a><a href="#charts">Charts</a><a href="#problems">To fix</a><a href="#files">Files</a></nav>
<main id="main" tabindex="-1">
<noscript><p class="card">The covers, the lists and the search need JavaScript. The page loads nothing from the network.</p></noscript>
${coverWall(facts, covers)}
${charts(facts)}
${problems(facts)}
${fileTable(facts)}
</main>
<footer><p>Made by taglib-wasi ${facts.version}. This page works offline. <kbd>/</kbd> goes to the search.</p></footer>`;
}

module.exports = { pageOf };
