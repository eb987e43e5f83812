package ui

import (
	"mime"
	"net/http"
	"strconv"
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
