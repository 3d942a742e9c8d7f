//go:build go1.23

package main

import (
	"context"
	"iter"
	"sync"
)

func init() { kinds["coro"] = coro }

// coro pulls from iterators: switches between coroutines, those that run to their end and those that are stopped.
func coro(ctx context.Context, n int) {
	var wg sync.WaitGroup
	for w := 0; w < or(n, 4); w++ {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for i := 0; ctx.Err() == nil; i++ {
				pull(i)
				rest()
			}
		}()
	}
	wg.Wait()
}

func pull(i int) {
	c := make(chan int, 1)
	next, stop := iter.Pull(func(yield func(int) bool) {
		for k := 0; k < 8; k++ {
			if k%4 == 3 {
				go func() { c <- k }()
				<-c // blocks within the coroutine
			}
			if !yield(k) {
				return
			}
		}
	})
	defer stop()
	for k := 0; k < i%12; k++ {
		if _, ok := next(); !ok {
			return
		}
		busy(50)
	}
}
