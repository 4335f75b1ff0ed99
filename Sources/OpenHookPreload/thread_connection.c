#include "thread_connection.h"
#include "paths.h"
#include "report.h"
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

/* The library's sockets keep away from the low numbers: programs close 0 and expect the next open to be 0. */
enum { LOWEST_NUMBER = 256, LOWEST_NUMBER_UNDER_A_SMALL_LIMIT = 3 };

static struct sockaddr_un broker = {.sun_family = AF_UNIX};

/* Its destructor closes the connection of a thread that ends. */
static pthread_key_t thread_end;

static __thread struct connection own = {.descriptor = -1};
static __thread pid_t own_process; /* that made the connection: a child of fork(2) has a copy, and must not use it */
static __thread bool in_exchange;

static void close_at_thread_end(void *value) {
  struct connection *connection = value;
  if (own_process == getpid() && connection_is_intact(connection)) {
    /* A child of fork(2) may hold a copy: only this ends the connection for the broker too. */
    shutdown(connection->descriptor, SHUT_RDWR);
    close(connection->descriptor);
  }
  connection->descriptor = -1;
}

int thread_connections_prepare(const char *path) {
  struct absolute_name absolute;
  if (path[0] == '\0' || make_absolute(AT_FDCWD, path, &absolute) != ABSOLUTE_MADE) return ENOENT;
  if (absolute.length >= sizeof broker.sun_path) return ENAMETOOLONG;
  memcpy(broker.sun_path, absolute.bytes, absolute.length + 1);
  return pthread_key_create(&thread_end, close_at_thread_end);
}

static int connect_as(int type) {
  int made = socket(AF_UNIX, type | SOCK_CLOEXEC, 0), result;
  if (made < 0) return -1;
  do result = connect(made, (const struct sockaddr *)&broker, sizeof broker);
  while (result < 0 && errno == EINTR);
  int raised = -1;
  if (result == 0) {
    raised = fcntl(made, F_DUPFD_CLOEXEC, LOWEST_NUMBER);
    if (raised < 0) raised = fcntl(made, F_DUPFD_CLOEXEC, LOWEST_NUMBER_UNDER_A_SMALL_LIMIT);
  }
  int error = errno;
  close(made);
  errno = error;
  return raised;
}

/* Packets where the broker offers them: EPROTOTYPE says that its socket is a stream. */
static int connect_to_broker(void) {
  int made = connect_as(SOCK_SEQPACKET);
  return made < 0 && errno == EPROTOTYPE ? connect_as(SOCK_STREAM) : made;
}

static int make_own(void) {
  own.descriptor = connect_to_broker();
  if (own.descriptor < 0) return errno;
  int error = connection_identify(&own);
  if (error == 0) error = pthread_setspecific(thread_end, &own);
  if (error != 0) {
    close(own.descriptor);
    own.descriptor = -1;
  }
  own_process = getpid();
  return error;
}

struct connection *thread_connection_begin(void) {
  if (in_exchange) { /* a signal handler interrupted an open of this thread */
    errno = EDEADLK;
    return NULL;
  }
  if (!connection_is_intact(&own)) {
    own.descriptor = -1;
  } else if (own_process != getpid()) {
    close(own.descriptor);
    own.descriptor = -1;
  }
  if (own.descriptor < 0) {
    int error = make_own();
    if (error != 0) {
      report(REPORT_CONNECT, "cannot connect to the broker", broker.sun_path, error);
      errno = EIO;
      return NULL;
    }
  }
  in_exchange = true;
  return &own;
}

void thread_connection_end(struct connection *connection, enum connection_fate fate) {
  if (fate == CONNECTION_DISCARDED) {
    close(connection->descriptor);
    connection->descriptor = -1;
  }
  in_exchange = false;
}
