package ui

import "net/http"

type guideView struct{}

func (s *Site) styleGuide(w http.ResponseWriter, r *Request) error {
	return s.Show(w, r, 200, "ui/style-guide", guideView{})
}
