// @ts-check
// Exposes these functions to the page, and nothing else of Node or Electron.
const { contextBridge, ipcRenderer } = require('electron');

contextBridge.exposeInMainWorld('library', {
  /** Lets the user select a directory, and scans it. */
  open: () => ipcRenderer.invoke('open'),
  /** @param {(message: object) => void} listener */
  onScanned: (listener) => ipcRenderer.on('scanned', (_event, message) => listener(message)),
  more: () => ipcRenderer.send('more'),
  /** @param {string} path */
  cover: (path) => ipcRenderer.invoke('cover', path),
});
