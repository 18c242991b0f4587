// @ts-check
// The main process: a window, and a utility process that scans.
import { fileURLToPath } from 'node:url';
import { app, BrowserWindow, dialog, ipcMain, utilityProcess } from 'electron';
import { initialize, readCoverArt } from 'taglib-wasi';

/** @param {string} name */
const beside = (name) => fileURLToPath(new URL(name, import.meta.url));

await app.whenReady();

const window = new BrowserWindow({
  webPreferences: { preload: beside('preload.cjs'), sandbox: true, contextIsolation: true },
});

/** @type {Electron.UtilityProcess | undefined} */
let scanner;

ipcMain.handle('open', async () => {
  const { filePaths } = await dialog.showOpenDialog(window, { properties: ['openDirectory'] });
  const [directory] = filePaths;
  if (directory === undefined) return undefined;

  // The scan runs in its own process, so that the window survives a crash of it.
  scanner?.kill();
  scanner = utilityProcess.fork(beside('scanner.mjs'), [], { serviceName: 'Library scanner' });
  scanner.on('message', (message) => window.webContents.send('scanned', message));
  scanner.postMessage({ scan: directory });

  // The main process reads covers. Reads do not block the window.
  await initialize([{ path: directory, readOnly: true }]);
  return directory;
});

// The list requests the next part when it has shown the last one.
ipcMain.on('more', () => scanner?.postMessage({ more: true }));

ipcMain.handle('cover', (_event, path) => readCoverArt(path));

app.on('window-all-closed', () => app.quit());
await window.loadFile(beside('renderer/index.html'));
