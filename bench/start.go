package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"time"
)

// self is this process, for memory.
var self = os.Getpid()

// benchStart starts the program on a cluster with 30,000 providers that was made before, until the comparison's page answers, and
// tells its memory; beside it the database alone.
func benchStart(ctx context.Context, s *settings) (err error) {
	w, err := newWorld(ctx, size{Organisers: 24, Providers: 30_000, Vouchers: 24, Hours: 40})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, w.close(ctx)) }()
	if err := w.rest(ctx); err != nil {
		return err
	}
	w.db.Close()
	w.owner.Close()
	if err := w.cluster.Stop(ctx); err != nil {
		return err
	}
	w.db, w.owner, w.cluster = nil, nil, nil
	program := filepath.Join(w.dir, "seteli")
	if out, err := exec.CommandContext(ctx, "go", "build", "-o", program, "./cmd/seteli").CombinedOutput(); err != nil {
		return fmt.Errorf("building the program: %w: %s", err, out)
	}
	var rss []float64
	ours := func(int) (float64, error) {
		took, used, err := startOnce(ctx, program, w.dir)
		rss = append(rss, used)
		return took, err
	}
	limit := func(int) (float64, error) {
		took, err := timed(func() error { return w.open(ctx) })
		if err != nil {
			return 0, err
		}
		w.db.Close()
		w.owner.Close()
		err = w.cluster.Stop(ctx)
		w.db, w.owner, w.cluster = nil, nil, nil
		return took, err
	}
	if _, err := ours(0); err != nil { // migrates the queue's tables
		return err
	}
	p := pair{}
	if err := p.alternate(min(s.Pairs, 3), ours, limit); err != nil {
		return err
	}
	p.say("start", "s from the command to the first page; limit: the cluster, its roles and migrations alone")
	bar("start-aim", median(p.ours), 2, median(p.ours)/2, "s; limit is the bar of a quiet machine")
	bar("memory", median(rss), 300, median(rss)/300, "MB of the program after 200 searches; limit is the bar")
	return nil
}

// startOnce runs the program until its page answers and gives the seconds and its memory after some visitors.
func startOnce(ctx context.Context, program, dir string) (took, rss float64, err error) {
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return 0, 0, err
	}
	address := l.Addr().String()
	if err := l.Close(); err != nil {
		return 0, 0, err
	}
	cmd := exec.CommandContext(ctx, program, "serve", "--data-dir", dir, "--listen", address, "--public-url", "http://"+address,
		"--oidc-issuer", "https://id.example", "--oidc-client", "seteli", "--oidc-secret", "not-used", "--smtp-host", "127.0.0.1", "--smtp-port", "2525", "--mail-from", "seteli@example.org") // nobody signs in and nothing is sent
	log, err := os.Create(filepath.Join(dir, "program.log"))
	if err != nil {
		return 0, 0, err
	}
	defer func() { err = errors.Join(err, log.Close()) }()
	cmd.Stdout, cmd.Stderr = log, log
	began := now()
	if err := cmd.Start(); err != nil {
		return 0, 0, err
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	page := "http://" + address + "/fi/"
	for {
		if err := fetch(ctx, page); err == nil {
			took = now().Sub(began).Seconds()
			break
		}
		select {
		case err := <-ended:
			said, readErr := os.ReadFile(log.Name())
			return 0, 0, errors.Join(fmt.Errorf("the program ended: %w: %s", err, said), readErr)
		case <-time.After(5 * time.Millisecond):
		}
		if now().Sub(began) > 2*time.Minute {
			return 0, 0, errors.New("the program did not answer within two minutes")
		}
	}
	for i := range 200 {
		if err := fetch(ctx, fmt.Sprintf("http://%s/fi/services?municipality=%03d", address, 1+i%24)); err != nil {
			return 0, 0, err
		}
	}
	rss, _ = memory(cmd.Process.Pid)
	if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
		return 0, 0, err
	}
	if err := <-ended; err != nil {
		return 0, 0, fmt.Errorf("stopping the program: %w", err)
	}
	return took, rss, nil
}

func fetch(ctx context.Context, address string) (err error) {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return err
	}
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		return err
	}
	_, err = io.Copy(io.Discard, res.Body)
	if err = errors.Join(err, res.Body.Close()); err == nil && res.StatusCode >= 400 {
		err = fmt.Errorf("%s: %s", address, res.Status)
	}
	return err
}
