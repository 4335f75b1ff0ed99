/* What a request costs in plain C: the least a server can do, and a client that measures one.
 *
 * For openhook-bench alone. Every function returns its result or `-errno`; types are of fixed width. */
#ifndef OPENHOOK_CYARDSTICK_H
#define OPENHOOK_CYARDSTICK_H

#include <stddef.h>
#include <stdint.h>

/* process.c */
/* Keeps this process, and those that it starts from now on, on one cpu. sched_setaffinity(2) */
int32_t ys_pin(int32_t cpu);
/* CLOCK_MONOTONIC in nanoseconds. */
int64_t ys_now(void);
/* Two connected UNIX sockets, close-on-exec. socketpair(2) */
enum { YS_STREAM = 1, YS_SEQPACKET = 5 };
int32_t ys_socket_pair(int32_t style, int32_t ends[2]);
/* Reading end, writing end, close-on-exec. pipe2(2) */
int32_t ys_pipe(int32_t ends[2]);
/* Starts the program arguments[0], a path, in which descriptors[i] is 3 + i, and what it says goes to `messages`. It is
 * killed when this process ends. Returns its pid; an error of its execv(3) is returned too. */
int32_t ys_start(const char *const *arguments, int32_t messages, const int32_t *descriptors, size_t count);
/* setenv(3), for programs that are started from now on. */
int32_t ys_set_environment(const char *name, const char *value);
/* Waits for the first byte of a descriptor: 1, 0 if it was closed without one, -ETIMEDOUT. */
int32_t ys_wait_for_byte(int32_t fd, int32_t milliseconds);
/* Waits for a child to end by itself: its exit status, or 256 + the signal that ended it; -ETIMEDOUT. */
int32_t ys_wait(int32_t pid, int32_t milliseconds);
/* Kills a child and forgets it. */
void ys_kill(int32_t pid);
/* mkdtemp(3), unlink(2), rmdir(2) */
int32_t ys_make_temporary_directory(char *name);
int32_t ys_remove_file(const char *name);
int32_t ys_remove_directory(const char *name);

/* bare_server.c */
/* Serves one connection until its end: openat2(2) beneath a directory, fstat(2), sendmsg(2). No policy, no audit, no
 * labels. Names outside the directory are refused with EACCES. */
int32_t ys_serve_bare(int32_t socket, const char *directory);
/* The same in a child, which is killed when this process ends. Returns its pid. */
int32_t ys_start_bare(int32_t socket, const char *directory);

/* client.c */
struct ys_request {
  const char *name;
  uint32_t flags;
  int32_t expected; /* 0 or -errno */
};
/* Asks `count` times, one after the other, and stores how long each answer took. -EPROTO if an answer was not the
 * expected one, which *answer then is; -ECONNRESET if the server has gone. */
int32_t ys_measure(int32_t socket, const struct ys_request *request, uint64_t *nanoseconds, size_t count,
                   int32_t *answer);

#endif
