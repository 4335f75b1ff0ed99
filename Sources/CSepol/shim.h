/* What HookSepol uses of libsepol, and nothing else of the C library. */
#include <sepol/debug.h>
#include <sepol/errcodes.h>
#include <sepol/policydb/flask_types.h>
#include <sepol/policydb/services.h>
#include <sepol/sepol.h>
#include <stdio.h>
#include <stdlib.h>

/* libsepol reads a policy from a stream alone: here from memory, so that what is decided by is what was read once.
 * sepol_set_policydb_from_file(3): 0, or -1. */
static inline int oh_sepol_load(void *bytes, size_t count) {
  FILE *stream = fmemopen(bytes, count, "r");
  if (!stream) return -1;
  int result = sepol_set_policydb_from_file(stream);
  fclose(stream);
  return result;
}
