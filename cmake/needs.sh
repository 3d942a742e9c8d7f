# shellcheck shell=sh
# Sourced by start and check: brings what the build needs onto the machine. Only what is missing is
# installed, and one line says what.

say() {
	printf '%s: %s\n' "$(basename "$0")" "$*" >&2
}

die() {
	say "$*"
	exit 1
}

missing=
# need_command COMMAND PACKAGE / need_module PKG-CONFIG-TEST PACKAGE: notes the Debian package if it is not there
need_command() {
	command -v "$1" >/dev/null 2>&1 || missing="$missing $2"
}
need_module() {
	pkg-config --exists "$1" 2>/dev/null || missing="$missing $2"
}

need_build_tools() {
	need_command cc gcc
	need_command cmake cmake
	need_command ninja ninja-build
	need_command pkg-config pkg-config
	need_module 'libmicrohttpd >= 0.9.75' libmicrohttpd-dev
	need_module 'libcjson >= 1.7.15' libcjson-dev
	need_module 'sqlite3 >= 3.40' libsqlite3-dev
	need_module 'zlib >= 1.2.11' zlib1g-dev
	need_module 'libzstd >= 1.5.2' libzstd-dev
	need_module 'libxxhash >= 0.8' libxxhash-dev
	need_module 'libprotobuf-c >= 1.3' libprotobuf-c-dev
	need_command protoc-c protobuf-c-compiler
	cc_works || missing="$missing libc6-dev"
}

cc_works() {
	command -v cc >/dev/null 2>&1 && echo '#include <stdio.h>' | cc -E - >/dev/null 2>&1
}

need_check_tools() {
	need_module 'cmocka >= 1.1.5' libcmocka-dev
	need_command clang clang
	need_command clang-format clang-format
	need_command clang-tidy clang-tidy
	need_command cppcheck cppcheck
	need_command shellcheck shellcheck
	need_command zstd zstd
	need_command curl curl
	need_command node nodejs
	need_command npm npm
}

# A browser is wanted, not needed: where none can be had its tests say that they were skipped.
have_browser() {
	command -v chromium >/dev/null 2>&1 || command -v google-chrome >/dev/null 2>&1
}

have_firefox() {
	command -v firefox-esr >/dev/null 2>&1
}

as_root() {
	if [ "$(id -u)" -eq 0 ]; then
		"$@"
	elif command -v sudo >/dev/null 2>&1; then
		sudo "$@"
	else
		die "Cannot install:$missing. Run as root: apt-get install$missing"
	fi
}

apt_get() {
	as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq "$@"
}

apt_install() {
	log=$(mktemp)
	status=0
	# shellcheck disable=SC2086 # one word per package
	{ apt_get update && apt_get install -y --no-install-recommends $1; } >"$log" 2>&1 || status=$?
	[ $status -eq 0 ] || tail -n 15 "$log" >&2
	rm -f "$log"
	return $status
}

install_missing() {
	[ -n "$missing" ] || return 0
	command -v apt-get >/dev/null 2>&1 ||
		die "This system has no apt-get. Install what Debian calls$missing with its own tools, then run this again."
	say "installing$missing"
	apt_install "$missing" || die "Cannot install:$missing. The lines above are apt-get's."
	missing=
}

# Quiet while it goes well; all of it when it does not.
quietly() {
	log=$(mktemp)
	if "$@" >"$log" 2>&1; then
		rm -f "$log"
	else
		cat "$log" >&2
		rm -f "$log"
		die "Failed: $*"
	fi
}
