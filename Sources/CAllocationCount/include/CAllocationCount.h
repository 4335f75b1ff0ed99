/* Counts what a program allocates.
 *
 * For openhook-bench alone: a program that links this has malloc(3) and its kin from here, which count, and then do what
 * the C library does. Its shared libraries use them too, and so do strdup(3), reallocarray(3) and C++'s new. Not counted
 * are valloc(3) and pvalloc(3), which are obsolete, and whatever comes from mmap(2) alone. */
#ifndef OPENHOOK_CALLOCATIONCOUNT_H
#define OPENHOOK_CALLOCATIONCOUNT_H

#include <stdint.h>

/* From now on the count, a uint64_t of this machine, is in the file that the environment variable OPENHOOK_ALLOCATIONS
 * names, for another process to read at any time: 0, or -errno. Without the variable nothing is done. mmap(2) */
int32_t ac_publish(void);

#endif
