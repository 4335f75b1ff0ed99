/* What the environment told this library when it was loaded. */
#ifndef OPENHOOK_ENVIRONMENT_H
#define OPENHOOK_ENVIRONMENT_H

#include "paths.h"

enum channel {
  CHANNEL_NONE,      /* neither variable is set: everything passes */
  CHANNEL_INHERITED, /* OPENHOOK_FD, which goes before OPENHOOK_SOCKET if both are set */
  CHANNEL_LISTENER,  /* OPENHOOK_SOCKET */
  CHANNEL_UNUSABLE,  /* what was asked for cannot be done: managed names are refused, never opened directly */
};

struct settings {
  enum channel channel;
  struct managed_paths paths;
  const char *fault; /* these three: CHANNEL_UNUSABLE */
  const char *fault_subject;
  int fault_error;
};

/* Reads OPENHOOK_FD, OPENHOOK_SOCKET and OPENHOOK_PATHS when it is first called, which is when the library is loaded,
 * and takes them, and this library's entry in LD_PRELOAD, out of the environment: children are not hooked. */
const struct settings *openhook_settings(void);

#endif
