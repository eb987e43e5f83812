package settlement

import (
	"context"
	"fmt"

	"seteli/domain/decision"
	"seteli/domain/organiser"
	"seteli/domain/settlement/db"
	"seteli/platform/document"
	"seteli/platform/i18n"
	"seteli/platform/postgres"
)

// TopicClaimed is the outbox topic of a debt that was asked back; its payload is Claimed.
const TopicClaimed = "statement.claimed"

// Claimed is the payload of TopicClaimed.
type Claimed struct {
	Claim    int64 `json:"claim"`
	Provider int64 `json:"provider"`
	Document int64 `json:"document"`
}

// claimLetter writes the invoice in the payee's language and keeps it; the claim gets the payee's name as it stands on the letter.
func claimLetter(ctx context.Context, tx *postgres.Tx, texts *i18n.Catalogue, o organiser.Organiser, c *Claim) (int64, error) {
	p, err := db.New(tx).PayeeLetter(ctx, c.Provider)
	if err != nil {
		return 0, fmt.Errorf("reading the address of payee %d: %w", c.Provider, err)
	}
	c.Payee = p.Name
	lang := i18n.Lang(p.Language)
	say := func(key string, pairs ...any) string {
		return texts.Text(lang, "settlement.claim.letter."+key, values(pairs))
	}
	items := []document.Paragraph{document.Plain(say("receiver", "name", c.ToName)), document.Plain(texts.Text(lang, "settlement.letter.account", map[string]any{"account": account(c.ToIBAN, "")})),
		document.Plain(texts.Text(lang, "settlement.letter.reference", map[string]any{"reference": printed(c.Reference)})), document.Plain(say("due", "day", c.DueOn))}
	return decision.StoreDocument(ctx, tx, decision.DocumentInput{Organiser: o.ID, Kind: decision.Statement, Texts: texts, Provider: &c.Provider, Letter: document.Letter{Lang: lang,
		Title: say("title", "number", c.Number), Sender: o.Names.In(lang), Recipient: address(p), Date: c.MadeOn, Number: c.Number, Blocks: []document.Block{
			document.Summary{Paragraphs: []document.Paragraph{document.Plain(say("summary", "sum", c.Amount, "day", c.DueOn))}},
			document.Heading{Level: 2, Text: say("why")}, document.Plain(c.Reason), document.Plain(say("carried")),
			document.Heading{Level: 2, Text: say("pay")}, document.List{Items: items},
			document.Plain(say("ask", "email", o.Email, "phone", o.Phone))}}})
}
