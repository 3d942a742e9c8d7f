// Command workloads runs one Go program shape under runtime/trace and writes
// the execution trace, so that tests and benchmarks have real input of any size.
//
//	go build -trimpath . && ./workloads -kind=web -d=2s -o web.trace
//
// (a trace holds the paths of its sources: -trimpath keeps those of the machine out)
//
// Kinds:
//
//	web     HTTP server and clients on loopback: netpoll, timers, short goroutines, JSON garbage
//	gc      allocation storm: GC cycles, mark assists, sweeping, stop-the-world
//	swarm   many goroutines blocked at once (-n, default 100000), woken in waves
//	churn   very short-lived goroutines, created as fast as possible
//	locks   mutex, RWMutex, Cond, channel and select contention
//	tasks   user tasks, nested regions and logs over a worker pool
//	files   blocking system calls (file writes with fsync, pipes)
//	rare    one 5 ms stall hidden among millions of short intervals
//	calm    a ticker and a few waiting goroutines: little happens, for as many generations as wanted
//	mix     web, gc, locks and tasks together
//	procs   mix while GOMAXPROCS changes
//	coro    iterators that are pulled from: coroutine switches (Go 1.23)
//	callbacks  C that calls Go, on threads of Go and of C (go build -tags callbacks)
//
// -mb ends the trace once it has that many MB, -d counts then only where it is given.
// -cpuprofile also takes CPU samples, which the runtime adds to the trace.
// -stop=false leaves the trace without its end, as a crashed program does.
// -flight writes a flight recorder's window (Go 1.25), which starts in the middle of everything.
package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"log"
	"math/rand"
	"net"
	"net/http"
	"os"
	"runtime"
	"runtime/pprof"
	"runtime/trace"
	"sync"
	"time"
)

var kinds = map[string]func(ctx context.Context, n int){
	"web": web, "gc": gc, "swarm": swarm, "churn": churn, "locks": locks,
	"tasks": tasks, "files": files, "rare": rare, "calm": calm,
	"mix": func(ctx context.Context, n int) {
		together(func() { web(ctx, n) }, func() { gc(ctx, n) }, func() { locks(ctx, n) }, func() { tasks(ctx, n) })
	},
	"procs": func(ctx context.Context, n int) {
		together(func() { web(ctx, n) }, func() { locks(ctx, n) }, func() { changeProcs(ctx) })
	},
}

// Set by flight.go where Go has a flight recorder: starts one, returns what writes its window.
var startFlight func() (writeTo func(io.Writer) error, err error)

func main() {
	kind := flag.String("kind", "mix", "program shape")
	d := flag.Duration("d", 0, "how long to trace at most; 0 is 2 s, or with -mb until it is that large")
	mb := flag.Int64("mb", 0, "how large the trace becomes, about; 0 does not limit it")
	out := flag.String("o", "trace.out", "trace file")
	n := flag.Int("n", 0, "size of the shape (goroutines, clients, workers); 0 is the shape's own default")
	procs := flag.Int("procs", 0, "GOMAXPROCS; 0 leaves it")
	cpu := flag.Bool("cpuprofile", false, "take CPU samples too")
	stop := flag.Bool("stop", true, "end the trace properly")
	flag.DurationVar(&pace, "pace", 0, "rest after each step of web, gc, locks and tasks")
	flight := flag.Bool("flight", false, "record with a flight recorder")
	flag.Parse()
	run, ok := kinds[*kind]
	if !ok {
		log.Fatalf("unknown -kind=%s", *kind)
	}
	if *procs > 0 {
		runtime.GOMAXPROCS(*procs)
	}
	f, err := os.Create(*out)
	if err != nil {
		log.Fatal(err)
	}
	w := bufio.NewWriterSize(f, 1<<20)
	if *cpu {
		if err := pprof.StartCPUProfile(io.Discard); err != nil {
			log.Fatal(err)
		}
	}
	if *d == 0 && (*mb == 0 || *flight) {
		*d = 2 * time.Second
	}
	ctx, cancel := context.WithCancel(context.Background())
	if *d > 0 {
		ctx, cancel = context.WithTimeout(ctx, *d)
	}
	defer cancel()
	if *flight {
		recordFlight(w, *d/2, func() { run(ctx, *n) })
		return
	}
	var dst io.Writer = w
	if *mb > 0 {
		dst = &sized{w: w, left: *mb * 1000000, full: cancel}
	}
	if err := trace.Start(dst); err != nil {
		log.Fatal(err)
	}
	run(ctx, *n)
	if !*stop {
		w.Flush()
		os.Exit(0)
	}
	trace.Stop()
	if *cpu {
		pprof.StopCPUProfile()
	}
	if err := w.Flush(); err != nil {
		log.Fatal(err)
	}
	if err := f.Close(); err != nil {
		log.Fatal(err)
	}
}

