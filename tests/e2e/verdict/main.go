// Command verdict says what Go's own reader makes of traces: a line each with the file's name without ".trace", the events
// it gave, 1 where the last of them is a Sync, good or bad, and why. A panic of the reader is bad, with its words.
// Beside each X.trace it writes X.hashes: after every event the FNV-1a hash of the text of all so far, 8 bytes little-endian.
//
// It imports internal/trace, so verdict.sh beside it builds it as a part of the installed Go.
package main

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"hash/fnv"
	"io"
	"log"
	"os"
	"path/filepath"
	"strings"

	"internal/trace"
)

type result struct {
	hashes []byte
	closed int
	err    error
}

func read(path string) (res result) {
	f, err := os.Open(path)
	if err != nil {
		log.Fatal(err)
	}
	defer f.Close()
	defer func() {
		if p := recover(); p != nil {
			res.err = fmt.Errorf("panic: %v", p)
		}
	}()
	r, err := trace.NewReader(bufio.NewReaderSize(f, 1<<20))
	if err != nil {
		return result{err: err}
	}
	h := fnv.New64a()
	for {
		ev, err := r.ReadEvent()
		if err == io.EOF {
			return res
		}
		if err != nil {
			res.err = err
			return res
		}
		io.WriteString(h, ev.String()+"\n") // may panic as well
		res.hashes = binary.LittleEndian.AppendUint64(res.hashes, h.Sum64())
		res.closed = 0
		if ev.Kind() == trace.EventSync {
			res.closed = 1
		}
	}
}

func main() {
	for _, path := range os.Args[1:] {
		res := read(path)
		verdict, why := "good", ""
		if res.err != nil {
			verdict = "bad"
			why, _, _ = strings.Cut(res.err.Error(), "\n")
		}
		base := strings.TrimSuffix(path, ".trace")
		if err := os.WriteFile(base+".hashes", res.hashes, 0o600); err != nil {
			log.Fatal(err)
		}
		fmt.Printf("%s %d %d %s %s\n", filepath.Base(base), len(res.hashes)/8, res.closed, verdict, why)
	}
}
