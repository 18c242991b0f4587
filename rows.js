'use strict';

/**
 * taglib-wasi/rows: the records of a scan as rows of a table. The types and their
 * documentation are in rows.d.ts.
 */

const { COLUMNS, SCHEMA_VERSION } = require('./lib/rows/columns.js');
const { createParquetWriter } = require('./lib/rows/parquet.js');
const { rowOf } = require('./lib/rows/row.js');

exports.COLUMNS = COLUMNS;
exports.SCHEMA_VERSION = SCHEMA_VERSION;
exports.createParquetWriter = createParquetWriter;
exports.rowOf = rowOf;
