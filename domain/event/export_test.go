package event

// ReadForFuzz opens bytes as a file and reads its rows.
func ReadForFuzz(data []byte) {
	var p FilePreview
	p.File.Answers = Answers{}
	if err := p.read(&reading{prefixes: map[string]int32{"TMP": 1}, units: map[string]int64{}}, data, nil); err != nil {
		return
	}
	for _, r := range p.Rows {
		if !r.unread && (r.Organiser == 0 || r.Line.Number == "" || r.Line.Date == 0 || r.Line.Reference == "") {
			panic("a row without what a line needs came through")
		}
	}
}

// PartLines is how many lines are written at once.
const PartLines = partLines
