/* System calls that Swift cannot say, one small function each.
 *
 * Contract of every function here: it makes one system call (or one fixed sequence whose parts make no sense alone),
 * decides nothing, and returns the call's result or `-errno`. The header uses fixed-width types alone, so that the
 * module never disagrees with Swift's own import of glibc about feature macros.
 *
 * The calls of every request go through syscall(2): glibc's own functions for them are cancellation points
 * (pthreads(7)), which costs two atomic operations a call in a program with threads, and no thread here is ever
 * cancelled. */
#ifndef OPENHOOK_CLINUX_H
#define OPENHOOK_CLINUX_H

#include <stddef.h>
#include <stdint.h>

#include "launch.h"

/* errno.c: for libraries that report through errno. */
int32_t oh_errno(void);
void oh_clear_errno(void);

/* descriptors.c */
int32_t oh_close(int32_t fd);
int32_t oh_duplicate(int32_t fd, int32_t lowest);
int32_t oh_status_flags(int32_t fd);
int32_t oh_set_status_flags(int32_t fd, int32_t flags);
int32_t oh_set_close_on_exec(int32_t fd, int32_t on);
/* The width of a terminal: TIOCGWINSZ of ioctl_tty(2); 0 if it does not say. */
int32_t oh_terminal_columns(int32_t fd);
/* isatty(3): 1 or 0. */
int32_t oh_is_terminal(int32_t fd);
int64_t oh_read(int32_t fd, void *bytes, size_t count);
int64_t oh_write(int32_t fd, const void *bytes, size_t count);
int32_t oh_truncate(int32_t fd, int64_t size);
/* flock(2), LOCK_EX|LOCK_NB: -EWOULDBLOCK if another open file has it. */
int32_t oh_lock(int32_t fd);
int32_t oh_change_owner(int32_t fd, uint32_t uid, uint32_t gid);
int32_t oh_set_mode(int32_t fd, uint32_t mode);
/* Whether the kernel has close_range(2) (Linux 5.9): 0, or -ENOSYS. */
int32_t oh_has_close_range(void);
int32_t oh_close_all_but(const int32_t *kept, size_t count);

struct oh_poll_entry { int32_t fd; int16_t events; int16_t revents; };
enum { OH_POLL_IN = 0x1, OH_POLL_PRIORITY = 0x2, OH_POLL_OUT = 0x4, OH_POLL_ERROR = 0x8, OH_POLL_HANGUP = 0x10, OH_POLL_READ_HANGUP = 0x2000 };
/* poll(2); milliseconds < 0 waits for ever. */
int32_t oh_poll(struct oh_poll_entry *entries, size_t count, int32_t milliseconds);

int32_t oh_eventfd(void);
/* Blocks the signals for this thread and those it starts, and returns a descriptor that reports them. */
int32_t oh_signalfd(const int32_t *signals, size_t count);
/* The number of the next signal of a signalfd(2). */
int32_t oh_read_signal(int32_t fd);
int32_t oh_ignore_signal(int32_t signal);

/* files.c */
struct oh_stat {
  uint64_t ino;
  uint64_t size;
  int64_t changed;       /* stx_ctime, in seconds */
  uint64_t mount_id;     /* unique over the system's life if mount_id_is_unique, else reused */
  uint32_t dev_major, dev_minor;
  uint32_t rdev_major, rdev_minor;
  uint32_t mode;
  uint32_t nlink;
  uint32_t uid, gid;
  uint32_t mount_id_is_unique;
  uint32_t is_mount_root;
};
enum { OH_STAT_FOLLOW = 1, OH_STAT_DONT_SYNC = 2, OH_STAT_REUSED_MOUNT_ID = 4 };
/* statx(2) of path relative to dirfd; an empty path means dirfd itself. */
int32_t oh_statx(int32_t dirfd, const char *path, uint32_t how, struct oh_stat *out);
int32_t oh_openat(int32_t dirfd, const char *path, int32_t flags, uint32_t mode);
int32_t oh_openat2(int32_t dirfd, const char *path, uint64_t flags, uint64_t mode, uint64_t resolve);
int64_t oh_readlinkat(int32_t dirfd, const char *path, void *bytes, size_t count);
/* readlink of the entry `fd` in the descriptor directory `procfd`. */
int64_t oh_readlink_descriptor(int32_t procfd, int32_t fd, void *bytes, size_t count);
/* open(2) of the entry `fd` in the descriptor directory `procfd`. */
int32_t oh_reopen_descriptor(int32_t procfd, int32_t fd, int32_t flags);
int32_t oh_unlink(const char *path);
int32_t oh_mkdir(const char *path, uint32_t mode);
int32_t oh_remove_directory(const char *path);
int32_t oh_symlink(const char *target, const char *path);
int32_t oh_chmod(const char *path, uint32_t mode);
int32_t oh_chown(const char *path, uint32_t uid, uint32_t gid);
int32_t oh_rename(const char *from, const char *to);
int32_t oh_link(const char *from, const char *to);
/* fsync(2) */
int32_t oh_synchronize(int32_t fd);
/* The owner (~0 for no change) and mode of a socket's name that this process has just bound. The name is looked up once:
 * what has come to stand in its place is left alone (-ESTALE). */
