/**
 * Redirects imports of taglib-wasm, of each of its entries, from anywhere but this
 * package, which has to reach taglib-wasm itself.
 */
const PACKAGE = new URL('../../', import.meta.url).href;

/** @type {Record<string, string>} */
const STAND_INS = {
  'taglib-wasm': new URL('stand-in.mjs', import.meta.url).href,
  'taglib-wasm/simple': new URL('../../simple.js', import.meta.url).href,
  'taglib-wasm/folder': new URL('../../folder.js', import.meta.url).href,
  'taglib-wasm/rating': new URL('../../rating.js', import.meta.url).href,
  'taglib-wasm/web': new URL('../../web.js', import.meta.url).href,
};

/**
 * The URL of the stand-in, or undefined for an import that is left as it is.
 *
 * @param {string} specifier
 * @param {string | undefined} parentURL
 */
function standIn(specifier, parentURL) {
  if (parentURL?.startsWith(PACKAGE)) return undefined;
  return Object.hasOwn(STAND_INS, specifier) ? STAND_INS[specifier] : undefined;
}

/**
 * A resolve hook for both kinds of Node's module hooks, and for `require`.
 *
 * @param {string} specifier
 * @param {{ parentURL?: string }} context
 * @param {(specifier: string, context: object) => unknown} nextResolve
 */
export function resolve(specifier, context, nextResolve) {
  const url = standIn(specifier, context.parentURL);
  if (url === undefined) return nextResolve(specifier, context);
  return { url, format: url.endsWith('.mjs') ? 'module' : 'commonjs', shortCircuit: true };
}
