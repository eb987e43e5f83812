package bank

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"time"

	"seteli/core/calendar"
	"seteli/core/money"
	"seteli/domain/payment"
)

const pain001Namespace = "urn:iso:std:iso:20022:tech:xsd:pain.001.001.09"

// longestID, longestName and longestText are the format's limits in characters.
const (
	longestID   = 35
	longestName = 70
	longestText = 140
)

// Pain001 writes pain.001.001.09.
type Pain001 struct{}

var _ payment.FileWriter = Pain001{}

// Name is "<message>.xml".
func (Pain001) Name(o payment.Order) string { return o.MessageID + ".xml" }

// Write gives the file, UTF-8, one element per line. An order that the format cannot carry is an error: ids too long,
// no payment, an amount that is not positive.
func (Pain001) Write(o payment.Order) ([]byte, error) {
	if err := check(o); err != nil {
		return nil, err
	}
	payer := party{Name: cut(Latin(o.Payer.Name), longestName), ID: &partyID{Org: organisation{Other: genericID{ID: o.Payer.BusinessID.Digits(), Scheme: schemeCode{"BANK"}}}}}
	doc := document{Namespace: pain001Namespace, Initiation: initiation{
		Header: header{MessageID: o.MessageID, Created: o.CreatedAt.In(calendar.Helsinki).Truncate(time.Second).Format(time.RFC3339),
			Count: o.Count(), Sum: amount(o.Total()), Initiator: payer}}}
	for _, b := range o.Batches {
		doc.Initiation.Payments = append(doc.Initiation.Payments, batch(o, payer, b))
	}
	var out bytes.Buffer
	out.WriteString(xml.Header)
	enc := xml.NewEncoder(&out)
	enc.Indent("", "  ")
	if err := enc.Encode(doc); err != nil {
		return nil, fmt.Errorf("writing payment file %s: %w", o.MessageID, err)
	}
	out.WriteByte('\n')
	return out.Bytes(), nil
}

func check(o payment.Order) error {
	if o.Count() == 0 {
		return fmt.Errorf("payment file %s holds no payment", o.MessageID)
	}
	if len(o.MessageID) > longestID || o.MessageID == "" || !plain(o.MessageID) {
		return fmt.Errorf("payment file: message id %q does not fit", o.MessageID)
	}
	seen := make(map[string]bool, o.Count())
	for _, b := range o.Batches {
		if len(b.ID) > longestID || !plain(b.ID) || len(b.Transfers) == 0 {
			return fmt.Errorf("payment file %s: batch %q does not fit", o.MessageID, b.ID)
		}
		for _, t := range b.Transfers {
			if len(t.EndToEndID) > longestID || t.EndToEndID == "" || !plain(t.EndToEndID) || seen[t.EndToEndID] {
				return fmt.Errorf("payment file %s: end-to-end id %q does not fit or is there twice", o.MessageID, t.EndToEndID)
			}
			if t.Amount <= 0 || t.IBAN.IsZero() || t.Name == "" {
				return fmt.Errorf("payment file %s: payment %s lacks amount, account or name", o.MessageID, t.EndToEndID)
			}
			seen[t.EndToEndID] = true
		}
	}
	return nil
}

func batch(o payment.Order, payer party, b payment.Batch) paymentInfo {
	p := paymentInfo{ID: b.ID, Method: "TRF", BatchBooking: true, Count: len(b.Transfers), Sum: amount(b.Total()), Level: "SEPA", On: b.On.String(),
		Debtor: payer, Account: o.Payer.IBAN.String(), Currency: "EUR", Agent: "NOTPROVIDED", Charges: "SLEV"}
	for i, t := range b.Transfers {
		x := transfer{InstructionID: fmt.Sprintf("%06d", i+1), EndToEndID: t.EndToEndID, Amount: euros{"EUR", amount(t.Amount)},
			Creditor: party{Name: cut(Latin(t.Name), longestName)}, Account: t.IBAN.String()}
		if t.Reference.IsZero() {
			x.Message = cut(Latin(t.Message), longestText)
		} else {
			x.Structured = &structured{Code: "SCOR", Reference: t.Reference.String()}
		}
		p.Transfers = append(p.Transfers, x)
	}
	return p
}

// amount writes euros with two decimals; the cents never leave the integers.
func amount(c money.Cents) string { return fmt.Sprintf("%d.%02d", int64(c)/100, int64(c)%100) }

// Elements in the order of the schema.
type document struct {
	XMLName    xml.Name   `xml:"Document"`
	Namespace  string     `xml:"xmlns,attr"`
	Initiation initiation `xml:"CstmrCdtTrfInitn"`
}

type initiation struct {
	Header   header        `xml:"GrpHdr"`
	Payments []paymentInfo `xml:"PmtInf"`
}

type header struct {
	MessageID string `xml:"MsgId"`
	Created   string `xml:"CreDtTm"`
	Count     int    `xml:"NbOfTxs"`
	Sum       string `xml:"CtrlSum"`
	Initiator party  `xml:"InitgPty"`
}

type party struct {
	Name string   `xml:"Nm"`
	ID   *partyID `xml:"Id"`
}

type partyID struct {
	Org organisation `xml:"OrgId"`
}

type organisation struct {
	Other genericID `xml:"Othr"`
}

type genericID struct {
	ID     string     `xml:"Id"`
	Scheme schemeCode `xml:"SchmeNm"`
}

type schemeCode struct {
	Code string `xml:"Cd"`
}

type paymentInfo struct {
	ID           string     `xml:"PmtInfId"`
	Method       string     `xml:"PmtMtd"`
	BatchBooking bool       `xml:"BtchBookg"`
	Count        int        `xml:"NbOfTxs"`
	Sum          string     `xml:"CtrlSum"`
	Level        string     `xml:"PmtTpInf>SvcLvl>Cd"`
	On           string     `xml:"ReqdExctnDt>Dt"`
	Debtor       party      `xml:"Dbtr"`
	Account      string     `xml:"DbtrAcct>Id>IBAN"`
	Currency     string     `xml:"DbtrAcct>Ccy"`
	Agent        string     `xml:"DbtrAgt>FinInstnId>Othr>Id"`
	Charges      string     `xml:"ChrgBr"`
	Transfers    []transfer `xml:"CdtTrfTxInf"`
}

type transfer struct {
	InstructionID string      `xml:"PmtId>InstrId"`
	EndToEndID    string      `xml:"PmtId>EndToEndId"`
	Amount        euros       `xml:"Amt>InstdAmt"`
	Creditor      party       `xml:"Cdtr"`
	Account       string      `xml:"CdtrAcct>Id>IBAN"`
	Message       string      `xml:"RmtInf>Ustrd,omitempty"`
	Structured    *structured `xml:"RmtInf>Strd>CdtrRefInf"`
}

type euros struct {
	Currency string `xml:"Ccy,attr"`
	Value    string `xml:",chardata"`
}

type structured struct {
	Code      string `xml:"Tp>CdOrPrtry>Cd"`
	Reference string `xml:"Ref"`
}
