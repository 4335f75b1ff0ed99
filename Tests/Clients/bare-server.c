/* The smallest open-hook server, for the tests of the preload library: no policy, no confinement.
 *
 *   bare-server [--packets] [--socket PATH] [--log FILE] [--user UID] [--set NAME=VALUE…] ROOT -- PROGRAM ARGS…
 *
 * Runs PROGRAM with a connection to itself and ends with its status: OPENHOOK_FD, or OPENHOOK_SOCKET with --socket.
 * Opens what lies beneath ROOT (an absolute name) with its own rights. PROGRAM gets the user id of --user, and
 * the variables of --set (LD_PRELOAD, OPENHOOK_PATHS). --log: one line a request.
 *
 * A name whose last component begins with @ orders a reply instead:
 *   @errno-N     -N                        @withhold    0 without a descriptor
 *   @result-N    N                         @two         0 with two descriptors
 *   @refuse-one  -EACCES with a descriptor @short       eight bytes, then the end
 *   @size        a message_size of 16      @command     another command
 *   @bytewise    /dev/null, a byte a send  @late        makes "asked" in ROOT, and is @errno-11 once "go" is there
 *   @die         none: the server of this connection ends
 *   @die-first   the same, once: a file "died" in ROOT marks it */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

enum { HEADER = 18, REPLY = 12, MOST_NAME = 65535 };

static const char *root;
static int log_file = -1, packets;

static void fail(const char *what) {
  perror(what);
  exit(125);
}

/* 0 at the end of the connection. */
static int read_all(int fd, void *out, size_t count) {
  for (size_t at = 0; at < count;) {
    ssize_t got = recv(fd, (char *)out + at, count - at, 0);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return 0;
    at += (size_t)got;
  }
  return 1;
}

static int read_request(int fd, unsigned char *request, char *name) {
  uint16_t length;
  if (packets) {
    static unsigned char packet[HEADER + MOST_NAME];
    if (recv(fd, packet, sizeof packet, 0) < HEADER) return 0;
    memcpy(request, packet, HEADER);
    memcpy(&length, request + 16, 2);
    memcpy(name, packet + HEADER, length);
  } else {
    if (!read_all(fd, request, HEADER)) return 0;
    memcpy(&length, request + 16, 2);
    if (!read_all(fd, name, length)) return 0;
  }
  name[length] = '\0';
  return 1;
}

static void send_reply(int fd, uint32_t size, uint32_t command, int32_t result, const int *descriptors, size_t count,
                       size_t first, size_t step) {
  unsigned char reply[REPLY];
  memcpy(reply, &size, 4);
  memcpy(reply + 4, &command, 4);
  memcpy(reply + 8, &result, 4);
  for (size_t at = 0; at < first; at += step) {
    union { char bytes[CMSG_SPACE(2 * sizeof(int))]; struct cmsghdr aligned; } control = {{0}};
    struct iovec part = {reply + at, step < first - at ? step : first - at};
    struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1};
    if (count > 0 && at == 0) {
      message.msg_control = control.bytes;
      message.msg_controllen = CMSG_SPACE(count * sizeof(int));
      *CMSG_FIRSTHDR(&message) = (struct cmsghdr){CMSG_LEN(count * sizeof(int)), SOL_SOCKET, SCM_RIGHTS};
      memcpy(CMSG_DATA(CMSG_FIRSTHDR(&message)), descriptors, count * sizeof(int));
    }
    sendmsg(fd, &message, MSG_NOSIGNAL);
  }
}

static int mark(const char *file) {
  char name[4200];
  snprintf(name, sizeof name, "%s/%s", root, file);
  int fd = open(name, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0600);
  if (fd >= 0) close(fd);
  return fd >= 0;
}

static void wait_for(const char *file) {
  char name[4200];
  snprintf(name, sizeof name, "%s/%s", root, file);
  while (access(name, F_OK) < 0) usleep(1000);
}

static void reply_as_ordered(int fd, const char *order) {
  int null = open("/dev/null", O_RDWR | O_CLOEXEC), both[] = {null, null};
  if (strncmp(order, "errno-", 6) == 0) send_reply(fd, REPLY, 1, -atoi(order + 6), NULL, 0, REPLY, REPLY);
  else if (strncmp(order, "result-", 7) == 0) send_reply(fd, REPLY, 1, atoi(order + 7), NULL, 0, REPLY, REPLY);
  else if (strcmp(order, "withhold") == 0) send_reply(fd, REPLY, 1, 0, NULL, 0, REPLY, REPLY);
  else if (strcmp(order, "two") == 0) send_reply(fd, REPLY, 1, 0, both, 2, REPLY, REPLY);
  else if (strcmp(order, "refuse-one") == 0) send_reply(fd, REPLY, 1, -EACCES, both, 1, REPLY, REPLY);
  else if (strcmp(order, "short") == 0) send_reply(fd, REPLY, 1, 0, both, 1, 8, 8), exit(0);
  else if (strcmp(order, "size") == 0) send_reply(fd, 16, 1, 0, both, 1, REPLY, REPLY);
  else if (strcmp(order, "command") == 0) send_reply(fd, REPLY, 2, 0, both, 1, REPLY, REPLY);
  else if (strcmp(order, "bytewise") == 0) send_reply(fd, REPLY, 1, 0, both, 1, REPLY, 1);
  else if (strcmp(order, "late") == 0) mark("asked"), wait_for("go"), send_reply(fd, REPLY, 1, -EAGAIN, NULL, 0, REPLY, REPLY);
  else if (strcmp(order, "die") == 0) exit(0);
  else if (strcmp(order, "die-first") == 0 && mark("died")) exit(0);
  else send_reply(fd, REPLY, 1, -ENOENT, NULL, 0, REPLY, REPLY);
  close(null);
}

