package main

import (
	"fmt"
	"runtime/debug"
)

type versionCmd struct{}

// Run prints what the build says of itself.
func (versionCmd) Run() error {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return fmt.Errorf("this build carries no information about itself")
	}
	revision := "unknown revision"
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" {
			revision = s.Value
		}
	}
	fmt.Printf("seteli %s (%s) %s\n", info.Main.Version, revision, info.GoVersion)
	return nil
}
