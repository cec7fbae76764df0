// SPDX-License-Identifier: GPL-2.0-only
/*
 * The number of the mutant that is on: a parameter of each module that has them.
 */
#include <linux/moduleparam.h>

unsigned long mmguard_mutant;
module_param_named(mutant, mmguard_mutant, ulong, 0444);
