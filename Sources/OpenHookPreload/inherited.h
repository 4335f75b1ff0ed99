/* OPENHOOK_FD: the one connection that this process inherited, shared by its threads and by what it forks. */
#ifndef OPENHOOK_INHERITED_H
#define OPENHOOK_INHERITED_H

#include "connection.h"

/* Takes the number over and restores close-on-exec. 0, or an errno: EBADF if it is not a connected AF_UNIX socket. */
int inherited_prepare(int number);

struct connection *inherited_begin(void);
void inherited_end(struct connection *connection, enum connection_fate fate);

#endif
