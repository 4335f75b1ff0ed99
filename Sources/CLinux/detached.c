#define _GNU_SOURCE 1
#include "CLinux.h"
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

static void default_signals(void) {
  sigset_t none;
  sigemptyset(&none);
  for (int number = 1; number < NSIG; number++)
    if (number != SIGKILL && number != SIGSTOP) signal(number, SIG_DFL);
  sigprocmask(SIG_SETMASK, &none, NULL);
}

/* As place_descriptors of process.c, for a process whose descriptors nobody else uses. */
static int place(const struct oh_detached *detached) {
  int count = (int)detached->descriptor_count, moved[16];
  if (count > 16) return -EMFILE;
  int null = open("/dev/null", O_RDWR | O_CLOEXEC);
  if (null < 0) return -errno;
  for (int i = 0; i < count; i++) {
    int from = detached->descriptors[i];
    moved[i] = fcntl(from < 0 ? null : from, F_DUPFD_CLOEXEC, count + 1);
    if (moved[i] < 0) return -errno;
  }
  for (int i = 0; i < count; i++)
    if (dup2(moved[i], i) < 0) return -errno;
  return oh_result(syscall(SYS_close_range, count, ~0U, 1U << 2 /* CLOSE_RANGE_CLOEXEC */));
}

static int32_t become(const struct oh_detached *detached) {
  default_signals();
  if (chdir("/") < 0) return -errno;
  int placed = place(detached);
  if (placed < 0) return placed;
  execve(detached->program, (char *const *)detached->arguments, (char *const *)detached->environment);
  return -errno;
}

static void lament(const struct oh_detached *detached, int32_t ending) {
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
  if (told != (ssize_t)sizeof ending && ending != 0) lament(detached, ending);
  _exit(0);
}

/* In the child of the caller, which ends at once: so the guardian is nobody's child. */
static _Noreturn void part(const struct oh_detached *detached, int report, int failures) {
  default_signals();
  if (setsid() < 0) _exit(1);
  pid_t guardian = fork();
  if (guardian != 0) _exit(guardian < 0);
  pid_t program = fork();
  if (program == 0) {
    int32_t failure = become(detached);
    ssize_t told = write(failures, &failure, sizeof failure);
    /* It never was: whoever reads the failure tells of it, and the guardian has nothing to lament. */
    _exit(told == (ssize_t)sizeof failure ? 0 : 126);
  }
  if (program < 0) _exit(1);
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
    /* Above every place that `place` fills. */
    int high = fcntl(failures[1], F_DUPFD_CLOEXEC, 32);
    if (high < 0) _exit(1);
    part(detached, reports[1], high);
  }
  close(reports[1]), close(failures[1]);
  if (child > 0) {
    int32_t parted = oh_wait(child, OH_WAIT_BLOCKING);
    if (parted != 0) error = parted < 0 ? parted : -EAGAIN;
    else if (!read_number(failures[0], &error)) error = 0; /* the end of the pipe: it was executed */
  }
  close(failures[0]);
  if (error < 0) { close(reports[0]); return error; }
  *report = reports[0];
  return 0;
}
