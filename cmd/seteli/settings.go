package main

import (
	"fmt"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"

	"github.com/alecthomas/kong"
)

// Settings are the effective configuration: default, then environment, then flag. Secrets may come from a file: NAME_FILE.
type Settings struct {
	DataDir      string `help:"Directory of the private database, keys and files." default:"data" env:"SETELI_DATA_DIR" type:"path"`
	DatabaseURL  string `help:"PostgreSQL to use instead of the private one, as role seteli_app." env:"DATABASE_URL" secret:""`
	OwnerURL     string `help:"The same database as role seteli_owner, for migrations." env:"DATABASE_OWNER_URL" secret:""`
	PGBin        string `help:"Directory of the PostgreSQL programs." name:"pg-bin" env:"SETELI_PG_BIN" type:"path"`
	ArchiveDir   string `help:"Directory that gets every piece of the private database's log, for a restore to a moment; best on another machine." name:"archive-dir" env:"SETELI_ARCHIVE_DIR" type:"path"`
	Listen       string `help:"Address to listen on." default:"127.0.0.1:8080" env:"SETELI_LISTEN"`
	PublicURL    string `help:"Address that people use, e.g. https://seteli.example." default:"http://localhost:8080" env:"SETELI_PUBLIC_URL" name:"public-url"`
	OIDCIssuer   string `help:"OpenID Connect issuer for sign-in." env:"SETELI_OIDC_ISSUER" name:"oidc-issuer"`
	OIDCClient   string `help:"Client id at the issuer." env:"SETELI_OIDC_CLIENT" name:"oidc-client"`
	OIDCSecret   string `help:"Client secret at the issuer." env:"SETELI_OIDC_SECRET" name:"oidc-secret" secret:""`
	SMTPHost     string `help:"Host of the mail server." env:"SETELI_SMTP_HOST" name:"smtp-host"`
	SMTPPort     int    `help:"Port of the mail server." default:"587" env:"SETELI_SMTP_PORT" name:"smtp-port"`
	SMTPUser     string `help:"User at the mail server." env:"SETELI_SMTP_USER" name:"smtp-user"`
	SMTPPassword string `help:"Password at the mail server." env:"SETELI_SMTP_PASSWORD" name:"smtp-password" secret:""`
	MailFrom     string `help:"Sender of e-mail." env:"SETELI_MAIL_FROM" name:"mail-from"`
	SMSGateway   string `help:"Address that text messages are sent to; without it they wait." env:"SETELI_SMS_GATEWAY" name:"sms-gateway"`
	SMSKey       string `help:"Key at the gateway of text messages." env:"SETELI_SMS_KEY" name:"sms-key" secret:""`
	SMSFrom      string `help:"Sender of text messages: a number or at most 11 letters." default:"Seteli" env:"SETELI_SMS_FROM" name:"sms-from"`
	LogLevel     string `help:"Log level." enum:"debug,info,warn,error" default:"info" env:"SETELI_LOG" name:"log-level"`

	demo bool // set by the demo command alone: stand-ins are refused everywhere else
}

func (s *Settings) level() slog.Level {
	var l slog.Level
	if err := l.UnmarshalText([]byte(s.LogLevel)); err != nil {
		return slog.LevelInfo // the enum allows nothing else
	}
	return l
}

// others are variables of ours that are read outside the command line.
var others = []string{"SETELI_PG_USER", "SETELI_KEEP", "SETELI_TEST_DATABASE"}

// knownEnvironment refuses a SETELI_ variable that nothing reads: a misspelt setting must not be silently without effect.
func knownEnvironment(environ []string, parser *kong.Kong) error {
	known := slices.Clone(others)
	for _, f := range parser.Model.Flags {
		for _, e := range f.Envs {
			known = append(known, e, e+"_FILE")
		}
	}
	var unknown []string
	for _, entry := range environ {
		name, _, _ := strings.Cut(entry, "=")
		if strings.HasPrefix(name, "SETELI_") && !slices.Contains(known, name) {
			unknown = append(unknown, name)
		}
	}
	if len(unknown) > 0 {
		return fmt.Errorf("unknown settings in the environment: %s; see seteli config", strings.Join(unknown, ", "))
	}
	return nil
}

// readSecretFiles fills secrets that are given as a path in NAME_FILE.
func (s *Settings) readSecretFiles() error {
	v, t := reflect.ValueOf(s).Elem(), reflect.TypeFor[Settings]()
	for i := range t.NumField() {
		if _, secret := t.Field(i).Tag.Lookup("secret"); !secret || v.Field(i).String() != "" {
			continue
		}
		path := os.Getenv(t.Field(i).Tag.Get("env") + "_FILE")
		if path == "" {
			continue
		}
		b, err := os.ReadFile(filepath.Clean(path))
		if err != nil {
			return fmt.Errorf("reading the secret of %s: %w", t.Field(i).Name, err)
		}
		v.Field(i).SetString(strings.TrimSpace(string(b)))
	}
	return nil
}

type configCmd struct{}

// Run prints the settings in force with secrets hidden.
func (configCmd) Run(s *Settings) error {
	v, t := reflect.ValueOf(s).Elem(), reflect.TypeFor[Settings]()
	for i := range t.NumField() {
		f := t.Field(i)
		if !f.IsExported() {
			continue
		}
		value := fmt.Sprint(v.Field(i).Interface())
		if _, secret := f.Tag.Lookup("secret"); secret && value != "" {
			value = hidden(value)
		}
		fmt.Printf("%-22s %-14s %s\n", f.Tag.Get("env"), f.Name, value)
	}
	return nil
}

// hidden shows of an address everything but its password, of any other secret nothing.
func hidden(secret string) string {
	if u, err := url.Parse(secret); err == nil && u.Host != "" {
		return u.Redacted()
	}
	return "(set)"
}
