// Signs in to the emulator in several ways with MSAL Go, all on one cache. Prints {"document", "found"}: the document that
// MSAL exported, and what new clients then found in it.
package main

import (
	"context"
	"encoding/json"
	"log"
	"os"
	"time"

	"github.com/AzureAD/microsoft-authentication-library-for-go/apps/cache"
	"github.com/AzureAD/microsoft-authentication-library-for-go/apps/confidential"
	"github.com/AzureAD/microsoft-authentication-library-for-go/apps/public"
)

// document keeps what MSAL exports, as a file would.
type document struct{ text []byte }

func (d *document) Replace(_ context.Context, c cache.Unmarshaler, _ cache.ReplaceHints) error {
	return c.Unmarshal(d.text)
}

func (d *document) Export(_ context.Context, c cache.Marshaler, _ cache.ExportHints) (err error) {
	d.text, err = c.Marshal()
	return err
}

// found is a token that MSAL took out of the document.
type found struct {
	Client  string `json:"client"`
	Account string `json:"account,omitempty"`
	Scope   string `json:"scope"`
	Token   string `json:"token"`
}

const (
	graph   = "https://graph.microsoft.com/User.Read"
	storage = "https://storage.azure.com/.default"
	vault   = "https://vault.azure.net/.default"
)

var authority = "https://login.microsoftonline.com/" + os.Getenv("TENANT")

func main() {
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	shared := &document{}

	app := daemon(shared)
	for _, scope := range []string{vault, storage} {
		_, err := app.AcquireTokenByCredential(ctx, []string{scope})
		check(err)
	}
	for _, client := range []string{os.Getenv("NATIVE"), os.Getenv("AZURE_CLI")} {
		app := person(client, shared)
		_, err := app.AcquireTokenByUsernamePassword(ctx, []string{graph}, os.Getenv("USERNAME"), os.Getenv("PASSWORD"))
		check(err)
		// By the refresh token: another resource.
		silently(ctx, app, vault)
	}

	all := []found{}
	app = daemon(shared)
	for _, scope := range []string{vault, storage} {
		answer, err := app.AcquireTokenByCredential(ctx, []string{scope})
		check(err)
		all = append(all, found{os.Getenv("DAEMON"), "", scope, answer.AccessToken})
	}
	for _, client := range []string{os.Getenv("NATIVE"), os.Getenv("AZURE_CLI")} {
		app := person(client, shared)
		for _, scope := range []string{graph, vault} {
			answer := silently(ctx, app, scope)
			all = append(all, found{client, answer.Account.HomeAccountID, scope, answer.AccessToken})
		}
	}
	check(json.NewEncoder(os.Stdout).Encode(map[string]any{"document": string(shared.text), "found": all}))
}

func daemon(shared *document) confidential.Client {
	secret, err := confidential.NewCredFromSecret(os.Getenv("DAEMON_SECRET"))
	check(err)
	app, err := confidential.New(authority, os.Getenv("DAEMON"), secret, confidential.WithCache(shared))
	check(err)
	return app
}

func person(client string, shared *document) public.Client {
	app, err := public.New(client, public.WithAuthority(authority), public.WithCache(shared))
	check(err)
	return app
}

func silently(ctx context.Context, app public.Client, scope string) public.AuthResult {
	accounts, err := app.Accounts(ctx)
	check(err)
	answer, err := app.AcquireTokenSilent(ctx, []string{scope}, public.WithSilentAccount(accounts[0]))
	check(err)
	return answer
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
