package household

import (
	"context"
	"fmt"

	"seteli/platform/access"
	"seteli/platform/audit"
	"seteli/platform/postgres"
)

// TopicChanged tells that what is recorded of a client's household has changed.
const TopicChanged = "household.changed"

// Changed is the payload of TopicChanged. It does not say what: that is the family's own. Client 0 is everybody: the definition of income
// has changed.
type Changed struct {
	Client int64 `json:"client"`
}

// wrote ends every change of a household: its audit row, and the message to those whose sums hang on it. change names the row and its
// version, so that each change is told once.
func (h Household) wrote(ctx context.Context, tx *postgres.Tx, by access.Actor, act audit.Act, detail map[string]any, change string) error {
	if err := audit.Write(ctx, tx, by, act, h.Ref(), detail); err != nil {
		return err
	}
	return tx.Outbox(ctx, postgres.Message{Organiser: h.Organiser, Topic: TopicChanged, Dedup: fmt.Sprintf("%s:%d:%s", TopicChanged, h.Client, change), Payload: Changed{h.Client}})
}
