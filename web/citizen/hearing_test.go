package citizen_test

import (
	"bytes"
	"io"
	"mime/multipart"
	"net/http"
	"strings"
	"testing"

	"seteli/domain/decision"
	"seteli/domain/voucher"
	w "seteli/domain/voucher/vouchertest"
	"seteli/platform/postgres"
)

// heard proposes a grant to Aino and asks about it.
func heard(world *w.World) {
	world.Do(world.Staff, func(tx *postgres.Tx) error {
		ctx := world.T.Context()
		p, err := voucher.ProposeGrant(ctx, tx, world.Staff, world.Means, world.Input(20), decision.DecideInput{})
		if err != nil {
			return err
		}
		_, err = voucher.HearProposed(ctx, tx, world.Staff, world.Means, voucher.HearProposedInput{DecideInput: decision.DecideInput{Organiser: w.Organiser, Proposal: p.ID},
			Question: "Riittääkö 20 tuntia?\nKerro myös, sopiiko alkamispäivä.", Channel: "portal", Due: w.Today + 14, Office: "palveluohjaaja"})
		return err
	})
}

// answer sends the form with files, each a name and a content, and gives the status, the address where it led and the page.
func answer(t *testing.T, url, text string, files ...string) (int, string, string) {
	t.Helper()
	var b bytes.Buffer
	form := multipart.NewWriter(&b)
	if err := form.WriteField("answer", text); err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(files); i += 2 {
		part, err := form.CreateFormFile("files", files[i])
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(part, files[i+1]); err != nil {
			t.Fatal(err)
		}
	}
	if err := form.Close(); err != nil {
		t.Fatal(err)
	}
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, url, &b)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", form.FormDataContentType())
	req.Header.Set("Sec-Fetch-Site", "same-origin")
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	page, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res.StatusCode, res.Request.URL.Path, string(page)
}

func TestTheClientReadsTheQuestionAndAnswersOnOwnPages(t *testing.T) {
	t.Parallel()
	world := w.New(t)
	heard(world)
	own := serve(t, world, world.Self(world.Aino))
	const path = "/fi/my/hearings/1/1"
	has := func(body string, parts ...string) {
		t.Helper()
		for _, part := range append(parts, "<h1") {
			if !strings.Contains(body, part) {
				t.Errorf("the page lacks %q", part)
			}
		}
		if i := strings.Index(body, "[hearing."); i >= 0 {
			t.Errorf("a text is missing: %.60s", body[i:])
		}
	}
	_, body := ask(t, own, http.MethodGet, "/fi/my", nil)
	has(body, "Sinulta kysytään ennen päätöstä", path, "5.12.2026")
	_, body = ask(t, own, http.MethodGet, "/fi/my/decisions", nil)
	has(body, "Kysymykset ennen päätöstä", "Riittääkö 20 tuntia?", "Odottaa vastaustasi")
	_, body = ask(t, own, http.MethodGet, path, nil)
	has(body, "Vastaa viimeistään 5.12.2026.", "Kerro myös, sopiiko alkamispäivä.", "Kiinteä arvo 34,00", path+"/answer", path+"/letters/1", "040\u00a0000\u00a00000")
	if _, paper := ask(t, own, http.MethodGet, path+"/letters/1", nil); !strings.HasPrefix(paper, "%PDF-") {
		t.Error("no paper")
	}
	code, _, body := answer(t, own.URL+path+"/answer", "")
	if code != http.StatusUnprocessableEntity {
		t.Errorf("an empty answer: %d", code)
	}
	has(body, "Kirjoita vastaus tai liitä tiedosto.", "f-answer-error")
	code, _, body = answer(t, own.URL+path+"/answer", "Tarvitsen 30 tuntia.", "ohjelma.exe", "MZ\x90")
	if code != http.StatusUnprocessableEntity {
		t.Errorf("a program as a file: %d", code)
	}
	has(body, "Tarvitsen 30 tuntia.", "f-files-error")
	code, to, body := answer(t, own.URL+path+"/answer", "Tarvitsen 30 tuntia.", "lausunto.pdf", "%PDF-1.4\nx\n%%EOF")
	if code != http.StatusOK || to != path {
		t.Fatalf("the answer: %d %s", code, to)
	}
	has(body, "Tarvitsen 30 tuntia.", "lausunto.pdf", "Kiitos vastauksesta.", "Täydennä vastausta", path+"/files/1")
	if _, file := ask(t, own, http.MethodGet, path+"/files/1", nil); !strings.HasPrefix(file, "%PDF-1.4") {
		t.Errorf("the client's own file: %.20q", file)
	}
	staff := serve(t, world, world.Staff)
	_, body = ask(t, staff, http.MethodGet, "/fi/proposals/1", nil)
	has(body, "Tarvitsen 30 tuntia.", "/fi/proposals/1/files/1", "Verkossa")
	if _, file := ask(t, staff, http.MethodGet, "/fi/proposals/1/files/1", nil); !strings.HasPrefix(file, "%PDF-1.4") {
		t.Errorf("the file for the caseworker: %.20q", file)
	}
	for _, lang := range []string{"sv", "en"} {
		for _, page := range []string{"/my", "/my/decisions", "/my/hearings/1/1", "/my/hearings/1/1/answer"} {
			code, body := ask(t, own, http.MethodGet, "/"+lang+page, nil)
			if code != http.StatusOK {
				t.Errorf("%s%s: %d", lang, page, code)
			}
			has(body)
		}
	}
	stranger := serve(t, world, world.Self(world.Client("020260-998K")))
	for _, page := range []string{path, path + "/answer", path + "/letters/1", path + "/files/1"} {
		if code, _ := ask(t, stranger, http.MethodGet, page, nil); code != http.StatusNotFound {
			t.Errorf("another's %s: %d", page, code)
		}
	}
}
