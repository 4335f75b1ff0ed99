#include "environment.h"
#include "inherited.h"
#include "thread_connection.h"
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static struct settings settings = {.channel = CHANNEL_NONE};

static void refuse(const char *fault, const char *subject, int error) {
  const char *copy = strdup(subject); /* kept for the life of the process: the environment may be written over */
  settings.channel = CHANNEL_UNUSABLE;
  settings.fault = fault;
  settings.fault_subject = copy == NULL ? "" : copy;
  settings.fault_error = error;
}

static void read_descriptor(const char *text) {
  char *end;
  errno = 0;
  long number = strtol(text, &end, 10);
  int error = EBADF;
  if (text[0] >= '0' && text[0] <= '9' && *end == '\0' && errno == 0 && number <= INT_MAX) {
    error = inherited_prepare((int)number);
  }
  if (error == 0) settings.channel = CHANNEL_INHERITED;
  else refuse("OPENHOOK_FD is not a connected UNIX socket, the broker cannot be asked", text, error);
}

static void read_socket(const char *path) {
  int error = thread_connections_prepare(path);
  if (error == 0) settings.channel = CHANNEL_LISTENER;
  else refuse("OPENHOOK_SOCKET cannot be the name of a UNIX socket, the broker cannot be asked", path, error);
}

/* One prefix of OPENHOOK_PATHS, absolute and cleaned. 0 or an errno. */
static int read_prefix(const char *text, size_t length, struct prefix *out) {
  char name[PATH_MAX];
  struct absolute_name absolute;
  if (length >= sizeof name) return ENAMETOOLONG;
  memcpy(name, text, length);
  name[length] = '\0';
  if (make_absolute(AT_FDCWD, name, &absolute) != ABSOLUTE_MADE) return ENAMETOOLONG;
  char *bytes = malloc(absolute.length + 2);
  if (bytes == NULL) return ENOMEM;
  *out = (struct prefix){.bytes = bytes, .length = clean_name(absolute.bytes, bytes)};
  return 0;
}

/* Colon separated; empty entries are skipped, and a list of nothing else is no list. */
static void read_paths(const char *list) {
  size_t most = 1, count = 0;
  for (const char *at = list; *at != '\0'; at++) most += *at == ':';
  struct prefix *prefixes = calloc(most, sizeof *prefixes);
  int error = prefixes == NULL ? ENOMEM : 0;
  for (const char *at = list; error == 0 && *at != '\0';) {
    size_t length = strcspn(at, ":");
    if (length > 0) error = read_prefix(at, length, &prefixes[count++]);
    at += length;
    if (*at == ':') at++;
  }
  if (error == 0 && count > 0) {
    settings.paths = (struct managed_paths){PREFIXES_ARE_MANAGED, prefixes, count};
    return;
  }
  free(prefixes);
  if (error != 0) refuse("OPENHOOK_PATHS cannot be used, so no file can be opened through the broker", list, error);
}

static const char *last_component(const char *name) {
  const char *slash = strrchr(name, '/');
  return slash == NULL ? name : slash + 1;
}

/* Takes this library's entry out of LD_PRELOAD, and leaves the others. By its last component: the loader has
 * expanded and searched what the variable says. In place, which cannot fail: the list only gets shorter. */
static void leave_preload(void) {
  char *list = getenv("LD_PRELOAD");
  Dl_info self;
  if (list == NULL || dladdr(&settings, &self) == 0 || self.dli_fname == NULL) return;
  const char *own = last_component(self.dli_fname);
  char *kept = list;
  for (char *at = list; *at != '\0';) {
    size_t separators = strspn(at, ": "), length = strcspn(at + separators, ": ");
    char *entry = at + separators;
    const char *name = entry;
    for (size_t i = 0; i < length; i++) {
      if (entry[i] == '/') name = entry + i + 1;
    }
    size_t name_length = length - (size_t)(name - entry);
    if (name_length != strlen(own) || memcmp(name, own, name_length) != 0) {
      memmove(kept, at, separators + length);
      kept += separators + length;
    }
    at = entry + length;
  }
  *kept = '\0';
  if (list[strspn(list, ": ")] == '\0') unsetenv("LD_PRELOAD");
}

/* secure_getenv: whoever starts a set-user-ID program must not choose what its files are. */
static void load(void) {
  settings.paths = default_paths;
  const char *descriptor = secure_getenv("OPENHOOK_FD"), *socket = secure_getenv("OPENHOOK_SOCKET");
  const char *paths = secure_getenv("OPENHOOK_PATHS");
  if (descriptor != NULL) read_descriptor(descriptor);
  else if (socket != NULL) read_socket(socket);
  if (paths != NULL && settings.channel != CHANNEL_NONE) read_paths(paths);
  unsetenv("OPENHOOK_FD");
  unsetenv("OPENHOOK_SOCKET");
  unsetenv("OPENHOOK_PATHS");
  leave_preload();
}

const struct settings *openhook_settings(void) {
  static pthread_once_t once = PTHREAD_ONCE_INIT;
  pthread_once(&once, load);
  return &settings;
}

/* Before main, so that the environment is clean before the program copies it. Nothing here ends the program: what
 * cannot be done becomes the reason why managed names are refused later. */
__attribute__((constructor)) static void read_environment_when_loaded(void) {
  int saved = errno;
  openhook_settings();
  errno = saved;
}
