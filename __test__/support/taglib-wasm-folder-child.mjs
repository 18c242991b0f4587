/** Scans a folder with taglib-wasm, and prints its items by path as JSON. */
import process from 'node:process';
import { scanFolder } from 'taglib-wasm/folder';

const { items } = await scanFolder(process.argv[2]);
const plain = (_, value) => (typeof value === 'bigint' ? `${value}` : value);
const byPath = items.map(({ path, ...item }) => [path, { ...item }]);
console.log(JSON.stringify({ items: Object.fromEntries(byPath) }, plain));