int32_t oh_set_socket_access(const char *path, uint32_t uid, uint32_t gid, uint32_t mode);
/* FS_IOC_GETFLAGS of ioctl_iflags(2): flags of chattr(1). */
int64_t oh_inode_flags(int32_t fd);
enum { OH_INODE_CASE_FOLD = 0x40000000 };
/* f_type of statfs(2). */
int64_t oh_file_system_magic(int32_t fd);
/* getdents64(2): whole records; 0 at the end. */
int64_t oh_directory_records(int32_t fd, void *bytes, size_t count);

/* sockets.c */
enum { OH_SOCKET_STREAM = 1, OH_SOCKET_SEQPACKET = 5, OH_SOCKET_DATAGRAM = 2 };
struct oh_credentials { int32_t pid; uint32_t uid; uint32_t gid; uint32_t present; };
int32_t oh_socketpair(int32_t type, int32_t out[2]);
int32_t oh_socket(int32_t type);
/* path may begin with NUL (abstract name); count is its length without a closing NUL. */
int32_t oh_bind(int32_t fd, const void *path, size_t count);
int32_t oh_connect(int32_t fd, const void *path, size_t count);
int32_t oh_listen(int32_t fd, int32_t backlog);
int32_t oh_accept(int32_t fd);
int32_t oh_shutdown_reading(int32_t fd);
int32_t oh_shutdown_writing(int32_t fd);
int32_t oh_socket_type(int32_t fd);
int32_t oh_socket_is_listening(int32_t fd);
int32_t oh_set_pass_credentials(int32_t fd, int32_t on);
/* SO_PASSRIGHTS (Linux 6.16): -ENOPROTOOPT where the kernel does not know it. */
int32_t oh_set_pass_rights(int32_t fd, int32_t on);
/* SO_PASSPIDFD (Linux 6.5) off: -ENOPROTOOPT where the kernel does not know it. */
int32_t oh_refuse_pidfds(int32_t fd);
int32_t oh_set_send_timeout(int32_t fd, int64_t milliseconds);
int32_t oh_peer_credentials(int32_t fd, struct oh_credentials *out);

/* One sendmsg(2) with MSG_NOSIGNAL; passed is a descriptor to send with it, or -1. */
int64_t oh_send(int32_t fd, const void *bytes, size_t count, int32_t passed, int32_t wait);
struct oh_received {
  struct oh_credentials credentials;
  int32_t first;         /* the first descriptor that came, if keep is set; else -1. The rest are closed. */
  uint32_t descriptors;  /* how many came in all */
  uint32_t control_truncated;
  uint32_t data_truncated;
};
enum { OH_RECEIVE_KEEP_FIRST = 1, OH_RECEIVE_DONT_WAIT = 2, OH_RECEIVE_PEEK = 4 };
/* One recvmsg(2) with MSG_CMSG_CLOEXEC. Every descriptor that is not kept is closed before it returns. */
int64_t oh_receive(int32_t fd, void *bytes, size_t count, uint32_t how, struct oh_received *out);

