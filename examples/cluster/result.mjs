/** The end of a scan: checks that every file has a row, and writes `OUTPUT/result.json`. */
import { readdir, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { SCHEMA_VERSION } from 'taglib-wasi/rows';
import { writeWhole } from './files.mjs';
import { countRows } from './parquet.mjs';
import { rowsFile } from './plan.mjs';

/**
 * Returns the ids of the partitions whose rows are there.
 *
 * @param {string} output
 * @param {import('./plan.mjs').Plan} plan
 */
export async function committed(output, plan) {
  const names = new Set(await readdir(path.join(output, 'rows')));
  return new Set(plan.partitions.map(({ id }) => id).filter((id) => names.has(`${id}.parquet`)));
}

/**
 * Returns the ids of the partitions whose rows are missing.
 *
 * @param {string} output
 * @param {import('./plan.mjs').Plan} plan
 */
export async function missing(output, plan) {
  const done = await committed(output, plan);
  return plan.partitions.map(({ id }) => id).filter((id) => !done.has(id));
}

/**
 * Finishes the plan if all rows are there. Returns whether they are.
 *
 * @param {string} output
 * @param {import('./plan.mjs').Plan} plan
 */
export async function finishIfComplete(output, plan) {
  const isComplete = (await missing(output, plan)).length === 0;
  if (isComplete) await finishPlan(output, plan);
  return isComplete;
}

/**
 * Checks the counts, removes the rows of earlier plans, and writes the result.
 *
 * @param {string} output
 * @param {import('./plan.mjs').Plan} plan
 */
export async function finishPlan(output, plan) {
  const totals = { files: 0, failed: 0 };
  for (const { id, files } of plan.partitions) {
    const file = rowsFile(output, id);
    const { rows, failed } = await countRows(file);
    if (rows !== files) {
      throw new Error(`${file} has ${rows} rows instead of ${files}. Delete it and scan again.`);
    }
    totals.files += rows;
    totals.failed += failed;
  }
  await removeOthers(output, plan);
  const partitions = plan.partitions.length;
  const result = { plan: plan.id, schemaVersion: SCHEMA_VERSION, partitions, ...totals };
  await writeWhole(resultFile(output), `${JSON.stringify(result)}\n`);
}

/**
 * Returns the result of this plan, or undefined if it is not finished.
 *
 * @param {string} output
 * @param {import('./plan.mjs').Plan} plan
 * @returns {Promise<{ files: number, failed: number } | undefined>}
 */
export async function resultOf(output, plan) {
  let text;
  try {
    text = await readFile(resultFile(output), 'utf8');
  } catch {
    return undefined;
  }
  const result = JSON.parse(text);
  return result.plan === plan.id ? result : undefined;
}

/**
 * Removes the result, because some of its rows are not there.
 *
 * @param {string} output
 */
export function forgetResult(output) {
  return rm(resultFile(output), { force: true });
}

/**
 * The rows of partitions that have changed since, what killed workers have left, and URLs, of which
 * the next plan has new ones.
 */
const OURS = /^([0-9a-f]{64})\.(?:parquet|ndjson|urls)(?:\.\d+\.tmp)?$/;

async function removeOthers(output, plan) {
  const ids = new Set(plan.partitions.map(({ id }) => id));
  for (const folder of ['rows', 'manifests']) {
    for (const name of await readdir(path.join(output, folder))) {
      const id = OURS.exec(name)?.[1];
      if (id === undefined || (ids.has(id) && !/\.(?:tmp|urls)$/.test(name))) continue;
      await rm(path.join(output, folder, name), { force: true });
    }
  }
}

function resultFile(output) {
  return path.join(output, 'result.json');
}
