#define _GNU_SOURCE 1
#include "CLinux.h"
#include "result.h"
#include <fcntl.h>
#include <linux/close_range.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

_Static_assert(sizeof(struct oh_poll_entry) == sizeof(struct pollfd), "struct pollfd");
_Static_assert(OH_POLL_IN == POLLIN && OH_POLL_OUT == POLLOUT && OH_POLL_ERROR == POLLERR, "poll(2)");
_Static_assert(OH_POLL_HANGUP == POLLHUP && OH_POLL_READ_HANGUP == POLLRDHUP && OH_POLL_PRIORITY == POLLPRI, "poll(2)");

int32_t oh_close(int32_t fd) { return oh_result(syscall(SYS_close, fd)); }
int32_t oh_duplicate(int32_t fd, int32_t lowest) { return oh_result(fcntl(fd, F_DUPFD_CLOEXEC, lowest)); }
int32_t oh_status_flags(int32_t fd) { return oh_result(fcntl(fd, F_GETFL)); }
int32_t oh_set_status_flags(int32_t fd, int32_t flags) { return oh_result(fcntl(fd, F_SETFL, flags)); }
int32_t oh_set_close_on_exec(int32_t fd, int32_t on) { return oh_result(fcntl(fd, F_SETFD, on ? FD_CLOEXEC : 0)); }
int32_t oh_terminal_columns(int32_t fd) {
  struct winsize size;
  if (ioctl(fd, TIOCGWINSZ, &size) < 0) return -errno;
  return size.ws_col;
}

int32_t oh_is_terminal(int32_t fd) { return isatty(fd); }

int64_t oh_read(int32_t fd, void *bytes, size_t count) { return oh_result64(read(fd, bytes, count)); }
int64_t oh_write(int32_t fd, const void *bytes, size_t count) { return oh_result64(syscall(SYS_write, fd, bytes, count)); }
int32_t oh_truncate(int32_t fd, int64_t size) { return oh_result(ftruncate(fd, size)); }
int32_t oh_set_mode(int32_t fd, uint32_t mode) { return oh_result(fchmod(fd, mode)); }
int32_t oh_lock(int32_t fd) { return oh_result(flock(fd, LOCK_EX | LOCK_NB)); }
int32_t oh_change_owner(int32_t fd, uint32_t uid, uint32_t gid) { return oh_result(fchown(fd, uid, gid)); }

int32_t oh_has_close_range(void) { return oh_result(syscall(SYS_close_range, ~0U, ~0U, 0)); }

int32_t oh_close_all_but(const int32_t *kept, size_t count) {
  /* kept is ascending */
  uint32_t next = 0;
  for (size_t i = 0; i < count; i++) {
    if (kept[i] < 0) continue;
    uint32_t fd = (uint32_t)kept[i];
    if (fd > next && syscall(SYS_close_range, next, fd - 1, 0) < 0) return -errno;
    next = fd + 1;
  }
  return oh_result(syscall(SYS_close_range, next, ~0U, 0));
}

int32_t oh_poll(struct oh_poll_entry *entries, size_t count, int32_t milliseconds) {
  return oh_result(poll((struct pollfd *)entries, count, milliseconds));
}

int32_t oh_eventfd(void) { return oh_result(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)); }

int32_t oh_signalfd(const int32_t *signals, size_t count) {
  sigset_t set;
  sigemptyset(&set);
  for (size_t i = 0; i < count; i++) sigaddset(&set, signals[i]);
  int error = pthread_sigmask(SIG_BLOCK, &set, NULL);
  if (error) return -error;
  return oh_result(signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK));
}

int32_t oh_read_signal(int32_t fd) {
  struct signalfd_siginfo info;
  ssize_t got = read(fd, &info, sizeof info);
  if (got < 0) return -errno;
  return got == (ssize_t)sizeof info ? (int32_t)info.ssi_signo : -EIO;
}

int32_t oh_ignore_signal(int32_t number) { return signal(number, SIG_IGN) == SIG_ERR ? -errno : 0; }
