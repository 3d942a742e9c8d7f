/**
 * What the words of the page mean, and what to do about what they tell: states, the runtime's reasons, columns, lanes. The one place
 * of these texts; checked against Go's runtime (traceruntime.go, proc.go, mgc.go). Pure.
 */
import {ALIVE} from "./counter_lanes.js";
import {TITLES} from "./words.js";

/** @typedef {{what: string, todo: string}} Explained  `todo`: "" where there is nothing to do about it */

/** @param {string} what @param {string} [todo] @returns {Explained} */
const say = (what, todo = "") => ({what, todo});

/** By the name of a state. @type {Readonly<Record<string, Explained>>} */
export const STATES = Object.freeze({
    running: say("It executes Go code on a thread (M) that holds a processor (P).",
        "Where a program should be faster and most of its time is this, take a CPU profile: while one is taken, a trace holds its samples too (Flame graph, On CPU)."),
    gc: say("A worker of the garbage collector marks what the heap still reaches. During a cycle, workers take a quarter of all processors, and every processor that is idle beside.",
        "Much of it means many cycles: allocate less, or give the heap more room by GOGC or GOMEMLIMIT."),
    assist: say("The goroutine allocated while a cycle was under way, and has to mark part of the heap itself before it gets the memory. It is the collector's way to keep up with who allocates.",
        "It lengthens exactly those requests that allocate. Find their allocations with a heap profile; a larger GOGC or GOMEMLIMIT starts fewer cycles."),
    syscall: say("It is in a system call or in C code. Its processor stays with it for some 20 µs or longer; then the runtime may give the processor to others.",
        "Long ones block a thread, not a processor: many at once make many threads. Look at the stack for which call it is."),
    runnable: say("It could go on, but no processor has taken it up yet: it waits in a run queue.",
        "Short waits are normal. Long ones mean that all processors are busy (look at Procs at that time), that the container's CPU limit holds the program back, or that the world was stopped."),
    sync: say("It waits for another goroutine by way of package sync: Mutex, RWMutex, WaitGroup, Once or Cond.",
        "Press [ to go to who let it go on, and look at what that goroutine did meanwhile. Hold locks for less, split them, or do input and output outside of them."),
    chan: say("It waits at a channel: to send, to receive, or in a select.",
        "A goroutine that waits for work spends its life here. It matters where something is due: then follow [ to the other side of the channel."),
    other: say("It waits for the runtime itself, mostly the collector. Of a processor or thread: it is looking for a goroutine to run.",
        "The reason beside it says which wait it is."),
    net: say("It waits until a socket, pipe or file that the runtime polls can be read or written.",
        "The time is the other side's: compare it with that side's own figures. Idle connections spend their life here."),
    sleep: say("Nothing is expected of it: time.Sleep, a goroutine of the runtime without work, or one that waits forever.",
        "One that sleeps while work is due polls: a channel or a timer wakes it at once."),
    unknown: say("The trace does not say what it was in: Go tells each goroutine's state at its first event or at the begin of the next generation, about a second later.",
        "What was recorded longer has less of it."),
    stw: say("No Go code runs anywhere: the runtime stopped all processors. What takes long is often the way there: a loop that cannot be interrupted, or a thread that the system does not run.",
        "Pauses of the collector usually last well below a millisecond. For others the reason says who asked: profiles of goroutines and runtime.ReadMemStats stop the world each time."),
});

