'use strict';

/**
 * Charts of shares. Each says in words what its bars show. The page's policy allows no `style`
 * attributes, so bars are SVG.
 *
 * @import { Share } from './facts.js'
 * @import { Html } from './html.js'
 */

const { html } = require('./html.js');
const { bytes, count, counted, duration, percent } = require('./words.js');

/** How many bars a chart has. */
const MAX_BARS = 12;

/**
 * @param {string} caption
 * @param {readonly Share[]} shares The largest first.
 */
function barChart(caption, shares) {
  const shown = shares.slice(0, MAX_BARS);
  const most = shown.reduce((largest, { files }) => Math.max(largest, files), 1);
  const rest = shares.length - shown.length;
  return html`<figure class="chart"><figcaption>${caption}</figcaption>
<ul class="bars" role="list">${shown.map((share) => bar(share, most))}</ul>
${shares.length === 0 ? html`<p class="muted">No file says it.</p>` : ''}${rest > 0 ? html`<p class="muted">and ${count(rest)} more</p>` : ''}</figure>`;
}

/**
 * @param {Share} share
 * @param {number} most
 */
function bar({ name, files, bytes: size, seconds }, most) {
  const width = Math.max(0.5, (files / most) * 100).toFixed(1);
  return html`<li><bdi>${name}</bdi> <span>${counted(files, 'file')}</span>
<svg class="bar" viewBox="0 0 100 1" preserveAspectRatio="none" aria-hidden="true"><rect class="track" width="100" height="1"/><rect width="${width}" height="1"/></svg>
<span class="muted">${bytes(size)}, ${duration(seconds)}</span></li>
`;
}

/** Tags have any year. Those outside are not in the chart, so that the others can be seen. */
const FIRST_YEAR = 1900;
/** The style stretches the chart. */
const [CHART_WIDTH, CHART_HEIGHT] = [1000, 200];

/**
 * @param {readonly Share[]} years In order.
 * @param {number} files How many files there are in all.
 */
function yearChart(years, files) {
  const lastYear = new Date().getFullYear() + 1;
  const shown = years.filter(({ name }) => Number(name) >= FIRST_YEAR && Number(name) <= lastYear);
  if (shown.length === 0)
    return html`<figure class="chart wide"><figcaption>Years</figcaption><p class="muted">No file has a year.</p></figure>`;
  const [first, last] = [Number(shown[0].name), Number(shown[shown.length - 1].name)];
  const most = shown.reduce((largest, share) => Math.max(largest, share.files), 1);
  const dated = years.reduce((sum, share) => sum + share.files, 0);
  const best = shown.find((share) => share.files === most);
  const summary = `From ${first} to ${last}. Most files are from ${best?.name}: ${count(most)}. ${percent(dated, files)} of all files have a year.`;
  return html`<figure class="chart wide"><figcaption>Years</figcaption>
<svg class="columns" viewBox="0 0 ${CHART_WIDTH} ${CHART_HEIGHT}" preserveAspectRatio="none" role="img" aria-labelledby="years-summary">${yearColumns(shown, first, last, most)}</svg>
<p class="axis muted" aria-hidden="true">${axisOf(first, last)}</p>
<p id="years-summary" class="muted">${summary}</p>
${yearTable(shown)}</figure>`;
}

/**
 * @param {readonly Share[]} years
 * @param {number} first
 * @param {number} last
 * @param {number} most
 */
function yearColumns(years, first, last, most) {
  const step = CHART_WIDTH / (last - first + 1);
  return years.map(({ name, files }) => {
    const left = ((Number(name) - first + 0.1) * step).toFixed(1);
    const height = Math.max(2, (files / most) * CHART_HEIGHT);
    const top = (CHART_HEIGHT - height).toFixed(1);
    return html`<rect x="${left}" y="${top}" width="${(step * 0.8).toFixed(1)}" height="${height.toFixed(1)}"><title>${name}: ${counted(files, 'file')}</title></rect>`;
  });
}

/**
 * Returns the first year, the one in the middle, and the last.
 *
 * @param {number} first
 * @param {number} last
 */
function axisOf(first, last) {
  const years = new Set([first, Math.round((first + last) / 2), last]);
  return [...years].map((year) => html`<span>${year}</span>`);
}

/** @param {readonly Share[]} years */
function yearTable(years) {
  return html`<details><summary>Years as a table</summary><div class="scroll short" tabindex="0" role="region" aria-label="Years as a table"><table><caption class="hidden">Files by year</caption>
<thead><tr><th scope="col">Year</th><th scope="col" class="number">Files</th><th scope="col" class="number">Size</th></tr></thead>
<tbody>${years.map(({ name, files, bytes: size }) => html`<tr><th scope="row">${name}</th><td class="number">${count(files)}</td><td class="number">${bytes(size)}</td></tr>`)}</tbody></table></div></details>`;
}

module.exports = { barChart, yearChart };
