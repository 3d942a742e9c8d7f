# awk -f check_layers.awk layers.txt FILE...: the rules of layers.txt over #include and import.
function unit_of(path) { # a header that has a line of its own is a unit of its own
	while (sub(/[^\/]+\/\.\.\//, "", path)) {}
	gsub(/\.\//, "", path)
	if (!(path in at)) sub(/\.(c|h|js)$/, "", path)
	return path
}
function folder_of(path) { return sub(/\/[^\/]*$/, "", path) ? path : "" }
function bad(why) { print FILENAME ":" FNR ": " why; failed = 1 }

NR == FNR && (/^#/ || !NF) { next }
NR == FNR && /^</ { for (i = 2; i <= NF; i++) third[$1, $i]; known[$1]; next }
NR == FNR && /^[^ \t]/ { folder = $1; for (i = 2; i <= NF; i++) may[folder, $i]; next }
NR == FNR { unit = folder "/" $1; at[unit] = ++units; if ($2 == "+") open[unit]; next }

FNR == 1 { self = unit_of(FILENAME); if (!(self in at)) bad(self " is not in layers.txt") }
/^#include </ { if (($2 in known) && !(($2, self) in third)) bad(self " may not include " $2); next }
/^#include "/ { split($0, part, "\""); check(unit_of(part[2])) }
/^(import|export|\}) ?.* from ["']|^import ["']/ {
	n = split($0, part, /["']/)
	check(unit_of(folder_of(FILENAME) "/" part[n - 1]))
}
function check(other) {
	if (other == self || !(self in at)) return
	if (!(other in at)) bad(other " is not in layers.txt")
	else if (at[other] > at[self]) bad(self " stands above " other " and may not include it")
	else if (folder_of(other) != folder_of(self) && !((folder_of(self), folder_of(other)) in may))
		bad(folder_of(self) " may not include from " folder_of(other))
	else if (folder_of(other) != folder_of(self) && !(other in open)) bad(other " is not marked + for other folders")
}
END { exit failed }
