/**
 * Implements the part of `electron` that the example uses, for Node. The window
 * plays a page that asks for a directory, receives every part of the list, and
 * then asks for a cover. Utility processes are real processes. Prints JSON: what
 * the page received.
 */
import { fork } from 'node:child_process';
import process from 'node:process';

const handlers = new Map();
const listeners = new Map();
const got = { preferences: undefined, songs: [], parts: 0, failed: undefined, cover: undefined };

export const app = {
  whenReady: async () => {},
  on: () => {},
  quit: () => process.exit(),
};

export const ipcMain = {
  handle: (channel, handler) => handlers.set(channel, handler),
  on: (channel, listener) => listeners.set(channel, listener),
};

export const dialog = {
  showOpenDialog: async () => ({ filePaths: [process.env.DIRECTORY] }),
};

export class BrowserWindow {
  constructor({ webPreferences }) {
    got.preferences = webPreferences;
  }

  webContents = { send: (channel, message) => this.#onMessage(channel, clone(message)) };

  async loadFile() {
    await handlers.get('open')({});
  }

  async #onMessage(channel, { songs, done, failed, error }) {
    if (channel !== 'scanned' || error) throw new Error(error ?? channel);
    got.songs.push(...songs);
    got.parts += 1;
    if (!done) {
      listeners.get('more')({});
      return;
    }
    const cover = await handlers.get('cover')({}, got.songs[0].path);
    console.log(JSON.stringify({ ...got, failed, cover: clone(cover).length }));
    process.exit();
  }
}

export const utilityProcess = {
  fork(file) {
    const shim = new URL('parent-port.mjs', import.meta.url).href;
    const child = fork(file, { execArgv: ['--import', shim], serialization: 'advanced' });
    child.postMessage = (message) => child.send(message);
    return child;
  },
};

/** Copies as Electron's channels do: a value that can't be cloned throws. */
function clone(message) {
  return structuredClone(message);
}
