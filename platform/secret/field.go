package secret

import (
	"encoding/binary"
	"fmt"

	"seteli/core/fault"
)

// ErrUnreadable is what people meet when a stored value does not open: wrong key, wrong place or damage. The log says which place.
var ErrUnreadable = fault.New(fault.Internal, "SEC-001", "secret.unreadable")

// Place says where a value is stored: the column ("client.identity_code") and the organiser (0 = national).
// It is bound into the ciphertext.
type Place struct {
	Column    string
	Organiser int32
}

func (p Place) bytes() []byte {
	return append(binary.BigEndian.AppendUint32(nil, uint32(p.Organiser)), p.Column...)
}

// SealCode encrypts an identity code; the same code in the same place gives the same bytes, so equality can be
// searched. Only for values that are unique by themselves: equal plaintexts show.
func (k *Keys) SealCode(p Place, code string) ([]byte, error) {
	sealed, err := k.identity.EncryptDeterministically([]byte(code), p.bytes())
	if err != nil {
		return nil, fmt.Errorf("sealing %s: %w", p.Column, err)
	}
	return sealed, nil
}

// OpenCode decrypts what SealCode made in the same place.
func (k *Keys) OpenCode(p Place, sealed []byte) (string, error) {
	plain, err := k.identity.DecryptDeterministically(sealed, p.bytes())
	if err != nil {
		return "", ErrUnreadable.Because(fmt.Errorf("opening %s of organiser %d: %w", p.Column, p.Organiser, err))
	}
	return string(plain), nil
}

// Seal encrypts a text, a draft or a file; equal plaintexts give different bytes.
func (k *Keys) Seal(p Place, plain []byte) ([]byte, error) {
	sealed, err := k.text.Encrypt(plain, p.bytes())
	if err != nil {
		return nil, fmt.Errorf("sealing %s: %w", p.Column, err)
	}
	return sealed, nil
}

// Open decrypts what Seal made in the same place.
func (k *Keys) Open(p Place, sealed []byte) ([]byte, error) {
	plain, err := k.text.Decrypt(sealed, p.bytes())
	if err != nil {
		return nil, ErrUnreadable.Because(fmt.Errorf("opening %s of organiser %d: %w", p.Column, p.Organiser, err))
	}
	return plain, nil
}

// Index gives the 32-byte blind index of a value in a domain ("person"). It finds equal values and tells nothing
// without the key: a plain hash of a henkilötunnus would be tried through in minutes.
// The value must be in its one canonical form.
func (k *Keys) Index(domain, value string) ([]byte, error) {
	input := binary.BigEndian.AppendUint32(nil, uint32(len(domain)))
	input = append(append(input, domain...), value...)
	out, err := k.index.ComputePrimaryPRF(input, 32)
	if err != nil {
		return nil, fmt.Errorf("indexing in %s: %w", domain, err)
	}
	return out, nil
}
