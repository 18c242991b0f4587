/**
 * Which imports are redirected: those of taglib-wasm and its simple API, from
 * anywhere but this package and taglib-wasm.
 */
const PACKAGE = new URL('../../', import.meta.url).href;

const STAND_INS = {
  'taglib-wasm': new URL('full.mjs', import.meta.url).href,
  'taglib-wasm/simple': new URL('../../simple.js', import.meta.url).href,
};

/** The stand-in's URL, or undefined where the import is left as it is. */
export function standIn(specifier, parentURL) {
  // Ours have to reach the package itself, or they would reach themselves.
  if (parentURL?.startsWith(PACKAGE)) return undefined;
  return Object.hasOwn(STAND_INS, specifier) ? STAND_INS[specifier] : undefined;
}

/** A resolve hook, for both kinds of Node's module hooks, and for `require`. */
export function resolve(specifier, context, nextResolve) {
  const url = standIn(specifier, context.parentURL);
  if (url === undefined) return nextResolve(specifier, context);
  return { url, format: url.endsWith('.mjs') ? 'module' : 'commonjs', shortCircuit: true };
}
