package ui

import "strings"

// Paragraphs are the lines of what somebody wrote, without empty ones: a page shows each as a paragraph of its own.
func Paragraphs(written string) []string {
	var list []string
	for line := range strings.Lines(written) {
		if line = strings.TrimSpace(line); line != "" {
			list = append(list, line)
		}
	}
	return list
}
