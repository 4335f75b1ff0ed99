#include "report.h"
#include <errno.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static atomic_bool already_said[REPORT_KINDS];

/* One write(2); a reader of standard error that is gone must not end the program with SIGPIPE. */
static void write_quietly(const char *line, size_t length) {
  sigset_t pipe_signal, before, pending;
  sigemptyset(&pipe_signal);
  sigaddset(&pipe_signal, SIGPIPE);
  if (sigpending(&pending) < 0 || pthread_sigmask(SIG_BLOCK, &pipe_signal, &before) != 0) return;
  bool was_pending = sigismember(&pending, SIGPIPE) == 1;
  if (write(STDERR_FILENO, line, length) < 0 && errno == EPIPE && !was_pending) {
    while (sigtimedwait(&pipe_signal, NULL, &(struct timespec){0}) < 0 && errno == EINTR) continue;
  }
  pthread_sigmask(SIG_SETMASK, &before, NULL);
}

void report(enum report_kind kind, const char *text, const char *subject, int error) {
  if (atomic_exchange(&already_said[kind], true)) return;
  int saved = errno;
  char line[PATH_MAX + 512];
  const char *meaning = error == 0 ? NULL : strerrordesc_np(error);
  int length = snprintf(line, sizeof line, "openhook: %s: %s%s%s\n", text, subject, meaning ? ": " : "",
                        meaning ? meaning : "");
  if (length > 0) {
    size_t count = (size_t)length < sizeof line ? (size_t)length : sizeof line - 1;
    /* A name is bytes: none of them may begin a line of its own or speak to a terminal. */
    for (size_t i = 0; i + 1 < count; i++) {
      if ((unsigned char)line[i] < 0x20 || line[i] == 0x7f) line[i] = '?';
    }
    line[count - 1] = '\n';
    write_quietly(line, count);
  }
  errno = saved;
}

void report_answered(void) {
  for (int kind = 0; kind < REPORT_KINDS; kind++) {
    if (atomic_load(&already_said[kind])) atomic_store(&already_said[kind], false);
  }
}
