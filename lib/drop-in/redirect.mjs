/**
 * Redirects imports of taglib-wasm and of its simple API, from anywhere but this
 * package, which has to reach taglib-wasm itself.
 */
const PACKAGE = new URL('../../', import.meta.url).href;

/** @type {Record<string, string>} */
const STAND_INS = {
  'taglib-wasm': new URL('stand-in.mjs', import.meta.url).href,
  'taglib-wasm/simple': new URL('../../simple.js', import.meta.url).href,
};

/**
 * Returns the URL of the stand-in, or undefined for an import that is not redirected.
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
