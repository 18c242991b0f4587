/** Adds `process.parentPort`, as Electron does in a utility process. */
import process from 'node:process';

process.parentPort = {
  postMessage: (message) => process.send(message),
  on: (name, listener) => process.on(name, (data) => listener({ data })),
};
