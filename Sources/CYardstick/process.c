#define _GNU_SOURCE 1
#include "CYardstick.h"
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

_Static_assert(YS_STREAM == SOCK_STREAM && YS_SEQPACKET == SOCK_SEQPACKET, "socket(2)");

static int32_t result(int64_t value) { return value < 0 ? -errno : (int32_t)value; }

int32_t ys_pin(int32_t cpu) {
  if (cpu < 0 || cpu >= CPU_SETSIZE) return -EINVAL;
  cpu_set_t set;
  CPU_ZERO(&set);
  CPU_SET(cpu, &set);
  return result(sched_setaffinity(0, sizeof set, &set));
}

int64_t ys_now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (int64_t)time.tv_sec * 1000000000 + time.tv_nsec;
}

int32_t ys_socket_pair(int32_t style, int32_t ends[2]) {
  return result(socketpair(AF_UNIX, style | SOCK_CLOEXEC, 0, ends));
}
int32_t ys_pipe(int32_t ends[2]) { return result(pipe2(ends, O_CLOEXEC)); }

/* In the child. Returns only if the program could not be started. */
static int32_t become(const char *const *arguments, int messages, const int32_t *descriptors, size_t count,
                      pid_t parent) {
  enum { FIRST = 3, ABOVE = 64 };
  int moved[8];
  if (count > sizeof moved / sizeof *moved) return -EMFILE;
  int said = fcntl(messages, F_DUPFD_CLOEXEC, ABOVE);
  if (said < 0) return -errno;
  for (size_t i = 0; i < count; i++)
    if ((moved[i] = fcntl(descriptors[i], F_DUPFD_CLOEXEC, ABOVE)) < 0) return -errno;
  for (size_t i = 0; i < count; i++)
    if (dup2(moved[i], FIRST + (int)i) < 0) return -errno;
  if (dup2(said, STDOUT_FILENO) < 0 || dup2(said, STDERR_FILENO) < 0) return -errno;
  if (syscall(SYS_close_range, FIRST + count, ~0U, 1U << 2 /* CLOSE_RANGE_CLOEXEC */) < 0) return -errno;
  if (prctl(PR_SET_PDEATHSIG, SIGKILL) < 0) return -errno;
  if (getppid() != parent) return -ESRCH;
  execv(arguments[0], (char *const *)arguments);
  return -errno;
}

int32_t ys_set_environment(const char *name, const char *value) { return result(setenv(name, value, 1)); }

int32_t ys_start(const char *const *arguments, int32_t messages, const int32_t *descriptors, size_t count) {
  int report[2];
  if (pipe2(report, O_CLOEXEC) < 0) return -errno;
  pid_t parent = getpid();
  pid_t child = fork();
  if (child == 0) {
    /* Out of the way of the descriptors that the program gets. */
    int high = fcntl(report[1], F_DUPFD_CLOEXEC, 128);
    int32_t error = become(arguments, messages, descriptors, count, parent);
    ssize_t written = write(high, &error, sizeof error);
    _exit(written == (ssize_t)sizeof error ? 127 : 126);
  }
  int32_t error = child < 0 ? -errno : 0;
  close(report[1]);
  if (child > 0 && read(report[0], &error, sizeof error) == (ssize_t)sizeof error) waitpid(child, NULL, 0);
  close(report[0]);
  return error < 0 ? error : child;
}

int32_t ys_wait_for_byte(int32_t fd, int32_t milliseconds) {
  struct pollfd entry = {.fd = fd, .events = POLLIN};
  int ready = poll(&entry, 1, milliseconds);
  if (ready <= 0) return ready < 0 ? -errno : -ETIMEDOUT;
  char byte;
  return result(read(fd, &byte, 1));
}

int32_t ys_wait(int32_t pid, int32_t milliseconds) {
  const struct timespec pause = {.tv_nsec = 1000000};
  for (int32_t waited = 0; waited <= milliseconds; waited++) {
    int status;
    pid_t ended = waitpid(pid, &status, WNOHANG);
    if (ended < 0) return -errno;
    if (ended > 0) return WIFSIGNALED(status) ? 256 + WTERMSIG(status) : WEXITSTATUS(status);
    nanosleep(&pause, NULL);
  }
  return -ETIMEDOUT;
}

void ys_kill(int32_t pid) {
  kill(pid, SIGKILL);
  while (waitpid(pid, NULL, 0) < 0 && errno == EINTR) {}
}

int32_t ys_make_temporary_directory(char *name) { return mkdtemp(name) ? 0 : -errno; }
int32_t ys_remove_file(const char *name) { return result(unlink(name)); }
int32_t ys_remove_directory(const char *name) { return result(rmdir(name)); }
