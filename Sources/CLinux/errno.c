#include "CLinux.h"
#include <errno.h>

int32_t oh_errno(void) { return errno; }
void oh_clear_errno(void) { errno = 0; }
