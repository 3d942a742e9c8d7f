//go:build cgo && callbacks

package main

/*
#cgo LDFLAGS: -lpthread
#include <stdint.h>
void call_back(int depth);
int call_back_thread(int depth);
*/
import "C"

import (
	"context"
	"sync"
	"time"
)

func init() { kinds["callbacks"] = callbacks }

var calls = make(chan int, 4)

//export goCallback
func goCallback(depth C.int) {
	switch {
	case depth > 0:
		C.call_back(depth - 1)
	case len(calls) < cap(calls)/2:
		calls <- 1
	default:
		time.Sleep(100 * time.Microsecond)
	}
	busy(100)
}

// callbacks calls C that calls Go again, on threads of Go and on threads of C, which come and go.
func callbacks(ctx context.Context, n int) {
	var wg sync.WaitGroup
	for w := 0; w < or(n, 4); w++ {
		wg.Add(2)
		go func(w int) {
			defer wg.Done()
			for ctx.Err() == nil {
				C.call_back(C.int(w % 3))
				rest()
			}
		}(w)
		go func(w int) {
			defer wg.Done()
			for ctx.Err() == nil {
				C.call_back_thread(C.int(w % 2))
				rest()
			}
		}(w)
	}
	done := make(chan int)
	go func() {
		for {
			select {
			case <-calls:
			case <-done:
				return
			}
		}
	}()
	wg.Wait()
	close(done)
}
