/**
 * Shapes shared by the modules of the page. No code.
 * Times are page times in ns (numbers, < 2^53, from the trace's first event) unless named T: Go's time, a decimal string.
 *
 * @typedef {"P"|"M"|"G"|"F"|"A"} ViewLetter tiles/TILE_FORMAT.md section 2
 *
 * @typedef {object} Row          one timeline
 * @property {ViewLetter} view
 * @property {number} row         number within its view: block * 32 + place
 *
 * @typedef {object} Selection    what is selected: an interval or mark of a row, or a range of time (with rows)
 * @property {"interval"|"mark"|"range"|"goroutine"|"gc"|"stw"|"task"} kind
 * @property {Row|null} row
 * @property {number} t0
 * @property {number} t1          equal to t0 for marks
 * @property {string} T           Go's time of the event that began it, "" where there is none
 * @property {string} g           goroutine, "" none
 * @property {number} state       number of the state, 0 none
 * @property {number} reason      index into manifest.reasons
 * @property {Task=} task         of kind "task"
 * @property {readonly string[]=} rows   of a range: only these rows, as words of core/row_set.js; missing: all
 *
 * @typedef {object} Task         a user task; see server/API.md
 * @property {string} task id @property {string} parent "0" none @property {number} t0 @property {number} t1 @property {string} T
 * @property {string} g @property {boolean} begin_known @property {boolean} end_known @property {number} type @property {string} name
 * @property {number|null} row    of the rows of tasks, null: none was free
 *
 * @typedef {{type: number, name: string, n: number, open: number, ns: number, max: number}} TaskType
 * @typedef {{rows: number, unplaced: number, n_types: number, types: TaskType[]}} TaskLanes   GET api/v1/traces/{trace}/tasks/lanes
 * @typedef {{k: number, t0: number, n: number, types: {type: number|null, n: number, ns: number[], begun: number[]}[], tasks: Task[]|null}} TaskTile
 * @typedef {{t0: number, t1: number, ns: number, begun: number}} TaskBin
 *
 * @typedef {object} Hover
 * @property {number} x           CSS px in the canvas
 * @property {number} y
 * @property {number} t
 * @property {Row|null} row
 * @property {Hit|null} hit
 *
 * @typedef {object} Hit          what lies under the pointer: an exact interval, a bin of a histogram tile, a mark or a range
 * @property {"interval"|"bin"|"mark"|"gc"|"stw"|"counter"|"landmark"|"task"|"tasks"|"gap"|"frame"} kind
 * @property {number} t0
 * @property {number} t1
 * @property {boolean} exact      the interval came from a chunk; a bin's figures are fetched from the summary route
 * @property {Row|null} row
 * @property {string} T
 * @property {string} g
 * @property {number} state
 * @property {number} reason
 * @property {number} stack
 * @property {string} waker       goroutine that made it runnable, "" none
 * @property {number} p           P row + 1, 0 none
 * @property {number} m           M row + 1, 0 none
 * @property {Record<string, unknown>} more
 *
 * @typedef {{t0: number, t1: number, first: number, last: number, min: number, max: number, rise: number, fall: number}} CounterBin
 *
 * @typedef {{g: string, row: number, function: string, born: number, gone: number}} Isolated   its row of G; it is drawn in [born, gone)
 *
 * @typedef {object} State        the whole state of the page: one plain object (core/state.js)
 * @property {string} trace       id, 32 hex digits
 * @property {Manifest|null} manifest
 * @property {number} t0          left edge of the lanes
 * @property {number} t1          right edge
 * @property {number} scrollY     CSS px from the top of all lanes
 * @property {Record<string, boolean>} open    sections and groups unfolded: "procs", "threads", "counters", "gc", "goroutines", "tasks", "g:<function name>"
 * @property {string[]} pins      function names of pinned groups
 * @property {readonly Isolated[]} isolated    goroutines with a row of their own at the top, at most 32
 * @property {readonly string[]} hidden   lanes that are not shown, by id: sections, groups, counters, types of tasks
 * @property {readonly string[]} order    sections from top to bottom where that is not core/arrange.js's order, else []
 * @property {Readonly<Record<string, number>>} sizes   CSS px of areas and counters that are not as tall as others, by the lane's id
 * @property {TaskLanes|null} taskLanes    user tasks as lanes, null until they are asked for; never in the link
 * @property {Selection|null} selection
 * @property {string} eventKinds  which events are listed: an id of panel/events.js
 * @property {"relative"|"local"|"utc"|"ns"} clock
 * @property {"gc"|"both"|"none"} overlay      shading of GC and stop-the-world over all rows
 * @property {boolean} labels     text in bars
 * @property {boolean} stacks     stacks over time below the rows of isolated goroutines
 * @property {number} rowHeight   height of a goroutine row: 6, 10, 16 or 24
 * @property {string} panel       open tab, "" none
 * @property {string} scope       whose figures panels show: "all", "procs", "threads", "group", "goroutine", "rows"
 * @property {Table} table       what the table of goroutines is ordered by, and what of it is unfolded
 * @property {string} stacksOf    which time the flame graph shows: an id of core/flame.js
 * @property {number} panelHeight CSS px
 * @property {number} labelWidth  CSS px of the label column
 * @property {Hover|null} hover   never in the link
 * @property {string} query       what is sought, in the words of the filter language; "" nothing
 * @property {Found|null} found   what came of it; never in the link
 * @property {string} flameBox    which box of the flame graph has the whole width: its number by core/flame.js, "" the root
 * @property {readonly import("./core/mark_list.js").Mark[]} marks   by time; their numbers count from 1
 * @property {"light"|"dark"} theme            as the reader prefers, else follows the system; never in the link
 * @property {import("./core/color.js").System|null} system   colours that the system forces on pages, null none; never in the link
 *
 * @typedef {object} Table       the table of goroutines (core/table.js)
 * @property {string} sort        "function", "n", or a column @property {boolean} down the greatest first
 * @property {string} figure      what of the goroutines a function's line shows: "sum", "p50", "p90", "p99", "max"
 * @property {string} open        start function that is unfolded, "" none @property {string} match only names or numbers with this in them
 *
 * @typedef {object} FoundHit     GET api/v1/traces/{trace}/search; see server/API.md
 * @property {string} kind "state", "goroutine", or a kind of event @property {ViewLetter} view @property {number} block @property {number} row
 * @property {string} g @property {number} t0 @property {number} t1 @property {boolean=} open it goes on at least until t1 @property {string} T
 * @property {string} function @property {string=} state @property {string=} reason @property {string=} text @property {string=} message
 * @property {string=} task @property {string=} waker @property {string=} creator @property {number=} p @property {number=} m @property {number=} stack
 *
 * @typedef {object} Found        of State.query, as far as it is known
 * @property {string} query
 * @property {number} total       counted so far
 * @property {boolean} done       all of the trace is counted
 * @property {Float64Array} bins  counts over the whole trace, from its begin to its end
 * @property {number} number      of the hit gone to last, from 1; 0 none or not known
 * @property {readonly FoundHit[]} hits   that begin in view, or reach into it from shortly before
 * @property {boolean} more       so many begin in view that not all of them are here
 * @property {string} error       in words, "" none
 *
 * @typedef {object} Group
 * @property {number} group @property {string} function @property {number} goroutines @property {number} rows
 * @property {number} alive_max @property {number[]} blocks @property {number[]} time
 *
 * @typedef {object} Manifest     GET api/v1/traces/{trace}; see server/API.md
 * @property {string} id @property {string} name @property {"ready"|"ingesting"|"failed"} state @property {number} format
 * @property {string} go @property {number} bytes @property {number} events @property {string} origin_ns @property {string} origin_T
 * @property {number} span_ns @property {number} levels @property {{t: number, unix_ns: string}[]} wall
 * @property {string[]} states @property {string[]} reasons
 * @property {{row: number, id: number}[]} procs @property {{row: number, id: number}[]} threads
 * @property {Group[]} groups
 * @property {{c: number, name: string, unit: string, min: number, max: number, samples: number}[]} counters
 * @property {Record<string, number>} totals @property {string[]} warnings
 * @property {{t0?: number, t1?: number, first_byte: number, end_byte: number, first_generation: string, last_generation: string, unordered: number, why: string}[]=} gaps
 * @property {{phase: "reading"|"preparing", bytes: number, total: number, percent: number, events: number, events_per_s: number, left_s: number}=} progress
 * @property {number=} part       while it is read: number of what can be shown so far; then the times and sums are of that
 * @property {string=} end_T
 * @property {{code: string, message: string, offset?: number}=} error
 *
 * @typedef {object} Lane         one horizontal band of the layout (core/lanes.js)
 * @property {string} id          the same on every machine: "procs", "threads", "counters", "gc", "goroutines", "isolated", "tasks", "c:<counter>", "t:<type of task>", "tasks:others", "T<row of tasks>", "I<goroutine>", "S<goroutine>" (its stacks), "g:<function name>", or view and row as in "P3", "G1023"
 * @property {"section"|"group"|"row"|"counter"|"gc"|"task"|"stack"} kind
 * @property {string} key         of State.open when a click folds it, else ""
 * @property {string} label
 * @property {number} y           CSS px from the top of all lanes
 * @property {number} height
 * @property {Row|null} row
 * @property {Group|null} group   the group it heads or belongs to
 * @property {Isolated|null} solo    the goroutine whose own row it is
 *
 * @typedef {object} Lanes        the layout as input and panels see it; always that of the state now
 * @property {() => number} height             of all lanes, CSS px
 * @property {() => Lane[]} visible            those on the screen, top to bottom
 * @property {(y: number) => Lane|null} at     y from the top of all lanes
 * @property {(id: string) => Lane|null} find  null when it is folded away
 *
 * @typedef {object} Api          net/api.js, the only user of fetch
 * @property {(path: string, options?: {signal?: AbortSignal}) => Promise<{ok: true, bytes: Uint8Array<ArrayBuffer>, next?: string} | {ok: false, error: {code: string, message: string}}>} bytes   never throws; `next`: of a table in pages that is no JSON
 * @property {(path: string, options?: {signal?: AbortSignal}) => Promise<any>} json   path below api/v1/, as "traces/{trace}/summary?g=1"; throws an Error in words, with `code` and `status`
 *
 * @typedef {object} Context      what main.js hands to every enable(ctx) of input/ and panel/
 * @property {import("./core/state.js").Store<State>} store
 * @property {Api} api
 * @property {Lanes} lanes
 * @property {(x: number, y: number) => Hit|null} hitTest        CSS px in the lanes canvas
 * @property {(row: Row, t: number, step: -1|0|1) => Promise<Hit|null>} interval   the interval of the row that holds t, or the one before or after it, from chunks
 * @property {() => void} requestFrame
 * @property {(id: number) => string[]} stackNames          functions of a stack, innermost first; [] until they have come (a frame follows)
 * @property {(g: string) => string} goroutineFunction      start function of a goroutine, "" until it has come (a frame follows)
 * @property {(g: string) => Row|null} rowOf               of a goroutine, null until it has come
 * @property {Record<string, HTMLElement>} dom   elements of index.html by id
 *
 * @typedef {object} Target       where to fly to; what is missing stays
 * @property {number=} t0
 * @property {number=} t1
 * @property {number=} scrollY
 *
 * @typedef {object} Go           input/go.js: ways to get somewhere, for panels and keys; each is a jump that Back returns from
 * @property {(target: Target, how?: "replace"|"push") => void} view        animated
 * @property {(target: Target) => void} now                                 at once, as the pointer moves
 * @property {() => {t0: number, t1: number, scrollY: number}} aim          where an animation under way will end
 * @property {() => void} stop                                              an animation under way
 * @property {(hit: Hit, zoom?: boolean) => void} interval                  selects it and brings it into view; zoom: makes it fill the view
 * @property {(t0: number, t1: number) => void} span                        the window in use if it shows that range, else moved or zoomed to it
 * @property {(row: Row, t: number) => Promise<void>} at                    the interval of a row at a time, else the one after or before
 * @property {(g: string, t?: number) => Promise<void>} goroutine           at t, else where it is nearest
 * @property {() => () => boolean} turn                                      begins a jump: what it has to look up counts only while the answer is true, that no other began since
 * @property {(group: Group) => void} group
 * @property {(task: string) => Promise<void>} task                         selects a user task and brings it into view
 * @property {(ids: readonly string[], instead?: boolean) => Promise<void>} isolate   rows of their own for these goroutines, behind those that are there, or instead
 * @property {(g: string) => void} release                                 takes the own row away, "" all of them
 * @property {(lane: string) => boolean} lane                               scrolls to it, unfolding what holds it; false if there is none
 *
 * @typedef {object} More         what chrome.js adds to the context
 * @property {Go} go
 * @property {ReturnType<typeof import("./input/views.js").createViews>} views   what the page rested on
 * @property {Map<string, (event?: Event) => void>} actions    by the names of core/keys.js
 * @property {(words: string, quiet?: boolean, stays?: boolean) => void} say     #status: shown and read out; quiet: read out only; stays: until the next
 *
 * @typedef {Context & More} Page   what every enable() of input/ and panel/ takes
 */
export {};
