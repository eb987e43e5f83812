// Package feed takes in placements and service needs that another early education system sends, in a file or from a program. Each row has
// that system's own name: the same row again changes nothing, another one under the same name changes what stands here. Every row is
// answered: added, changed, kept, or refused with what is wrong.
//
// It knows rows and outcomes. What may be recorded of a child, package store says; incomes come by the household's own import.
package feed
