package api_test

import (
	"bytes"
	"encoding/json"
	"net/http/httptest"
	"strconv"
	"sync/atomic"
	"testing"
	"time"

	"seteli/api"
	"seteli/domain/voucher/vouchertest"
)

// BenchmarkRecord records one event a call from 16 callers at once; allocations are the whole program's, the driver included.
func BenchmarkRecord(b *testing.B) {
	w := newWorld(b)
	numbers := make([]string, 25) // more letters than this meet the fixed numbers of the world
	for i := range numbers {
		numbers[i] = w.number()
	}
	var n atomic.Int64
	b.SetParallelism(8)
	b.ReportAllocs()
	b.ResetTimer()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			i := n.Add(1)
			start := time.Date(2026, 11, 19, 22, 0, 0, 0, time.UTC).Add(time.Duration(i/int64(len(numbers))) * 6 * time.Minute)
			end := start.Add(6 * time.Minute)
			body, err := json.Marshal(batch(api.LineBody{ClientReference: "b-" + strconv.FormatInt(i, 10), Voucher: numbers[i%int64(len(numbers))], Date: vouchertest.Today - 1, Start: &start, End: &end}))
			if err != nil {
				b.Error(err)
			}
			r := httptest.NewRequest("POST", "/api/v1/events", bytes.NewReader(body))
			r.Header.Set("Authorization", "Bearer "+w.Mine)
			r.Header.Set("Content-Type", "application/json")
			rec := httptest.NewRecorder()
			w.api.Handler().ServeHTTP(rec, r)
			if rec.Code != 200 {
				b.Errorf("%d %s", rec.Code, rec.Body)
			}
		}
	})
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "calls/s")
}
