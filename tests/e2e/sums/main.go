// Command sums adds up, with golang.org/x/exp/trace alone, what `tilescope summary --format=csv` adds up: for seeded random
// ranges of a trace the time and number of intervals by goroutine, proc and state. It shares nothing with Tilescope.
//
//	sums [-n 200] [-seed 1] [-wire] -o DIR TRACE
//
// DIR/ranges gets a line "NUMBER FROM TO" for each range; DIR/NUMBER.goroutine, .proc and .state the expected records without
// their function, sorted as bytes. A state that a status record of the first generation tells of holds since the trace's first Sync.
//
// Built with x/exp/trace's reader as it is, times are Go's T. Built without the lines that make T strictly rising (sums.sh takes
// them out), they are the clock of the records; then -wire makes the times of a row of the page never step back: goroutines
// of one start function share rows, a new one takes the lowest that is free.
package main

import (
	"bufio"
	"flag"
	"fmt"
	"io"
	"log"
	"math/rand"
	"os"
	"path/filepath"
	"slices"
	"sort"
	"strings"

	"golang.org/x/exp/trace"
)

type lane struct {
	isProc bool
	id     int64
}

type interval struct {
	lane          lane
	state, reason string
	t0, t1        int64
}

type open struct {
	state, reason string
	t0            int64
	row           *int64 // time of the last event of the row
	release       func()
}

// rows gives out the rows of one group.
type rows struct {
	last []*int64
	free []int
}

func (r *rows) take() (*int64, func()) {
	if len(r.free) == 0 {
		r.free = append(r.free, len(r.last))
		at := int64(-1 << 62)
		r.last = append(r.last, &at)
	}
	sort.Ints(r.free)
	n := r.free[0]
	r.free = r.free[1:]
	return r.last[n], func() { r.free = append(r.free, n) }
}

type reading struct {
	isWire     bool
	isOld      bool             // Go 1.11 to 1.21
	functions  map[int64]string // of goroutines, by id
	lanes      map[lane]*open
	groups     map[string]*rows
	intervals  []interval
	first, end int64
	times      []int64 // of some events: edges of ranges
}

// each calls f for every event.
func each(path string, f func(trace.Event)) {
	file, err := os.Open(path)
	if err != nil {
		log.Fatal(err)
	}
	defer file.Close()
	r, err := trace.NewReader(bufio.NewReaderSize(file, 1<<20))
	if err != nil {
		log.Fatal(err)
	}
	for {
		ev, err := r.ReadEvent()
		if err == io.EOF {
			return
		}
		if err != nil {
			log.Fatal(err)
		}
		f(ev)
	}
}

func isOld(path string) bool {
	file, err := os.Open(path)
	if err != nil {
		log.Fatal(err)
	}
	defer file.Close()
	minor := 0
	if _, err := fmt.Fscanf(file, "go 1.%d trace", &minor); err != nil {
		log.Fatal(err)
	}
	return minor < 22
}

func outermost(s trace.Stack) string {
	name := ""
	for f := range s.Frames() {
		name = f.Func
	}
	return name
}

// name learns the functions that goroutines were started with, and says which ones were there when the trace began.
func (r *reading) name(path string) (old []int64) {
	seen := map[int64]bool{}
	each(path, func(ev trace.Event) {
		if ev.Kind() != trace.EventStateTransition || ev.StateTransition().Resource.Kind != trace.ResourceGoroutine {
			return
		}
		t := ev.StateTransition()
		id := int64(t.Resource.Goroutine())
		from, _ := t.Goroutine()
		if !seen[id] && from == trace.GoUndetermined {
			old = append(old, id)
		}
		seen[id] = true
		if r.functions[id] == "" {
			r.functions[id] = outermost(t.Stack)
		}
	})
	slices.Sort(old)
	return old
}

func (r *reading) row(l lane) (*int64, func()) {
	group := fmt.Sprint(l)
	if !l.isProc && r.isWire {
		group = r.functions[l.id]
	}
	if r.groups[group] == nil {
		r.groups[group] = &rows{}
	}
	return r.groups[group].take()
}

// enter ends what the lane was in at t; the state "" is none.
func (r *reading) enter(l lane, state, reason string, t int64) {
	o := r.lanes[l]
	if o == nil {
		o = &open{}
		o.row, o.release = r.row(l)
		r.lanes[l] = o
	}
	if r.isWire {
		t = max(t, *o.row)
		*o.row = t
	}
	if o.state != "" {
		r.intervals = append(r.intervals, interval{l, o.state, o.reason, o.t0, t})
	}
	o.state, o.reason, o.t0 = state, reason, t
	if state == "" {
		o.release()
		delete(r.lanes, l)
	}
}

