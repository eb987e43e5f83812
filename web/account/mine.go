package account

import (
	"cmp"
	"errors"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"seteli/domain/catalogue"
	"seteli/domain/client"
	"seteli/domain/notice"
	"seteli/domain/organiser"
	"seteli/domain/register"
	"seteli/platform/access"
	"seteli/platform/audit"
	"seteli/platform/i18n"
	"seteli/platform/postgres"
	"seteli/web/ui"
)

func isGone(err error) bool { return errors.Is(err, access.ErrNoDraft) }

// meView is what the service knows of the account, with the choice of language.
type meView struct {
	Mailbox   bool // a demo keeps the mail that would have been sent
	Form      *ui.Form
	Rows      ui.Summary
	Languages []ui.Option
}

func (p *Pages) me(w http.ResponseWriter, r *ui.Request) error {
	v, err := p.mine(r)
	if err != nil {
		return err
	}
	return r.Show(w, http.StatusOK, "account/me", v)
}

func (p *Pages) mine(r *ui.Request) (meView, error) {
	var a access.Account
	err := p.DB.ReadNational(r.Context(), func(tx *postgres.Tx) (err error) {
		a, err = access.AccountOf(r.Context(), tx, r.Actor.Account)
		return err
	})
	if err != nil {
		return meView{}, err
	}
	v := meView{Mailbox: p.Mailbox != nil, Form: r.Input(), Rows: ui.Summary{Rows: []ui.Row{{Key: r.T("account.me.name"), Value: a.Name}, {Key: r.T("account.me.email"), Value: a.Email}}}}
	for _, l := range i18n.Langs {
		v.Languages = append(v.Languages, ui.Option{Value: string(l), Text: r.T("account.language." + string(l))})
	}
	v.Form.Set("language", a.Language)
	return v, nil
}

// meSave keeps the language for letters and the next sign-in, and goes on in it.
func (p *Pages) meSave(w http.ResponseWriter, r *ui.Request) error {
	f := r.Input()
	language := f.Choice("language", "fi", "sv", "en")
	if f.Refused() {
		v, err := p.mine(r)
		if err != nil {
			return err
		}
		return r.Show(w, http.StatusUnprocessableEntity, "account/me", v)
	}
	err := p.DB.National(r.Context(), func(tx *postgres.Tx) error {
		if err := access.SetLanguage(r.Context(), tx, r.Actor.Account, language); err != nil {
			return err
		}
		return audit.Write(r.Context(), tx, r.Actor, ActLanguage, ref(r.Actor.Account), map[string]any{"language": language})
	})
	if err != nil {
		return err
	}
	r.Lang = i18n.Lang(language)
	return r.SeeOther(w, "/me", "account.me.saved")
}

// perPage is how many notices or letters stand on a page.
const perPage = 20

// noticesView is the receiver's own list.
type noticesView struct {
	Notices []noticeRow
	Pages   ui.Pages
}

type noticeRow struct {
	Subject, Lang string
	Paragraphs    []string
	At            time.Time
}

func (p *Pages) notices(w http.ResponseWriter, r *ui.Request) error {
	before, _ := strconv.ParseInt(r.URL.Query().Get("before"), 10, 64)
	var list []notice.Kept
	err := p.DB.Read(r.Context(), r.Actor, func(tx *postgres.Tx) (err error) {
		list, err = notice.Own(r.Context(), tx, r.Actor, before, perPage+1)
		return err
	})
	if err != nil {
		return err
	}
	v := noticesView{Pages: paging(r, "/notices", before)}
	if len(list) > perPage {
		list = list[:perPage]
		v.Pages.Next = r.Path("/notices") + "?before=" + strconv.FormatInt(list[perPage-1].ID, 10)
	}
	for _, n := range list {
		row := noticeRow{Subject: n.Subject, Paragraphs: strings.Split(n.Body, "\n"), At: n.At}
		if n.Language != r.Lang {
			row.Lang = string(n.Language)
		}
		v.Notices = append(v.Notices, row)
	}
	return r.Show(w, http.StatusOK, "account/notices", v)
}

func paging(r *ui.Request, path string, before int64) (pages ui.Pages) {
	if before > 0 {
		pages.First = r.Path(path)
	}
	return pages
}

// mailboxView is the demo's mailbox: the own letters, or everybody's for the operator.
type mailboxView struct {
	All     bool
	Letters []letterRow
	Pages   ui.Pages
}

type letterRow struct {
	To, Subject, Lang string
	Paragraphs        []string
	At                time.Time
}

func (p *Pages) mailbox(w http.ResponseWriter, r *ui.Request) error {
	v := mailboxView{All: r.Actor.Can(access.MailboxAll)}
	before, _ := strconv.ParseInt(r.URL.Query().Get("before"), 10, 64)
	addresses := []string{""} // everybody's
	if !v.All {
		var err error
		if addresses, err = p.addresses(r); err != nil {
			return err
		}
	}
	var list []Letter
	for _, to := range addresses {
		some, err := p.Mailbox.Letters(r.Context(), to, before, perPage+1)
		if err != nil {
			return err
		}
		list = append(list, some...)
	}
	slices.SortFunc(list, func(a, b Letter) int { return cmp.Compare(b.ID, a.ID) })
	v.Pages = paging(r, "/mailbox", before)
	if len(list) > perPage {
		list = list[:perPage]
		v.Pages.Next = r.Path("/mailbox") + "?before=" + strconv.FormatInt(list[perPage-1].ID, 10)
	}
	for _, l := range list {
		v.Letters = append(v.Letters, letterRow{To: l.To, Subject: l.Subject, Lang: l.Language, Paragraphs: strings.Split(strings.TrimSpace(l.Text), "\n"), At: l.SentAt})
	}
	return r.Show(w, http.StatusOK, "account/mailbox", v)
}

// addresses are where the notices of whom the person acts for go.
func (p *Pages) addresses(r *ui.Request) ([]string, error) {
	found := map[string]bool{}
	err := p.DB.Tenant(r.Context(), r.Actor, func(tx *postgres.Tx) error {
		switch r.Actor.Role.Side() {
		case access.ProviderSide:
			company, err := register.Get(r.Context(), tx, r.Actor.Provider)
			if err != nil {
				return err
			}
			found[company.Email] = true
			units, err := register.Units(r.Context(), tx, r.Actor.Provider)
			for _, u := range units {
				found[u.Email] = true
			}
			return err
		case access.PersonSide:
			rows, err := client.ByPerson(r.Context(), tx, r.Actor)
			for _, c := range rows {
				found[c.Email] = true
			}
			return err
		case access.OrganiserSide:
			o, err := organiser.Get(r.Context(), tx, r.Actor.Organiser)
			if err != nil {
				return err
			}
			found[o.Email] = true
			services, err := catalogue.Services(r.Context(), tx, o.ID, tx.Today())
			for _, s := range services {
				found[s.NoticeEmail] = true
			}
			return err
		}
		return nil
	})
	delete(found, "")
	return slices.Sorted(maps.Keys(found)), err
}
