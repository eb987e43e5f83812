// Command testcluster starts one PostgreSQL without flushes for the tests of all packages, and runs a command with its
// address in SETELI_TEST_DATABASE:
//
//	go run ./platform/postgres/postgrestest/testcluster go test ./...
//
// It saves each test process its own start. It knows nothing of what the command does.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"

	"seteli/platform/postgres"
)

func main() {
	if len(os.Args) < 2 {
		fmt.Fprintln(os.Stderr, "testcluster: give the command to run")
		os.Exit(2)
	}
	err := run(context.Background(), os.Args[1:])
	var failed *exec.ExitError
	if errors.As(err, &failed) {
		os.Exit(failed.ExitCode())
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "testcluster:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, command []string) (err error) {
	dir, err := os.MkdirTemp("", "seteli-test-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	if err := os.Chmod(dir, 0o711); err != nil {
		return err
	}
	cluster, err := postgres.StartCluster(ctx, postgres.ClusterConfig{Dir: dir, Fast: true})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, cluster.Stop(ctx)) }()
	cmd := exec.CommandContext(ctx, command[0], command[1:]...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	cmd.Env = append(os.Environ(), "SETELI_TEST_DATABASE="+cluster.URL(postgres.Admin, "postgres"))
	return cmd.Run()
}
