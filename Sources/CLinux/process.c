#define _GNU_SOURCE 1
#include "CLinux.h"
#include "child.h"
#include "result.h"
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include <grp.h>

int32_t oh_process_id(void) { return getpid(); }
void oh_exit(int32_t status) { _exit(status); }
int32_t oh_pidfd_open(int32_t pid) { return oh_result(syscall(SYS_pidfd_open, pid, 0)); }
int32_t oh_pidfd_signal(int32_t pidfd, int32_t number) {
  return oh_result(syscall(SYS_pidfd_send_signal, pidfd, number, NULL, 0));
}
int32_t oh_set_no_new_privileges(void) { return oh_result(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)); }
int32_t oh_set_name(const char *name) { return oh_result(prctl(PR_SET_NAME, name, 0, 0, 0)); }
int32_t oh_set_umask(uint32_t mask) { return (int32_t)umask(mask); }

int32_t oh_raise_descriptor_limit(void) {
  struct rlimit limit;
  if (getrlimit(RLIMIT_NOFILE, &limit) < 0) return -errno;
  limit.rlim_cur = limit.rlim_max;
  return oh_result(setrlimit(RLIMIT_NOFILE, &limit));
}

int32_t oh_open_standard_descriptors(void) {
  for (int fd = 0; fd < 3; fd++) {
    if (fcntl(fd, F_GETFD) >= 0) continue;
    int opened = open("/dev/null", O_RDWR); /* the lowest free number: this one */
    if (opened < 0) return -errno;
    if (opened != fd) { close(opened); return -EBADF; }
  }
  return 0;
}

int32_t oh_disable_core_dumps(void) {
  struct rlimit none = {0, 0};
  return oh_result(setrlimit(RLIMIT_CORE, &none));
}

const char *oh_environment(const char *name) { return getenv(name); }

static int64_t now(clockid_t clock) {
  struct timespec time;
  clock_gettime(clock, &time);
  return (int64_t)time.tv_sec * 1000000000 + time.tv_nsec;
}
int64_t oh_now_monotonic(void) { return now(CLOCK_MONOTONIC); }
int64_t oh_now_realtime(void) { return now(CLOCK_REALTIME); }
int64_t oh_now_coarse(void) { return now(CLOCK_REALTIME_COARSE); }

void oh_default_signals(void) {
  sigset_t none;
  sigemptyset(&none);
  for (int number = 1; number < NSIG; number++)
    if (number != SIGKILL && number != SIGSTOP) signal(number, SIG_DFL);
  sigprocmask(SIG_SETMASK, &none, NULL);
}

int32_t oh_place_descriptors(const int32_t *descriptors, size_t wanted, int32_t null) {
  int count = (int)wanted, moved[OH_MOST_PLACES];
  if (wanted > OH_MOST_PLACES) return -EMFILE;
  for (int i = 0; i < count; i++) {
    moved[i] = fcntl(descriptors[i] < 0 ? null : descriptors[i], F_DUPFD_CLOEXEC, count + 1);
    if (moved[i] < 0) return -errno;
  }
  for (int i = 0; i < count; i++)
    if (dup2(moved[i], i) < 0) return -errno;
  return oh_result(syscall(SYS_close_range, count, ~0U, 1U << 2 /* CLOSE_RANGE_CLOEXEC */));
}

static int limit(int resource, rlim_t most) {
  struct rlimit limit = {.rlim_cur = most, .rlim_max = most};
  return setrlimit(resource, &limit) < 0 ? -errno : 0;
}

static int limit_resources(const struct oh_spawn *spawn) {
  int result = limit(RLIMIT_AS, spawn->memory);
  if (result == 0) result = limit(RLIMIT_CPU, spawn->processor);
  if (result == 0) result = limit(RLIMIT_FSIZE, 0);
  if (result == 0) result = limit(RLIMIT_CORE, 0);
  return result;
}

static int become(const struct oh_spawn *spawn, pid_t parent) {
  oh_default_signals();
  int null = open("/dev/null", O_RDWR | O_CLOEXEC); /* which may be out of reach afterwards */
  if (null < 0) return -errno;
  if (spawn->confine) {
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0) return -errno;
    int confined = oh_landlock_restrict(spawn->landlock);
    if (confined < 0) return confined;
  }
  int placed = oh_place_descriptors(spawn->descriptors, spawn->descriptor_count, null);
  if (placed < 0) return placed;
  if (spawn->change_identity) {
    if (setgroups(0, NULL) < 0 || setresgid(spawn->gid, spawn->gid, spawn->gid) < 0 ||
        setresuid(spawn->uid, spawn->uid, spawn->uid) < 0)
      return -errno;
  }
  if (spawn->end_with_parent) { /* after the change of identity, which clears it (prctl(2)) */
    if (prctl(PR_SET_PDEATHSIG, SIGKILL) < 0) return -errno;
    if (getppid() != parent) return -ESRCH;
  }
  if (spawn->limit) {
    int limited = limit_resources(spawn);
    if (limited < 0) return limited;
  }
  execve(spawn->program, (char *const *)spawn->arguments, (char *const *)spawn->environment);
  return -errno;
}

int32_t oh_spawn(const struct oh_spawn *spawn, int32_t *pidfd) {
  int report[2];
  pid_t parent = getpid();
  if (pipe2(report, O_CLOEXEC) < 0) return -errno;
  /* Above every place that oh_place_descriptors fills. */
  int high = fcntl(report[1], F_DUPFD_CLOEXEC, (int)spawn->descriptor_count + 8);
  int failed = high < 0 ? errno : 0;
  close(report[1]);
  if (failed) { close(report[0]); return -failed; }
  /* All signals stay blocked over the fork, so that no handler of the parent's runs in the child. */
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  pid_t child = fork();
  if (child == 0) {
    int32_t error = become(spawn, parent);
    ssize_t written = write(high, &error, sizeof error);
    _exit(written == (ssize_t)sizeof error ? 127 : 126);
  }
  int forked = child < 0 ? -errno : 0;
  pthread_sigmask(SIG_SETMASK, &before, NULL);
  close(high);
  if (forked < 0) { close(report[0]); return forked; }
  int32_t error = 0;
  ssize_t got;
  while ((got = read(report[0], &error, sizeof error)) < 0 && errno == EINTR) {}
  close(report[0]);
  if (got == (ssize_t)sizeof error) {
    while (waitpid(child, NULL, 0) < 0 && errno == EINTR) {}
    return error;
  }
  *pidfd = oh_pidfd_open(child);
  if (*pidfd < 0) { /* nobody could wait for it */
    kill(child, SIGKILL);
    while (waitpid(child, NULL, 0) < 0 && errno == EINTR) {}
    return *pidfd;
  }
  return child;
}

int32_t oh_wait(int32_t pid, int32_t how) {
  siginfo_t info;
  for (;;) {
    info.si_pid = 0;
    if (waitid(P_PID, (id_t)pid, &info, WEXITED | (how == OH_WAIT_POLL ? WNOHANG : 0)) == 0) break;
    if (errno != EINTR) return -errno;
  }
  if (info.si_pid == 0) return -EAGAIN;
  return info.si_code == CLD_EXITED ? info.si_status : 256 + info.si_status;
}
