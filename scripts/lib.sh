# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# What the scripts share: messages, long steps, the cache and its lock. What runs
# the tools sources scripts/env after it, and with that is in the root file system
# that has them, in a PID namespace that ends with the script: nothing here has to
# look after what a killed script leaves behind.

set -euo pipefail

TOP=$(cd "${BASH_SOURCE[0]%/*}/.." && pwd)
# shellcheck source=META
source "$TOP/META"

CACHE=${MMGUARD_CACHE:-${XDG_CACHE_HOME:-${HOME:-/root}/.cache}/mmguard}
# shellcheck disable=SC2034 # For the scripts that source this.
LOGS=$CACHE/log
SELF=${0##*/}
# Cargo builds each checkout by itself: it takes a package for the same in all of them.
export CARGO_TARGET_DIR=$TOP/build/cargo

# What makes a user who is not root the root of a namespace, for unshare.
# shellcheck disable=SC2034 # For the scripts that source this.
if ((EUID == 0)); then USER_NAMESPACE=(); else USER_NAMESPACE=(--user --map-root-user --map-auto); fi

# The status of a script that has said why it fails. Of one that has not, what
# failed is said.
SAID=3
set -E
# shellcheck disable=SC2154 # The trap assigns it.
trap 'status=$?; ((status == SAID)) || say "error: status $status of line $LINENO: $BASH_COMMAND"' ERR

say() {
	printf '%s: %s\n' "$SELF" "$*" >&2
}

# die REASON NEXT-STEP
die() {
	printf '%s: error: %s\n' "$SELF" "$1" >&2
	printf '%s:  next: %s\n' "$SELF" "$2" >&2
	exit "$SAID"
}

# How often problem was called.
problems=0

# problem REASON NEXT-STEP: like die, but goes on to find the others too.
problem() {
	(die "$@") || problems=$((problems + 1))
}

# version_ge A B: is the version A the same as B, or later?
version_ge() {
	[[ $(printf '%s\n' "$2" "$1" | sort -V | head -n 1) == "$2" ]]
}

# first_version TEXT: prints the first dotted number in it.
first_version() {
	[[ $1 =~ [0-9]+(\.[0-9]+)+ ]] && printf '%s\n' "${BASH_REMATCH[0]}"
}

# took SECONDS WHAT: notes how long something took, for .ci/run.
took() {
	mkdir -p "$LOGS"
	printf '%5d s  %s: %s\n' "$1" "$SELF" "$2" >> "$LOGS/times"
}

# How far a step is, from its log: the variables are those of step.
progress() {
	local seen
	if [[ -n $pattern ]]; then
		seen=$(grep -acE -- "$pattern" "$log" || true)
		printf '%d' "$seen"
		((total == 0)) || printf ' of about %d' "$total"
		printf ', '
	fi
	printf '%d:%02d min' $(((SECONDS - began) / 60)) $(((SECONDS - began) % 60))
}

# The file of the part of the cache that the script has locked, and who it is. It says
# there how far it is, too, for those that wait.
locked=
owner=

# step TITLE LOG PATTERN TOTAL NEXT-STEP COMMAND...
#
# Runs a long command, with its output appended to LOG, and shows how far it
# is: the lines of the log that match PATTERN, of about TOTAL (either may be
# empty). When it fails, says why and what to do, and returns SAID.
# A COMMAND that is a function must not count on `set -e`.
step() {
	local title=$1 log=$2 pattern=$3 total=${4:-0} next=$5 start job rc=0 began=$SECONDS shown=0 now
	shift 5
	mkdir -p "${log%/*}"
	say "$title (log: $log)"
	touch "$log"
	start=$(($(wc -l < "$log") + 1))
	"$@" < /dev/null >> "$log" 2>&1 &
	job=$!
	while kill -0 "$job" 2> /dev/null; do
		sleep 0.2
		now=$((SECONDS - began))
		if [[ -t 2 ]] && ((now > shown)); then
			printf '\r\e[K    %s' "$(progress)" >&2
		elif ((now >= shown + 15)); then
			printf '    %s\n' "$(progress)" >&2
		else
			continue
		fi
		shown=$now
		[[ -z $locked ]] || echo "$owner: $(progress)" > "$locked"
	done
	wait "$job" || rc=$?
	[[ ! -t 2 ]] || printf '\r\e[K' >&2
	took $((SECONDS - began)) "$title"
	if ((rc == 0)); then
		printf '    done: %s\n' "$(progress)" >&2
		return
	fi
	{
		echo "$SELF: error: failed with status $rc: $title"
		tail -n "+$start" "$log" | relevant_lines | sed 's/^/    | /'
		echo "$SELF:   log: $log"
		echo "$SELF:  next: $next"
	} >&2
	return "$SAID"
}

# The lines of a log that tell why it failed: the errors, then its end.
relevant_lines() {
	awk '
	/error[:[]|Error [0-9]|[Ff]atal|\*\*\*|^E: |No space left|Killed/ {
		if (errors++ < 10)
			print
		next
	}
	{ last[++others] = $0 }
	END {
		for (i = others > 5 ? others - 4 : 1; i <= others; i++)
			print last[i]
	}'
}

# Prints the files of the crate and of mmscope that scripts/lay lays into a
# kernel tree.
laid_files() {
	"$TOP/scripts/lay" --list
}

# kvm_works: can a VM of this machine's architecture run on KVM? There may be a
# /dev/kvm, and a virtual CPU that never runs. The CPU's flag is what tells; other
# architectures have none.
kvm_works() {
	[[ -w /dev/kvm ]] && grep -qwE 'vmx|svm' /proc/cpuinfo
}

# ktap KERNEL-LOG: prints the KUnit results in it, without time stamps. Suites of
# the kernel may have run before those of a module: it begins with the last header.
ktap() {
	tr -d '\r' < "$1" | sed 's/^\[ *[0-9.]*\] //' |
		awk '/^KTAP version 1/ { text = "" } { text = text $0 "\n" } END { printf "%s", text }'
}

# Where the cache keeps the source of a version of the kernel package.
source_dir() {
	echo "$CACHE/src/linux-${1//[^A-Za-z0-9.-]/_}"
}

# latest_source VERSION: the latest source of a version, or of a series, that the
# cache has. Empty when there is none.
latest_source() {
	[[ ! -d $CACHE/src ]] || find "$CACHE/src" -maxdepth 1 -type d -name "linux-$1[.-]*" ! -name '*.partial' | sort -V | tail -n 1
}

# series_source SERIES: the source of KERNEL_NEWEST or KERNEL_OLDEST, of the
# version that META names, or else the latest of the series.
series_source() {
	local pinned=$KERNEL_PACKAGE_VERSION
	[[ $1 == "$KERNEL_NEWEST" ]] || pinned=$KERNEL_OLDEST_PACKAGE_VERSION
	pinned=$(source_dir "$pinned")
	if [[ -d $pinned ]]; then echo "$pinned"; else latest_source "$1"; fi
}

# The source that mmguard's kernels are built from, but for the oldest one.
kernel_source() {
	series_source "$KERNEL_NEWEST"
}

# The patch series, in the order in which they are sent.
# shellcheck disable=SC2034 # For the scripts that source this.
SERIES=(zap-range own-vmas guards write-locks)

# cache_lock PART WHAT-FOR: from here on, the script is the only one that writes to
# this part of the cache, and scripts/clean-cache waits for it. What it starts
# inherits the lock.
cache_lock() {
	local file=$CACHE/locks/$1
	mkdir -p "$CACHE/locks"
	exec {cache_fd}<> "$CACHE/locks/all" {part_fd}<> "$file"
	wait_for_lock -s "$cache_fd" "$CACHE/locks/all"
	wait_for_lock -x "$part_fd" "$file"
	locked=$file owner="$SELF, process $$, $2"
	echo "$owner" > "$locked"
}

# wait_for_lock MODE FD FILE: says whom it waits for, and how far that is.
wait_for_lock() {
	local shown=-15
	until flock -n "$1" "$2"; do
		if ((SECONDS >= shown + 15)); then
			shown=$SECONDS
			say "waiting for the cache $CACHE, in use by: $(cat "$3")"
		fi
		sleep 0.5
	done
}

cache_unlock() {
	: > "$locked"
	locked=
	exec {part_fd}>&- {cache_fd}>&-
}