// sized tells when enough was written; the runtime writes from one goroutine.
type sized struct {
	w    io.Writer
	left int64
	full func()
}

func (s *sized) Write(b []byte) (int, error) {
	s.left -= int64(len(b))
	if s.left <= 0 {
		s.full()
	}
	return s.w.Write(b)
}

// recordFlight writes the window as it is after a while, with everything still running.
func recordFlight(w *bufio.Writer, after time.Duration, run func()) {
	if startFlight == nil {
		log.Fatal("this Go has no flight recorder")
	}
	go run()
	writeTo, err := startFlight()
	if err != nil {
		log.Fatal(err)
	}
	time.Sleep(after)
	if err := writeTo(w); err != nil {
		log.Fatal(err)
	}
	if err := w.Flush(); err != nil {
		log.Fatal(err)
	}
}

var pace time.Duration

// rest spreads the steps out, so that a short trace shows single events.
func rest() {
	if pace > 0 {
		time.Sleep(pace/2 + time.Duration(rand.Int63n(int64(pace))))
	}
}

func or(n, def int) int {
	if n > 0 {
		return n
	}
	return def
}

func together(fs ...func()) {
	var wg sync.WaitGroup
	for _, f := range fs {
		wg.Add(1)
		go func(f func()) { defer wg.Done(); f() }(f)
	}
	wg.Wait()
}

type order struct {
	ID    int               `json:"id"`
	Name  string            `json:"name"`
	Lines []float64         `json:"lines"`
	Tags  map[string]string `json:"tags"`
}

func web(ctx context.Context, n int) {
	mux := http.NewServeMux()
	mux.HandleFunc("/order", func(w http.ResponseWriter, r *http.Request) {
		var o order
		if err := json.NewDecoder(r.Body).Decode(&o); err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		o.Lines = append(o.Lines, rand.Float64())
		json.NewEncoder(w).Encode(o)
	})
	mux.HandleFunc("/slow", func(w http.ResponseWriter, r *http.Request) {
		select {
		case <-time.After(time.Duration(rand.Intn(5)) * time.Millisecond):
		case <-r.Context().Done():
		}
		fmt.Fprintln(w, "ok")
	})
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		log.Fatal(err)
	}
	srv := &http.Server{Handler: mux}
	go srv.Serve(ln)
	defer srv.Close()
	base := "http://" + ln.Addr().String()
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 256}}
	var wg sync.WaitGroup
	for c := 0; c < or(n, 32); c++ {
		wg.Add(1)
		go func(c int) {
			defer wg.Done()
			body, _ := json.Marshal(order{ID: c, Name: "item", Lines: []float64{1, 2, 3}, Tags: map[string]string{"a": "b"}})
			for ctx.Err() == nil {
				path := "/order"
				if rand.Intn(10) == 0 {
					path = "/slow"
				}
				resp, err := client.Post(base+path, "application/json", bytes.NewReader(body))
				if err != nil {
					return
				}
				io.Copy(io.Discard, resp.Body)
				resp.Body.Close()
				rest()
			}
		}(c)
	}
	wg.Wait()
}

type node struct {
	left, right *node
	pad         [48]byte
}

func tree(depth int) *node {
	if depth == 0 {
		return &node{}
	}
	return &node{left: tree(depth - 1), right: tree(depth - 1)}
}

func gc(ctx context.Context, n int) {
	var wg sync.WaitGroup
	for w := 0; w < or(n, 8); w++ {
		wg.Add(1)
		go func() {
			defer wg.Done()
			keep := make([]*node, 16)
			for i := 0; ctx.Err() == nil; i++ {
				keep[i%len(keep)] = tree(12)
				rest()
			}
			runtime.KeepAlive(keep)
		}()
	}
	wg.Wait()
}

func swarm(ctx context.Context, n int) {
	n = or(n, 100000)
	gate := make([]chan struct{}, 64)
	for i := range gate {
		gate[i] = make(chan struct{})
	}
	var wg sync.WaitGroup
	for i := 0; i < n; i++ {
		wg.Add(1)
		go func(i int) {
			defer wg.Done()
			g := gate[i%len(gate)]
			for {
				select {
				case _, ok := <-g:
					if !ok {
						return
					}
				case <-ctx.Done():
					return
				}
			}
		}(i)
	}
	for ctx.Err() == nil {
		g := gate[rand.Intn(len(gate))]
		for i := 0; i < n/len(gate)/4+1; i++ {
			select {
			case g <- struct{}{}:
			default:
			}
		}
		time.Sleep(time.Millisecond)
	}
	wg.Wait()
}

func churn(ctx context.Context, n int) {
	var wg sync.WaitGroup
	for w := 0; w < or(n, 4); w++ {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for ctx.Err() == nil {
				var inner sync.WaitGroup
				for i := 0; i < 64; i++ {
					inner.Add(1)
					go func() { inner.Done() }()
				}
				inner.Wait()
			}
		}()
	}
	wg.Wait()
}

