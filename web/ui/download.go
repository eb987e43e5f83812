package ui

import (
	"mime"
	"net/http"
	"strconv"

	"seteli/platform/sheet"
)

// Download gives a file that somebody sent as a file to keep: it is never shown inside our own pages.
func Download(w http.ResponseWriter, name, media string, data []byte) error {
	h := w.Header()
	h.Set("Content-Type", media)
	h.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": name}))
	h.Set("Content-Length", strconv.Itoa(len(data)))
	h.Set("Cache-Control", "no-store")
	_, err := w.Write(data)
	return err
}

// CSV gives a table as a file for a spreadsheet program.
func CSV(w http.ResponseWriter, name string, headings []string, rows [][]any) error {
	w.Header().Set("Content-Type", "text/csv; charset=utf-8")
	w.Header().Set("Content-Disposition", `attachment; filename="`+name+`"`)
	w.Header().Set("Cache-Control", "no-store")
	return sheet.WriteCSV(w, headings, func(yield func([]any, error) bool) {
		for _, row := range rows {
			if !yield(row, nil) {
				return
			}
		}
	})
}
