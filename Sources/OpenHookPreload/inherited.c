#include "inherited.h"
#include "report.h"
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stddef.h>
#include <sys/mman.h>
#include <sys/socket.h>

static struct connection shared = {.descriptor = -1};

/* In memory that fork(2) shares. `qemu -daemonize` goes on in a child with this very socket, so the child must be let
 * in; but it must never read the answer to a question of its parent's, even when the fork came in the middle of one.
 * Robust: if the process that was asking dies, the next one learns it, and gives the half-used connection up. */
static pthread_mutex_t *exchange_lock;

static int make_lock(void) {
  void *memory = mmap(NULL, sizeof *exchange_lock, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) return errno;
  pthread_mutexattr_t attributes;
  int error = pthread_mutexattr_init(&attributes);
  if (error != 0) return error;
  pthread_mutexattr_setpshared(&attributes, PTHREAD_PROCESS_SHARED);
  pthread_mutexattr_setrobust(&attributes, PTHREAD_MUTEX_ROBUST);
  /* An open in a signal handler that interrupted an open is refused (EDEADLK) instead of waiting for itself. */
  pthread_mutexattr_settype(&attributes, PTHREAD_MUTEX_ERRORCHECK);
  error = pthread_mutex_init(memory, &attributes);
  pthread_mutexattr_destroy(&attributes);
  if (error == 0) exchange_lock = memory;
  return error;
}

int inherited_prepare(int number) {
  shared.descriptor = number;
  int error = connection_identify(&shared);
  if (error != 0) return error;
  if (fcntl(number, F_SETFD, FD_CLOEXEC) < 0) return errno;
  return make_lock();
}

struct connection *inherited_begin(void) {
  int error = pthread_mutex_lock(exchange_lock);
  if (error == EOWNERDEAD) {
    /* Shut down, not closed: that holds for every process that shares the socket, and the number stays taken. */
    if (connection_is_intact(&shared)) shutdown(shared.descriptor, SHUT_RDWR);
    error = pthread_mutex_consistent(exchange_lock);
  }
  if (error != 0) {
    errno = error;
    return NULL;
  }
  if (!connection_is_intact(&shared)) {
    pthread_mutex_unlock(exchange_lock);
    report(REPORT_CONNECTION, "the program has closed the broker's socket", "OPENHOOK_FD", 0);
    errno = EBADF;
    return NULL;
  }
  return &shared;
}

void inherited_end(struct connection *connection, enum connection_fate fate) {
  if (fate == CONNECTION_DISCARDED) shutdown(connection->descriptor, SHUT_RDWR);
  pthread_mutex_unlock(exchange_lock);
}
