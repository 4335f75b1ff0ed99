#include "stream_mode.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

int read_stream_mode(const char *mode, struct stream_mode *out) {
  int access = O_WRONLY, others = 0;
  bool mapped = false, without_cancellation = false;
  switch (mode[0]) {
    case 'r': access = O_RDONLY; break;
    case 'w': others = O_CREAT | O_TRUNC; break;
    case 'a': others = O_CREAT | O_APPEND; break;
    default: return EINVAL;
  }
  const char *letter = mode + 1;
  for (; *letter != '\0' && *letter != ','; letter++) {
    switch (*letter) {
      case '+': access = O_RDWR; break;
      case 'x': others |= O_EXCL; break;
      case 'e': others |= O_CLOEXEC; break;
      case 'm': mapped = true; break;
      case 'c': without_cancellation = true; break;
      default: break; /* `b` means nothing here, and letters that it does not know the C library ignores */
    }
  }
  const char *conversion = strstr(letter, ",ccs=");
  int length = snprintf(out->text, sizeof out->text, "%c%s%s%s%s%s", mode[0], access == O_RDWR ? "+" : "",
                        others & O_CLOEXEC ? "e" : "", mapped ? "m" : "", without_cancellation ? "c" : "",
                        conversion == NULL ? "" : conversion);
  if (length < 0 || (size_t)length >= sizeof out->text) return EINVAL;
  out->flags = access | others;
  out->has_conversion = conversion != NULL;
  return 0;
}
