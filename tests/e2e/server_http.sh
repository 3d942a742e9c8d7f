#!/bin/sh
# The server as curl sees it: keep-alive, validators, encodings, who may ask, what is refused, and its end.
set -eu
. tests/e2e/common.sh
. tests/e2e/server/start.sh

trace=tests/traces/good/go1.26-web.trace
start_server --header-deadline=2 "$trace"
wait_ready
tile="$api/tiles/P/0/$(level)/0/0?v=3"

# expect WHAT WANT CURL-ARGUMENTS...: the status
expect() {
	what=$1 want=$2
	shift 2
	got=$(curl -s -o /dev/null -w '%{http_code}' --max-time 10 "$@") || got="curl $?"
	if [ "$got" = "$want" ]; then pass; else fail "$what: $got instead of $want"; fi
}

same() {
	if [ "$2" = "$3" ]; then pass; else fail "$1: $2 instead of $3"; fi
}

# Keep-alive: three requests, one connection (a reply in the library's first call would close it).
same keep-alive "$(curl -sv "$tile" "$api" "$base/" -o /dev/null -o /dev/null -o /dev/null 2>&1 | grep -c 'Re-using existing connection')" 2
same 'keep-alive after 304' "$(curl -sv -H 'If-None-Match: *' "$tile" "$tile" 2>&1 | grep -c 'Re-using existing connection')" 1

# Validators, per encoding; HEAD has the headers of GET and no body.
curl -s -D "$work/plain.head" -o "$work/plain" "$tile"
curl -s -D "$work/zstd.head" -o "$work/zstd" -H 'Accept-Encoding: gzip, zstd' "$tile"
etag_of() { sed -n 's/^ETag: \(.*\)\r$/\1/p' "$1"; }
plain_etag=$(etag_of "$work/plain.head")
zstd_etag=$(etag_of "$work/zstd.head")
same 'an ETag' "$(printf %s "$plain_etag" | grep -cE '^"[0-9a-f]{32}"$')" 1
if [ "$plain_etag" != "$zstd_etag" ]; then pass; else fail 'one ETag for two encodings'; fi
grep -q '^Content-Encoding: zstd' "$work/zstd.head" && pass || fail 'no zstd'
grep -q '^Content-Encoding' "$work/plain.head" && fail 'an encoding nobody asked for' || pass
for head in plain zstd; do
	grep -q '^Vary: Accept-Encoding' "$work/$head.head" && pass || fail "no Vary: $head"
	grep -q '^Cache-Control: private, max-age=31536000, immutable' "$work/$head.head" && pass || fail "not immutable: $head"
done
if command -v zstd >/dev/null; then
	zstd -qdc "$work/zstd" | cmp - "$work/plain" && pass || fail 'zstd and identity differ'
fi
expect 'its own ETag' 304 -H "If-None-Match: $plain_etag" "$tile"
expect 'one of several' 304 -H "If-None-Match: \"x\", W/$plain_etag" "$tile"
expect 'of the other encoding' 200 -H "If-None-Match: $zstd_etag" "$tile"
expect '... and with it' 304 -H 'Accept-Encoding: zstd' -H "If-None-Match: $zstd_etag" "$tile"
expect 'zstd;q=0' 200 -H 'Accept-Encoding: zstd;q=0' -H "If-None-Match: $plain_etag x" "$tile&format=json"
curl -sI "$tile" >"$work/head.head"
same 'HEAD' "$(grep -v '^Date' "$work/head.head")" "$(grep -v '^Date' "$work/plain.head")"
grep -q '^Cache-Control: no-store' <<END && pass || fail 'the manifest may be kept'
$(curl -sI "$api")
END

# The page at / names its files as they lie below it, at /t/{trace} as they lie beside; each has its own ETag.
same 'files of /' "$(curl -s "$base/" | grep -c '"\.\./')" 0
same 'files of /, below it' "$(curl -s "$base/" | grep -c '"web/')" "$(curl -s "$base/t/$id" | grep -c '"\.\./web/')"
library_etag=$(curl -sI "$base/" | etag_of /dev/stdin)
viewer_etag=$(curl -sI "$base/t/$id" | etag_of /dev/stdin)
[ "$library_etag" != "$viewer_etag" ] && pass || fail 'one ETag for two pages'
expect 'the library again' 304 -H "If-None-Match: $library_etag" "$base/"
expect 'the other page' 200 -H "If-None-Match: $viewer_etag" "$base/"

# Addresses of go tool trace.
goes() {
	same "$1" "$(curl -s -o /dev/null -w '%{http_code} %{redirect_url}' "$base/$1")" "302 $base/$2"
}
goes 'trace?goid=17&start=1&end=2' "t/$id?go=trace&goid=17&start=1&end=2"
goes 'goroutine?name=main.(*T%5Ba,b%5D).f' "t/$id?go=goroutine&name=main.(*T%5Ba,b%5D).f"
goes 'sched?raw=1' "api/v1/traces/$id/profile?of=runnable&format=pprof"
goes 'io?name=main.f' "t/$id?go=io&name=main.f"
goes mmu "t/$id?go=mmu"
expect 'where they lead' 200 -L "$base/trace?goid=17"
expect 'a raw profile' 200 -L "$base/block?raw=1"
expect 'an unknown key' 400 "$base/trace?what=1"

# Who may ask.
for host in evil.example "evil.example:$port" localhost "localhost:1" "127.0.0.1.evil.example:$port" "localhost.:$port" "0.0.0.0:$port" "2130706433:$port"; do
	expect "Host $host" 421 -H "Host: $host" "$tile"
