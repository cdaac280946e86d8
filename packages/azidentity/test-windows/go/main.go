// The Windows storage and lock of Microsoft's libraries for Go, told what to do one JSON line at a time:
// {"do":"write"|"read"|"hold"|"release","file":…,"text":…,"patience":…}, the last in milliseconds for who will not wait
// as long as the library does. It answers each line with one: {"text":…} or {"error":…}.
// "hold" begins a write and keeps it, with its lock, until "release".
package main

import (
	"bufio"
	"context"
	"encoding/json"
	"os"
	"time"

	"github.com/AzureAD/microsoft-authentication-extensions-for-go/cache"
	"github.com/AzureAD/microsoft-authentication-extensions-for-go/cache/accessor"
	msal "github.com/AzureAD/microsoft-authentication-library-for-go/apps/cache"
)

type order struct {
	Do   string `json:"do"`
	File string `json:"file"`
	Text string `json:"text"`

	Patience int `json:"patience"`
}

type answer struct {
	Text  string `json:"text"`
	Error string `json:"error,omitempty"`
}

// A document, as the cache takes and gives it.
type document struct{ bytes []byte }

func (d *document) Marshal() ([]byte, error) { return d.bytes, nil }
func (d *document) Unmarshal(b []byte) error { d.bytes = b; return nil }

// Storage whose writes wait, with the lock held around them.
type slow struct {
	accessor.Accessor
	begun, end chan struct{}
}

func (s slow) Write(ctx context.Context, data []byte) error {
	close(s.begun)
	<-s.end
	return s.Accessor.Write(ctx, data)
}

var (
	held chan error
	end  chan struct{}
)

func obey(o order) (string, error) {
	ctx := context.Background()
	if o.Patience > 0 {
		limited, cancel := context.WithTimeout(ctx, time.Duration(o.Patience)*time.Millisecond)
		defer cancel()
		ctx = limited
	}
	storage, err := accessor.New(o.File)
	if err != nil {
		return "", err
	}
	switch o.Do {
	case "read":
		shared, err := cache.New(storage, o.File)
		if err != nil {
			return "", err
		}
		var d document
		err = shared.Replace(ctx, &d, msal.ReplaceHints{})
		return string(d.bytes), err
	case "write":
		shared, err := cache.New(storage, o.File)
		if err != nil {
			return "", err
		}
		return "", shared.Export(ctx, &document{[]byte(o.Text)}, msal.ExportHints{})
	case "hold":
		begun := make(chan struct{})
		end, held = make(chan struct{}), make(chan error, 1)
		shared, err := cache.New(slow{storage, begun, end}, o.File)
		if err != nil {
			return "", err
		}
		go func() {
			held <- shared.Export(context.Background(), &document{[]byte(o.Text)}, msal.ExportHints{})
		}()
		<-begun
		return "", nil
	default:
		close(end)
		return "", <-held
	}
}

func main() {
	lines := bufio.NewScanner(os.Stdin)
	lines.Buffer(nil, 16<<20)
	answers := json.NewEncoder(os.Stdout)
	for lines.Scan() {
		var o order
		var a answer
		err := json.Unmarshal(lines.Bytes(), &o)
		if err == nil {
			a.Text, err = obey(o)
		}
		if err != nil {
			a.Error = err.Error()
		}
		if answers.Encode(a) != nil {
			return
		}
	}
}
