package golden

import (
	"encoding/json"
	"fmt"
)

// written is a value as the format writes it.
func written(v any) string {
	raw, err := json.Marshal(v)
	if err != nil {
		return fmt.Sprint(v)
	}
	return string(raw)
}
