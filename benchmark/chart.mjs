/** Draws the race as a bar chart, an SVG for light and dark pages. */

const WIDTH = 760;
const LABELS = 230;
const VALUES = 90;
const BAR = 18;
const STEP = 28;
const TOP = 40;

/** Draws the first case. */
export function chart({ cases: [{ results }] }) {
  const longest = Math.max(...results.map(({ time }) => time));
  const scale = (WIDTH - LABELS - VALUES) / longest;
  const bars = [...results]
    .sort((one, other) => one.time - other.time)
    .map((result, index) => bar(result, TOP + index * STEP, scale));
  const height = TOP + results.length * STEP + 8;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" role="img" aria-label="Microseconds to read the tags of one file; shorter is better">
<style>
  text { font: 13px system-ui, sans-serif; fill: #333; }
  .title { font-weight: 600; }
  .ours { fill: #0a7d5a; }
  .other { fill: #9aa5b1; }
  @media (prefers-color-scheme: dark) { text { fill: #ddd; } .ours { fill: #3ecf9b; } .other { fill: #6b7785; } }
</style>
<text class="title" x="8" y="20">Microseconds to read the tags of one file (shorter is better)</text>
${bars.join('\n')}
</svg>
`;
}

function bar({ name, time }, y, scale) {
  const kind = name.startsWith('taglib-wasi') ? 'ours' : 'other';
  const width = Math.max(1, time * scale).toFixed(1);
  const middle = y + BAR - 4;
  return [
    `<text x="${LABELS - 10}" y="${middle}" text-anchor="end">${name}</text>`,
    `<rect class="${kind}" x="${LABELS}" y="${y}" width="${width}" height="${BAR}" rx="2"/>`,
    `<text x="${(LABELS + Number(width) + 6).toFixed(1)}" y="${middle}">${Math.round(time)}</text>`,
  ].join('');
}
