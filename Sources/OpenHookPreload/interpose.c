/* The functions of open(2) that programs call. */
#include "interpose.h"
#include "broker.h"
#include "environment.h"
#include "paths.h"
#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>

/* What <fcntl.h> declares only to programs that are compiled with _FORTIFY_SOURCE: open without a mode. */
int __open_2(const char *name, int flags);
int __open64_2(const char *name, int flags);
int __openat_2(int directory, const char *name, int flags);
int __openat64_2(int directory, const char *name, int flags);

enum { CREAT_FLAGS = O_CREAT | O_WRONLY | O_TRUNC };

static bool has_mode(int flags) { return (flags & O_CREAT) || (flags & O_TMPFILE) == O_TMPFILE; }

enum hook hook_open(int directory, const char *name, int flags, mode_t mode, int *result) {
  const struct settings *settings = openhook_settings();
  if (settings->channel == CHANNEL_NONE) return HOOK_PASSES;
  /* The broker hands out no directories, unnamed files or O_PATH descriptors, and refuses these flags. Left to the
   * process's own rights they only add what it could do anyway, and opendir(3), which is not caught, needs them too.
   * O_TMPFILE contains O_DIRECTORY. */
  if (flags & (O_DIRECTORY | O_PATH)) return HOOK_PASSES;
  struct absolute_name absolute;
  switch (classify_name(&settings->paths, directory, name, &absolute)) {
    case NAME_OUTSIDE: return HOOK_PASSES;
    case NAME_MANAGED: *result = broker_open(&absolute, flags, mode); return HOOK_ANSWERED;
    case NAME_TOO_LONG: break;
  }
  errno = ENAMETOOLONG;
  *result = -1;
  return HOOK_ANSWERED;
}

/* The mode that follows `flags`, which is there only if the flags ask for it. */
#define READ_MODE(mode, flags)                \
  mode_t mode = 0;                            \
  if (has_mode(flags)) {                      \
    va_list arguments;                        \
    va_start(arguments, flags);               \
    mode = va_arg(arguments, mode_t);         \
    va_end(arguments);                        \
  }

int open(const char *name, int flags, ...) {
  READ_MODE(mode, flags)
  int result;
  if (hook_open(AT_FDCWD, name, flags, mode, &result) == HOOK_ANSWERED) return result;
  return NEXT(open)(name, flags, mode);
}

int open64(const char *name, int flags, ...) {
  READ_MODE(mode, flags)
  int result;
  if (hook_open(AT_FDCWD, name, flags | O_LARGEFILE, mode, &result) == HOOK_ANSWERED) return result;
  return NEXT(open64)(name, flags, mode);
}

int openat(int directory, const char *name, int flags, ...) {
  READ_MODE(mode, flags)
  int result;
  if (hook_open(directory, name, flags, mode, &result) == HOOK_ANSWERED) return result;
  return NEXT(openat)(directory, name, flags, mode);
}

int openat64(int directory, const char *name, int flags, ...) {
  READ_MODE(mode, flags)
  int result;
  if (hook_open(directory, name, flags | O_LARGEFILE, mode, &result) == HOOK_ANSWERED) return result;
  return NEXT(openat64)(directory, name, flags, mode);
}

/* Flags that need a mode are passed on here, whatever the name: the C library ends such a program, and rightly so. */
int __open_2(const char *name, int flags) {
  int result;
  if (!has_mode(flags) && hook_open(AT_FDCWD, name, flags, 0, &result) == HOOK_ANSWERED) return result;
  return NEXT(__open_2)(name, flags);
}

int __open64_2(const char *name, int flags) {
  int result;
  if (!has_mode(flags) && hook_open(AT_FDCWD, name, flags | O_LARGEFILE, 0, &result) == HOOK_ANSWERED) return result;
  return NEXT(__open64_2)(name, flags);
}

int __openat_2(int directory, const char *name, int flags) {
  int result;
  if (!has_mode(flags) && hook_open(directory, name, flags, 0, &result) == HOOK_ANSWERED) return result;
  return NEXT(__openat_2)(directory, name, flags);
}

int __openat64_2(int directory, const char *name, int flags) {
  int result;
  if (!has_mode(flags) && hook_open(directory, name, flags | O_LARGEFILE, 0, &result) == HOOK_ANSWERED) return result;
  return NEXT(__openat64_2)(directory, name, flags);
}

int creat(const char *name, mode_t mode) {
  int result;
  if (hook_open(AT_FDCWD, name, CREAT_FLAGS, mode, &result) == HOOK_ANSWERED) return result;
  return NEXT(creat)(name, mode);
}

int creat64(const char *name, mode_t mode) {
  int result;
  if (hook_open(AT_FDCWD, name, CREAT_FLAGS | O_LARGEFILE, mode, &result) == HOOK_ANSWERED) return result;
  return NEXT(creat64)(name, mode);
}
