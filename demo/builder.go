package demo

import (
	"context"
	"crypto/sha256"
	"fmt"
	"math/rand/v2"
	"time"

	"seteli/core/calendar"
	"seteli/domain/catalogue"
	"seteli/domain/client"
	"seteli/domain/organiser"
	"seteli/domain/payment"
	"seteli/domain/register"
	"seteli/domain/rulebook"
	"seteli/domain/voucher"
	"seteli/platform/access"
	"seteli/platform/i18n"
	"seteli/platform/postgres"
	"seteli/platform/secret"
)

// Deps are what building needs. DB is opened with Clock, so that a move of the clock moves every use case.
type Deps struct {
	DB     *postgres.DB
	Clock  *calendar.Fixed
	Keys   *secret.Keys
	Texts  *i18n.Catalogue
	Models rulebook.Models
	Bank   payment.FileWriter
	// Deliver hands out what waits in the outbox, so that notices carry the days of the history; nil leaves it to the server.
	Deliver func(context.Context) error
	// Analyse lets the database count what was just filled in bulk; nil leaves it to the database's own worker.
	Analyse func(context.Context) error
}

// Builder takes the steps of a world one by one. Its methods run use cases as the people whom they belong to.
type Builder struct {
	Deps
	issuer string // of the identity provider: accounts are known by issuer and subject
	seed   uint64

	operator access.Actor
	nextIBAN int
	nextID   int // business ids
}

// NewBuilder begins a world; the operator is its first person.
func NewBuilder(ctx context.Context, d Deps, issuer string, seed uint64) (*Builder, error) {
	b := &Builder{Deps: d, issuer: issuer, seed: seed}
	a, err := b.account(ctx, "operator", "Ylermi Ylläpito", "operaattori@seteli.example", 0)
	if err != nil {
		return nil, err
	}
	system := access.System("demo", 0)
	err = d.DB.National(ctx, func(tx *postgres.Tx) error {
		m, err := access.Grant(ctx, tx, system, access.Mandate{Account: a.ID, Role: access.Operator})
		b.operator = access.Actor{Account: a.ID, Name: a.Name, Mandate: m.ID, Role: access.Operator}
		if err != nil {
			return err
		}
		return organiser.SetMunicipalities(ctx, tx, b.operator, municipalities())
	})
	return b, err
}

// draw is a source of chance of its own for one thing: what else is built, and in which order, does not change it.
func (b *Builder) draw(what string, numbers ...int) *rand.Rand {
	return rand.New(b.source(what, numbers...))
}

func (b *Builder) source(what string, numbers ...int) *rand.ChaCha8 {
	return rand.NewChaCha8(sha256.Sum256(fmt.Appendf(nil, "%d %s %v", b.seed, what, numbers)))
}

// means gives what granting needs; the voucher's number comes from the seed too.
func (b *Builder) means(what string, numbers ...int) voucher.Means {
	return voucher.Means{Texts: b.Texts, Models: b.Models, Random: b.source("number "+what, numbers...)}
}

// At moves the clock to an hour of a day, Finnish time.
func (b *Builder) At(day calendar.Date, hour, minute int) {
	y, m, d := day.Civil()
	b.Clock.Set(time.Date(y, m, d, hour, minute, 0, 0, calendar.Helsinki))
}

// Today is the day at which the clock stands.
func (b *Builder) Today() calendar.Date { return calendar.Today(b.Clock) }

// In runs fn under the scope of an organiser.
func (b *Builder) In(ctx context.Context, organiserID int32, fn func(*postgres.Tx) error) error {
	return b.DB.Tenant(postgres.Unhurried(ctx), access.Within{Organiser: organiserID}, fn)
}

// now is the actor with a sign-in that is fresh at this moment, as acts on money and accounts ask.
func (b *Builder) now(a access.Actor) access.Actor {
	a.SignedIn = b.Clock.Now()
	return a
}

func (b *Builder) account(ctx context.Context, subject, name, email string, person int64) (a access.Account, err error) {
	err = b.DB.National(ctx, func(tx *postgres.Tx) error {
		a, err = access.SignIn(ctx, tx, access.Account{Issuer: b.issuer, Subject: subject, Name: name, Email: email, Language: "fi", Person: person})
		return err
	})
	return a, err
}

// House is a founded organiser with its people and services.
type House struct {
	Organiser organiser.Organiser
	Staff     map[access.Role]access.Actor
	Second    access.Actor // second main user: what one prepares the other publishes
	Services  map[string]catalogue.Service
	Teams     map[string]int64
}

// As gives the member of the staff in a role.
func (h House) As(role access.Role) access.Actor { return h.Staff[role] }

// Service by its code.
func (h House) Service(code string) catalogue.Service { return h.Services[code] }

// Company is a provider with its units and people.
type Company struct {
	Provider  register.Provider
	Units     []register.Unit
	Signatory access.Actor
	MainUser  access.Actor
	Recorder  access.Actor
}

// Right is one client's voucher as the builder keeps it: what deliveries are made of.
type Right struct {
	Client  client.Client
	Voucher voucher.Voucher
	Company int // index in the world's companies; -1 = nobody reserved
	Unit    int64
	offer   offer
}
