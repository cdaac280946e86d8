// Gets tokens with Go's azidentity on its persistent cache, as a Go program would, and prints each as a line of JSON once it
// has it: {"scope", "token"} or {"scope", "failed"}. What to get comes as JSON on standard input: no secret is ever in an argv.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"log"
	"math/rand"
	"os"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/Azure/azure-sdk-for-go/sdk/azidentity"
	"github.com/Azure/azure-sdk-for-go/sdk/azidentity/cache"
)

type job struct {
	// As is "app", "person" (who signs in by password) or "silent" (a person who does not).
	As                                             string
	Name                                           string
	TenantId, ClientId, Secret, Username, Password string
	HomeAccountId                                  string
	Scopes                                         []string
	Cae                                            bool
	Pause                                          int
}

type said struct {
	Scope  string `json:"scope"`
	Token  string `json:"token,omitempty"`
	Failed string `json:"failed,omitempty"`
}

func main() {
	var j job
	check(json.NewDecoder(os.Stdin).Decode(&j))
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Minute)
	defer cancel()
	shared, err := cache.New(&cache.Options{Name: j.Name})
	check(err)
	credential, err := credentialFor(j, shared)
	check(err)
	out := json.NewEncoder(os.Stdout)
	for _, scope := range j.Scopes {
		token, err := credential.GetToken(ctx, policy.TokenRequestOptions{Scopes: []string{scope}, EnableCAE: j.Cae})
		result := said{Scope: scope, Token: token.Token}
		if err != nil {
			result.Failed = err.Error()
		}
		check(out.Encode(result))
		time.Sleep(time.Duration(float64(j.Pause) * (0.5 + rand.Float64()) * float64(time.Millisecond)))
	}
}

func credentialFor(j job, shared azidentity.Cache) (azcore.TokenCredential, error) {
	switch j.As {
	case "app":
		return azidentity.NewClientSecretCredential(j.TenantId, j.ClientId, j.Secret,
			&azidentity.ClientSecretCredentialOptions{Cache: shared})
	case "person":
		return azidentity.NewUsernamePasswordCredential(j.TenantId, j.ClientId, j.Username, j.Password,
			&azidentity.UsernamePasswordCredentialOptions{Cache: shared})
	case "silent":
		var record azidentity.AuthenticationRecord
		text, err := json.Marshal(map[string]string{
			"authority": "https://login.microsoftonline.com", "clientId": j.ClientId,
			"homeAccountId": j.HomeAccountId, "tenantId": j.TenantId, "username": j.Username, "version": "1.0",
		})
		if err == nil {
			err = json.Unmarshal(text, &record)
		}
		if err != nil {
			return nil, err
		}
		return azidentity.NewDeviceCodeCredential(&azidentity.DeviceCodeCredentialOptions{
			TenantID: j.TenantId, ClientID: j.ClientId, Cache: shared,
			AuthenticationRecord: record, DisableAutomaticAuthentication: true,
		})
	}
	return nil, errors.New("a job is as an app, a person or silent")
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
