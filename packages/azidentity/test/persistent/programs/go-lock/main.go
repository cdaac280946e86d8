// Works with the lock of MSAL's extensions for Go, which is the one azidentity/cache takes: inside Export, at the moment
// it writes. Tells on stdout what happened, and is told on stdin to go on.
//
//	go-lock CACHE hold              holds the lock of CACHE until told to go on
//	go-lock CACHE count FILE TIMES  when told to go on: adds 1 to the number in the file so many times, each under the lock
package main

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"strconv"
	"time"

	extensions "github.com/AzureAD/microsoft-authentication-extensions-for-go/cache"
	"github.com/AzureAD/microsoft-authentication-library-for-go/apps/cache"
)

// underLock is storage whose writing is the work to be done under the lock.
type underLock func() error

func (work underLock) Write(context.Context, []byte) error { return work() }
func (underLock) Read(context.Context) ([]byte, error)     { return nil, nil }
func (underLock) Delete(context.Context) error             { return nil }

type nothing struct{}

func (nothing) Marshal() ([]byte, error) { return nil, nil }

func main() {
	if err := run(os.Args[1], os.Args[2:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(path string, task []string) error {
	if task[0] == "hold" {
		if err := export(path, hold); err != nil {
			return err
		}
		fmt.Println("released")
		return nil
	}
	times, err := strconv.Atoi(task[2])
	if err != nil {
		return err
	}
	fmt.Println("ready")
	if err := goOn(); err != nil {
		return err
	}
	for range times {
		if err := export(path, func() error { return addOne(task[1]) }); err != nil {
			return err
		}
	}
	fmt.Println("counted")
	return nil
}

// export waits for longer than the library does when it is not told.
func export(path string, work underLock) error {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	store, err := extensions.New(work, path)
	if err != nil {
		return err
	}
	return store.Export(ctx, nothing{}, cache.ExportHints{})
}

func hold() error {
	fmt.Println("held")
	return goOn()
}

func goOn() error {
	_, err := bufio.NewReader(os.Stdin).ReadString('\n')
	return err
}

func addOne(file string) error {
	text, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	before, err := strconv.Atoi(string(text))
	if err != nil {
		return err
	}
	return os.WriteFile(file, []byte(strconv.Itoa(before+1)), 0600)
}
