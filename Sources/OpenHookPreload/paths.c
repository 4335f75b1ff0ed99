#include "paths.h"
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#define PREFIX(text) {.bytes = text, .length = sizeof text - 1}

static const struct prefix system_prefixes[] = {
    PREFIX("/usr"),  PREFIX("/lib"), PREFIX("/lib64"), PREFIX("/etc"),
    PREFIX("/proc"), PREFIX("/sys"), PREFIX("/dev"),   PREFIX("/run"),
};

const struct managed_paths default_paths = {
    .meaning = PREFIXES_ARE_OUTSIDE,
    .prefixes = system_prefixes,
    .count = sizeof system_prefixes / sizeof *system_prefixes,
};

/* The name of a directory, which has at most `size` - 1 bytes; 0 if it has none. The system call and not getcwd(3),
 * which reads directories upwards when the kernel cannot name the working directory. */
static size_t directory_name(int directory, char *out, size_t size) {
  long length;
  if (directory == AT_FDCWD) {
    length = syscall(SYS_getcwd, out, size) - 1;
  } else {
    char link[sizeof "/proc/self/fd/" + 3 * sizeof directory];
    snprintf(link, sizeof link, "/proc/self/fd/%d", directory);
    length = readlink(link, out, size);
    if (length == (long)size) return 0;
  }
  return length > 0 && out[0] == '/' ? (size_t)length : 0;
}

enum absolute_result make_absolute(int directory, const char *name, struct absolute_name *out) {
  size_t length = strnlen(name, PATH_MAX), base = 0;
  if (name[0] != '/') {
    base = directory_name(directory, out->bytes, sizeof out->bytes);
    if (base == 0) return ABSOLUTE_NO_DIRECTORY;
    if (out->bytes[base - 1] != '/') {
      if (base + 1 == sizeof out->bytes) return ABSOLUTE_TOO_LONG;
      out->bytes[base++] = '/';
    }
  }
  if (length >= sizeof out->bytes - base) return ABSOLUTE_TOO_LONG;
  memcpy(out->bytes + base, name, length);
  out->length = base + length;
  out->bytes[out->length] = '\0';
  return ABSOLUTE_MADE;
}

size_t clean_name(const char *name, char *out) {
  size_t length = 0;
  while (*name != '\0') {
    size_t component = strcspn(name, "/");
    if (component == 2 && memcmp(name, "..", 2) == 0) {
      while (length > 0 && out[--length] != '/') continue;
    } else if (component > 0 && !(component == 1 && name[0] == '.')) {
      out[length++] = '/';
      memcpy(out + length, name, component);
      length += component;
    }
    name += component;
    if (*name == '/') name++;
  }
  out[length] = '\0';
  return length;
}

static bool is_beneath(const char *name, const struct prefix *prefix) {
  if (strncmp(name, prefix->bytes, prefix->length) != 0) return false;
  char next = name[prefix->length];
  return next == '\0' || next == '/';
}

enum name_class classify_name(const struct managed_paths *paths, int directory, const char *name,
                              struct absolute_name *out) {
  if (name == NULL || name[0] == '\0') return NAME_OUTSIDE;
  switch (make_absolute(directory, name, out)) {
    case ABSOLUTE_NO_DIRECTORY: return NAME_OUTSIDE;
    case ABSOLUTE_TOO_LONG: return NAME_TOO_LONG;
    case ABSOLUTE_MADE: break;
  }
  char cleaned[PATH_MAX];
  clean_name(out->bytes, cleaned);
  bool listed = false;
  for (size_t i = 0; i < paths->count && !listed; i++) listed = is_beneath(cleaned, &paths->prefixes[i]);
  return listed == (paths->meaning == PREFIXES_ARE_MANAGED) ? NAME_MANAGED : NAME_OUTSIDE;
}
