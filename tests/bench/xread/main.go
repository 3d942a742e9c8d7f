// Command xread reads an execution trace with golang.org/x/exp/trace and counts its events: what
// Go's own reader needs just to read, the peer that `bench` measures against.
package main

import (
	"bufio"
	"fmt"
	"io"
	"log"
	"os"

	"golang.org/x/exp/trace"
)

func main() {
	if len(os.Args) != 2 {
		log.Fatal("usage: xread TRACE")
	}
	f, err := os.Open(os.Args[1])
	if err != nil {
		log.Fatal(err)
	}
	defer f.Close()
	r, err := trace.NewReader(bufio.NewReaderSize(f, 1<<20))
	if err != nil {
		log.Fatal(err)
	}
	n := 0
	for ; ; n++ {
		if _, err = r.ReadEvent(); err != nil {
			break
		}
	}
	fmt.Println(n, "events")
	if err != io.EOF {
		log.Fatal(err)
	}
}
