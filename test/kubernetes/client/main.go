// Asks an external signer what kube-apiserver asks it, with the client that is part of kube-apiserver: its keys, its metadata
// and a signed token of a service account. It prints what it got as JSON, or the status of the call that failed.
//
//	client SOCKET SECONDS
//
// SECONDS is the lifetime of the token.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"strconv"
	"time"

	"google.golang.org/grpc/status"
	"gopkg.in/go-jose/go-jose.v2/jwt"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/kubernetes/pkg/apis/core"
	"k8s.io/kubernetes/pkg/serviceaccount"
	"k8s.io/kubernetes/pkg/serviceaccount/externaljwt/plugin"
)

const (
	issuer  = "https://kubernetes.default.svc"
	timeout = 20 * time.Second
)

type result struct {
	// Of what kube-apiserver does at its start: it fetches the keys and the metadata.
	MaxTokenExpirationSeconds int64    `json:"maxTokenExpirationSeconds,omitempty"`
	DataIsFresh               bool     `json:"dataIsFresh,omitempty"`
	KeyIDs                    []string `json:"keyIds,omitempty"`
	Token                     string   `json:"token,omitempty"`
	// Of the token, as it verifies with the key that was fetched.
	Subject string `json:"subject,omitempty"`
	Failed  string `json:"failed,omitempty"`
	Code    string `json:"code,omitempty"`
}

func main() {
	seconds, err := strconv.ParseInt(os.Args[2], 10, 64)
	if err != nil {
		panic(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), timeout)
	defer cancel()
	out := ask(ctx, os.Args[1], seconds)
	text, err := json.Marshal(out)
	if err != nil {
		panic(err)
	}
	fmt.Println(string(text))
}

func ask(ctx context.Context, socket string, seconds int64) result {
	signer, keys, err := plugin.New(ctx, issuer, socket, timeout, false)
	if err != nil {
		return failure("FetchKeys", err)
	}
	metadata, err := signer.GetServiceMetadata(ctx)
	if err != nil {
		return failure("Metadata", err)
	}
	out := result{
		MaxTokenExpirationSeconds: metadata.MaxTokenExpirationSeconds,
		DataIsFresh:               keys.GetCacheAgeMaxSeconds() > 50,
	}
	for _, key := range keys.GetPublicKeys(ctx, "") {
		out.KeyIDs = append(out.KeyIDs, key.KeyID)
	}
	account := core.ServiceAccount{ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: "checkout", UID: "1-2-3"}}
	pod := &core.Pod{ObjectMeta: metav1.ObjectMeta{Name: "checkout-1", UID: "4-5-6"}}
	claims, private, err := serviceaccount.Claims(account, pod, nil, nil, seconds, 0, []string{"api"})
	if err != nil {
		return failure("Claims", err)
	}
	out.Token, err = signer.GenerateToken(ctx, claims, private)
	if err != nil {
		return failure("Sign", err)
	}
	out.Subject, err = verify(ctx, out.Token, keys)
	if err != nil {
		return failure("verification", err)
	}
	return out
}

func verify(ctx context.Context, token string, keys serviceaccount.PublicKeysGetter) (string, error) {
	parsed, err := jwt.ParseSigned(token)
	if err != nil {
		return "", err
	}
	for _, key := range keys.GetPublicKeys(ctx, parsed.Headers[0].KeyID) {
		var claims jwt.Claims
		if err := parsed.Claims(key.PublicKey, &claims); err != nil {
			return "", err
		}
		return claims.Subject, claims.Validate(jwt.Expected{Issuer: issuer, Audience: jwt.Audience{"api"}, Time: time.Now()})
	}
	return "", fmt.Errorf("no key has kid %q", parsed.Headers[0].KeyID)
}

func failure(call string, err error) result {
	return result{Failed: call, Code: status.Code(err).String() + ": " + err.Error()}
}
