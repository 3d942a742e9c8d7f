// Five services, each with one trouble that people open a trace for. Each is small and real: what it shows comes from the
// runtime, not from marks in the code.
//
//	questions -kind=convoy|assist|stw|starved|leak -o FILE
package main

import (
	"flag"
	"log"
	"os"
	"runtime"
	"runtime/debug"
	"runtime/trace"
	"sync"
	"time"
)

var kinds = map[string]func(end <-chan struct{}){
	"convoy":  convoy,
	"assist":  assist,
	"stw":     stw,
	"starved": starved,
	"leak":    leak,
}

func main() {
	kind := flag.String("kind", "convoy", "convoy, assist, stw, starved or leak")
	out := flag.String("o", "", "file to write the trace to")
	length := flag.Duration("d", 400*time.Millisecond, "how long it runs")
	flag.Parse()
	run := kinds[*kind]
	if run == nil || *out == "" {
		flag.Usage()
		os.Exit(2)
	}
	f, err := os.Create(*out)
	if err != nil {
		log.Fatal(err)
	}
	if *kind == "assist" {
		grow()
	}
	if err := trace.Start(f); err != nil {
		log.Fatal(err)
	}
	end := make(chan struct{})
	time.AfterFunc(*length, func() { close(end) })
	run(end)
	trace.Stop()
	if err := f.Close(); err != nil {
		log.Fatal(err)
	}
}

func isOver(end <-chan struct{}) bool {
	select {
	case <-end:
		return true
	default:
		return false
	}
}

// serve has n goroutines handle requests, one every so often, until the end.
func serve(end <-chan struct{}, n int, every time.Duration, handle func()) *sync.WaitGroup {
	var all sync.WaitGroup
	all.Add(n)
	for range n {
		go worker(end, &all, every, handle)
	}
	return &all
}

func worker(end <-chan struct{}, all *sync.WaitGroup, every time.Duration, handle func()) {
	defer all.Done()
	for !isOver(end) {
		handle()
		time.Sleep(every)
	}
}

var sink int

func work(rounds int) {
	n := 0
	for i := range rounds {
		n += i * i % 7
	}
	if n == -1 {
		sink = n
	}
}

// convoy: requests wait for a mutex that a journal holds while it syncs its file.
func convoy(end <-chan struct{}) {
	f, err := os.CreateTemp("", "journal")
	if err != nil {
		log.Fatal(err)
	}
	defer os.Remove(f.Name())
	j := &journal{file: f, page: make([]byte, 4<<20)}
	done := make(chan struct{})
	go j.keep(end, done)
	serve(end, 12, 3*time.Millisecond, j.append).Wait()
	<-done
}

func (j *journal) keep(end <-chan struct{}, done chan<- struct{}) {
	defer close(done)
	for !isOver(end) {
		time.Sleep(60 * time.Millisecond)
		j.flush()
	}
}

type journal struct {
	mu   sync.Mutex
	file *os.File
	page []byte
	n    int
}

func (j *journal) append() {
	j.mu.Lock()
	defer j.mu.Unlock()
	work(20000)
	j.n++
}

func (j *journal) flush() {
	j.mu.Lock()
	defer j.mu.Unlock()
	if _, err := j.file.WriteAt(j.page, 0); err != nil {
		log.Fatal(err)
	}
	if err := j.file.Sync(); err != nil {
		log.Fatal(err)
	}
}

type node struct {
	next *node
	data [6]*node
}

// assist: requests that allocate must help a collector that has a large heap to mark.
func assist(end <-chan struct{}) {
	serve(end, 6, 2*time.Millisecond, render).Wait()
	runtime.KeepAlive(live)
}

var live *node

func grow() {
	for range 600000 {
		live = &node{next: live}
	}
	runtime.GC()
	debug.SetGCPercent(10)
}

func render() {
	var page *node
	for range 3000 {
		page = &node{next: page}
	}
	runtime.KeepAlive(page)
}

// stw: somebody has the stacks of all goroutines printed, and there are many.
func stw(end <-chan struct{}) {
	idle := make(chan struct{})
	for range 4000 {
		go func() { <-idle }()
	}
	requests := serve(end, 8, time.Millisecond, func() { work(50000) })
	time.Sleep(150 * time.Millisecond)
	dumpStacks()
	requests.Wait()
	close(idle)
}

func dumpStacks() {
	text := make([]byte, 16<<20)
	runtime.Stack(text, true)
}

// starved: who has something to do every few milliseconds waits for processors that calculations keep.
func starved(end <-chan struct{}) {
	runtime.GOMAXPROCS(2)
	beats := make(chan struct{}, 1)
	go heartbeat(beats)
	var all sync.WaitGroup
	all.Add(4)
	for range 4 {
		go crunch(end, &all, beats)
	}
	all.Wait()
	close(beats)
}

func crunch(end <-chan struct{}, all *sync.WaitGroup, beats chan<- struct{}) {
	defer all.Done()
	for !isOver(end) {
		work(3000000)
		select {
		case beats <- struct{}{}:
		default:
		}
	}
}

func heartbeat(beats <-chan struct{}) {
	for range beats {
		work(1000)
	}
}

// leak: a request gives up on a slow backend, and what was to answer it waits for ever to hand over its answer.
func leak(end <-chan struct{}) {
	serve(end, 4, 4*time.Millisecond, func() { lookUp(time.Millisecond) }).Wait()
}

func lookUp(patience time.Duration) {
	answer := make(chan int)
	go ask(answer)
	select {
	case <-answer:
	case <-time.After(patience):
	}
}

func ask(answer chan<- int) {
	delay := 200 * time.Microsecond
	if time.Now().UnixNano()/1000%3 == 0 {
		delay = 3 * time.Millisecond
	}
	time.Sleep(delay)
	answer <- 42
}
