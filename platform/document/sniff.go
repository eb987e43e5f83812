package document

import (
	"bytes"
	"encoding/binary"
	"image/jpeg"

	"seteli/core/fault"
)

// Upload is what Sniff learned of an accepted attachment.
type Upload struct {
	Type string // "application/pdf", "image/png" or "image/jpeg": from the content, never from the file's name
}

const (
	// MaxUpload is the largest attachment in bytes.
	MaxUpload = 20 << 20
	// maxPixels is the largest picture: an A3 page at 600 dots per inch. Larger ones exhaust the reader's memory.
	maxPixels = 70_000_000
)

var (
	errUploadEmpty   = fault.New(fault.Invalid, "DOC-101", "document.upload.empty")
	errUploadSize    = fault.New(fault.Invalid, "DOC-102", "document.upload.size")
	errUploadType    = fault.New(fault.Invalid, "DOC-103", "document.upload.type")
	errUploadHarmful = fault.New(fault.Invalid, "DOC-104", "document.upload.harmful")
	errUploadPixels  = fault.New(fault.Invalid, "DOC-105", "document.upload.pixels")
	errUploadDamaged = fault.New(fault.Invalid, "DOC-106", "document.upload.damaged")
	errUploadLocked  = fault.New(fault.Invalid, "DOC-107", "document.upload.locked")
)

// eicar is the harmless string that every virus scanner must report; written in two halves, so that scanners leave this file alone.
var eicar = []byte(`X5O!P%@AP[4\PZX54(P^)7CC)7}$` + `EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*`)

// active are names in a PDF that run code, start programs or carry files.
var active = [][]byte{[]byte("/JavaScript"), []byte("/JS"), []byte("/Launch"), []byte("/RichMedia"), []byte("/XFA"), []byte("/EmbeddedFile"), []byte("/SubmitForm"), []byte("/ImportData")}

// programs are the first bytes of executables, office files with macros and scripts; told apart from unknown kinds
// because the remedy is another.
var programs = [][]byte{[]byte("MZ"), []byte("\x7fELF"), []byte("#!"), {0xD0, 0xCF, 0x11, 0xE0}, {0xCA, 0xFE, 0xBA, 0xBE}}

// Sniff judges an uploaded attachment by its content: PDF, PNG and JPEG up to MaxUpload pass. Refused are other kinds
// (DOC-103), active content and the scanners' test string (DOC-104), pictures too large to open (DOC-105), damaged
// files (DOC-106) and locked PDFs (DOC-107). It is no virus scanner: packed streams of a PDF are not opened.
func Sniff(data []byte) (Upload, error) {
	switch {
	case len(data) == 0:
		return Upload{}, errUploadEmpty
	case len(data) > MaxUpload:
		return Upload{}, errUploadSize.With("max", MaxUpload>>20)
	case bytes.Contains(data, eicar) || bytes.Contains(data, []byte("vbaProject.bin")):
		return Upload{}, errUploadHarmful
	}
	for _, head := range programs {
		if bytes.HasPrefix(data, head) {
			return Upload{}, errUploadHarmful
		}
	}
	switch {
	case bytes.HasPrefix(data, []byte("%PDF-")):
		return accept("application/pdf", sniffPDF(data))
	case bytes.HasPrefix(data, []byte("\x89PNG\r\n\x1a\n")):
		return accept("image/png", sniffPNG(data))
	case bytes.HasPrefix(data, []byte{0xFF, 0xD8, 0xFF}):
		return accept("image/jpeg", sniffJPEG(data))
	}
	return Upload{}, errUploadType
}

func accept(kind string, err error) (Upload, error) {
	if err != nil {
		return Upload{}, err
	}
	return Upload{kind}, nil
}

func sniffPDF(data []byte) error {
	if !bytes.Contains(data[max(0, len(data)-2048):], []byte("%%EOF")) {
		return errUploadDamaged
	}
	// Our own letters carry their trace as JSON; they may come back as an attachment of an appeal.
	plain := bytes.ReplaceAll(unhash(data), []byte("/EmbeddedFile/Subtype/application/json"), nil)
	if holdsName(plain, []byte("/Encrypt")) {
		return errUploadLocked
	}
	for _, name := range active {
		if holdsName(plain, name) {
			return errUploadHarmful
		}
	}
	return nil
}

// unhash undoes the #xx writing of names, which hides /JavaScript as /J#61vaScript.
func unhash(data []byte) []byte {
	if bytes.IndexByte(data, '#') < 0 {
		return data
	}
	out := make([]byte, 0, len(data))
	for i := 0; i < len(data); i++ {
		if data[i] == '#' && i+2 < len(data) {
			if hi, lo := hexDigit(data[i+1]), hexDigit(data[i+2]); hi >= 0 && lo >= 0 {
				out = append(out, byte(hi<<4|lo))
				i += 2
				continue
			}
		}
		out = append(out, data[i])
	}
	return out
}

func hexDigit(b byte) int { return bytes.IndexByte([]byte("0123456789abcdef"), b|0x20) }

// holdsName finds a whole name: /JS but not /JSomething.
func holdsName(data, name []byte) bool {
	for {
		i := bytes.Index(data, name)
		if i < 0 {
			return false
		}
		data = data[i+len(name):]
		if len(data) == 0 || bytes.IndexByte([]byte(" \t\r\n\f\x00()<>[]{}/%"), data[0]) >= 0 {
			return true
		}
	}
}

func sniffPNG(data []byte) error {
	const end = "IEND\xaeB`\x82"
	if len(data) < 33 || string(data[12:16]) != "IHDR" || !bytes.Contains(data, []byte(end)) {
		return errUploadDamaged
	}
	return pixels(uint64(binary.BigEndian.Uint32(data[16:])), uint64(binary.BigEndian.Uint32(data[20:])))
}

// sniffJPEG reads the header only: no memory is taken for the picture.
func sniffJPEG(data []byte) error {
	config, err := jpeg.DecodeConfig(bytes.NewReader(data))
	if err != nil {
		return errUploadDamaged.Because(err)
	}
	return pixels(uint64(config.Width), uint64(config.Height))
}

func pixels(width, height uint64) error {
	if width == 0 || height == 0 {
		return errUploadDamaged
	}
	if width*height > maxPixels {
		return errUploadPixels.With("width", int(width)).With("height", int(height))
	}
	return nil
}