/* identity.c: user and group names, and the calling THREAD's identity. */
int32_t oh_find_user(const char *name, uint32_t *uid, uint32_t *gid);
int32_t oh_find_group(const char *name, uint32_t *gid);
/* The groups of a user; out has room for *count, which becomes the number there are. -ERANGE if there are more. */
int32_t oh_groups_of_user(const char *name, uint32_t gid, uint32_t *out, size_t *count);
int32_t oh_own_groups(uint32_t *out, size_t *count);
uint32_t oh_effective_user(void);
uint32_t oh_effective_group(void);
uint32_t oh_file_system_user(void);
uint32_t oh_file_system_group(void);
/* setfsuid(2), setfsgid(2) and setgroups(2) of this thread alone; -EPERM if the kernel did not take them. */
int32_t oh_set_file_system_identity(uint32_t uid, uint32_t gid, const uint32_t *groups, size_t count);
/* The effective user and groups of this thread alone, so that a socket's peer sees them. */
int32_t oh_assume_user(uint32_t uid, uint32_t gid, const uint32_t *groups, size_t count);
/* The effective capabilities of this thread alone, a bit each. capget(2), capset(2) */
int32_t oh_effective_capabilities(uint64_t *out);
int32_t oh_set_effective_capabilities(uint64_t wanted);

/* process.c */
int32_t oh_process_id(void);
/* _exit(2): no handler of the C library runs beside the threads that are still there. */
_Noreturn void oh_exit(int32_t status);
int32_t oh_pidfd_open(int32_t pid);
int32_t oh_pidfd_signal(int32_t pidfd, int32_t signal);
int32_t oh_set_no_new_privileges(void);
int32_t oh_set_name(const char *name);
int32_t oh_set_umask(uint32_t mask);
int32_t oh_raise_descriptor_limit(void);
int32_t oh_disable_core_dumps(void);
/* Opens /dev/null in the place of each of 0, 1 and 2 that is closed. */
int32_t oh_open_standard_descriptors(void);
const char *oh_environment(const char *name);
int64_t oh_now_monotonic(void);
int64_t oh_now_realtime(void);
int64_t oh_now_coarse(void); /* CLOCK_REALTIME_COARSE */

struct oh_spawn {
  const char *program;            /* absolute */
  const char *const *arguments;   /* NULL at the end */
  const char *const *environment; /* NULL at the end */
  const int32_t *descriptors;     /* descriptors[i] becomes i in the child; -1 for /dev/null; the rest are closed */
  size_t descriptor_count;
  uint32_t change_identity;       /* drop all groups and become uid and gid */
  uint32_t uid, gid;
  uint32_t confine;               /* restrict the child with the Landlock ruleset that follows */
  int32_t landlock;
  uint32_t end_with_parent;       /* PR_SET_PDEATHSIG */
  uint32_t limit;                 /* setrlimit(2) from its first moment on: */
  uint64_t memory;                /* bytes of addresses */
  uint64_t processor;             /* seconds of the processor's time; it writes no file and leaves no core */
};
/* fork(2) and execve(2). *pidfd becomes a descriptor of the child. Errors of the child before its exec are returned, and then
 * there is no child. */
int32_t oh_spawn(const struct oh_spawn *spawn, int32_t *pidfd);
enum { OH_WAIT_BLOCKING = 0, OH_WAIT_POLL = 1 };
/* waitid(2): exit status 0 to 255, 256 + signal if a signal ended it; -EAGAIN if polled and still running. */
int32_t oh_wait(int32_t pid, int32_t how);

/* threads.c */
int32_t oh_thread_start(void (*body)(void *), void *argument, size_t stack);
/* Gives the calling thread a descriptor table of its own. */
int32_t oh_unshare_descriptors(void);

/* A counter that threads wait on. futex(2) */
typedef uintptr_t oh_word;
oh_word oh_word_make(void);
void oh_word_free(oh_word word);
uint32_t oh_word_load(oh_word word);
void oh_word_advance(oh_word word);
/* Returns when the word is no longer seen, or at the time of CLOCK_MONOTONIC in nanoseconds (< 0: never), or for no
 * reason at all. */
void oh_word_wait(oh_word word, uint32_t seen, int64_t deadline);

/* options.c: getopt_long(3) */
struct oh_option { const char *name; uint32_t takes_value; int32_t code; };
/* The next option's code; -1 at the end (*index is then the first operand); '?' or ':' for a bad one, which
 * *bad then names. */
int32_t oh_next_option(int32_t count, char *const *arguments, const struct oh_option *options, size_t option_count,
                       const char **value, const char **bad, int32_t *index);

#include "notify.h"

#endif
