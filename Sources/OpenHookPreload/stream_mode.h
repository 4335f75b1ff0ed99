/* The mode argument of fopen(3), with the extensions of the GNU C library. */
#ifndef OPENHOOK_STREAM_MODE_H
#define OPENHOOK_STREAM_MODE_H

#include <stdbool.h>

struct stream_mode {
  int flags;           /* of open(2) */
  bool has_conversion; /* `,ccs=` */
  /* The same mode for the C library, to make a stream of an open descriptor: without `x`, which is done by then. */
  char text[128];
};

/* 0, or EINVAL if it does not begin with r, w or a, or is longer than any that makes sense. */
int read_stream_mode(const char *mode, struct stream_mode *out);

#endif
