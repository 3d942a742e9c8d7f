/**
 * How a trace is recorded, and what that costs: text of the help and of the library page. Pure data; checked against the packages
 * runtime/trace, net/http/pprof and testing.
 */

/** @typedef {{title: string, words: string, code: string, cost: string}} Way */

/** @type {readonly Way[]} */
export const WAYS = Object.freeze([
    {
        title: "From a running server",
        words: "Import net/http/pprof for its handlers, and fetch as many seconds as you need, while the trouble lasts. The port should be reachable by you alone.",
        code: "import _ \"net/http/pprof\"\n\ncurl -o trace.out 'http://localhost:6060/debug/pprof/trace?seconds=5'\ntilescope trace.out",
        cost: "One trace at a time; a server's WriteTimeout must be longer than the seconds asked for.",
    },
    {
        title: "The last seconds before something went wrong (Go 1.25)",
        words: "A flight recorder keeps the newest seconds in memory. When a request was too slow, write them out: the cause is in them.",
        code: "fr := trace.NewFlightRecorder(trace.FlightRecorderConfig{\n\tMinAge:   5 * time.Second,\n\tMaxBytes: 32 << 20,\n})\nfr.Start()\n...\nif took > 300*time.Millisecond {\n\tfr.WriteTo(file)\n}",
        cost: "Runs all the time at the cost of a trace, and holds about MaxBytes of memory (10 MiB and 10 s unless told). One recorder per program, beside a trace.Start if need be. MaxBytes wins over MinAge: a busy program fills it sooner.",
    },
    {
        title: "A test or benchmark",
        words: "One package at a time. Choose a single test, so that the trace shows it alone.",
        code: "go test -run TestSlow -trace trace.out ./pkg\ntilescope trace.out",
        cost: "The file grows with the length of the run: keep benchmarks short (-benchtime 100x).",
    },
    {
        title: "A part of a program",
        words: "Start and stop around what you want to see.",
        code: "f, err := os.Create(\"trace.out\")\n...\ntrace.Start(f)\ndefer trace.Stop()",
        cost: "Without trace.Stop the last piece is missing: Tilescope reads what is there, and says what is lost.",
    },
    {
        title: "Name what your program does",
        words: "A task is one request or job, over all its goroutines; a region is a stretch of one goroutine; a log is a moment. They appear as Tasks, as bars below a row's state, and as ticks.",
        code: "ctx, task := trace.NewTask(ctx, \"checkout\")\ndefer task.End()\ntrace.WithRegion(ctx, \"price\", func() { ... })\ntrace.Logf(ctx, \"order\", \"id=%d\", id)",
        cost: "Next to nothing while no trace runs. A region must end in the goroutine that it began in.",
    },
    {
        title: "CPU samples in the trace",
        words: "While a CPU profile is taken, its samples go into the trace too, a hundred a second for each busy processor: the flame graph On CPU, and ticks in the rows.",
        code: "curl -o cpu.out 'http://localhost:6060/debug/pprof/profile?seconds=5' &\ncurl -o trace.out 'http://localhost:6060/debug/pprof/trace?seconds=5'",
        cost: "That of a CPU profile.",
    },
]);

/** What recording costs as a whole. */
export const COSTS = Object.freeze([
    "Time: since Go 1.21 on amd64 and arm64 usually 1 to 2 % of the processor; before, and where stacks cannot be walked by frame pointers, ten times that. A program that switches goroutines millions of times a second pays more, for it writes an event each time.",
    "Size: about 5 bytes an event, so often 1 to 10 MB a second. Five seconds show most troubles.",
    "Start and stop halt the program for well below a millisecond, and are shown as stop-the-world.",
    "Wall-clock times are in traces of Go 1.25 and later; Go 1.22 and later write traces that can be read up to where a crash cut them.",
    "A trace holds names of functions and paths of source files, the texts of your logs and tasks, and no other data of your program.",
]);
