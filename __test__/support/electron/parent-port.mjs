/** What a utility process has of Electron: `process.parentPort`. */
import process from 'node:process';

process.parentPort = {
  postMessage: (message) => process.send(message),
  on: (name, listener) => process.on(name, (data) => listener({ data })),
};
