// SPDX-License-Identifier: GPL-2.0-only
/*
 * The number of the mutant that is on: a parameter of each module that has them, and of a kernel
 * "mmguard.mutant".
 */
#include <linux/moduleparam.h>

#ifndef MODULE
#undef MODULE_PARAM_PREFIX
#define MODULE_PARAM_PREFIX "mmguard."
#endif

unsigned long mmguard_mutant;
module_param_named(mutant, mmguard_mutant, ulong, 0444);
