package ui_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"seteli/core/ident"
	"seteli/web/ui"
	"seteli/web/ui/uitest"
)

// every is an audience with one page that reads a field of every kind.
func every() ui.Audience {
	read := func(w http.ResponseWriter, r *ui.Request) error {
		f := r.Input()
		f.Text("text")
		f.OptionalLongText("long")
		f.Date("date")
		f.Month("month")
		f.Time("time")
		f.Cents("cents")
		f.Quantity("quantity")
		f.Int("int", 1, 9)
		f.ID("id")
		f.Email("email")
		f.Choice("choice", "a", "b")
		f.Choices("choices", "a", "b")
		ui.Read(f, "iban", ident.ParseIBAN)
		f.Files("files", 1<<10)
		f.File("file", 1<<10)
		f.Written()
		if f.Refused() {
			return f.Err()
		}
		w.WriteHeader(http.StatusNoContent)
		return nil
	}
	return ui.Audience{Name: "every", Routes: []ui.Route{{Method: "GET", Path: "/every", Open: true, Handle: read}, {Method: "POST", Path: "/every", Open: true, Handle: read}}}
}

// Whatever a browser or anything else sends as form, file, query or cookie: an answer of ours without a fault of the program, and
// nothing that was sent becomes markup.
func FuzzForm(f *testing.F) {
	site, err := uitest.New(f, ui.Session{}, every()).Handler()
	if err != nil {
		f.Fatal(err)
	}
	const parts = "multipart/form-data; boundary=x"
	f.Add("/fi/style-guide", "application/x-www-form-urlencoded", "seteli_flash=PHNjcmlwdD4", "hours=20&from=1.12.2026&why=x%0ay&outcome=granted")
	f.Add("/sv/every?text=<script>&month=12/2026", "", "seteli_lang=sv; seteli_appearance=dark", "")
	f.Add("/en/every", parts, "", "--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"<script>.csv\"\r\n\r\nabc\r\n--x--\r\n")
	f.Add("/fi/every", "application/x-www-form-urlencoded", "", "date=31.2.2026&time=24.01&cents=1e9&quantity=1:60&int=-1&id=99999999999999999999&email=a@b&choice=c&choices=a&choices=z&iban=FI21")
	f.Add("/%2e%2e/fi//every;%00", "text/plain", "a=b", "%zz=%zz;&&")
	f.Fuzz(func(t *testing.T, address, kind, cookies, body string) {
		r, err := http.NewRequest(http.MethodPost, "http://seteli.example"+address, strings.NewReader(body))
		if err != nil || r.URL.Host != "seteli.example" {
			return
		}
		r.RequestURI = r.URL.RequestURI()
		if kind == "" {
			r.Method = http.MethodGet
		} else {
			r.Header.Set("Content-Type", kind)
		}
		r.Header.Set("Cookie", cookies)
		answer := httptest.NewRecorder()
		site.ServeHTTP(answer, r)
		if answer.Code >= 500 {
			t.Errorf("%s %s: %d %s", r.Method, address, answer.Code, answer.Body)
		}
		if page := answer.Body.String(); strings.Contains(page, "<script>") || strings.Contains(page, "<img") {
			t.Errorf("%s %s: markup from outside\n%s", r.Method, address, page)
		}
	})
}
