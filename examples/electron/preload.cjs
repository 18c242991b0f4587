// @ts-check
// Exposes only these functions of Node and Electron to the page.
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