func (r *reading) read(path string) {
	old := r.name(path)
	procs := 0
	events, syncs, sync := 0, int64(0), int64(0)
	each(path, func(ev trace.Event) {
		t := int64(ev.Time())
		events++
		if events%101 == 0 {
			r.times = append(r.times, t)
		}
		if ev.Kind() == trace.EventSync {
			if r.isOld && r.isWire {
				t += 1 - 2*min(1, syncs) // no record says -1, or lastTs + 1
			}
			if syncs == 0 {
				r.first, r.end = t, t
				for _, id := range old { // they take their rows in this order
					o := &open{}
					o.row, o.release = r.row(lane{false, id})
					r.lanes[lane{false, id}] = o
				}
			}
			syncs, sync = syncs+1, t
		}
		r.end = max(r.end, t)
		if ev.Kind() != trace.EventStateTransition {
			return
		}
		var l lane
		var from, to string
		s := ev.StateTransition()
		if s.Resource.Kind == trace.ResourceGoroutine {
			a, b := s.Goroutine()
			l, from, to = lane{false, int64(s.Resource.Goroutine())}, a.String(), b.String()
		} else if s.Resource.Kind == trace.ResourceProc {
			a, b := s.Proc()
			l, from, to = lane{true, int64(s.Resource.Proc())}, a.String(), b.String()
		} else {
			return
		}
		if from == to {
			return
		}
		if from == "Undetermined" {
			if o := r.lanes[l]; o != nil && o.state == to {
				return
			}
			if r.isOld && l.isProc && to == "Running" && procs > 0 {
				// Its first start, and no status: version 1 has none. The first of all runs what starts the trace.
				r.enter(l, "Idle", "", sync)
			} else if syncs == 1 {
				t = sync
			}
			if l.isProc {
				procs++
			}
		}
		reason := ""
		if to == "Waiting" {
			reason = s.Reason
		}
		if to == "NotExist" {
			to = ""
		}
		r.enter(l, to, reason, t)
	})
	for l, o := range r.lanes {
		if o.state != "" {
			r.intervals = append(r.intervals, interval{l, o.state, o.reason, o.t0, max(r.end, o.t0)})
		}
	}
}

type key struct{ id, state, reason string }
type sum struct{ ns, n int64 }

// No reason of Go's has a comma or quotes.
func write(path string, sums map[key]sum) {
	lines := []string{}
	for k, s := range sums {
		lines = append(lines, fmt.Sprintf("%s,%s,%s,%d,%d\n", k.id, k.state, k.reason, s.ns, s.n))
	}
	slices.Sort(lines)
	if err := os.WriteFile(path, []byte(strings.Join(lines, "")), 0o600); err != nil {
		log.Fatal(err)
	}
}

func (r *reading) sum(dir string, number int, from, to int64) {
	goroutines, procs, states := map[key]sum{}, map[key]sum{}, map[key]sum{}
	add := func(m map[key]sum, k key, ns int64) {
		s := m[k]
		m[k] = sum{s.ns + ns, s.n + 1}
	}
	for _, iv := range r.intervals {
		if iv.t0 >= to || (iv.t0 < from && iv.t1 <= from) {
			continue
		}
		ns := max(0, min(iv.t1, to)-max(iv.t0, from))
		if iv.lane.isProc {
			add(procs, key{fmt.Sprint(iv.lane.id), iv.state, ""}, ns)
			continue
		}
		add(goroutines, key{fmt.Sprint(iv.lane.id), iv.state, iv.reason}, ns)
		add(states, key{"", iv.state, iv.reason}, ns)
	}
	base := filepath.Join(dir, fmt.Sprint(number))
	write(base+".goroutine", goroutines)
	write(base+".proc", procs)
	write(base+".state", states)
}

// choose is a random range: of any length, a power of two shorter than the trace, or from one event to another.
func (r *reading) choose(random *rand.Rand, i int) (int64, int64) {
	span := r.end - r.first + 1
	a, b := r.first+random.Int63n(span), r.first+random.Int63n(span)
	switch i % 4 {
	case 0:
		if i == 0 {
			return r.first, r.end + 1
		}
	case 1:
		b = a + random.Int63n(span>>random.Intn(24)+1)
	default:
		if len(r.times) > 0 {
			a, b = r.times[random.Intn(len(r.times))], r.times[random.Intn(len(r.times))]
		}
	}
	if a == b {
		b++
	}
	return min(a, b), max(a, b)
}

func main() {
	n := flag.Int("n", 200, "number of ranges")
	seed := flag.Int64("seed", 1, "of the ranges")
	dir := flag.String("o", "", "folder for ranges and sums")
	isWire := flag.Bool("wire", false, "built for the clock of the records")
	flag.Parse()
	if flag.NArg() != 1 || *dir == "" {
		log.Fatal("usage: sums [-n 200] [-seed 1] [-wire] -o DIR TRACE")
	}
	r := &reading{isWire: *isWire, functions: map[int64]string{}, lanes: map[lane]*open{}, groups: map[string]*rows{}}
	r.isOld = isOld(flag.Arg(0))
	r.read(flag.Arg(0))
	random := rand.New(rand.NewSource(*seed))
	list, err := os.Create(filepath.Join(*dir, "ranges"))
	if err != nil {
		log.Fatal(err)
	}
	defer list.Close()
	for i := range *n {
		from, to := r.choose(random, i)
		fmt.Fprintln(list, i, from, to)
		r.sum(*dir, i, from, to)
	}
}
