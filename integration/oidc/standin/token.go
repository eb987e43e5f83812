package standin

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"time"

	"github.com/go-jose/go-jose/v4"
)

// Misbehaviour makes the next tokens wrong in one way, so that tests can see the client refuse each.
type Misbehaviour string

// The ways.
const (
	Honest         Misbehaviour = ""
	WrongAudience  Misbehaviour = "aud"
	WrongIssuer    Misbehaviour = "iss"
	WrongNonce     Misbehaviour = "nonce"
	MissingNonce   Misbehaviour = "no nonce"
	Expired        Misbehaviour = "exp"
	Unsigned       Misbehaviour = "alg none"
	SharedSecret   Misbehaviour = "HS256 with the public key" // key confusion
	StrangeKey     Misbehaviour = "unknown key"
	LowLevel       Misbehaviour = "low level"
	UnknownLevel   Misbehaviour = "unknown level"
	NoLevel        Misbehaviour = "no level"
	NoSubject      Misbehaviour = "no sub"
	ManyAudiences  Misbehaviour = "several audiences"
	ChangedPayload Misbehaviour = "payload changed after signing"
	Garbage        Misbehaviour = "garbage"
	NoToken        Misbehaviour = "no id_token"
	Down           Misbehaviour = "503"
)

// Misbehave sets how the next tokens are wrong; Honest ends it.
func (p *Provider) Misbehave(m Misbehaviour) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.evil = m
}

const (
	levelHigh = "http://eidas.europa.eu/LoA/high"
	levelLow  = "http://eidas.europa.eu/LoA/low"
	keyID     = "standin"
	hetuClaim = "urn:oid:1.2.246.21"
)

func (p *Provider) keys(w http.ResponseWriter, _ *http.Request) {
	p.answer(w, http.StatusOK, jose.JSONWebKeySet{Keys: []jose.JSONWebKey{{Key: p.key.Public(), KeyID: keyID, Algorithm: "RS256", Use: "sig"}}})
}

// token exchanges a code, once, for an identity token.
func (p *Provider) token(w http.ResponseWriter, r *http.Request) {
	id, secret, basic := r.BasicAuth()
	if !basic {
		id, secret = r.PostFormValue("client_id"), r.PostFormValue("client_secret")
	}
	if id != p.cfg.ClientID || subtle.ConstantTimeCompare([]byte(secret), []byte(p.cfg.Secret)) != 1 {
		p.answer(w, http.StatusUnauthorized, map[string]string{"error": "invalid_client"})
		return
	}
	p.mu.Lock()
	g, ok := p.code[r.PostFormValue("code")]
	delete(p.code, r.PostFormValue("code"))
	evil := p.evil
	p.mu.Unlock()
	sum := sha256.Sum256([]byte(r.PostFormValue("code_verifier")))
	if !ok || p.cfg.Clock.Now().Sub(g.at) > codeFor || g.redirectTo != r.PostFormValue("redirect_uri") ||
		g.challenge != base64.RawURLEncoding.EncodeToString(sum[:]) {
		p.answer(w, http.StatusBadRequest, map[string]string{"error": "invalid_grant"})
		return
	}
	if evil == Down {
		p.answer(w, http.StatusServiceUnavailable, map[string]string{"error": "temporarily_unavailable"})
		return
	}
	token, err := p.identityToken(g, evil)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	answer := map[string]any{"access_token": rand.Text(), "token_type": "Bearer", "expires_in": 60}
	if evil != NoToken {
		answer["id_token"] = token
	}
	p.answer(w, http.StatusOK, answer)
}

func (p *Provider) identityToken(g grant, evil Misbehaviour) (string, error) {
	now := p.cfg.Clock.Now()
	claims := map[string]any{
		"iss": p.cfg.Issuer, "aud": p.cfg.ClientID, "sub": g.person.Subject, "name": g.person.Name, "nonce": g.nonce,
		"iat": now.Unix(), "exp": now.Add(5 * time.Minute).Unix(), "auth_time": now.Unix(), "acr": levelHigh,
	}
	if g.person.Email != "" {
		claims["email"] = g.person.Email
	}
	if g.person.Hetu != "" {
		claims[hetuClaim] = g.person.Hetu
	}
	switch evil {
	case WrongAudience:
		claims["aud"] = "another-service"
	case ManyAudiences:
		claims["aud"], claims["azp"] = []string{p.cfg.ClientID, "another-service"}, "another-service"
	case WrongIssuer:
		claims["iss"] = "https://elsewhere.example"
	case WrongNonce:
		claims["nonce"] = rand.Text()
	case MissingNonce:
		delete(claims, "nonce")
	case Expired:
		claims["iat"], claims["exp"] = now.Add(-2*time.Hour).Unix(), now.Add(-time.Hour).Unix()
	case LowLevel:
		claims["acr"] = levelLow
	case UnknownLevel:
		claims["acr"] = "https://elsewhere.example/level/very-high"
	case NoLevel:
		delete(claims, "acr")
	case NoSubject:
		claims["sub"] = ""
	}
	payload, err := json.Marshal(claims)
	if err != nil {
		return "", fmt.Errorf("writing the claims: %w", err)
	}
	return p.sign(payload, evil)
}

func (p *Provider) sign(payload []byte, evil Misbehaviour) (string, error) {
	encode := base64.RawURLEncoding.EncodeToString
	var key jose.SigningKey
	switch evil {
	case Garbage:
		return "not.a.token", nil
	case Unsigned:
		return encode([]byte(`{"alg":"none"}`)) + "." + encode(payload) + ".", nil
	case SharedSecret:
		public, err := json.Marshal(jose.JSONWebKey{Key: p.key.Public(), KeyID: keyID})
		if err != nil {
			return "", fmt.Errorf("writing the public key: %w", err)
		}
		key = jose.SigningKey{Algorithm: jose.HS256, Key: public}
	case StrangeKey:
		strange, err := rsa.GenerateKey(rand.Reader, 2048)
		if err != nil {
			return "", fmt.Errorf("making a strange key: %w", err)
		}
		key = jose.SigningKey{Algorithm: jose.RS256, Key: jose.JSONWebKey{Key: strange, KeyID: keyID}}
	default:
		key = jose.SigningKey{Algorithm: jose.RS256, Key: jose.JSONWebKey{Key: p.key, KeyID: keyID}}
	}
	signer, err := jose.NewSigner(key, (&jose.SignerOptions{}).WithType("JWT"))
	if err != nil {
		return "", fmt.Errorf("signing: %w", err)
	}
	signed, err := signer.Sign(payload)
	if err != nil {
		return "", fmt.Errorf("signing: %w", err)
	}
	if evil == ChangedPayload {
		signature := signed.Signatures[0].Signature
		head := encode([]byte(`{"alg":"RS256","kid":"` + keyID + `","typ":"JWT"}`))
		return head + "." + encode(append(payload[:len(payload)-1], []byte(`,"x":1}`)...)) + "." + encode(signature), nil
	}
	return signed.CompactSerialize()
}
