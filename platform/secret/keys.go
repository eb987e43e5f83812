package secret

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/tink-crypto/tink-go/v2/aead"
	"github.com/tink-crypto/tink-go/v2/daead"
	"github.com/tink-crypto/tink-go/v2/insecurecleartextkeyset"
	"github.com/tink-crypto/tink-go/v2/keyset"
	"github.com/tink-crypto/tink-go/v2/prf"
	tinkpb "github.com/tink-crypto/tink-go/v2/proto/tink_go_proto"
	"github.com/tink-crypto/tink-go/v2/tink"
)

// FileName of the key file inside the secrets directory.
const FileName = "keys.json"

// Keys are the open key sets of one installation. Safe for concurrent use.
type Keys struct {
	identity tink.DeterministicAEAD
	text     tink.AEAD
	index    *prf.Set
	sets     map[string]*keyset.Handle
}

// The key sets of the file. The index has its own key so that rotating the others keeps it findable.
const (
	identitySet = "identity"
	textSet     = "text"
	indexSet    = "index"
)

var templates = map[string]func() *tinkpb.KeyTemplate{
	identitySet: daead.AESSIVKeyTemplate,
	textSet:     aead.AES256GCMKeyTemplate,
	indexSet:    prf.HMACSHA256PRFKeyTemplate,
}

// keyFile is the JSON form. The sets are Tink's own JSON key sets.
type keyFile struct {
	Version int                        `json:"version"`
	Sets    map[string]json.RawMessage `json:"sets"`
}

// Generate makes fresh keys that live in memory only; for tests and as the first step of Create.
func Generate() (*Keys, error) {
	sets := map[string]*keyset.Handle{}
	for name, template := range templates {
		h, err := keyset.NewHandle(template())
		if err != nil {
			return nil, fmt.Errorf("generating key set %s: %w", name, err)
		}
		sets[name] = h
	}
	return fromSets(sets)
}

// Create writes a new key file into dir (0700) and opens it. It refuses to touch an existing file: overwriting keys
// is losing data.
func Create(dir string) (*Keys, error) {
	k, err := Generate()
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("making the secrets directory: %w", err)
	}
	return k, k.save(filepath.Join(dir, FileName), os.Link)
}

// OpenOrCreate opens the key file in dir, and makes it when there is none: the first start.
// The caller uses it only for an installation without data; otherwise Open, which fails when the file is gone.
func OpenOrCreate(dir string) (*Keys, error) {
	k, err := Open(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return Create(dir)
	}
	return k, err
}

// Open reads the key file in dir. It refuses a file that others than its owner may read.
func Open(dir string) (*Keys, error) {
	path := filepath.Join(dir, FileName)
	info, err := os.Stat(path)
	if err != nil {
		return nil, fmt.Errorf("opening the key file: %w", err)
	}
	if info.Mode().Perm()&0o077 != 0 {
		return nil, fmt.Errorf("key file %s has mode %04o, readable by others than its owner: run chmod 600", path, info.Mode().Perm())
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("reading the key file: %w", err)
	}
	return parse(data)
}

func parse(data []byte) (*Keys, error) {
	var f keyFile
	if err := json.Unmarshal(data, &f); err != nil {
		return nil, fmt.Errorf("reading the key file: %w", err)
	}
	if f.Version != 1 {
		return nil, fmt.Errorf("key file has version %d, this program knows 1", f.Version)
	}
	sets := map[string]*keyset.Handle{}
	for name, raw := range f.Sets {
		h, err := insecurecleartextkeyset.Read(keyset.NewJSONReader(bytes.NewReader(raw)))
		if err != nil {
			return nil, fmt.Errorf("reading key set %s: %w", name, err)
		}
		sets[name] = h
	}
	return fromSets(sets)
}

func fromSets(sets map[string]*keyset.Handle) (*Keys, error) {
	for name := range templates {
		if sets[name] == nil {
			return nil, fmt.Errorf("key file lacks key set %s", name)
		}
	}
	var (
		k   = &Keys{sets: sets}
		err error
	)
	if k.identity, err = daead.New(sets[identitySet]); err != nil {
		return nil, fmt.Errorf("key set %s: %w", identitySet, err)
	}
	if k.text, err = aead.New(sets[textSet]); err != nil {
		return nil, fmt.Errorf("key set %s: %w", textSet, err)
	}
	if k.index, err = prf.NewPRFSet(sets[indexSet]); err != nil {
		return nil, fmt.Errorf("key set %s: %w", indexSet, err)
	}
	return k, nil
}

// Rotate adds a new primary key for identity codes and texts and writes the file anew. What the old keys
// encrypted still opens; new values take the new keys. The index key stays: changing it means indexing all rows again.
func (k *Keys) Rotate(dir string) (*Keys, error) {
	sets := map[string]*keyset.Handle{indexSet: k.sets[indexSet]}
	for _, name := range []string{identitySet, textSet} {
		m := keyset.NewManagerFromHandle(k.sets[name])
		id, err := m.Add(templates[name]())
		if err != nil {
			return nil, fmt.Errorf("adding a key to %s: %w", name, err)
		}
		if err := m.SetPrimary(id); err != nil {
			return nil, fmt.Errorf("changing the primary key of %s: %w", name, err)
		}
		if sets[name], err = m.Handle(); err != nil {
			return nil, fmt.Errorf("rotating %s: %w", name, err)
		}
	}
	rotated, err := fromSets(sets)
	if err != nil {
		return nil, err
	}
	return rotated, rotated.save(filepath.Join(dir, FileName), os.Rename)
}

// save writes beside and puts in place at once, so that a killed start never leaves half a key file.
// place is os.Link for a new file (fails when one exists) and os.Rename for a replacement.
func (k *Keys) save(path string, place func(from, to string) error) (err error) {
	f := keyFile{Version: 1, Sets: map[string]json.RawMessage{}}
	for name, h := range k.sets {
		var b bytes.Buffer
		if err := insecurecleartextkeyset.Write(h, keyset.NewJSONWriter(&b)); err != nil {
			return fmt.Errorf("writing key set %s: %w", name, err)
		}
		f.Sets[name] = b.Bytes()
	}
	data, err := json.MarshalIndent(f, "", "  ")
	if err != nil {
		return fmt.Errorf("writing the key file: %w", err)
	}
	tmp, err := os.CreateTemp(filepath.Dir(path), ".keys-*") // 0600 by definition
	if err != nil {
		return fmt.Errorf("writing the key file: %w", err)
	}
	defer func() {
		if e := os.Remove(tmp.Name()); e != nil && !errors.Is(e, fs.ErrNotExist) {
			err = errors.Join(err, e)
		}
	}()
	_, werr := tmp.Write(append(data, '\n'))
	if err := errors.Join(werr, tmp.Sync(), tmp.Close()); err != nil {
		return fmt.Errorf("writing the key file: %w", err)
	}
	if err := place(tmp.Name(), path); err != nil {
		return fmt.Errorf("putting the key file in place: %w", err)
	}
	return nil
}