/** By Go's own words; of stop-the-world with "stw " in front. @type {Readonly<Record<string, Explained>>} */
export const REASONS = Object.freeze({
    "unspecified": say("The runtime gave no reason."),
    "forever": say("Nothing can wake it: an empty select, a channel that is nil, or the panic of another goroutine that ends the program.", "Where it is not meant, the goroutine has leaked: its stack shows where."),
    "network": say("It waits for the poller of the runtime: sockets, pipes, terminals and what else the system can poll."),
    "select": say("It waits until one case of a select can go on."),
    "sync": say("It waits for a semaphore of package sync: Mutex, RWMutex, WaitGroup, Once, or one of the runtime's own.", "Who unblocked it is who let go of it."),
    "sync.(*Cond).Wait": say("It waits for Signal or Broadcast of a sync.Cond."),
    "chan send": say("It wants to send, and nobody receives; the channel's buffer, if it has one, is full.", "The receiver is slower than the sender: look at what it does."),
    "chan receive": say("It wants to receive, and nothing was sent yet."),
    "GC mark assist wait for work": say("It owes the collector marking work, finds none to do, and waits until background workers have done enough for it.", "The collector cannot keep up with what is allocated: allocate less, or give the heap more room."),
    "GC background sweeper wait": say("The collector's sweeper has nothing to sweep. It is a goroutine of the runtime."),
    "system goroutine wait": say("A goroutine of the runtime without work: finalizers, cleanups, the scavenger, an idle worker of the collector, the reader of this trace."),
    "preempted": say("The runtime interrupted it: it ran for 10 ms while others waited, or its stack had to be scanned.", "Loops that compute for long meet this. It costs little; others waiting for 10 ms at a time may want more processors."),
    "runtime.Gosched": say("It called runtime.Gosched and let others run first."),
    "wait for debug call": say("A debugger runs a function in its place."),
    "wait until GC ends": say("It called runtime.GC, or something that does, and waits for the cycle to end.", "A call of runtime.GC or debug.FreeOSMemory in production is rarely worth its cost."),
    "sleep": say("It is in time.Sleep."),
    "GC weak to strong wait": say("It asked for the value of a weak pointer while the collector was ending a cycle."),
    "synctest": say("It waits within a bubble of testing/synctest, whose clock is not the real one."),
    "stw unknown": say("The runtime gave no reason."),
    "stw GC mark termination": say("The collector ends a cycle: it stops marking, counts, and sets the goal of the next."),
    "stw GC sweep termination": say("The collector begins a cycle: what is left to sweep of the last one is swept, and barriers are switched on."),
    "stw write heap dump": say("debug.WriteHeapDump was called.", "It writes the whole heap while nothing else runs."),
    "stw goroutine profile": say("A profile of goroutines was taken.", "Of very many goroutines it takes milliseconds: take it less often."),
    "stw goroutine profile cleanup": say("A profile of goroutines ends."),
    "stw all goroutines stack trace": say("runtime.Stack was called for all goroutines.", "It takes the longer the more there are."),
    "stw read mem stats": say("runtime.ReadMemStats was called, often by a library of metrics.", "Package runtime/metrics tells the same without stopping the world."),
    "stw AllThreadsSyscall": say("A system call had to be made on every thread, as for setuid."),
    "stw GOMAXPROCS": say("GOMAXPROCS changed: by the program, or since Go 1.25 by the runtime when the container's CPU limit did."),
    "stw start trace": say("This trace, or another consumer of it, was started."),
    "stw stop trace": say("The trace was stopped."),
});

const DURATIONS = "of single stays in the state. ≈: from a histogram with five steps per power of ten, else exact";

/** By the heading of a column or fact. @type {Readonly<Record<string, string>>} */
export const COLUMNS = Object.freeze({
    "State": "What the goroutines were in. Colours and order are those of the bars.",
    "Reason": "Go's own word for why it waited or stopped.",
    "Count": "How many stays in the state lie in the range, in whole or in part.",
    "Total": "Sum of the time within the range, over all rows that are counted: ten goroutines that wait for 1 s make 10 s.",
    "Share": "Of the time of all states together.",
    "Compared": "The total beside the largest total, as a bar.",
    "Min": `The shortest ${DURATIONS}.`,
    "Mean": "Total divided by count.",
    "p50": `Half are no longer than this: the median ${DURATIONS}.`,
    "p90": `Nine of ten are no longer than this: ${DURATIONS}.`,
    "p99": `99 of 100 are no longer than this: ${DURATIONS}.`,
    "Max": "The longest. Where it is a link, it leads there.",
    "Start function": "What the go statement called: goroutines of one start function are one group.",
    "Own": "Time, or samples, of stacks that end in this function.",
    "Own share": "The same, of all.",
    "With what it called": "Time, or samples, of stacks that hold this function, each once.",
    "Share with that": "The same, of all.",
    "Function": "Every function of these stacks, what spent most itself first. A click shows it in the graph.",
    "Type": "The name that the program gave to trace.NewTask.",
    "Tasks": "How many tasks of the type touch the range.",
    "Duration": "From its begin to its end; of a task that did not end, to the end of the trace.",
    "By": "The goroutine that began it.",
    "Task": "The number that the runtime gave it.",
    "Parent": "The task within whose context it was begun.",
    "Rows": "Rows of their own at the top for the goroutines that worked on it.",
    "Time": "Of the event, on the clock chosen at the axis.",
    "Begin": "When it began, on the clock chosen at the axis.",
    "Goroutine": "Its number is unique within a run of the program.",
    "What": "The state that begins, or what the program wrote.",
    "P": "The processor that it happened on: a right to run Go code; there are GOMAXPROCS of them.",
    "M": "The thread of the operating system that it happened on.",
    "Woken by": "The goroutine that made it able to go on; nothing where the runtime did: a timer, the network, the collector.",
    "Unblocked by": "The goroutine that ended the wait; or the runtime: a timer, the network, the collector.",
    "Then waited": "How long it could have gone on before a processor took it up.",
    "Waited": "How long it could have gone on before a processor took it up.",
    "Where": "The innermost function of the stack that is the program's own.",
    "Length": "From begin to end.",
    "Since the one before": "From the end of the mark before to the begin of this one.",
    "Pauses": "How often the world was stopped in the trace.",
    "Collections": "Cycles of the garbage collector in the trace.",
});

