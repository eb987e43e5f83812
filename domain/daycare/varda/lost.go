package varda

import (
	"context"
	"fmt"
	"slices"

	"seteli/domain/daycare/varda/db"
	"seteli/platform/postgres"
)

// Codes by which the warehouse tells that what an object needs is not there, though it was taken once: somebody deleted it there by hand.
const (
	noParent    = "GE008" // what it hangs on
	noDecision  = "MA008" // of fee data: the child's decisions
	noPlacement = "MA009" // of fee data: the child's placements
)

// parentLost tells whether a refusal may be healed by making anew what it misses.
func (r *Refusal) parentLost(at Step) bool {
	return at.Act != Delete && at.Object.Parent != "" && slices.ContainsFunc(r.Codes, func(c Code) bool { return c.Code == noParent || c.Code == noDecision || c.Code == noPlacement })
}

// anew forgets what the warehouse has lost of a child under a parent and gives the steps that make it again; healed is false when nothing
// of it was known. What is still there is found by its key: too much was deleted before, so that everything forgotten is wanted.
func (r *run) anew(ctx context.Context, c ChildPlan, parent string, no *Refusal) (steps []Step, healed bool, err error) {
	itself := slices.ContainsFunc(no.Codes, func(c Code) bool { return c.Code == noParent })
	err = r.in(ctx, func(tx *postgres.Tx) error {
		rows, err := db.New(tx).KnownOf(ctx, db.KnownOfParams{OrganiserID: r.organiser, ChildID: c.Child})
		if err != nil {
			return fmt.Errorf("reading what the warehouse holds of child %d: %w", c.Child, err)
		}
		var known []Known
		for _, k := range rows {
			known = append(known, Known{Kind(k.Kind), k.ObjectKey, k.ParentKey, k.Url, k.LastDay})
		}
		gone := under(parent, known)
		if itself {
			gone[parent] = true
		}
		for _, k := range known {
			if !gone[k.Key] {
				continue
			}
			healed = true
			if err := db.New(tx).ObjectDelete(ctx, db.ObjectDeleteParams{OrganiserID: r.organiser, ChildID: c.Child, ObjectKey: k.Key}); err != nil {
				return fmt.Errorf("forgetting what the warehouse lost of child %d: %w", c.Child, err)
			}
		}
		known = slices.DeleteFunc(known, func(k Known) bool { return gone[k.Key] })
		steps = Diff(c.wanted, known)
		return nil
	})
	return steps, healed, err
}

// under gives the keys of what hangs on a parent, at any depth.
func under(parent string, known []Known) map[string]bool {
	out := map[string]bool{}
	for on := []string{parent}; len(on) > 0; on = on[1:] {
		for _, k := range known {
			if k.Parent == on[0] && !out[k.Key] {
				out[k.Key] = true
				on = append(on, k.Key)
			}
		}
	}
	return out
}
