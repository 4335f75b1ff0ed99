#define _GNU_SOURCE 1
#include "CLinux.h"
#include "child.h"
#include "result.h"
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <syslog.h>
#include <unistd.h>

static int32_t become(const struct oh_detached *detached) {
  int null = open("/dev/null", O_RDWR | O_CLOEXEC);
  if (null < 0) return -errno;
  int placed = oh_place_descriptors(detached->descriptors, detached->descriptor_count, null);
  if (placed < 0) return placed;
  execve(detached->program, (char *const *)detached->arguments, (char *const *)detached->environment);
  return -errno;
}

static void log_loss(const struct oh_detached *detached, int32_t ending) {
  const char *how = ending < 256 ? "ended with exit status" : "was killed by signal";
  int number = ending < 256 ? ending : ending - 256;
  openlog("openhook", LOG_PID | LOG_NDELAY, LOG_DAEMON);
  syslog(LOG_ERR, "%s %s %d: %s", detached->name, how, number, detached->loss);
  closelog();
  dprintf(2, "openhook: %s %s %d: %s\n", detached->name, how, number, detached->loss);
}

/* Nothing of the launcher's may be held open here: QEMU's sockets and pipes have to end with QEMU. */
static void keep_only(int report) {
  int kept[] = {2, report};
  oh_close_all_but(kept, 2);
  oh_open_standard_descriptors();
}

static _Noreturn void guard(const struct oh_detached *detached, int report, pid_t program) {
  signal(SIGPIPE, SIG_IGN);
  prctl(PR_SET_NAME, "openhook-guard");
  keep_only(report);
  int32_t ending = oh_wait(program, OH_WAIT_BLOCKING);
  if (ending < 0) _exit(1);
  ssize_t told = write(report, &ending, sizeof ending);
  if (told != (ssize_t)sizeof ending && ending != 0) log_loss(detached, ending);
  _exit(0);
}

static _Noreturn void fail(int failures, int32_t error) {
  ssize_t told = write(failures, &error, sizeof error);
  _exit(told == (ssize_t)sizeof error ? 0 : 126);
}

/* In the child of the caller, which ends at once: so the guardian is nobody's child. What keeps the program from being
 * executed goes to `failures`; then whoever reads it tells of it, and there is no loss to log. */
static _Noreturn void daemonize(const struct oh_detached *detached, int report, int failures) {
  oh_default_signals();
  /* For the guardian as well: it stays as long as QEMU does, and holds no directory of the launcher's. */
  if (setsid() < 0 || chdir("/") < 0) fail(failures, -errno);
  pid_t guardian = fork();
  if (guardian < 0) fail(failures, -errno);
  if (guardian > 0) _exit(0);
  pid_t program = fork();
  if (program < 0) fail(failures, -errno);
  if (program == 0) fail(failures, become(detached));
  guard(detached, report, program);
}

static int32_t read_number(int fd, int32_t *number) {
  ssize_t got;
  while ((got = read(fd, number, sizeof *number)) < 0 && errno == EINTR) {}
  return got == (ssize_t)sizeof *number;
}

int32_t oh_start_detached(const struct oh_detached *detached, int32_t *report) {
  int reports[2], failures[2];
  if (pipe2(reports, O_CLOEXEC) < 0) return -errno;
  if (pipe2(failures, O_CLOEXEC) < 0) {
    int error = -errno;
    close(reports[0]), close(reports[1]);
    return error;
  }
  pid_t child = fork();
  int32_t error = child < 0 ? -errno : 0;
  if (child == 0) {
    /* Above every place that oh_place_descriptors fills. */
    int high = fcntl(failures[1], F_DUPFD_CLOEXEC, OH_MOST_PLACES + 1);
    if (high < 0) fail(failures[1], -errno);
    daemonize(detached, reports[1], high);
  }
  close(reports[1]), close(failures[1]);
  if (child > 0) {
    int32_t ended = oh_wait(child, OH_WAIT_BLOCKING);
    if (ended != 0) error = ended < 0 ? ended : -EAGAIN;
    else if (!read_number(failures[0], &error)) error = 0; /* the end of the pipe: it was executed */
  }
  close(failures[0]);
  if (error < 0) { close(reports[0]); return error; }
  *report = reports[0];
  return 0;
}
