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
	"seteli/core/calendar"
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
			day := calendar.Day(2026, 11, 1) + calendar.Date(i%20) // one client: each minute of twenty days once
			start := day.Time().Add(time.Duration(i/20) * time.Minute)
			end := start.Add(time.Minute)
			body, err := json.Marshal(batch(api.LineBody{ClientReference: "b-" + strconv.FormatInt(i, 10), Voucher: numbers[i%int64(len(numbers))], Date: day, Start: &start, End: &end}))
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
