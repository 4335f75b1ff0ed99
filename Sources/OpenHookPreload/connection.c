#include "connection.h"
#include "environment.h"
#include "inherited.h"
#include "report.h"
#include "thread_connection.h"
#include <errno.h>
#include <pthread.h>
#include <stddef.h>
#include <sys/socket.h>
#include <sys/stat.h>

/* The cancellation state of this thread before its exchange. */
static __thread int cancellation;

static struct connection *begin(void) {
  const struct settings *settings = openhook_settings();
  switch (settings->channel) {
    case CHANNEL_INHERITED: return inherited_begin();
    case CHANNEL_LISTENER: return thread_connection_begin();
    case CHANNEL_UNUSABLE:
      report(REPORT_SETTINGS, settings->fault, settings->fault_subject, 0);
      errno = settings->fault_error;
      return NULL;
    case CHANNEL_NONE: break;
  }
  errno = EBADF;
  return NULL;
}

struct connection *connection_begin(void) {
  int before;
  pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &before);
  struct connection *connection = begin();
  if (connection == NULL) pthread_setcancelstate(before, NULL);
  else cancellation = before;
  return connection;
}

void connection_end(struct connection *connection, enum connection_fate fate) {
  int before = cancellation;
  if (connection_is_replaceable()) thread_connection_end(connection, fate);
  else inherited_end(connection, fate);
  pthread_setcancelstate(before, NULL);
}

bool connection_is_replaceable(void) { return openhook_settings()->channel == CHANNEL_LISTENER; }

static int socket_option(int descriptor, int option) {
  int value = -1;
  socklen_t length = sizeof value;
  return getsockopt(descriptor, SOL_SOCKET, option, &value, &length) < 0 ? -1 : value;
}

int connection_identify(struct connection *connection) {
  int descriptor = connection->descriptor;
  struct stat found;
  if (socket_option(descriptor, SO_DOMAIN) != AF_UNIX) return EBADF;
  if (socket_option(descriptor, SO_ACCEPTCONN) != 0) return EBADF;
  connection->type = socket_option(descriptor, SO_TYPE);
  if (connection->type != SOCK_STREAM && connection->type != SOCK_SEQPACKET) return EBADF;
  if (fstat(descriptor, &found) < 0) return EBADF;
  connection->device = found.st_dev;
  connection->inode = found.st_ino;
  return 0;
}

bool connection_is_intact(const struct connection *connection) {
  struct stat found;
  return connection->descriptor >= 0 && fstat(connection->descriptor, &found) == 0 &&
         found.st_dev == connection->device && found.st_ino == connection->inode;
}
