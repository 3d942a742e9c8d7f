# legacy_ties.awk: the text of version-1 events with what Go leaves open taken out, so that two runs of Go compare equal.
#
# Go takes the Ps (internal/tracev1/parser.go, allProcs) and the goroutines that were runnable at the start (tracev1.go,
# createdPreInit) from maps. Of events at one tick those of different Ps come in any legal order, 1 ns apart. What is
# fixed is the order on each P and of each goroutine, and these decide all the rest: two orders have the same ones exactly
# where one becomes the other by swapping neighbours that share neither. So a run of events 1 ns apart becomes the list of
# its Ps and goroutines, each with its events in order; the times of the later ones depend on the order and are left out.
# The Ps from 1000001 on are no Ps: events of many are shown there.

function touch(key) {
	if (!(key in n_keys))
		keys[++n_run_keys] = key
	of_key[key, ++n_keys[key]] = n
}

function put_run(  i, j, key) {
	if (n == 1)
		print "at " began "\n" run[1]
	if (n > 1) {
		print "at " began
		for (i = 2; i <= n_run_keys; i++) {
			key = keys[i]
			for (j = i - 1; j >= 1 && keys[j] > key; j--)
				keys[j + 1] = keys[j]
			keys[j + 1] = key
		}
		for (i = 1; i <= n_run_keys; i++) {
			print keys[i]
			for (j = 1; j <= n_keys[keys[i]]; j++)
				print run[of_key[keys[i], j]]
		}
	}
	n = n_run_keys = 0
	split("", n_keys)
	split("", of_key)
}

# number(PATTERN): the digits behind it in the event's first line, or -1.
function number(pattern,  s) {
	if (!match(head, pattern "[0-9]+"))
		return -1
	s = substr(head, RSTART, RLENGTH)
	sub(/^.*[^0-9]/, "", s)
	return s
}

function put_event(  p, g, id) {
	if (event == "")
		return
	if (n > 0 && time != last + 1)
		put_run()
	if (n == 0)
		began = stamp
	run[++n] = event
	last = time
	p = number("ProcID=")
	p = p >= 0 ? p : number(" P=")
	g = number(" G=")
	id = number("GoID=")
	if (p >= 0 && p < 1000000)
		touch("P" p)
	if (g > 0)
		touch("G" g)
	if (id > 0 && id != g)
		touch("G" id)
	if ((p < 0 || p >= 1000000) && g <= 0 && id <= 0)
		touch("none")
	event = ""
}

/^M=-?[0-9]+ P=/ {
	put_event()
	match($0, / Time=-?[0-9]+/)
	stamp = substr($0, RSTART + 6, RLENGTH - 6)
	time = stamp + 0
	head = event = substr($0, 1, RSTART - 1) substr($0, RSTART + RLENGTH)
	next
}
{ event = event "\n" $0 }
END { put_event(); put_run() }
