package account

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"seteli/core/calendar"
	"seteli/core/fault"
	"seteli/core/ident"
	"seteli/domain/client"
	"seteli/platform/access"
	"seteli/platform/audit"
	"seteli/platform/postgres"
	"seteli/web/ui"
)

// signInView is the page before the identity provider's.
type signInView struct {
	Return    string
	Kept      bool // a form waits for the person to come back
	Cancelled bool // the person turned back at the provider
	Demo      bool
}

func (p *Pages) signIn(w http.ResponseWriter, r *ui.Request) error {
	back := ui.LocalReturn(r.URL.Query().Get("return"), "")
	if r.SignedIn {
		return p.goOn(w, r, back)
	}
	return r.Show(w, http.StatusOK, "account/sign-in", signInView{Return: back, Kept: strings.Contains(back, "draft="), Cancelled: r.URL.Query().Has("cancelled"), Demo: p.Mailbox != nil})
}

// attemptCookie holds the sealed attempt from start to finish. Lax: the provider leads back by a link.
const attemptCookie = "seteli_attempt"

func setAttempt(w http.ResponseWriter, r *http.Request, sealed string, age int) {
	http.SetCookie(w, &http.Cookie{Name: attemptCookie, Value: sealed, Path: CallbackPath, MaxAge: age, HttpOnly: true, SameSite: http.SameSiteLaxMode,
		Secure: r.TLS != nil || r.Header.Get("X-Forwarded-Proto") == "https"})
}

// start leads to the identity provider. It is a link, not a form: the policy of our pages lets forms go to ourselves only.
func (p *Pages) start(w http.ResponseWriter, r *ui.Request) error {
	back := ui.LocalReturn(r.URL.Query().Get("return"), "/"+string(r.Lang)+"/home")
	address, sealed, err := p.Identity.Start(r.Context(), Wish{ReturnTo: back, Language: string(r.Lang), Fresh: r.URL.Query().Has("fresh")})
	if err != nil {
		return err
	}
	setAttempt(w, r.Request, sealed, 15*60)
	w.Header().Set("Cache-Control", "no-store")
	http.Redirect(w, r.Request, address, http.StatusSeeOther)
	return nil
}

// callback takes the person back: account, person, session. Whoever has one role acts in it at once, others choose first.
func (p *Pages) callback(w http.ResponseWriter, r *ui.Request) error {
	sealed := ""
	if c, err := r.Cookie(attemptCookie); err == nil {
		sealed = c.Value
	}
	setAttempt(w, r.Request, "", -1)
	w.Header().Set("Cache-Control", "no-store")
	who, back, err := p.Identity.Finish(r.Context(), sealed, r.URL.Query())
	if err != nil {
		if fault.KindOf(err) == fault.Invalid { // the person turned back
			http.Redirect(w, r.Request, r.Path("/sign-in")+"?cancelled=1&return="+url.QueryEscape(back), http.StatusSeeOther)
			return nil
		}
		return err
	}
	account, mandates, err := p.signedIn(r.Context(), who, langOf(back, string(r.Lang)))
	if err != nil {
		return err
	}
	chosen := int64(0)
	if len(mandates) == 1 {
		chosen = mandates[0].ID
	}
	if err := p.Sessions.Begin(w, r.Request, account.ID, chosen, who.Level); err != nil {
		return err
	}
	if back == "" || strings.HasSuffix(back, "/home") {
		back = "/" + account.Language + "/home"
	}
	if chosen == 0 {
		back = "/" + langOf(back, account.Language) + "/mandates?return=" + url.QueryEscape(back)
	}
	http.Redirect(w, r.Request, back, http.StatusSeeOther)
	return nil
}

// langOf is the language in an address, or the other one.
func langOf(path, other string) string {
	for _, l := range []string{"fi", "sv", "en"} {
		if path == "/"+l || strings.HasPrefix(path, "/"+l+"/") {
			return l
		}
	}
	return other
}

// signedIn notes the sign-in. Whoever is known by an identity code may always act for oneself as a client.
func (p *Pages) signedIn(ctx context.Context, who Identity, language string) (account access.Account, mandates []access.Mandate, err error) {
	err = p.DB.National(ctx, func(tx *postgres.Tx) error {
		in := access.Account{Issuer: who.Issuer, Subject: who.Subject, Name: who.Name, Email: who.Email, Language: language}
		if who.Hetu != "" {
			code, err := ident.ParseHetu(who.Hetu)
			if err != nil {
				return fmt.Errorf("the identity provider's answer: %w", errIdentity.Because(err))
			}
			if in.Person, err = client.PersonOf(ctx, tx, p.Keys, code); err != nil {
				return err
			}
		}
		if account, err = access.SignIn(ctx, tx, in); err != nil {
			return err
		}
		if mandates, err = access.MandatesOf(ctx, tx, account.ID); err != nil {
			return err
		}
		if account.Person != 0 && !holds(mandates, access.Client, account.Person) {
			self, err := access.Grant(ctx, tx, access.System("sign-in", 0), access.Mandate{Account: account.ID, Role: access.Client, Person: account.Person,
				Valid: calendar.Period{From: tx.Today(), To: calendar.Forever}})
			if err != nil {
				return err
			}
			mandates = append(mandates, self)
		}
		return audit.Write(ctx, tx, access.Actor{Account: account.ID, Name: account.Name}, ActSignedIn, ref(account.ID),
			map[string]any{"level": who.Level, "issuer": who.Issuer})
	})
	return account, mandates, err
}

// errIdentity: the provider is trusted, so an identity code that is none is its fault, not the person's.
var errIdentity = fault.New(fault.Unavailable, "ACT-001", "account.identity_unusable")

func holds(list []access.Mandate, role access.Role, person int64) bool {
	for _, m := range list {
		if m.Role == role && m.Person == person {
			return true
		}
	}
	return false
}

func ref(account int64) audit.Ref {
	return audit.Ref{Kind: "account", ID: account, Label: strconv.FormatInt(account, 10)}
}

// goOn leads a signed-in person onwards; back was checked to be ours.
func (p *Pages) goOn(w http.ResponseWriter, r *ui.Request, back string) error {
	if back == "" {
		return r.SeeOther(w, "/home", "")
	}
	http.Redirect(w, r.Request, back, http.StatusSeeOther)
	return nil
}

// signedOutView tells that the sign-in has ended here, and where the identity provider ends its own.
type signedOutView struct{ End string }

func (p *Pages) signOut(w http.ResponseWriter, r *ui.Request) error {
	if r.SignedIn {
		err := p.DB.National(r.Context(), func(tx *postgres.Tx) error {
			return audit.Write(r.Context(), tx, r.Actor, ActSignedOut, ref(r.Actor.Account), nil)
		})
		if err != nil {
			p.Log.WarnContext(r.Context(), "sign-out not noted", "error", err) // ending the session matters more
		}
	}
	if err := p.Sessions.End(w, r.Request); err != nil {
		return err
	}
	return r.SeeOther(w, "/signed-out", "")
}

func (p *Pages) signedOut(w http.ResponseWriter, r *ui.Request) error {
	if r.SignedIn {
		return r.SeeOther(w, "/home", "")
	}
	end := p.Identity.EndAddress(r.Context(), p.Origin+r.Path("/signed-out"))
	return r.Show(w, http.StatusOK, "account/signed-out", signedOutView{End: end})
}
