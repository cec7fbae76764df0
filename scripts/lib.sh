# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# What the scripts share: messages, long steps, the cache and its lock.
# Source it with the script's own arguments, so that it can start it anew:
#
#	source "${BASH_SOURCE[0]%/*}/lib.sh" "$@"
#
# What holds when a script is killed. A long command runs in a process group
# of its own, under a supervisor in another one. The supervisor holds the read
# end of a pipe whose only write end is in the script: when the script ends
# for any reason, SIGKILL included, the pipe closes and the supervisor kills
# the command's group (SIGTERM first, SIGKILL after three seconds). A script
# is also sent SIGTERM when its parent dies, so a make that is killed takes
# it along; for this to work, a recipe must start it as a plain command, or
# a shell stays between the two. What does not hold: a command that moves
# itself to another process group, and a supervisor that is itself killed
# by SIGKILL.

set -euo pipefail

TOP=$(cd "${BASH_SOURCE[0]%/*}/.." && pwd)
# shellcheck source=META
source "$TOP/META"

CACHE=${MMGUARD_CACHE:-${XDG_CACHE_HOME:-${HOME:?}/.cache}/mmguard}
# shellcheck disable=SC2034 # For the scripts that source this.
LOGS=$CACHE/log
SELF=${0##*/}

# Asks for the SIGTERM at the parent's death, which takes starting anew. The
# variable holds the process id, which survives the exec, so that a script
# started by another one does this for itself. In `bash -c` there is no file
# to start anew.
if [[ -f $0 && ${MMGUARD_PDEATHSIG:-} != "$$" ]] && command -v setpriv > /dev/null; then
	export MMGUARD_PDEATHSIG=$$
	exec setpriv --pdeathsig TERM -- "$BASH" "$0" "$@"
fi

say() {
	printf '%s: %s\n' "$SELF" "$*" >&2
}

# die REASON NEXT-STEP
die() {
	printf '%s: error: %s\n' "$SELF" "$1" >&2
	printf '%s:  next: %s\n' "$SELF" "$2" >&2
	exit 1
}

# version_ge A B: is the version A the same as B, or later?
version_ge() {
	[[ $(printf '%s\n' "$2" "$1" | sort -V | head -n 1) == "$2" ]]
}

# first_version TEXT: prints the first dotted number in it.
first_version() {
	[[ $1 =~ [0-9]+(\.[0-9]+)+ ]] && printf '%s\n' "${BASH_REMATCH[0]}"
}

# The supervisor of the step that runs now, and the write end of its pipe.
supervisor=''
lifeline=''

end_of_script() {
	local signal=$1
	trap - INT TERM HUP
	if [[ -n $supervisor ]]; then
		exec {lifeline}>&-
		wait "$supervisor" || true
		say "interrupted by SIG$signal; run it again to go on"
	fi
	kill -s "$signal" "$$"
}
trap 'end_of_script INT' INT
trap 'end_of_script TERM' TERM
trap 'end_of_script HUP' HUP

# supervise LOG PATTERN TOTAL COMMAND...: runs the command, shows how far it
# is, and returns its status. Its standard input is the script's lifeline.
supervise() {
	local log=$1 pattern=$2 total=$3 job rc=0 shown=0 now
	shift 3
	# A signal is for the script, which closes the lifeline. It is not
	# ignored here, because the command would inherit that.
	trap : INT TERM HUP
	set -m
	"$@" < /dev/null >> "$log" 2>&1 &
	job=$!
	set +m
	SECONDS=0
	while kill -0 "$job" 2> /dev/null; do
		read -r -t 0.2 || rc=$?
		if ((rc <= 128)); then
			[[ ! -t 2 ]] || echo >&2
			kill_group "$job"
			return 143
		fi
		now=$SECONDS
		if [[ -t 2 ]] && ((now > shown)); then
			shown=$now
			printf '\r\e[K    %s' "$(progress)" >&2
		elif ((now >= shown + 15)); then
			shown=$now
			printf '    %s\n' "$(progress)" >&2
		fi
	done
	rc=0
	wait "$job" || rc=$?
	[[ ! -t 2 ]] || printf '\r\e[K' >&2
	((rc != 0)) || printf '    done: %s\n' "$(progress)" >&2
	return "$rc"
}

# How far the supervised command is, from the variables of supervise.
progress() {
	local seen
	if [[ -n $pattern ]]; then
		seen=$(grep -acE -- "$pattern" "$log" || true)
		printf '%d' "$seen"
		((total == 0)) || printf ' of about %d' "$total"
		printf ', '
	fi
	printf '%d:%02d min' $((SECONDS / 60)) $((SECONDS % 60))
}

kill_group() {
	local tick
	kill -TERM -- "-$1" 2> /dev/null || return 0
	for ((tick = 0; tick < 30; tick++)); do
		sleep 0.1
		kill -0 -- "-$1" 2> /dev/null || return 0
	done
	kill -KILL -- "-$1" 2> /dev/null || true
}

# step TITLE LOG PATTERN TOTAL NEXT-STEP COMMAND...
#
# Runs a long command, with its output appended to LOG, and shows how far it
# is: the lines of the log that match PATTERN, of about TOTAL (either may be
# empty). When it fails, says why and what to do, and returns its status.
# A COMMAND that is a function must not count on `set -e`.
step() {
	local title=$1 log=$2 pattern=$3 total=${4:-0} next=$5 start rc=0
	shift 5
	mkdir -p "${log%/*}"
	say "$title (log: $log)"
	touch "$log"
	start=$(($(wc -l < "$log") + 1))
	# With job control, the supervisor has a process group of its own, and
	# what kills the script's group does not kill it.
	set -m
	coproc SUPERVISOR { supervise "$log" "$pattern" "$total" "$@" > /dev/null; }
	set +m
	# shellcheck disable=SC2153 # Bash sets SUPERVISOR_PID.
	supervisor=$SUPERVISOR_PID lifeline=${SUPERVISOR[1]}
	wait "$supervisor" || rc=$?
	supervisor='' lifeline=''
	if ((rc != 0)); then
		{
			echo "$SELF: error: failed with status $rc: $title"
			tail -n "+$start" "$log" | relevant_lines | sed 's/^/    | /'
			echo "$SELF:   log: $log"
			echo "$SELF:  next: $next"
		} >&2
	fi
	return "$rc"
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

# series_repository [KDIR]: prints the git repository of a kernel tree, or the one
# in the cache that scripts/series makes of the newest source.
series_repository() {
	if (($# > 0)); then
		git -C "$1" rev-parse --absolute-git-dir 2> /dev/null ||
			die "$1 is not in a git repository" 'name a git repository of the kernel, or none for the newest kernel of META'
	else
		echo "$CACHE/series/$(basename "$(kernel_source)").git"
	fi
}

# Lets cargo build in the cache. It takes a package for the same in every
# checkout, and goes by the times of its files. So it is made to forget what
# another checkout built of this project; the dependencies stay.
use_cargo_cache() {
	export CARGO_TARGET_DIR=$CACHE/target
	local owner=$CARGO_TARGET_DIR/checkout
	[[ $(cat "$owner" 2> /dev/null) != "$TOP" ]] || return 0
	rm -rf "$CARGO_TARGET_DIR"/{,*/}release/.fingerprint/{mmguard,mmscope}-*
	mkdir -p "$CARGO_TARGET_DIR"
	echo "$TOP" > "$owner"
}

# cache_lock WHAT-FOR: from here to its end, the script is the only one that
# writes to the cache. What it starts inherits the lock, so whatever a killed
# script leaves behind for a moment keeps the next one waiting.
cache_lock() {
	local waited=
	mkdir -p "$CACHE"
	exec {cache_fd}<> "$CACHE/lock"
	until flock -n "$cache_fd"; do
		if [[ -z $waited ]]; then
			say "waiting for the cache $CACHE, in use by: $(cache_holder)"
			waited=yes
		fi
		sleep 0.5
	done
	echo "$SELF, process $$, $1" > "$CACHE/lock"
}

cache_holder() {
	local holder
	holder=$(cat "$CACHE/lock")
	echo "${holder:-a process that did not say}"
}

cache_unlock() {
	: > "$CACHE/lock"
	exec {cache_fd}>&-
}
