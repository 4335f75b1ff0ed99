#define _GNU_SOURCE 1
#include "CLinux.h"
#include "result.h"
#include <fcntl.h>
#include <unistd.h>

int32_t oh_execute(const char *program, const char *const *arguments, const char *const *environment) {
  return oh_result(execve(program, (char *const *)arguments, (char *const *)environment));
}

int32_t oh_may_execute(const char *path) { return oh_result(faccessat(AT_FDCWD, path, X_OK, AT_EACCESS)); }

const char *oh_environment_entry(size_t index) {
  for (size_t i = 0; environ && environ[i]; i++)
    if (i == index) return environ[i];
  return NULL;
}
