// Package account is what every signed-in person has: signing in and out, choosing for whom one acts, the own notices and language, and
// in a demo the mailbox that shows what would have been sent. It also keeps a form over a lost sign-in and tells the page frame who asks.
//
// It knows sessions, mandates and the names to show for them. Who somebody is, an identity provider tells through Identifier; the package
// must not know its protocol, nor any page that a role lands on: cmd/seteli names them.
package account

import (
	"context"
	"embed"
	"log/slog"
	"net/http"
	"net/url"
	"time"

	"seteli/platform/access"
	"seteli/platform/audit"
	"seteli/platform/postgres"
	"seteli/platform/secret"
	"seteli/web/ui"
)

//go:embed templates/*.html
var templates embed.FS

// Acts of this package in the audit.
const (
	ActSignedIn  = audit.Act("account.signed_in")
	ActSignedOut = audit.Act("account.signed_out")
	ActSwitched  = audit.Act("account.mandate_chosen")
	ActLanguage  = audit.Act("account.language_set")
)

// Wish is what the person wanted when the sign-in began.
type Wish struct {
	ReturnTo string // path within the service
	Language string // fi, sv or en
	Fresh    bool   // identify again even when the provider remembers the person
}

// Identity is who was identified.
type Identity struct {
	Issuer, Subject, Name, Email string
	Hetu                         string // identity code as the provider gave it; "" = none
	Level                        string // substantial or high
}

// Identifier sends a person to an identity provider and takes them back.
type Identifier interface {
	// Start gives the address to send the browser to and the sealed attempt for a short-lived cookie.
	Start(ctx context.Context, wish Wish) (address, sealed string, err error)
	// Finish takes the provider's answer and gives who was identified and the path to go on to.
	Finish(ctx context.Context, sealed string, answer url.Values) (Identity, string, error)
	// EndAddress is where the provider ends its own session; "" = it has no such page.
	EndAddress(ctx context.Context, back string) string
}

// Letter is a message that a demo kept instead of sending it.
type Letter struct {
	ID                          int64
	To, Subject, Text, Language string
	SentAt                      time.Time
}

// Mailbox shows the messages of a demo, newest first; to "" = everybody's.
type Mailbox interface {
	Letters(ctx context.Context, to string, before int64, most int32) ([]Letter, error)
}

// Pages holds what the pages need.
type Pages struct {
	DB       *postgres.DB
	Keys     *secret.Keys
	Sessions *access.Sessions
	Identity Identifier
	Landing  map[access.Role]string // path of each role's first page, without language; the notices when none
	Mailbox  Mailbox                // nil outside a demo
	Origin   string                 // address of the service, for the way back from the identity provider
	Log      *slog.Logger
}

// Audience is the pages with their routes and navigation.
func (p *Pages) Audience() ui.Audience {
	a := ui.Audience{
		Name: "account", Templates: templates, Roles: access.Roles(),
		Nav: []ui.NavItem{{Key: "account.nav.notices", Path: "/notices", Right: access.NoticeRead}},
		Routes: []ui.Route{
			{Method: "GET", Path: "/sign-in", Open: true, Handle: p.signIn},
			{Method: "GET", Path: "/sign-in/start", Open: true, Handle: p.start},
			{Method: "GET", Path: CallbackPath, Open: true, Plain: true, Handle: p.callback},
			{Method: "GET", Path: "/signed-out", Open: true, Handle: p.signedOut},
			{Method: "POST", Path: "/sign-out", Open: true, Handle: p.signOut},
			{Method: "GET", Path: "/home", Handle: p.home},
			{Method: "GET", Path: "/mandates", Handle: p.mandates},
			{Method: "POST", Path: "/mandates", Handle: p.mandateChoose},
			{Method: "GET", Path: "/me", Handle: p.me},
			{Method: "POST", Path: "/me", Handle: p.meSave},
			{Method: "GET", Path: "/notices", Right: access.NoticeRead, Handle: p.notices},
		},
		Pages: []ui.PageSpec{
			ui.Page("account/sign-in", signInView{}, signInView{Return: "/fi/x", Kept: true, Cancelled: true}),
			ui.Page("account/signed-out", signedOutView{}, signedOutView{End: "https://id.example/end"}),
			ui.Page("account/mandates", mandatesView{}, mandatesView{Choices: []ui.Option{{Value: "1", Text: "x", Hint: "y"}}}),
			ui.Page("account/me", meView{}),
			ui.Page("account/notices", noticesView{}, noticesView{Notices: []noticeRow{{Subject: "x", Paragraphs: []string{"y"}}}}),
		},
	}
	if p.Mailbox != nil {
		a.Nav = append(a.Nav, ui.NavItem{Key: "account.nav.mailbox", Path: "/mailbox"})
		a.Routes = append(a.Routes, ui.Route{Method: "GET", Path: "/mailbox", Handle: p.mailbox})
		a.Pages = append(a.Pages, ui.Page("account/mailbox", mailboxView{}, mailboxView{Letters: []letterRow{{Subject: "x", Paragraphs: []string{"y"}}}}))
	}
	return a
}

// CallbackPath is where the identity provider sends the browser back; it is registered there.
const CallbackPath = "/sign-in/return"

// landing is the role's first page.
func (p *Pages) landing(role access.Role) string {
	if path := p.Landing[role]; path != "" {
		return path
	}
	return "/notices"
}

func (p *Pages) home(w http.ResponseWriter, r *ui.Request) error {
	if r.Actor.Role == "" {
		return r.SeeOther(w, "/mandates", "")
	}
	return r.SeeOther(w, p.landing(r.Actor.Role), "")
}
