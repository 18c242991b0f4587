/** Keeps a number of worker processes running. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

const PROGRAM = fileURLToPath(new URL('worker.mjs', import.meta.url));

export class Workers {
  #count;
  #args;
  #isStopped = false;
  #running = new Set();

  /** Why the scan can't go on. @type {Error | undefined} */
  error;

  /**
   * @param {number} count
   * @param {string} output
   * @param {string} address of Redis
   */
  constructor(count, output, address) {
    this.#count = count;
    this.#args = [PROGRAM, output, '--redis', address];
    for (const signal of ['SIGINT', 'SIGTERM']) {
      process.once(signal, () => {
        this.error = new Error(`Interrupted by ${signal}`);
      });
    }
  }

  start() {
    for (let index = 0; index < this.#count; index += 1) this.#startOne();
  }

  /** Lets each worker complete its partition. */
  async stop() {
    this.#isStopped = true;
    const running = [...this.#running];
    await Promise.all(
      running.map(async (worker) => {
        worker.kill('SIGTERM');
        await once(worker, 'exit');
      }),
    );
  }

  #startOne() {
    const worker = spawn(process.execPath, this.#args, { stdio: ['ignore', 'inherit', 'inherit'] });
    this.#running.add(worker);
    console.log(`Worker ${worker.pid} has started`);
    worker.on('exit', (code, signal) => {
      this.#running.delete(worker);
      if (code !== 0 && code !== null) {
        this.error = new Error(`Worker ${worker.pid} ended with code ${code}`);
      }
      if (signal === null || this.#isStopped) return;
      console.log(`Worker ${worker.pid} was ended by ${signal}`);
      this.#startOne();
    });
  }
}
