package onetime

import (
	"strings"

	"seteli/core/calendar"
	"seteli/domain/catalogue"
	"seteli/domain/client"
	"seteli/platform/document"
	"seteli/platform/i18n"
)

// Sheet is what stands on the paper of slips beside the slips themselves.
type Sheet struct {
	Texts   *i18n.Catalogue
	Lang    i18n.Lang
	Sender  string // the organiser
	Address string // of the service: "https://seteli.example"
	Service catalogue.Service
	Client  *client.Client // to whom it is sent; nil = handed over
	Day     calendar.Date
}

// Link is the address that the code of a slip leads a provider to: the page where the slip is used, with its number filled in.
func Link(address string, s Slip) string {
	return strings.TrimRight(address, "/") + "/fi/use/" + s.Number.String()
}

// Providers is the address of the page of approved providers.
func Providers(address string, lang i18n.Lang) string {
	return strings.TrimRight(address, "/") + "/" + string(lang) + "/services"
}

// Paper is the printed slip, one on a page however many: number, code, worth, days and how to use it.
func Paper(sheet Sheet, list []Slip) document.Letter {
	l := document.Letter{Lang: sheet.Lang, Title: sheet.say("onetime.paper.title", "service", sheet.Service.Names.In(sheet.Lang)), Sender: sheet.Sender,
		SenderUnit: sheet.Service.Area.In(sheet.Lang), Date: sheet.Day}
	if sheet.Client != nil {
		l.Recipient = append([]string{sheet.Client.Name()}, sheet.Client.Address()...)
	}
	if len(list) == 1 {
		l.Number, l.NumberKey = list[0].Number.Print(), "onetime.paper.mark"
	}
	for i, s := range list {
		if i > 0 {
			l.Blocks = append(l.Blocks, document.PageBreak{})
		}
		l.Blocks = append(l.Blocks, sheet.blocks(s)...)
	}
	return l
}

func (p Sheet) say(key string, args ...any) string {
	named := make(map[string]any, len(args)/2)
	for i := 0; i+1 < len(args); i += 2 {
		named[args[i].(string)] = args[i+1]
	}
	return p.Texts.Text(p.Lang, key, named)
}

func (p Sheet) fact(key, value string) document.Paragraph {
	return document.Paragraph{Runs: []document.Run{{Text: p.say(key) + " "}, {Text: value, Bold: true}}}
}

func (p Sheet) blocks(s Slip) []document.Block {
	plain := func(key string, args ...any) document.Paragraph { return document.Plain(p.say(key, args...)) }
	content, _ := p.Service.Content(s.Content)
	good := document.Summary{Paragraphs: []document.Paragraph{p.fact("onetime.paper.number", s.Number.Print()), p.fact("onetime.paper.value", i18n.Cents(p.Lang, s.Value)),
		p.fact("onetime.paper.good_for", content.Names.In(p.Lang)+Times(p.Lang, s, content.Unit)), p.fact("onetime.paper.valid", i18n.Period(p.Lang, s.Period))}}
	pays := plain("onetime.paper.pays")
	if p.Service.OwnShareForbidden {
		pays = plain("onetime.paper.pays_all")
	}
	how := document.List{Numbered: true, Items: []document.Paragraph{plain("onetime.paper.how.choose"), plain("onetime.paper.how.book"), plain("onetime.paper.how.give"), pays}}
	blocks := []document.Block{good, document.Square{Content: Link(p.Address, s), Alt: p.say("onetime.paper.square", "number", s.Number)}, document.Heading{Level: 2, Text: p.say("onetime.paper.how")}, how, p.providers()}
	if s.Client == 0 {
		blocks = append(blocks, plain("onetime.paper.personal_later"))
	} else {
		blocks = append(blocks, plain("onetime.paper.personal"))
	}
	return append(blocks, p.fact("onetime.paper.advice", s.Contact), document.Heading{Level: 2, Text: p.say("onetime.paper.provider")},
		plain("onetime.paper.provider.how", "address", strings.TrimRight(p.Address, "/")+"/"+string(p.Lang)+"/use"))
}

// providers says where the approved providers are listed; a link when the address can be one.
func (p Sheet) providers() document.Paragraph {
	address := Providers(p.Address, p.Lang)
	run := document.Run{Text: address}
	if strings.HasPrefix(address, "https://") {
		run.Link = address
	}
	return document.Paragraph{Runs: []document.Run{{Text: p.say("onetime.paper.providers") + " "}, run}}
}

// Times says how much of the content a slip gives: nothing for one, ", 3 tuntia" for more; euros are told by the value.
func Times(lang i18n.Lang, s Slip, unit catalogue.Unit) string {
	if unit == catalogue.Euro {
		return ""
	}
	return ", " + i18n.QuantityInWords(lang, s.Quantity, string(unit))
}
