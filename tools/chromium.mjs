/**
 * Drives Debian's Chromium by its DevTools protocol over two pipes. Packages for this bring
 * megabytes of code that is not needed here, and the protocol over a socket needs a newer
 * Node.
 */
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

const PROGRAM = '/usr/bin/chromium';

const FLAGS = [
  ...['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run'],
  ...['--disable-background-networking', '--disable-component-update', '--disable-sync'],
  '--remote-debugging-pipe',
];

export const hasChromium = existsSync(PROGRAM);

/** Starts the browser. It must be closed. */
export function startChromium() {
  const profile = mkdtempSync(path.join(tmpdir(), 'taglib-wasi-chromium-'));
  const child = spawn(PROGRAM, [...FLAGS, `--user-data-dir=${profile}`], {
    stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'],
  });
  return new Browser(child, profile);
}

class Browser {
  #child;
  #profile;
  #id = 0;
  /** Resolves the calls that wait for an answer. @type {Map<number, { resolve: (result: any) => void, reject: (error: Error) => void }>} */
  #waiting = new Map();
  /** @type {Set<(event: any) => void>} */
  #listeners = new Set();

  /**
   * @param {import('node:child_process').ChildProcess} child
   * @param {string} profile
   */
  constructor(child, profile) {
    this.#child = child;
    this.#profile = profile;
    let text = '';
    this.#pipe(4).setEncoding('utf8');
    this.#pipe(4).on('data', (/** @type {string} */ part) => {
      const messages = (text + part).split('\0');
      text = messages.pop() ?? '';
      for (const message of messages) this.#receive(JSON.parse(message));
    });
    child.on('exit', () => {
      for (const { reject } of this.#waiting.values()) reject(new Error('Chromium has ended'));
    });
  }

  /**
   * @param {number} index
   * @returns {any}
   */
  #pipe(index) {
    return this.#child.stdio[index];
  }

  /** @param {any} message */
  #receive(message) {
    const waiting = this.#waiting.get(message.id);
    if (waiting === undefined) {
      for (const listener of this.#listeners) listener(message);
      return;
    }
    this.#waiting.delete(message.id);
    if (message.error) waiting.reject(new Error(message.error.message));
    else waiting.resolve(message.result);
  }

  /**
   * Calls a method of the protocol.
   *
   * @param {string} method
   * @param {object} [params]
   * @param {string} [sessionId]
   * @returns {Promise<any>}
   */
  call(method, params = {}, sessionId = undefined) {
    this.#id += 1;
    const id = this.#id;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.#pipe(3).write(`${JSON.stringify({ id, method, params, sessionId })}\0`);
    });
  }

  /** @param {(event: any) => void} listener */
  listen(listener) {
    this.#listeners.add(listener);
  }

  /** Opens an empty tab. */
  async newTab() {
    const { targetId } = await this.call('Target.createTarget', { url: 'about:blank' });
    const { sessionId } = await this.call('Target.attachToTarget', { targetId, flatten: true });
    const tab = new Tab(this, targetId, sessionId);
    for (const domain of ['Page', 'Runtime', 'Network', 'Log']) await tab.call(`${domain}.enable`);
    return tab;
  }

  async close() {
    const ended = new Promise((resolve) => this.#child.once('exit', resolve));
    this.call('Browser.close').catch(() => {});
    await ended;
    rmSync(this.#profile, { recursive: true, force: true, maxRetries: 5 });
  }
}

class Tab {
  /** The URLs that were requested. @type {string[]} */
  requests = [];
  /** Errors of the page's script, of its policy, and messages to the console. @type {string[]} */
  complaints = [];
  #browser;
  #targetId;
  #sessionId;
  #onLoaded = () => {};

  /**
   * @param {Browser} browser
   * @param {string} targetId
   * @param {string} sessionId
   */
  constructor(browser, targetId, sessionId) {
    this.#browser = browser;
    this.#targetId = targetId;
    this.#sessionId = sessionId;
    browser.listen((event) => {
      if (event.sessionId === sessionId) this.#receive(event);
    });
  }

  /** @param {{ method: string, params: any }} event */
  #receive({ method, params }) {
    if (method === 'Network.requestWillBeSent') this.requests.push(params.request.url);
    if (method === 'Log.entryAdded') this.complaints.push(params.entry.text);
    if (method === 'Runtime.consoleAPICalled') this.complaints.push(JSON.stringify(params.args));
    if (method === 'Runtime.exceptionThrown') {
      const { text, exception } = params.exceptionDetails;
      this.complaints.push(exception?.description ?? text);
    }
    if (method === 'Page.loadEventFired') this.#onLoaded();
  }

  /**
   * @param {string} method
   * @param {object} [params]
   */
  call(method, params) {
    return this.#browser.call(method, params, this.#sessionId);
  }

  /**
   * Opens a URL, and resolves when all of it is loaded.
   *
   * @param {string} url
   */
  async open(url) {
    const loaded = new Promise((resolve) => {
      this.#onLoaded = () => resolve(undefined);
    });
    await this.call('Page.navigate', { url });
    await loaded;
  }

  /**
   * Evaluates an expression in the page, as the developer's tools do: the page's policy does
   * not forbid it. Resolves to its value, which has to be plain data.
   *
   * @param {string} expression
   */
  async evaluate(expression) {
    const { result, exceptionDetails } = await this.call('Runtime.evaluate', {
      ...{ expression, returnByValue: true, awaitPromise: true },
    });
    if (exceptionDetails) throw new Error(exceptionDetails.exception?.description);
    return result.value;
  }

  /**
   * Evaluates an expression until it is true.
   *
   * @param {string} expression
   */
  async until(expression) {
    for (let tries = 0; tries < 600; tries += 1) {
      if (await this.evaluate(expression)) return;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    throw new Error(`the page never came to ${expression}`);
  }

  /**
   * Presses and releases a key.
   *
   * @param {string} key Such as `Tab`, `Enter` or `a`.
   */
  async press(key) {
    const codes = /** @type {Record<string, number>} */ ({ Tab: 9, Enter: 13 });
    const text = key === 'Enter' ? '\r' : key.length === 1 ? key : undefined;
    const event = { key, code: key, text, windowsVirtualKeyCode: codes[key] };
    await this.call('Input.dispatchKeyEvent', { type: text ? 'keyDown' : 'rawKeyDown', ...event });
    await this.call('Input.dispatchKeyEvent', { type: 'keyUp', ...event });
  }

  /**
   * @param {{ width: number, height: number, scheme?: 'light' | 'dark' }} screen
   */
  async setScreen({ width, height, scheme = 'light' }) {
    const mobile = width < 600;
    const metrics = { width, height, deviceScaleFactor: mobile ? 2 : 1, mobile };
    await this.call('Emulation.setDeviceMetricsOverride', metrics);
    const features = [{ name: 'prefers-color-scheme', value: scheme }];
    await this.call('Emulation.setEmulatedMedia', { features });
  }

  async close() {
    await this.#browser.call('Target.closeTarget', { targetId: this.#targetId });
  }

  /** Returns what is seen, as a PNG. */
  async screenshot() {
    const { data } = await this.call('Page.captureScreenshot', { format: 'png' });
    return Buffer.from(data, 'base64');
  }
}
