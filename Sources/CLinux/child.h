/* What a child does between fork(2) and execve(2), whoever starts it. Calls that are safe there alone. */
#ifndef OPENHOOK_CHILD_H
#define OPENHOOK_CHILD_H
#include <stddef.h>
#include <stdint.h>

/* Every signal as at the start of a program, and none blocked. */
void oh_default_signals(void);

enum { OH_MOST_PLACES = 64 };
/* descriptors[i] becomes i; where it is negative, `null` does. All of them are first moved out of the way of each other. What
 * lies behind is closed at exec. */
int32_t oh_place_descriptors(const int32_t *descriptors, size_t wanted, int32_t null);
#endif