static void reply_with_file(int fd, const char *name, int flags, mode_t mode) {
  int file = -1, error = EACCES;
  size_t length = strlen(root);
  if (strncmp(name, root, length) == 0 && (name[length] == '/' || name[length] == '\0')) {
    file = open(name, flags | O_CLOEXEC, mode);
    error = errno;
  }
  struct stat found;
  if (file >= 0 && fstat(file, &found) == 0 && S_ISDIR(found.st_mode)) {
    close(file);
    file = -1, error = EISDIR;
  }
  send_reply(fd, REPLY, 1, file < 0 ? -error : 0, &file, file >= 0, REPLY, REPLY);
  if (file >= 0) close(file);
}

static void serve(int fd) {
  static char name[MOST_NAME + 1];
  unsigned char request[HEADER];
  umask(0);
  while (read_request(fd, request, name)) {
    uint32_t flags, mode;
    memcpy(&flags, request + 8, 4);
    memcpy(&mode, request + 12, 4);
    if (log_file >= 0) dprintf(log_file, "flags=%#x mode=%#o name=%s\n", flags, mode, name);
    const char *last = strrchr(name, '/');
    if (last && last[1] == '@') reply_as_ordered(fd, last + 2);
    else reply_with_file(fd, name, (int)flags, (mode_t)mode);
  }
  exit(0);
}

static void serve_all(int listener) {
  signal(SIGCHLD, SIG_IGN);
  for (;;) {
    int fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
    if (fd < 0 && errno == EINTR) continue;
    if (fd < 0) exit(0);
    if (fork() == 0) {
      close(listener);
      serve(fd);
    }
    close(fd);
  }
}

static int listen_at(const char *path) {
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  int fd = socket(AF_UNIX, (packets ? SOCK_SEQPACKET : SOCK_STREAM) | SOCK_CLOEXEC, 0);
  if (strlen(path) >= sizeof address.sun_path) fail("socket name");
  strcpy(address.sun_path, path);
  if (fd < 0 || bind(fd, (struct sockaddr *)&address, sizeof address) < 0 || listen(fd, 64) < 0) fail("listen");
  chmod(path, 0666);
  return fd;
}

/* A test's runner may have blocked signals, and may leave descriptors open; children inherit both. */
static void start_afresh(void) {
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, NULL);
  close_range(STDERR_FILENO + 1, ~0u, 0);
}

int main(int argc, char **argv) {
  const char *path = NULL, *settings[16];
  int at = 1, count = 0, user = -1, ends[2] = {-1, -1};
  start_afresh();
  for (; at < argc && argv[at][0] == '-'; at++) {
    if (strcmp(argv[at], "--packets") == 0) packets = 1;
    else if (strcmp(argv[at], "--socket") == 0) path = argv[++at];
    else if (strcmp(argv[at], "--user") == 0) user = atoi(argv[++at]);
    else if (strcmp(argv[at], "--set") == 0 && count < 16) settings[count++] = argv[++at];
    else if (strcmp(argv[at], "--log") == 0) log_file = open(argv[++at], O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    else break;
  }
  if (argc - at < 3 || strcmp(argv[at + 1], "--") != 0) {
    fputs("bare-server: [OPTION…] ROOT -- PROGRAM ARGS…\n", stderr);
    return 125;
  }
  root = argv[at];
  if (path) ends[0] = listen_at(path);
  else if (socketpair(AF_UNIX, (packets ? SOCK_SEQPACKET : SOCK_STREAM) | SOCK_CLOEXEC, 0, ends) < 0) fail("socketpair");

  pid_t server = fork();
  if (server == 0) {
    if (ends[1] >= 0) close(ends[1]);
    if (path) serve_all(ends[0]);
    serve(ends[0]);
  }
  close(ends[0]);
  pid_t program = fork();
  if (program == 0) {
    char number[16];
    if (path) setenv("OPENHOOK_SOCKET", path, 1);
    else {
      snprintf(number, sizeof number, "%d", ends[1]);
      fcntl(ends[1], F_SETFD, 0);
      setenv("OPENHOOK_FD", number, 1);
    }
    if (user >= 0 && (setgid((gid_t)user) < 0 || setuid((uid_t)user) < 0)) fail("setuid");
    for (int i = 0; i < count; i++) putenv((char *)settings[i]);
    execvp(argv[at + 2], argv + at + 2);
    fail(argv[at + 2]);
  }
  if (ends[1] >= 0) close(ends[1]);
  int status = 0;
  while (waitpid(program, &status, 0) < 0 && errno == EINTR) continue;
  if (path) kill(server, SIGTERM); /* the listener; a pair's server ends when the last holder of the other end does */
  waitpid(server, NULL, 0);
  if (path) unlink(path);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
