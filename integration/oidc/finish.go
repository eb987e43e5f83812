package oidc

import (
	"context"
	"crypto/subtle"
	"errors"
	"fmt"
	"net/url"

	gooidc "github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"
)

// algorithms that may sign an identity token; "none" and shared-secret ones are never among them.
var algorithms = []string{gooidc.RS256, gooidc.PS256, gooidc.ES256}

// Finish takes the provider's answer (the query of the redirect address) and the sealed attempt from the cookie, and
// gives who was identified and the path to go on to. One attempt finishes once.
func (c *Client) Finish(ctx context.Context, sealed string, answer url.Values) (Identity, string, error) {
	a, err := c.open(sealed, answer.Get("state"))
	if err != nil {
		c.log(ctx, "attempt", err)
		return Identity{}, "", ErrAttempt.Because(err)
	}
	if iss := answer.Get("iss"); iss != "" && iss != c.cfg.Issuer { // RFC 9207: another provider's answer
		return c.refuse(ctx, "issuer of the answer", errors.New(iss))
	}
	if e := answer.Get("error"); e != "" {
		c.log(ctx, "provider's error", fmt.Errorf("%q", e))
		if e == "access_denied" {
			return Identity{}, a.ReturnTo, ErrCancelled
		}
		return Identity{}, "", ErrRefused
	}
	idp, err := c.provider(ctx)
	if err != nil {
		return Identity{}, "", err
	}
	ctx = gooidc.ClientContext(ctx, c.cfg.HTTP)
	tokens, err := c.oauth(idp).Exchange(ctx, answer.Get("code"), oauth2.VerifierOption(a.Verifier))
	if err != nil {
		var refused *oauth2.RetrieveError
		if errors.As(err, &refused) && refused.Response.StatusCode < 500 {
			return c.refuse(ctx, "code", fmt.Errorf("%s", refused.ErrorCode))
		}
		c.log(ctx, "token endpoint", err)
		return Identity{}, "", ErrUnavailable.Because(err)
	}
	raw, ok := tokens.Extra("id_token").(string)
	if !ok {
		return c.refuse(ctx, "no identity token", errors.New("id_token is missing"))
	}
	who, reason, err := c.identity(ctx, idp, raw, a.Nonce)
	if err != nil && reason == reasonLevel {
		c.log(ctx, reason, err)
		return Identity{}, "", ErrLevel
	}
	if err != nil {
		return c.refuse(ctx, reason, err)
	}
	return who, a.ReturnTo, nil
}

func (c *Client) refuse(ctx context.Context, reason string, err error) (Identity, string, error) {
	c.log(ctx, reason, err)
	return Identity{}, "", ErrRefused.Because(err)
}

const reasonLevel = "level"

// identity checks signature, issuer, audience, time, nonce and level, in this order, and reads the claims.
func (c *Client) identity(ctx context.Context, idp *gooidc.Provider, raw, nonce string) (Identity, string, error) {
	token, err := idp.VerifierContext(ctx, &gooidc.Config{
		ClientID: c.cfg.ClientID, SupportedSigningAlgs: algorithms, Now: c.cfg.Clock.Now,
	}).Verify(ctx, raw)
	if err != nil {
		return Identity{}, "token", err
	}
	if nonce == "" || subtle.ConstantTimeCompare([]byte(token.Nonce), []byte(nonce)) != 1 {
		return Identity{}, "nonce", errors.New("nonce is not the attempt's")
	}
	claims := map[string]any{}
	if err := token.Claims(&claims); err != nil {
		return Identity{}, "claims", err
	}
	text := func(name string) string { s, _ := claims[name].(string); return s }
	if azp := text("azp"); len(token.Audience) > 1 && azp != c.cfg.ClientID {
		return Identity{}, "authorised party", fmt.Errorf("token of %d audiences is for %q", len(token.Audience), azp)
	}
	level, known := c.cfg.Levels[text("acr")]
	if !known {
		return Identity{}, reasonLevel, fmt.Errorf("acr %q is not accepted", text("acr"))
	}
	if token.Subject == "" {
		return Identity{}, "subject", errors.New("sub is empty")
	}
	return Identity{
		Issuer: token.Issuer, Subject: token.Subject, Name: text("name"), Email: text("email"),
		Hetu: text(c.cfg.HetuClaim), Level: level,
	}, "", nil
}
