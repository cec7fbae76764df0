# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# What a kernel's configuration tells of the tools that built it. Sourced after
# lib.sh, by the scripts that have to do with a kernel of the user's own. CONFIG
# is its .config, or its include/config/auto.conf.

# config_value CONFIG SYMBOL: prints the symbol's value, without the quotes; fails
# when it is off.
config_value() {
	local line
	line=$(grep -m 1 "^CONFIG_$2=" "$1") || return
	line=${line#*=}
	line=${line#\"}
	printf '%s\n' "${line%\"}"
}

# tree_title CONFIG: prints the architecture, as make's ARCH names it, and the
# version: "x86 7.3.4".
tree_title() {
	sed -n '1,5s|^# Linux/\([^ ]*\) \([^ ]*\) Kernel Configuration$|\1 \2|p' "$1"
}

# tree_compiler CONFIG: prints the command of the compiler. GCC's version text
# begins with it. Clang's does not, but LLVM may pick one, as for make.
tree_compiler() {
	local text
	text=$(config_value "$1" CC_VERSION_TEXT)
	if ! config_value "$1" CC_IS_CLANG > /dev/null; then
		printf '%s\n' "${text%% *}"
		return
	fi
	case ${LLVM:-} in
	*/) printf '%s\n' "${LLVM}clang" ;;
	-*) printf '%s\n' "clang$LLVM" ;;
	*) echo clang ;;
	esac
}

# tree_variables CONFIG: prints what make must be told to use the tools that built
# the kernel. An LLVM in the environment is not for GCC.
tree_variables() {
	local title compiler
	title=$(tree_title "$1")
	printf '%s' "${title:+ARCH=${title% *} }"
	if config_value "$1" CC_IS_CLANG > /dev/null; then
		printf 'LLVM=%s\n' "${LLVM:-1}"
	else
		compiler=$(tree_compiler "$1")
		printf 'LLVM= CROSS_COMPILE=%s CC=%s\n' "${compiler%gcc*}" "$compiler"
	fi
}

# check_tool COMMAND KERNEL'S OTHER-WAY: is it the one that the kernel was built
# with, by its version text? If not, that is a problem.
check_tool() {
	local text
	if ! text=$(LC_ALL=C "$1" --version 2> /dev/null); then
		problem "there is no $1 in PATH" "install the one that the kernel was built with: $2"
		return
	fi
	text=${text%%$'\n'*}
	[[ $text == "$2" ]] ||
		problem "$1 is not the one that the kernel was built with: it is '$text' ($(command -v "$1")), the kernel's was '$2'" \
			"put the kernel's first in PATH${3:-}"
}

# check_tools CONFIG [OTHER-WAY]: the metadata of a Rust crate can be read by the
# very rustc that wrote it, and by no other; the kernel's flags are for its compiler.
check_tools() {
	check_tool "$(tree_compiler "$1")" "$(config_value "$1" CC_VERSION_TEXT)" "${2:-}"
	check_tool rustc "$(config_value "$1" RUSTC_VERSION_TEXT)" "${2:-}"
	check_tool bindgen "$(config_value "$1" BINDGEN_VERSION_TEXT)" "${2:-}"
}
