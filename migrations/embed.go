// Package migrations carries the schema: NNNN_name.sql, run in order, forward only, never changed after release,
// with optional assertions NNNN_name.before.sql and NNNN_name.after.sql whose queries must return no rows.
//
// Numbers: 0001–0009 platform, 0010 and up the domain. The rules for tables stand in package platform/postgres,
// whose tests check every file here.
package migrations

import "embed"

// Files is the whole schema.
//
//go:embed *.sql
var Files embed.FS
