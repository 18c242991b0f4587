'use strict';

/** Numbers in words, for the page and its script. */

/** @param {number} number */
function count(number) {
  return number.toLocaleString('en');
}

/**
 * Returns such as `1 file` or `2,000 files`.
 *
 * @param {number} number
 * @param {string} noun
 * @param {string} plural
 */
function counted(number, noun, plural = `${noun}s`) {
  return `${count(number)} ${number === 1 ? noun : plural}`;
}

const UNITS = ['bytes', 'kB', 'MB', 'GB', 'TB', 'PB'];

/** @param {number} number */
function bytes(number) {
  let [value, unit] = [number, 0];
  while (value >= 999.5 && unit < UNITS.length - 1) {
    value /= 1000;
    unit += 1;
  }
  const digits = unit > 0 && value < 9.95 ? 1 : 0;
  return `${value.toLocaleString('en', { maximumFractionDigits: digits })} ${UNITS[unit]}`;
}

/**
 * Returns such as `3:05` or `1:00:07`.
 *
 * @param {number} seconds
 */
function length(seconds) {
  const whole = Math.round(seconds);
  const minutes = Math.floor(whole / 60) % 60;
  const hours = Math.floor(whole / 3600);
  const two = (/** @type {number} */ number) => String(number).padStart(2, '0');
  return `${hours > 0 ? `${count(hours)}:${two(minutes)}` : minutes}:${two(whole % 60)}`;
}

/**
 * Returns such as `4 minutes`, `12 hours` or `3 days 4 hours`.
 *
 * @param {number} seconds
 */
function duration(seconds) {
  if (seconds < 60) return counted(Math.round(seconds), 'second');
  if (seconds < 3600) return counted(Math.round(seconds / 60), 'minute');
  const hours = Math.round(seconds / 3600);
  if (hours < 48) return counted(hours, 'hour');
  const rest = hours % 24 === 0 ? '' : ` ${counted(hours % 24, 'hour')}`;
  return `${counted(Math.floor(hours / 24), 'day')}${rest}`;
}

/**
 * @param {number} part
 * @param {number} whole
 */
function percent(part, whole) {
  if (whole === 0) return '0 %';
  const share = (part / whole) * 100;
  if (share > 0 && share < 1) return 'less than 1 %';
  // Nothing but everything is 100 %.
  return `${share < 100 ? Math.min(99, Math.round(share)) : 100} %`;
}

module.exports = { bytes, count, counted, duration, length, percent };
