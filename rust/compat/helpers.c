// SPDX-License-Identifier: GPL-2.0-only
/*
 * The C shims, for a module of its own. In a kernel tree they are part of
 * rust/helpers/helpers.c, which has this macro.
 */

#define __rust_helper

#include "../helpers/mm_guard.c"
