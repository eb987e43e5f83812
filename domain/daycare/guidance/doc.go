// Package guidance is the placement guidance of early education: who are a child's guardians, in which units the municipality places
// children and how many places they have, a family's application with everybody's consent, the queue by due date, the proposal to a unit,
// the offer to the family and its answer, and changes that a family tells of. An accepted offer becomes a placement of package store,
// which drafts the value decision.
//
// Whoever waits is told until when: a family has its due date (1503/2016 knows none; 540/2018, 17 §: four months, two weeks when work or
// studies begin suddenly), a unit and a family have the day by which they answer. The package computes no fee and no value and knows no
// page. A guardian's address, contact and home are never shown to another guardian.
package guidance
