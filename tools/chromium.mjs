/** Where Debian's Chromium is, and how it is launched. */
import { existsSync } from 'node:fs';
import { chromium } from 'playwright-core';

const PROGRAM = '/usr/bin/chromium';

export const hasChromium = existsSync(PROGRAM);

/** Launches the browser without a window. It must be closed. */
export function launchChromium() {
  // Playwright's own flags turn off the sandbox, updates, sync and background requests.
  return chromium.launch({
    executablePath: PROGRAM,
    args: ['--disable-gpu', '--disable-quic'],
  });
}
