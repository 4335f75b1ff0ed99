/* A socket to the broker, and who may use it when.
 *
 * The protocol has no request ids: a connection belongs to one exchange at a time, and one that was left in the
 * middle of an exchange is never used again. */
#ifndef OPENHOOK_CONNECTION_H
#define OPENHOOK_CONNECTION_H

#include <stdbool.h>
#include <sys/types.h>

struct connection {
  int descriptor; /* -1: none */
  int type;       /* SOCK_STREAM or SOCK_SEQPACKET */
  dev_t device;   /* of the socket itself: programs close numbers that are not theirs, and the next open of theirs */
  ino_t inode;    /* gets that number. A request must never be written into another file. */
};

enum connection_fate {
  CONNECTION_KEPT,      /* the exchange is over, or never began */
  CONNECTION_DISCARDED, /* the exchange was left in the middle, or the other end is gone */
};

/* A connection that no other thread and no other process uses until connection_end. Thread cancellation is off between
 * the two. If there is none, NULL with errno set: EDEADLK in a signal handler that interrupted an open of its own
 * thread, and what is said on standard error otherwise. */
struct connection *connection_begin(void);
void connection_end(struct connection *connection, enum connection_fate fate);

/* Whether the next connection_begin after a discarded one makes a new connection. */
bool connection_is_replaceable(void);

/* Fills in type, device and inode. 0, or EBADF if it is not the connected end of an AF_UNIX socket of the two types. */
int connection_identify(struct connection *connection);

/* Whether the number still means the socket that connection_identify saw. */
bool connection_is_intact(const struct connection *connection);

#endif
