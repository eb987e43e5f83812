// Package sharedtest finds the shared folder of conformance vectors and sample data that lies beside the checkout.
// It is used by tests only and knows nothing of what the files mean.
package sharedtest

import (
	"os"
	"path/filepath"
	"testing"
)

// Path gives the file elem of the shared folder. The test is skipped only when the whole folder is missing,
// and fails even then where CI=true: a checked build must not lose its vectors unnoticed.
// A single missing file is always a failure.
func Path(t testing.TB, elem ...string) string {
	t.Helper()
	root := filepath.Join(moduleRoot(t), "..", "shared")
	if _, err := os.Stat(root); err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatalf("the shared folder of test vectors is missing beside the checkout: %v", err)
		}
		t.Skip("the shared folder of test vectors is missing beside the checkout")
	}
	file := filepath.Join(append([]string{root}, elem...)...)
	if _, err := os.Stat(file); err != nil {
		t.Fatalf("test vectors: %v", err)
	}
	return file
}

// Read gives the content of the file elem of the shared folder.
func Read(t testing.TB, elem ...string) []byte {
	t.Helper()
	b, err := os.ReadFile(Path(t, elem...))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func moduleRoot(t testing.TB) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir
		}
		up := filepath.Dir(dir)
		if up == dir {
			t.Fatal("no go.mod above the test's folder")
		}
		dir = up
	}
}
