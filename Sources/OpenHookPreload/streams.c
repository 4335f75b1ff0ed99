/* fopen(3) and freopen(3). They call the C library's own open, past every interposed function, so they have to be
 * caught themselves: QEMU reads -kernel with fopen. */
#include "interpose.h"
#include "stream_mode.h"
#include <errno.h>
#include <stdio.h>
#include <unistd.h>

enum { STREAM_CREATION_MODE = 0666 };

typedef FILE *fopen_function(const char *name, const char *mode);
typedef FILE *freopen_function(const char *name, const char *mode, FILE *stream);

/* A file that everybody may open: stands in for the real one until a stream has been made. */
static const char stand_in[] = "/dev/null";

static enum hook hook_stream(const char *name, struct stream_mode *mode, int *descriptor) {
  return hook_open(AT_FDCWD, name, mode->flags, STREAM_CREATION_MODE, descriptor);
}

/* Puts the file in the place of the stand-in; closes `descriptor` in any case. */
static FILE *put_beneath(FILE *stream, int descriptor, const struct stream_mode *mode) {
  /* fopen leaves an append-only stream at its end. A pipe has none: that is no error. */
  if ((mode->flags & (O_APPEND | O_ACCMODE)) == (O_APPEND | O_WRONLY)) lseek(descriptor, 0, SEEK_END);
  int moved = stream == NULL ? -1 : dup3(descriptor, fileno(stream), mode->flags & O_CLOEXEC);
  int error = errno;
  close(descriptor);
  if (moved < 0 && stream != NULL) fclose(stream);
  errno = error;
  return moved < 0 ? NULL : stream;
}

static FILE *open_stream(const char *name, const char *text, int more_flags, fopen_function *next) {
  struct stream_mode mode;
  int descriptor;
  if (text == NULL || read_stream_mode(text, &mode) != 0) return next(name, text);
  mode.flags |= more_flags;
  if (hook_stream(name, &mode, &descriptor) == HOOK_PASSES) return next(name, text);
  if (descriptor < 0) return NULL;
  if (mode.has_conversion) return put_beneath(next(stand_in, mode.text), descriptor, &mode); /* fdopen knows none */
  FILE *stream = fdopen(descriptor, mode.text);
  if (stream == NULL) {
    int error = errno;
    close(descriptor);
    errno = error;
  }
  return stream;
}

/* freopen(NULL, …) is passed on: the C library then opens the stream's own file again through /proc/self/fd, with the
 * rights of the process. For a file of the broker's that fails where those rights do not suffice. */
static FILE *reopen_stream(const char *name, const char *text, FILE *stream, int more_flags, freopen_function *next) {
  struct stream_mode mode;
  int descriptor;
  if (text == NULL || read_stream_mode(text, &mode) != 0) return next(name, text, stream);
  mode.flags |= more_flags;
  fflush(stream); /* what was written to the old file comes before a truncation of the new one: they may be the same */
  if (hook_stream(name, &mode, &descriptor) == HOOK_PASSES) return next(name, text, stream);
  if (descriptor < 0) {
    /* freopen closes the stream even when it fails. Only the C library can do that as it should be done, so it is
     * given a name that nothing has. */
    int error = errno;
    next("", text, stream);
    errno = error;
    return NULL;
  }
  return put_beneath(next(stand_in, mode.text, stream), descriptor, &mode);
}

FILE *fopen(const char *name, const char *mode) { return open_stream(name, mode, 0, NEXT(fopen)); }

FILE *fopen64(const char *name, const char *mode) {
  return open_stream(name, mode, O_LARGEFILE, NEXT(fopen64));
}

FILE *freopen(const char *name, const char *mode, FILE *stream) {
  return reopen_stream(name, mode, stream, 0, NEXT(freopen));
}

FILE *freopen64(const char *name, const char *mode, FILE *stream) {
  return reopen_stream(name, mode, stream, O_LARGEFILE, NEXT(freopen64));
}
