// Package varda keeps the national data warehouse of early education (Varda) holding the same truth as the municipality's records of
// voucher children: it makes the whole wanted state of a child, compares it with what was last accepted, and sends only what differs.
// What the warehouse refuses is a task with its code; what could not be sent waits and is sent by the next run.
//
// It knows the warehouse's objects, their order and its rules of dates. The connection is a port (Warehouse), whose adapter and stand-in
// are in integration/varda. It must not know how fees and values come about, and no identity code is kept in its tables or in its keys.
//
// Sources: Varda's interface of the Finnish National Agency for Education; Act 540/2018, 65–77 §.
package varda
