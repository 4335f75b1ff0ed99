/* The open-hook protocol, the asking side: one request and its reply on a connection. */
#ifndef OPENHOOK_REQUEST_H
#define OPENHOOK_REQUEST_H

#include "connection.h"
#include "paths.h"
#include <sys/types.h>

enum outcome {
  OUTCOME_GRANTED,       /* descriptor is the file, close-on-exec */
  OUTCOME_REFUSED,       /* error is the broker's errno, unchanged */
  OUTCOME_WITHHELD,      /* granted, but the descriptor did not arrive; error says why, as far as can be told */
  OUTCOME_NOT_DELIVERED, /* the other end was gone before the request: nothing has happened */
  OUTCOME_CLOSED,        /* the connection ended within the exchange; error is 0 or the reason */
  OUTCOME_MALFORMED,     /* not the protocol: the connection must not be used again */
};

struct answer {
  enum outcome outcome;
  int descriptor; /* -1 unless granted */
  int error;
};

/* Blocks until the broker has answered. Interrupted calls are restarted; SIGPIPE is never raised. */
struct answer request_open(const struct connection *connection, const struct absolute_name *name, int flags,
                           mode_t mode);

#endif
