package guidance_test

import (
	"bytes"
	"fmt"
	"testing"

	"seteli/core/calendar"
	"seteli/core/fault/faulttest"
	"seteli/domain/daycare/guidance"
	w "seteli/domain/voucher/vouchertest"
	"seteli/platform/access"
	"seteli/platform/document"
	"seteli/platform/postgres"
)

// A family's papers are judged from their content, kept encrypted, and read by who sent them and by staff.
func TestPapersOfAnApplication(t *testing.T) {
	t.Parallel()
	n := open(t)
	c, _, self := n.family(calendar.Day(2022, 3, 3))
	other := n.person(calendar.Day(1988, 1, 1), "Olli", false)
	n.guards(c, other)
	second, stranger := n.Self(other), n.Self(n.person(calendar.Day(1980, 1, 1), "Outo", false))
	a := n.draft(self, c, calendar.Day(2026, 6, 8), w.Unit)
	add := func(by access.Actor, name string, data []byte) (id int64, err error) {
		err = n.Try(by, func(tx *postgres.Tx) (err error) {
			id, err = guidance.AddPaper(t.Context(), tx, by, n.Keys, guidance.PaperInput{Organiser: w.Organiser, Application: a.ID, Name: name, Data: data})
			return err
		})
		return id, err
	}
	pdf := []byte("%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n")
	id, err := add(self, "palkka.pdf", pdf)
	must(t, err)
	for name, data := range map[string][]byte{"ohjelma.pdf": []byte("MZ\x90\x00 not a paper"), "sivu.pdf": []byte("<html><script>alert(1)</script></html>"), "tyhja.pdf": nil,
		"suuri.pdf": append(bytes.Clone(pdf), make([]byte, document.MaxUpload)...)} {
		if _, err := add(self, name, data); err == nil {
			t.Errorf("%s was taken", name)
		}
	}
	_, err = add(self, "...", pdf)
	faulttest.Want(t, err, "GUI-031")
	_, err = add(stranger, "palkka.pdf", pdf)
	faulttest.Want(t, err, "GUI-003")
	read := func(by access.Actor, application guidance.Application) error {
		return n.Try(by, func(tx *postgres.Tx) error {
			_, _, data, err := guidance.OpenPaper(t.Context(), tx, by, n.Keys, application, id)
			if err == nil && !bytes.Equal(data, pdf) {
				t.Error("the paper is not what was sent")
			}
			return err
		})
	}
	seen := n.get(n.Staff, a.ID)
	must(t, read(self, seen))
	must(t, read(n.Staff, seen))
	faulttest.Want(t, read(second, seen), "GUI-001")
	faulttest.Want(t, read(stranger, seen), "GUI-001")
	faulttest.Want(t, n.Try(stranger, func(tx *postgres.Tx) error {
		_, err := guidance.Get(t.Context(), tx, stranger, w.Organiser, a.ID)
		return err
	}), "GUI-003")
	if got := n.Count(`select count(*) from daycare_paper where position('%PDF'::bytea in bytes_encrypted) > 0`); got != 0 {
		t.Error("a paper lies readable in the database")
	}
	for i := range 9 {
		if _, err := add(self, fmt.Sprintf("lisa%d.pdf", i), pdf); err != nil {
			t.Fatal(i, err)
		}
	}
	_, err = add(self, "viela.pdf", pdf)
	faulttest.Want(t, err, "GUI-032")
	if twice, err := add(self, "palkka.pdf", pdf); err != nil || twice != id {
		t.Errorf("the same file sent twice: %d beside %d, %v", twice, id, err)
	}

	remove := func(by access.Actor) error {
		return n.Try(by, func(tx *postgres.Tx) error { return guidance.RemovePaper(t.Context(), tx, by, w.Organiser, a.ID, id) })
	}
	faulttest.Want(t, remove(stranger), "GUI-003")
	faulttest.Want(t, remove(second), "GUI-015")
	faulttest.Want(t, remove(n.Staff), "GUI-015")
	must(t, remove(self))
	faulttest.Want(t, read(self, seen), "GUI-001")
	faulttest.Want(t, remove(self), "GUI-001")
	_, err = add(self, "viela.pdf", pdf)
	must(t, err)
	n.Do(self, func(tx *postgres.Tx) error {
		_, err := guidance.Send(t.Context(), tx, self, w.Organiser, a.ID, a.RowVersion)
		return err
	})
	faulttest.Want(t, remove(self), "GUI-015") // what was sent with the application stays
}