func locks(ctx context.Context, n int) {
	var (
		mu   sync.Mutex
		rw   sync.RWMutex
		cond = sync.NewCond(&mu)
		a, b = make(chan int), make(chan int, 4)
		wg   sync.WaitGroup
		x    int
	)
	spawn := func(f func()) {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for ctx.Err() == nil {
				f()
				rest()
			}
		}()
	}
	for w := 0; w < or(n, 8); w++ {
		spawn(func() { mu.Lock(); x++; busy(200); mu.Unlock() })
		spawn(func() { rw.RLock(); busy(100); rw.RUnlock() })
		spawn(func() {
			select {
			case a <- 1:
			case b <- 2:
			case <-ctx.Done():
			}
		})
		spawn(func() {
			select {
			case <-a:
			case <-b:
			case <-ctx.Done():
			}
		})
	}
	spawn(func() { rw.Lock(); busy(500); rw.Unlock(); time.Sleep(50 * time.Microsecond) })
	spawn(func() { mu.Lock(); cond.Broadcast(); mu.Unlock(); time.Sleep(100 * time.Microsecond) })
	wg.Wait()
}

var sink uint64

func busy(n int) {
	s := uint64(n)
	for i := 0; i < n; i++ {
		s = s*6364136223846793005 + 1442695040888963407
	}
	if s == 1 {
		sink = s
	}
}

func tasks(ctx context.Context, n int) {
	jobs := make(chan func(), 64)
	var wg sync.WaitGroup
	for w := 0; w < or(n, 8); w++ {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for f := range jobs {
				f()
			}
		}()
	}
	for i := 0; ctx.Err() == nil; i++ {
		tctx, task := trace.NewTask(ctx, [...]string{"checkout", "search", "import/批次"}[i%3])
		trace.Logf(tctx, "order", "id=%d", i)
		left := 3
		var mu sync.Mutex
		for part := 0; part < 3; part++ {
			part := part
			jobs <- func() {
				trace.WithRegion(tctx, "part", func() {
					busy(20000)
					trace.WithRegion(tctx, [...]string{"read", "price", "write"}[part], func() { busy(10000) })
					if i%97 == 0 {
						time.Sleep(2 * time.Millisecond)
					}
				})
				mu.Lock()
				left--
				done := left == 0
				mu.Unlock()
				if done {
					trace.Log(tctx, "order", "done")
					task.End()
				}
			}
		}
		rest()
	}
	close(jobs)
	wg.Wait()
}

func files(ctx context.Context, n int) {
	dir, err := os.MkdirTemp("", "workloads")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(dir)
	var wg sync.WaitGroup
	for w := 0; w < or(n, 8); w++ {
		wg.Add(1)
		go func(w int) {
			defer wg.Done()
			f, err := os.Create(fmt.Sprintf("%s/%d", dir, w))
			if err != nil {
				log.Fatal(err)
			}
			defer f.Close()
			buf := make([]byte, 64<<10)
			for i := 0; ctx.Err() == nil; i++ {
				f.WriteAt(buf, int64(i%64)<<16)
				if i%16 == 0 {
					f.Sync()
				}
			}
		}(w)
	}
	wg.Wait()
}

func calm(ctx context.Context, n int) {
	var wg sync.WaitGroup
	tick := make(chan int)
	for w := 0; w < or(n, 3); w++ {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for range tick {
				busy(100000)
			}
		}()
	}
	for i := 0; ctx.Err() == nil; i++ {
		tctx, task := trace.NewTask(ctx, "tick")
		trace.WithRegion(tctx, "hand over", func() { tick <- i })
		if i%2 == 0 {
			task.End()
		}
		time.Sleep(20 * time.Millisecond)
	}
	close(tick)
	wg.Wait()
}

func changeProcs(ctx context.Context) {
	for ctx.Err() == nil {
		runtime.GOMAXPROCS(1 + rand.Intn(8))
		time.Sleep(5 * time.Millisecond)
	}
}

func rare(ctx context.Context, n int) {
	var mu sync.Mutex
	c := make(chan int)
	stop := time.AfterFunc(700*time.Millisecond, func() {
		mu.Lock()
		for t := time.Now(); time.Since(t) < 5*time.Millisecond; {
			busy(1000)
		}
		mu.Unlock()
	})
	defer stop.Stop()
	var wg sync.WaitGroup
	for w := 0; w < or(n, 4); w++ {
		wg.Add(2)
		go func() {
			defer wg.Done()
			for ctx.Err() == nil {
				select {
				case c <- 1:
				case <-ctx.Done():
				}
				mu.Lock()
				mu.Unlock()
			}
		}()
		go func() {
			defer wg.Done()
			for ctx.Err() == nil {
				select {
				case <-c:
				case <-ctx.Done():
				}
			}
		}()
	}
	wg.Wait()
}
