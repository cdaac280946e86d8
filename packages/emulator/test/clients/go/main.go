// Gets one token from the emulator with each of Go's own credentials, as a Go program would.
// Prints one JSON object per credential: {"step", "token"} or {"step", "error"}.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/cloud"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/Azure/azure-sdk-for-go/sdk/azidentity"
)

type answer struct {
	Step  string `json:"step"`
	Token string `json:"token,omitempty"`
	Error string `json:"error,omitempty"`
}

func main() {
	// Everything below fails at once or not at all; the limit keeps a fault from holding a test run.
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()

	tenant, client := os.Getenv("EMULATOR_TENANT"), os.Getenv("EMULATOR_CLIENT")
	options := azcore.ClientOptions{
		Cloud: cloud.Configuration{ActiveDirectoryAuthorityHost: os.Getenv("EMULATOR_AUTHORITY")},
		Retry: policy.RetryOptions{MaxRetries: -1},
	}
	for _, way := range []struct {
		name string
		make func() (azcore.TokenCredential, error)
	}{
		{"secret", func() (azcore.TokenCredential, error) {
			return azidentity.NewClientSecretCredential(tenant, client, os.Getenv("EMULATOR_SECRET"),
				&azidentity.ClientSecretCredentialOptions{ClientOptions: options, DisableInstanceDiscovery: true})
		}},
		{"wrong secret", func() (azcore.TokenCredential, error) {
			return azidentity.NewClientSecretCredential(tenant, client, "not the secret",
				&azidentity.ClientSecretCredentialOptions{ClientOptions: options, DisableInstanceDiscovery: true})
		}},
		{"certificate", func() (azcore.TokenCredential, error) {
			pem, err := os.ReadFile(os.Getenv("EMULATOR_CERTIFICATE"))
			if err != nil {
				return nil, err
			}
			certificates, key, err := azidentity.ParseCertificates(pem, nil)
			if err != nil {
				return nil, err
			}
			return azidentity.NewClientCertificateCredential(tenant, client, certificates, key,
				&azidentity.ClientCertificateCredentialOptions{ClientOptions: options, DisableInstanceDiscovery: true})
		}},
		{"assertion", func() (azcore.TokenCredential, error) {
			return azidentity.NewClientAssertionCredential(tenant, client,
				func(context.Context) (string, error) { return os.Getenv("EMULATOR_ASSERTION"), nil },
				&azidentity.ClientAssertionCredentialOptions{ClientOptions: options, DisableInstanceDiscovery: true})
		}},
	} {
		report(way.name, ctx, way.make)
	}
}

func report(name string, ctx context.Context, newCredential func() (azcore.TokenCredential, error)) {
	result := answer{Step: name}
	if credential, err := newCredential(); err != nil {
		result.Error = err.Error()
	} else if token, err := credential.GetToken(ctx, policy.TokenRequestOptions{
		Scopes: []string{"https://vault.azure.net/.default"},
	}); err != nil {
		result.Error = err.Error()
	} else {
		result.Token = token.Token
	}
	line, _ := json.Marshal(result)
	fmt.Println(string(line))
}
