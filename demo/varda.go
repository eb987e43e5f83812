package demo

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"seteli/domain/daycare/varda"
	"seteli/platform/access"
	"seteli/platform/postgres"
)

// The demo's key to the stand-in of the national data warehouse of early education.
const (
	VardaUser     = "demo"
	VardaPassword = "demo-varda"
)

// Object identifiers in the demo are of the form of organisations, with our own numbers: a unit's tells its producer.
const oidRoot = "1.2.246.562.10."

func producerOID(provider int64) string { return fmt.Sprintf("%s9%010d", oidRoot, provider) }

func unitOID(provider, unit int64) string {
	return fmt.Sprintf("%s8%010d%06d", oidRoot, provider, unit)
}

// ProducerOf reads the producer from the identifier of a demo unit; "" when it is none.
func ProducerOf(unit string) string {
	number, ok := strings.CutPrefix(unit, oidRoot+"8")
	if !ok || len(number) != 16 {
		return ""
	}
	provider, err := strconv.ParseInt(number[:10], 10, 64)
	if err != nil {
		return ""
	}
	return producerOID(provider)
}

// Agreed: in the demo's warehouse every producer has recorded the agreement.
func Agreed(producer string) bool { return strings.HasPrefix(producer, oidRoot+"9") }

// weekly hours of the demo's need options, in tenths.
var vardaHours = map[string]varda.Tenths{"full_time": 350, "part_20_hours": 200}

// connect tells a municipality's way to the data warehouse and what it asks of units and need options. Of the last unit the agreement is
// not noted yet: its children are a task.
func (w *world) connect(ctx context.Context, h House, o offer) error {
	by := h.As(access.MainUser)
	return w.In(ctx, h.Organiser.ID, func(tx *postgres.Tx) error {
		c := varda.Connection{Address: "http://localhost/varda-demo/api", Source: "00", Owner: fmt.Sprintf("%s7%010d", oidRoot, h.Organiser.ID), User: VardaUser, Active: true}
		if err := varda.SetConnection(ctx, tx, by, w.Keys, h.Organiser.ID, c, VardaPassword); err != nil {
			return err
		}
		units := w.nurseryUnits(o)
		for i, u := range units {
			provider := w.companies[u.company].Provider.ID
			err := varda.SetUnit(ctx, tx, by, h.Organiser.ID, u.unit, varda.Unit{OID: unitOID(provider, u.unit), Producer: producerOID(provider), Agreed: i < len(units)-1})
			if err != nil {
				return err
			}
		}
		for code, hours := range vardaHours {
			if err := varda.SetOption(ctx, tx, by, h.Organiser.ID, code, varda.Option{Hours: hours, Daily: true}); err != nil {
				return err
			}
		}
		return nil
	})
}
