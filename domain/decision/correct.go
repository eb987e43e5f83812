package decision

import (
	"context"
	"slices"
	"strings"

	"seteli/core/fault"
	"seteli/domain/client"
	"seteli/domain/organiser"
	"seteli/domain/register"
	"seteli/platform/access"
	"seteli/platform/document"
	"seteli/platform/i18n"
	"seteli/platform/postgres"
)

// Ground is why a decision is corrected.
type Ground string

// Grounds of a correction.
const (
	Clerical Ground = "clerical" // an obvious slip of the pen or the calculator (434/2003, 51 §)
	Factual  Ground = "factual"  // wrong or lacking facts, wrong law, a fault in the procedure, new facts (434/2003, 50 §)
)

// correctionYears is how long a decision may be corrected (434/2003, 52 §).
const correctionYears = 5

var (
	errGround    = fault.New(fault.Invalid, "DEC-040", "decision.correct.ground_needed").At("ground")
	errCorrect   = fault.New(fault.Invalid, "DEC-041", "decision.correct.text_needed").At("becomes")
	errTooOld    = fault.New(fault.Conflict, "DEC-042", "decision.correct.too_old")
	errConsent   = fault.New(fault.Conflict, "DEC-043", "decision.correct.consent_needed").At("consent")
	errElsewhere = fault.New(fault.Conflict, "DEC-044", "decision.annul.elsewhere")
)

// CorrectInput corrects a decision by a new one that takes its place; the original stays as it was, with a note on its file.
type CorrectInput struct {
	Organiser    int32
	Decision     int64
	Ground       Ground
	Was          string // what the decision says, may be empty when something lacks from it
	Becomes      string // what it says from now on
	Reasons      string
	Office       string
	Against      bool   // the correction is against the party's interest
	Consent      string // when and how the party agreed
	CausedByThem bool   // the error is obvious and came from the party's own conduct
	HandedOver   bool
	Texts        *i18n.Catalogue
}

// Correct makes the correction, free of charge. DEC-042 after five years, DEC-043 for a factual error corrected against the party
// without consent when the party did not cause it (434/2003, 50 §), DEC-014 when it was corrected or annulled already.
func Correct(ctx context.Context, tx *postgres.Tx, by access.Actor, in CorrectInput) (Decision, error) {
	f, err := opened(ctx, tx, by, access.DecisionCorrect, in.Organiser, in.Decision)
	if err != nil {
		return Decision{}, err
	}
	if err := in.check(f, tx); err != nil {
		return Decision{}, err
	}
	section := map[Ground]string{Clerical: "51 §", Factual: "50 §"}[in.Ground]
	return f.remake(ctx, tx, by, remaking{kind: Correction, outcome: Corrected, ground: in.Ground, section: section, reasons: in.Reasons, office: in.Office,
		handed: in.HandedOver, texts: in.Texts, was: in.Was, becomes: in.Becomes, consent: in.Consent})
}

func (in CorrectInput) check(f File, tx *postgres.Tx) error {
	var wrong fault.List
	if in.Ground != Clerical && in.Ground != Factual {
		wrong = append(wrong, errGround)
	}
	if strings.TrimSpace(in.Becomes) == "" {
		wrong = append(wrong, errCorrect)
	}
	if tx.Today() > f.MadeOn.AddMonths(12*correctionYears) {
		wrong = append(wrong, errTooOld.With("years", correctionYears))
	}
	if in.Ground == Factual && in.Against && !in.CausedByThem && strings.TrimSpace(in.Consent) == "" {
		wrong = append(wrong, errConsent)
	}
	if f.Newer != nil && f.Newer.Kind != Replaced {
		wrong = append(wrong, errCorrected.With("number", f.Newer.RelatedNumber))
	}
	return wrong.Err()
}

// AnnulInput takes a decision back.
type AnnulInput struct {
	Organiser  int32
	Decision   int64
	Reasons    string
	Office     string
	HandedOver bool
	Texts      *i18n.Catalogue
}

// Annullable tells whether a decision can be annulled by itself. What gave something living, a voucher or an approval, is annulled
// with it, where its reservations and prices are ended too.
func Annullable(kind Kind) bool { return slices.Contains([]Kind{Refusal, Correction, Price}, kind) }

