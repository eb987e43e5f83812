package steering

import (
	"net/http"
	"strconv"
	"time"

	"seteli/domain/organiser"
	"seteli/platform/access"
	"seteli/platform/i18n"
	"seteli/platform/job"
	"seteli/platform/postgres"
	"seteli/web/ui"
)

// operationsView is the health of the service for its operator: no tenant's data, only counts and times.
type operationsView struct {
	Now          time.Time
	Store        ui.Summary
	Outbox, Jobs ui.Table
	NoBackup     bool // none, or too old
	Stuck        bool // something has waited too long
}

// late is how long a message may wait before it is a trouble.
const late = 15 * time.Minute

func (p *Pages) operations(w http.ResponseWriter, r *ui.Request) error {
	now := p.DB.Clock().Now()
	v := operationsView{Now: now}
	if err := p.store(r, &v, now); err != nil {
		return err
	}
	if err := p.outbox(r, &v, now); err != nil {
		return err
	}
	var kept []job.Kept
	err := p.DB.ReadNational(r.Context(), func(tx *postgres.Tx) (err error) {
		kept, err = job.Jobs(r.Context(), tx)
		return err
	})
	if err != nil {
		return err
	}
	v.Jobs = ui.Table{Caption: r.T("steering.health.jobs"), Dense: true, Cards: true, Empty: ui.Empty{Text: r.T("steering.health.no_jobs")},
		Columns: []ui.Column{{Text: r.T("steering.health.job")}, {Text: r.T("steering.health.state")}, {Text: r.T("steering.health.count"), Numeric: true}, {Text: r.T("steering.health.last")}, {Text: r.T("steering.health.next")}}}
	for _, k := range kept {
		next := ""
		if k.Next != nil {
			next = i18n.DateTime(r.Lang, *k.Next)
		}
		v.Jobs.Rows = append(v.Jobs.Rows, []ui.Cell{{Text: p.word(r, "steering.job.", k.Kind)}, {Text: p.word(r, "steering.job_state.", k.State)}, {Text: i18n.Int(r.Lang, k.Count), Numeric: true}, {Text: i18n.DateTime(r.Lang, k.Last)}, {Text: next}})
	}
	return r.Show(w, http.StatusOK, "steering/operations", v)
}

func (p *Pages) store(r *ui.Request, v *operationsView, now time.Time) error {
	row := func(key, value string) {
		v.Store.Rows = append(v.Store.Rows, ui.Row{Key: r.T("steering.health." + key), Value: value})
	}
	if p.Cluster != nil {
		h, err := p.Cluster(r.Context())
		if err != nil {
			return err
		}
		row("version", h.Version)
		row("size", megabytes(r, h.Bytes))
		row("free", megabytes(r, int64(h.Free)))
		row("broken", i18n.Int(r.Lang, h.Broken))
		backup := r.T("steering.health.never")
		if !h.LastBackup.IsZero() {
			backup = i18n.DateTime(r.Lang, h.LastBackup)
		}
		row("backup", backup)
		v.NoBackup = now.Sub(h.LastBackup) > postgres.BackupAge
	}
	s := p.DB.Stats()
	row("transactions", i18n.Int(r.Lang, int64(s.Transactions)))
	row("retries", i18n.Int(r.Lang, int64(s.RetriedSerialization+s.RetriedDeadlock+s.RetriedLost)))
	row("connections", strconv.Itoa(int(s.ConnectionsInUse))+" / "+strconv.Itoa(int(s.ConnectionsOpen)))
	writes := "steering.health.yes"
	if p.DB.ReadOnly() {
		writes = "steering.health.no"
	}
	row("writes", r.T(writes))
	return nil
}

func megabytes(r *ui.Request, bytes int64) string {
	return i18n.Int(r.Lang, bytes>>20) + "\u00a0MiB"
}

// outbox asks each organiser's messages in its own scope: counts only.
func (p *Pages) outbox(r *ui.Request, v *operationsView, now time.Time) error {
	var all []organiser.Organiser
	err := p.DB.ReadNational(r.Context(), func(tx *postgres.Tx) (err error) {
		all, err = organiser.All(r.Context(), tx)
		return err
	})
	if err != nil {
		return err
	}
	v.Outbox = ui.Table{Caption: r.T("steering.health.outbox"), Dense: true, Cards: true, Empty: ui.Empty{Text: r.T("steering.health.no_outbox")},
		Columns: []ui.Column{{Text: r.T("steering.health.organiser")}, {Text: r.T("steering.health.topic")}, {Text: r.T("steering.health.count"), Numeric: true},
			{Text: r.T("steering.health.oldest")}, {Text: r.T("steering.health.tries"), Numeric: true}, {Text: r.T("steering.health.failure")}}}
	for _, o := range all {
		var waiting []job.Waiting
		err := p.DB.Read(r.Context(), access.Within{Organiser: o.ID}, func(tx *postgres.Tx) (err error) {
			waiting, err = job.OutboxWaiting(r.Context(), tx, o.ID)
			return err
		})
		if err != nil {
			return err
		}
		for _, one := range waiting {
			v.Stuck = v.Stuck || now.Sub(one.Oldest) > late
			v.Outbox.Rows = append(v.Outbox.Rows, []ui.Cell{{Text: o.Names.In(r.Lang)}, {Text: one.Topic}, {Text: i18n.Int(r.Lang, one.Count), Numeric: true},
				{Text: i18n.DateTime(r.Lang, one.Oldest)}, {Text: strconv.Itoa(one.Tries), Numeric: true}, {Text: one.Failure}})
		}
	}
	return nil
}
