// Command corpus turns the tests of Go's own trace reader into binary traces with the expected outcome.
//
// It imports packages that are internal to Go, so it is built through an overlay that places it inside Go's
// source tree (see build.sh); neither that tree nor anything of it is changed or kept here.
//
// For each testdata/tests/*.test of internal/trace, and each input its fuzzer once found, it writes
//
//	NAME.trace   the bytes
//	NAME.txt     the events that Go's reader gives, as `go tool trace -d=parsed` prints them
//	NAME.err     Go's error, where the reader refuses the trace
//
// A .test file also says itself whether it must be read; corpus fails where Go's reader disagrees.
package main

import (
	"bufio"
	"bytes"
	"fmt"
	"internal/trace"
	"internal/trace/testtrace"
	"io"
	"log"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

func main() {
	log.SetFlags(0)
	log.SetPrefix("corpus: ")
	testdata, out := os.Args[1], os.Args[2]
	for _, path := range glob(testdata, "tests", "*.test") {
		r, _, expect, err := testtrace.ParseFile(path)
		check(err)
		raw, err := io.ReadAll(r)
		check(err)
		check(expect.Check(write(out, strings.TrimSuffix(filepath.Base(path), ".test"), raw)))
	}
	for _, path := range glob(testdata, "fuzz", "FuzzReader", "*") {
		text, err := os.ReadFile(path)
		check(err)
		if raw, ok := fuzzInput(string(text)); ok {
			write(out, "fuzz-"+filepath.Base(path), raw)
		}
	}
}

func glob(parts ...string) []string {
	paths, err := filepath.Glob(filepath.Join(parts...))
	check(err)
	return paths
}

// fuzzInput reads Go's own file format for the input of one fuzz run.
func fuzzInput(text string) ([]byte, bool) {
	_, rest, ok := strings.Cut(text, "[]byte(")
	if !ok {
		return nil, false
	}
	s, err := strconv.Unquote(strings.TrimSuffix(strings.TrimSpace(rest), ")"))
	return []byte(s), err == nil
}

// write leaves the three files of one trace and returns the reader's error.
func write(dir, name string, raw []byte) error {
	base := filepath.Join(dir, name)
	check(os.WriteFile(base+".trace", raw, 0o666))
	var text bytes.Buffer
	err := read(raw, &text)
	check(os.WriteFile(base+".txt", text.Bytes(), 0o666))
	if err != nil {
		check(os.WriteFile(base+".err", []byte(err.Error()+"\n"), 0o666))
	}
	return err
}

func read(raw []byte, text io.Writer) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v", p)
		}
	}()
	w := bufio.NewWriter(text)
	defer w.Flush()
	r, err := trace.NewReader(bytes.NewReader(raw))
	if err != nil {
		return err
	}
	for {
		ev, err := r.ReadEvent()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		fmt.Fprintln(w, ev.String())
	}
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
