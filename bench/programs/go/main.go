// One process of a measure, in Go: azidentity with its persistent cache. The jobs are those of ../work.js.
package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"net/http"
	"os"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/Azure/azure-sdk-for-go/sdk/azidentity"
	"github.com/Azure/azure-sdk-for-go/sdk/azidentity/cache"
)

const tokenLength = 1500

type job struct {
	Do, TenantId, ClientId, Cache, Prefix string
	From, Count, Tokens, Asked            int
	Callers, Credentials                  int
	Ms, Delay                             float64
	IsFilled, Tells, Waits                bool
}

// The service with the network left out.
type cannedService struct {
	requests atomic.Int64
	delay    time.Duration
}

func (s *cannedService) Do(request *http.Request) (*http.Response, error) {
	base, _, isMetadata := strings.Cut(request.URL.String(), "/v2.0/.well-known")
	var body string
	if isMetadata {
		body = fmt.Sprintf(`{"authorization_endpoint":"%[1]s/oauth2/v2.0/authorize","token_endpoint":"%[1]s/oauth2/v2.0/token","issuer":"%[1]s/v2.0"}`, base)
	} else {
		number := fmt.Sprint(s.requests.Add(1))
		time.Sleep(s.delay)
		token := strings.Repeat("x", tokenLength-len(number)) + number
		body = fmt.Sprintf(`{"token_type":"Bearer","expires_in":86399,"ext_expires_in":86399,"access_token":"%s"}`, token)
	}
	return &http.Response{
		StatusCode: 200, Status: "200 OK", Request: request,
		Header: http.Header{"Content-Type": {"application/json"}},
		Body:   io.NopCloser(strings.NewReader(body)),
	}, nil
}

var (
	j       job
	service cannedService
	in      = bufio.NewReader(os.Stdin)
	out     = json.NewEncoder(os.Stdout)
)

func main() {
	line, err := in.ReadBytes('\n')
	check(err)
	check(json.Unmarshal(line, &j))
	service.delay = time.Duration(j.Delay * float64(time.Millisecond))
	map[string]func(){"each": each, "hit": hit, "together": together, "memory": memory}[j.Do]()
}

func opened(clientID string) azcore.TokenCredential {
	options := &azidentity.ClientSecretCredentialOptions{
		ClientOptions:            azcore.ClientOptions{Transport: &service},
		DisableInstanceDiscovery: true,
	}
	if j.Cache != "" {
		shared, err := cache.New(&cache.Options{Name: j.Cache})
		check(err)
		options.Cache = shared
	}
	credential, err := azidentity.NewClientSecretCredential(j.TenantId, clientID, "secret", options)
	check(err)
	return credential
}

func get(credential azcore.TokenCredential, number int) error {
	prefix := j.Prefix
	if prefix == "" {
		prefix = "resource"
	}
	scope := fmt.Sprintf("https://%s-%d.example/.default", prefix, number)
	_, err := credential.GetToken(context.Background(), policy.TokenRequestOptions{Scopes: []string{scope}})
	return err
}

func each() {
	credential := opened(j.ClientId)
	if j.Waits {
		say(map[string]any{"isReady": true})
		_, _ = in.ReadBytes('\n')
	}
	failures := []string{}
	start := time.Now()
	for number := j.From; number < j.From+j.Count; number++ {
		said := map[string]any{"number": number}
		if err := get(credential, number); err != nil {
			failed, _, _ := strings.Cut(err.Error(), "\n")
			said["failed"] = failed
			failures = append(failures, failed)
		}
		if j.Tells {
			said["requests"] = service.requests.Load()
			say(said)
		}
	}
	ms := float64(time.Since(start).Microseconds()) / 1000
	say(map[string]any{"ms": ms, "requests": service.requests.Load(), "failures": failures[:min(3, len(failures))]})
}

func hit() {
	credential := opened(j.ClientId)
	if !j.IsFilled {
		for number := range j.Tokens {
			check(get(credential, number))
		}
	}
	check(get(credential, j.Asked))
	filling := service.requests.Load()
	timed(credential)
	best := timed(credential)
	for range 2 {
		best = min(best, timed(credential))
	}
	say(map[string]any{"us": best, "requests": service.requests.Load() - filling})
}

func timed(credential azcore.TokenCredential) float64 {
	calls := 0
	start := time.Now()
	for float64(time.Since(start).Microseconds()) < j.Ms*1000 {
		batch := max(1, min(calls, 10_000))
		for range batch {
			check(get(credential, j.Asked))
		}
		calls += batch
	}
	return float64(time.Since(start).Nanoseconds()) / 1000 / float64(calls)
}

func together() {
	credential := opened(j.ClientId)
	var callers sync.WaitGroup
	for range j.Callers {
		callers.Go(func() { check(get(credential, 0)) })
	}
	callers.Wait()
	say(map[string]any{"requests": service.requests.Load()})
}

func memory() {
	kept := []azcore.TokenCredential{}
	fill := func(clientID string) {
		credential := opened(clientID)
		kept = append(kept, credential)
		for number := range j.Tokens / j.Credentials {
			check(get(credential, number))
		}
	}
	fill("warm")
	before := heap()
	for turn := range j.Credentials {
		fill(fmt.Sprintf("client-%d", turn))
	}
	bytes := float64(heap()-before) / float64(j.Tokens)
	runtime.KeepAlive(kept)
	say(map[string]any{"bytes": bytes})
}

func heap() uint64 {
	runtime.GC()
	runtime.GC()
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	return stats.HeapAlloc
}

func say(found map[string]any) {
	check(out.Encode(found))
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
