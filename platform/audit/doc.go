// Package audit writes who changed what (audit) and who read whose data (access log), and seals the audit
// into a hash chain per organiser that anybody with a copy of the head can check.
//
// Rows are written in the transaction of the act itself: without the row there is no act and no reading.
// Rows hold text copies and no foreign keys, so they outlive what they describe. The application's role can add rows
// and read them, nothing else. The package must not know what the acts mean: each package names its own.
//
// A reading of a client's data writes a row, so it runs in DB.Tenant, not in the read-only DB.Read.
package audit