done
expect 'Host localhost' 200 -H "Host: localhost:$port" "$tile"
expect 'Host ::1' 200 -H "Host: [::1]:$port" "$tile"
expect 'Origin of ours' 200 -H "Origin: $base" "$tile"
expect 'another Origin' 403 -H 'Origin: http://evil.example' "$tile"
expect 'Origin null' 403 -H 'Origin: null' "$tile"
expect 'a fetch from elsewhere' 403 -H 'Sec-Fetch-Site: cross-site' -H 'Sec-Fetch-Mode: no-cors' "$tile"
expect 'a link from elsewhere' 200 -H 'Sec-Fetch-Site: cross-site' -H 'Sec-Fetch-Mode: navigate' -H 'Sec-Fetch-Dest: document' "$base/t/$id"
expect 'a link to the API' 403 -H 'Sec-Fetch-Site: cross-site' -H 'Sec-Fetch-Mode: navigate' -H 'Sec-Fetch-Dest: document' "$api"
expect 'a frame elsewhere' 403 -H 'Sec-Fetch-Site: cross-site' -H 'Sec-Fetch-Mode: navigate' -H 'Sec-Fetch-Dest: iframe' "$base/"

# What is not there, and what is not understood.
expect 'another trace' 404 "$base/api/v1/traces/00000000000000000000000000000000"
expect 'no trace id' 404 "$base/api/v1/traces/nothing"
expect 'the page of another trace' 404 "$base/t/00000000000000000000000000000000"
expect 'no such route' 404 "$base/debug/pprof/"
expect 'no such file' 404 "$base/web/nothing.js"

# The page's files: for ever under their version, as zstd where it is taken; revalidated without one, or with another.
version=$(curl -s "$base/" | sed -n 's|.*"web/\([0-9a-f]\{16\}\)/main\.js".*|\1|p' | head -n 1)
curl -s -D "$work/file.head" -H 'Accept-Encoding: zstd' -o "$work/file.zst" "$base/web/$version/main.js"
grep -q '^Cache-Control: private, max-age=31536000, immutable' "$work/file.head" && pass || fail 'a file under its version is not immutable'
grep -q '^Content-Encoding: zstd' "$work/file.head" && pass || fail 'a file is not compressed'
zstd -qdc "$work/file.zst" | cmp -s - web/main.js && pass || fail 'a compressed file is another one'
curl -s "$base/web/$version/main.js" | cmp -s - web/main.js && pass || fail 'a file is another one'
curl -sI "$base/web/main.js" | grep -q '^Cache-Control: no-cache' && pass || fail 'a file without its version is kept'
expect 'a file of another version' 404 "$base/web/0000000000000000/main.js"
expect 'a file outside' 400 --path-as-is "$base/web/../../etc/passwd"
expect 'a file outside, escaped' 400 --path-as-is "$base/web/%2e%2e%2f%2e%2e%2fetc/passwd"
expect 'unknown key' 400 "$tile&x=1"
expect 'a key twice' 400 "$tile&v=3"
expect 'another version' 400 "$api/tiles/P/0/0/0/0?v=1"
for path in tiles/X/0/0/0/0 tiles/P/0/63/0/0 tiles/P/0/-1/0/0 tiles/P/0/00/0/0 tiles/P/0/1/0/0x1 tiles/P/0/1/0/9223372036854775808 \
	rows/1,/1/0 rows/x/1/0 rows/1/63/0 chunks/A/0/0 chunks/P/4294967296/0 counters/a/0/0 landmarks/63/0 'events?limit=1001' 'events?from=-1' 'summary?view=Q' 'stacks?ids=' 'strings?ids=1,' 'strings?ids=4294967296' 'goroutines?limit=0'; do
	expect "$path" 400 "$api/$path"
done
for path in tiles/P/0/62/0/0 tiles/P/0/0/99999/0 tiles/P/1/0/0/0 chunks/P/0/99999 counters/99999/0/0 landmarks/62/0 rows/99999999999/0/0 rows/1/62/0 goroutines/99999999999; do
	expect "$path" 404 "$api/$path"
done
expect POST 405 -X POST -d abc "$base/api/v1/traces"
expect DELETE 405 -X DELETE "$api"
curl -sI -X POST "$api" | grep -q '^Allow: GET, HEAD' && pass || fail 'no Allow'

# The security headers are on every kind of answer.
for url in "$base/" "$base/web/main.js" "$api" "$tile" "$api/none" "$tile&x=1" "$base/%00"; do
	curl -s -D "$work/head" -o /dev/null "$url"
	for header in "Content-Security-Policy: default-src 'none'; " 'X-Content-Type-Options: nosniff' 'Referrer-Policy: no-referrer' \
		'Cross-Origin-Opener-Policy: same-origin' 'Cross-Origin-Resource-Policy: same-origin'; do
		grep -qF "$header" "$work/head" && pass || fail "$url: no $header"
	done
	grep -qi 'Access-Control' "$work/head" && fail "$url: CORS" || pass
done

# 100 clients that do nothing cost nothing, and the end comes soon and clean.
if command -v node >/dev/null; then
	node tests/e2e/server/batch.mjs "$port" "$id" && pass || fail 'batches'
	node tests/e2e/server/raw.mjs "$port" 2 && pass || fail 'raw requests'
fi
stop_server
finish
