#include "broker.h"
#include "connection.h"
#include "report.h"
#include "request.h"
#include <errno.h>
#include <fcntl.h>

static int refuse(int error) {
  errno = error;
  return -1;
}

static int refuse_withheld(const struct absolute_name *name, int reason) {
  const char *text = "the broker granted a file but sent no descriptor";
  if (reason == EMFILE) text = "the descriptor did not arrive, this process or system has too many open (RLIMIT_NOFILE)";
  if (reason == EACCES) text = "the kernel withheld the descriptor, most likely SELinux (fd use, or the file's permissions)";
  report(REPORT_WITHHELD, text, name->bytes, 0);
  return refuse(EACCES);
}

static int refuse_closed(const struct absolute_name *name, int error) {
  if (error == 0 || error == EPIPE || error == ECONNRESET) {
    report(REPORT_CONNECTION, "the broker closed the connection, cannot open", name->bytes, 0);
  } else {
    report(REPORT_CONNECTION, "the connection to the broker failed, cannot open", name->bytes, error);
  }
  return refuse(EIO);
}

/* Asks once; a second time on a new connection if the broker was gone before it could read the request. It then has
 * been restarted between two opens. An exchange that got further is never repeated: the file may have been made. */
static int ask(const struct absolute_name *name, int flags, mode_t mode, struct answer *answer) {
  for (int attempt = 0;; attempt++) {
    struct connection *connection = connection_begin();
    if (connection == NULL) return -1;
    *answer = request_open(connection, name, flags, mode);
    bool whole = answer->outcome == OUTCOME_GRANTED || answer->outcome == OUTCOME_REFUSED ||
                 answer->outcome == OUTCOME_WITHHELD;
    connection_end(connection, whole ? CONNECTION_KEPT : CONNECTION_DISCARDED);
    if (answer->outcome != OUTCOME_NOT_DELIVERED || attempt > 0 || !connection_is_replaceable()) return 0;
  }
}

int broker_open(const struct absolute_name *name, int flags, mode_t mode) {
  struct answer answer;
  /* Close-on-exec belongs to the descriptor, not to the open file: it is a matter of this side alone. */
  if (ask(name, flags & ~O_CLOEXEC, mode, &answer) < 0) return -1;
  switch (answer.outcome) {
    case OUTCOME_GRANTED:
      report_answered();
      if (!(flags & O_CLOEXEC)) fcntl(answer.descriptor, F_SETFD, 0);
      return answer.descriptor;
    case OUTCOME_REFUSED:
      report_answered();
      return refuse(answer.error);
    case OUTCOME_WITHHELD: return refuse_withheld(name, answer.error);
    case OUTCOME_NOT_DELIVERED:
      report(REPORT_CONNECTION, "the connection to the broker is closed, cannot open", name->bytes, 0);
      return refuse(EIO);
    case OUTCOME_CLOSED: return refuse_closed(name, answer.error);
    case OUTCOME_MALFORMED: break;
  }
  report(REPORT_REPLY, "the broker's reply is not of the open-hook protocol, cannot open", name->bytes, 0);
  return refuse(EIO);
}
