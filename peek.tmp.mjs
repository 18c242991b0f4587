import taglib from './index.js'; import util from 'node:util'; import path from 'node:path';
import { corpus, fixture, fixtureNames } from './__test__/support/files.mjs';
import { answersOf } from './__test__/support/getters.mjs';
import { taglibWasmGetters } from './__test__/support/taglib-wasm.mjs';
const files=[...fixtureNames().map(fixture), ...corpus()];
const [w,e]=await Promise.all([taglibWasmGetters('wasi',files),taglibWasmGetters('emscripten',files)]);
const t=await taglib.TagLib.initialize({preopens:[...new Set(files.map(f=>path.dirname(f)))]});
const norm=(a)=>{ a=structuredClone(a); for (const k of ['properties','getProperty']) { const v=a[k]?.value; if (v?.compilation) v.compilation = Array.isArray(v.compilation)? v.compilation.map(x=>({true:'1',false:'0'}[x]??x)) : ({true:'1',false:'0'}[v.compilation]??v.compilation);} if (a.getProperty) a.getProperty.value=Object.fromEntries(Object.entries(a.properties.value).map(([k,v])=>[k,v[0]])); return a;};
for (const [i,f] of files.entries()) {
 let o; try { o=answersOf(await t.open(f)); } catch (x) { o={failure:x.name+': '+x.message}; }
 const W=w[i].failure?w[i]:norm(w[i]), E=e[i].failure?e[i]:norm(e[i]);
 if (o.failure||W.failure) { if (!(o.failure&&W.failure)) console.log('FAIL',path.basename(f),o.failure,'| W',W.failure,'| E',E.failure, o.failure? util.inspect([W.properties, W.audioProperties],{breakLength:Infinity,depth:5}).slice(0,300):util.inspect(o.properties,{breakLength:Infinity}).slice(0,300)); continue; }
 for (const k of Object.keys(o)) if (!util.isDeepStrictEqual(o[k],W[k])) console.log(path.basename(f),k, util.isDeepStrictEqual(o[k],E[k])?'(=E)':'','\n  O',util.inspect(o[k],{depth:5,breakLength:Infinity,maxArrayLength:4,maxStringLength:60}).slice(0,400),'\n  W',util.inspect(W[k],{depth:5,breakLength:Infinity,maxArrayLength:4,maxStringLength:60}).slice(0,400),...(util.isDeepStrictEqual(o[k],E[k])?[]:['\n  E',util.inspect(E[k],{depth:5,breakLength:Infinity,maxArrayLength:4,maxStringLength:60}).slice(0,400)]));
}
