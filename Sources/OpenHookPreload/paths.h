/* Which names go to the broker. */
#ifndef OPENHOOK_PATHS_H
#define OPENHOOK_PATHS_H

#include <limits.h>
#include <stddef.h>

/* A name as it is sent: absolute, not cleaned (the broker knows what `..` after a symbolic link means, text does
 * not), and at most PATH_MAX - 1 bytes with a NUL after them. */
struct absolute_name {
  size_t length;
  char bytes[PATH_MAX];
};

enum absolute_result {
  ABSOLUTE_MADE,
  ABSOLUTE_NO_DIRECTORY, /* the directory has no name of its own: not a directory, unreachable, no /proc */
  ABSOLUTE_TOO_LONG,
};

/* A cleaned directory name without a `/` at its end; the root is the empty one. */
struct prefix {
  const char *bytes;
  size_t length;
};

enum prefix_meaning { PREFIXES_ARE_MANAGED, PREFIXES_ARE_OUTSIDE };

struct managed_paths {
  enum prefix_meaning meaning;
  const struct prefix *prefixes;
  size_t count;
};

enum name_class { NAME_OUTSIDE, NAME_MANAGED, NAME_TOO_LONG };

/* Without OPENHOOK_PATHS: everything but what the system itself needs. */
extern const struct managed_paths default_paths;

/* Makes `name` absolute: relative to the working directory (AT_FDCWD) or to the directory `directory`. */
enum absolute_result make_absolute(int directory, const char *name, struct absolute_name *out);

/* Takes `//`, `.` and `..` out of an absolute name, as text. `out` has room for as many bytes as `name` has with its
 * NUL. Returns the length. */
size_t clean_name(const char *name, char *out);

/* Decides by the cleaned name, at the boundaries of its components: `/images2` is not beneath `/images`. `name` may
 * be NULL. `out` is set when the answer is NAME_MANAGED. */
enum name_class classify_name(const struct managed_paths *paths, int directory, const char *name,
                              struct absolute_name *out);

#endif
