package profile

import (
	"bytes"
	"embed"
	"encoding/json"
	"io"
	"slices"
	"strings"

	"seteli/core/fault"
)

var (
	errShape   = fault.New(fault.Invalid, "DAY-050", "daycare.profile.shape")
	errFormat  = fault.New(fault.Invalid, "DAY-051", "daycare.profile.format")
	errUnknown = fault.New(fault.NotFound, "DAY-052", "daycare.profile.unknown")
)

const thresholdFormat = "seteli-daycare-thresholds/1"

//go:embed data/*.json
var data embed.FS

// mostBytes is far above any real profile.
const mostBytes = 4 << 20

// Read reads a profile strictly: an unknown field, a wrong type or anything after the object is refused (DAY-050), since a rule
// that nobody applies must not look as if it were in force; another format is DAY-051. What it says is checked too: see Check.
func Read(raw []byte) (Profile, error) {
	var p Profile
	if err := strict(raw, &p); err != nil {
		return Profile{}, err
	}
	if p.Format != Format {
		return Profile{}, errFormat.With("format", p.Format)
	}
	return p, p.Check().Err()
}

// Write gives a profile back as a file.
func (p Profile) Write() ([]byte, error) { return json.MarshalIndent(p, "", "  ") }

type thresholdFile struct {
	Format     string       `json:"format"`
	Source     string       `json:"source"`
	Thresholds []Thresholds `json:"thresholds"`
}

// WriteThresholds gives thresholds as a file that ReadThresholds reads.
func WriteThresholds(source string, list ...Thresholds) ([]byte, error) {
	return json.Marshal(thresholdFile{thresholdFormat, source, list})
}

// ReadThresholds reads the national thresholds, which the operator may replace without a new program.
func ReadThresholds(raw []byte) ([]Thresholds, error) {
	var f thresholdFile
	if err := strict(raw, &f); err != nil {
		return nil, err
	}
	if f.Format != thresholdFormat {
		return nil, errFormat.With("format", f.Format)
	}
	var list fault.List
	checkDays(&list, "thresholds", f.Thresholds, func(t Thresholds) Days { return t.Days })
	for i, t := range f.Thresholds {
		t.check(&list, at("thresholds", i))
	}
	return f.Thresholds, list.Err()
}

func strict(raw []byte, v any) error {
	if len(raw) > mostBytes {
		return errShape
	}
	d := json.NewDecoder(bytes.NewReader(raw))
	d.DisallowUnknownFields()
	if err := d.Decode(v); err != nil {
		return errShape.Because(err)
	}
	if _, err := d.Token(); err != io.EOF {
		return errShape
	}
	return nil
}

// Shipped lists the profiles that come with the program, in alphabetical order.
func Shipped() ([]string, error) {
	files, err := data.ReadDir("data")
	if err != nil {
		return nil, err
	}
	var names []string
	for _, f := range files {
		if name := strings.TrimSuffix(f.Name(), ".json"); name != "thresholds" {
			names = append(names, name)
		}
	}
	return slices.Clip(names), nil
}

// Load reads a profile that comes with the program. DAY-052 when there is none of the name.
func Load(name string) (Profile, error) {
	names, err := Shipped()
	if err != nil {
		return Profile{}, err
	}
	if !slices.Contains(names, name) {
		return Profile{}, errUnknown.With("profile", name)
	}
	raw, err := data.ReadFile("data/" + name + ".json")
	if err != nil {
		return Profile{}, err
	}
	return Read(raw)
}

// National are the thresholds of the fee act that come with the program, from August 2018.
func National() ([]Thresholds, error) {
	raw, err := data.ReadFile("data/thresholds.json")
	if err != nil {
		return nil, err
	}
	return ReadThresholds(raw)
}
