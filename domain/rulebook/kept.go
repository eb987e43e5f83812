package rulebook

import "sync"

// Kept reads the parameters of value rules once and keeps them by their text, for a model that is asked again and again.
// What it gives is shared: nobody may change it.
type Kept[T any] struct {
	most int
	read func(Value) (T, error)

	mu   sync.RWMutex
	kept map[string]T
}

// Keep gives a store of at most so many texts; when it is full it begins anew.
func Keep[T any](most int, read func(Value) (T, error)) *Kept[T] {
	return &Kept[T]{most: most, read: read, kept: map[string]T{}}
}

// Of gives what was read of a value rule, now or before. An error is not kept.
func (k *Kept[T]) Of(v Value) (T, error) {
	var none T
	raw, err := v.MarshalJSON()
	if err != nil {
		return none, err
	}
	k.mu.RLock()
	known, ok := k.kept[string(raw)]
	k.mu.RUnlock()
	if ok {
		return known, nil
	}
	made, err := k.read(v)
	if err != nil {
		return none, err
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	if len(k.kept) >= k.most {
		clear(k.kept)
	}
	k.kept[string(raw)] = made
	return made, nil
}