// Annul takes back a decision that gave nothing living, with reasons. DEC-044 for the others.
func Annul(ctx context.Context, tx *postgres.Tx, by access.Actor, in AnnulInput) (Decision, error) {
	f, err := opened(ctx, tx, by, access.DecisionCorrect, in.Organiser, in.Decision)
	if err != nil {
		return Decision{}, err
	}
	switch {
	case !Annullable(f.Kind):
		return Decision{}, errElsewhere
	case f.Newer != nil:
		return Decision{}, errCorrected.With("number", f.Newer.RelatedNumber)
	}
	return f.remake(ctx, tx, by, remaking{kind: Annulment, outcome: Annulled, section: "50 §", reasons: in.Reasons, office: in.Office,
		handed: in.HandedOver, texts: in.Texts})
}

// remaking is a decision about a decision.
type remaking struct {
	kind                  Kind
	outcome               Outcome
	ground                Ground
	section               string // of 434/2003
	reasons, office       string
	handed                bool
	texts                 *i18n.Catalogue
	was, becomes, consent string
}

func (f File) remake(ctx context.Context, tx *postgres.Tx, by access.Actor, m remaking) (Decision, error) {
	org, err := organiser.Get(ctx, tx, f.Organiser)
	if err != nil {
		return Decision{}, err
	}
	to, err := f.recipient(ctx, tx)
	if err != nil {
		return Decision{}, err
	}
	args := map[string]any{"number": f.Number, "day": f.MadeOn}
	say := func(key string) string { return m.texts.Text(f.Language, "decision."+string(m.kind)+"."+key, args) }
	return Make(ctx, tx, by, org, Draft{Kind: m.kind, Outcome: m.outcome, LegalAct: f.LegalAct, LegalSection: f.LegalSection, Language: f.Language, Reasons: m.reasons,
		MadeByTitle: m.office, Client: f.Client, Person: f.Person, Provider: f.Provider, Service: f.Service, SubjectKind: f.SubjectKind, SubjectID: f.SubjectID,
		Recipient: to, Title: say("title"), Replaces: &f.ID, Ground: m.ground, HandedOver: m.handed, Texts: m.texts, Fields: map[string]any{"original": f.Number},
		Blocks: func(string) []document.Block { return f.remadeBlocks(m, say) }})
}

func (f File) remadeBlocks(m remaking, say func(string) string) []document.Block {
	word := func(key string, args map[string]any) document.Paragraph {
		return document.Plain(m.texts.Text(f.Language, "decision."+key, args))
	}
	heading := func(key string) document.Heading {
		return document.Heading{Level: 2, Text: m.texts.Text(f.Language, "decision."+key, nil)}
	}
	blocks := []document.Block{document.Summary{Paragraphs: []document.Paragraph{document.Plain(say("brief"))}}, heading("heading.decision"), document.Plain(say("text"))}
	if m.becomes != "" {
		if m.was != "" {
			blocks = append(blocks, word("correction.was", map[string]any{"text": m.was}))
		}
		blocks = append(blocks, word("correction.becomes", map[string]any{"text": m.becomes}))
	}
	if m.consent != "" {
		blocks = append(blocks, word("correction.consent", map[string]any{"consent": m.consent}))
	}
	return append(blocks, heading("heading.reasons"), document.Plain(m.reasons),
		document.Provisions{Items: []document.Paragraph{word("provision.administrative", map[string]any{"section": m.section}),
			document.Plain(Provision(m.texts, f.Language, f.LegalAct, f.LegalSection))}})
}

// recipient is the window of the envelope of the decision's party, as the address is now. Under a safety ban it is the name alone.
func (d Decision) recipient(ctx context.Context, tx *postgres.Tx) ([]string, error) {
	switch {
	case d.Client != nil:
		c, err := client.Load(ctx, tx, d.Organiser, *d.Client)
		return append([]string{c.Name()}, c.Address()...), err
	case d.Provider != nil:
		p, err := register.Get(ctx, tx, *d.Provider)
		return p.Address(), err
	}
	return nil, nil
}
