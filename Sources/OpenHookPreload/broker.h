/* Opening a file through the broker. */
#ifndef OPENHOOK_BROKER_H
#define OPENHOOK_BROKER_H

#include "paths.h"
#include <sys/types.h>

/* As open(2), on a managed name. The broker's errno comes out unchanged; beside it EIO if there is no broker to ask,
 * EACCES if the descriptor did not arrive, EBADF and others if the settings are unusable. Those are said on standard
 * error. */
int broker_open(const struct absolute_name *name, int flags, mode_t mode);

#endif