/** By the heading of a column of the goroutine table, where that is not what other tables mean by the word. @type {Readonly<Record<string, string>>} */
export const LIVES = Object.freeze({
    "Goroutines": "How many goroutines of the function lived within the range. With the pointer on a number: how many at the same time, over the whole trace.",
    "States": "Shares of the states in the total. The bar is as long as the total is beside the longest one listed.",
    "Total": "How long the goroutines lived within the range: the columns from execution time to other block time, and what is unknown, add up to it.",
    "Execution time": "How long they ran on a processor. Work for the collector is in it, too.",
    "Sched wait time": "How long they could have gone on, but no processor had taken them up yet.",
    "Syscall time": "How long they were in system calls or in C code, whether they kept their processor or not.",
    "Block time (sync)": "How long they waited for others by way of package sync: locks, conditions, wait groups.",
    "Block time (chan, select)": "How long they waited at channels: to send, to receive, or in a select.",
    "Block time (network)": "How long they waited for sockets, pipes and files that the runtime polls.",
    "Block time (sleep)": "How long nothing was expected of them: in time.Sleep, without work in the runtime, or waiting forever.",
    "Block time (other)": "How long they waited for anything else, mostly the runtime itself.",
    "GC work": "The part of the execution time that went into collections: a worker of the collector, or what a goroutine has to mark before it gets memory.",
    "Unknown time": "How long the trace does not say what they were in, as where a part of it is lost.",
});

/** By the id of a lane. @type {Readonly<Record<string, string>>} */
export const LANES = Object.freeze({
    "isolated": "Rows of single goroutines that you, or the link, put here. The cross takes one away.",
    "counters": "Values over time. Each lane's scale fits what is visible, and its top is written at the right edge.",
    "c:Heap": "Bytes of objects on the heap, dashed the goal at which the collector wants to be done with the next cycle. It rises with allocations and falls as a cycle frees.",
    "c:Goroutines alive": "Goroutines that exist. A line that only rises is a leak: sort the table of goroutines by “Goroutines” to see of what.",
    "c:goroutines": "Goroutines that work or contend, by state: running, collecting, in a system call, ready to run, waiting for a lock. Parked ones are left out.",
    "c:threads": "Threads of the operating system that run goroutines or are in a system call, by state. Idle ones, and those that look for work, are left out.",
    "c:procs": "Processors (P) with something to do, by state. At the height of GOMAXPROCS, all are busy, and goroutines that are ready have to wait.",
    "gc": "Cycles of the garbage collector, and stop-the-world pauses as red lines, as broad as they are long. O shades them over all rows.",
    "procs": "One row per processor (P), as many as GOMAXPROCS: which goroutine ran on it. Bare means idle; all busy means that goroutines wait to run.",
    "threads": "One row per thread (M) of the operating system. A thread keeps a goroutine while it is in a system call; for Go code it needs a P.",
    "goroutines": "Groups of goroutines with the same start function. Folded: how many were in which state, parked ones pale. Unfolded: one row per goroutine; rows are used again.",
    "tasks": "User tasks: what the program marked with trace.NewTask. Unfolded: how many of each type are alive, and every task as a bar.",
    "tasks:others": "How many tasks of the types that have no lane of their own are alive.",
    "tasks:rows": "Every task from its begin to its end, as a bar in a row that is free for so long. A click selects it; Tasks in the panel lists them by type.",
    "hidden": "Lanes that you, or the link, took out of sight. A click shows all of them again.",
});

/** Of lanes that are many, by what their ids begin with. @type {Readonly<Record<string, string>>} */
const LANES_OF = Object.freeze({
    "t:": "How many tasks of the type are alive: begun by trace.NewTask, and not ended yet.",
    "S": "The stack of the goroutine over time, outermost frame on top, as its events and CPU samples tell it.",
});

/** @param {string} id of a lane */
const laneOf = (id) => LANES_OF[/^(t:|S(?=\d+$))/.exec(id)?.[0] ?? ""];

/** Other counters, by their names in runtime/metrics. @type {Readonly<Record<string, string>>} */
const METRICS = Object.freeze({[ALIVE]: LANES["c:Goroutines alive"] ?? "", "/sched/gomaxprocs:threads": "How many processors there are."});

/**
 * @param {"state"|"reason"|"stw"|"column"|"life"|"lane"} kind @param {string} name
 * @returns {{title: string, what: string, todo: string}|null} null where there is nothing to say
 */
export function explain(kind, name) {
    const known = (/** @type {Readonly<Record<string, Explained|string>>} */ table, /** @type {string} */ key) => (Object.hasOwn(table, key) ? table[key] : undefined);
    const found = kind === "state" ? known(STATES, name) : kind === "reason" ? known(REASONS, name) : kind === "stw" ? known(REASONS, `stw ${name}`)
        : kind === "column" ? known(COLUMNS, name) : kind === "life" ? known(LIVES, name) ?? known(COLUMNS, name)
            : known(LANES, name) ?? known(METRICS, name.replace(/^c:/, "")) ?? laneOf(name);
    if (found === undefined) return null;
    const title = kind === "state" ? TITLES[name] ?? name : kind === "stw" ? `Stop-the-world: ${name}` : kind === "lane" ? "" : name;
    return {title, ...(typeof found === "string" ? say(found) : found)};
}
