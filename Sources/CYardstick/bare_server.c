#define _GNU_SOURCE 1
#include "CYardstick.h"
#include "messages.h"
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <signal.h>
#include <stdalign.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Receives until `want` bytes are there; 0 at the end of the connection. */
static ssize_t receive_at_least(int socket, char *bytes, size_t have, size_t want) {
  while (have < want) {
    ssize_t got = recv(socket, bytes + have, LONGEST_MESSAGE - have, 0);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return got < 0 ? -errno : 0;
    have += (size_t)got;
  }
  return (ssize_t)have;
}

/* Opens what the request names; a descriptor or -errno. */
static int open_beneath(int directory, const char *name, const struct request *request) {
  struct open_how how = {
      .flags = request->flags | O_CLOEXEC | O_NOCTTY,
      .mode = request->flags & O_CREAT ? request->mode : 0,
      .resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS,
  };
  int fd = (int)syscall(SYS_openat2, directory, name, &how, sizeof how);
  if (fd < 0) return -errno;
  struct stat found;
  if (fstat(fd, &found) == 0 && (S_ISREG(found.st_mode) || S_ISBLK(found.st_mode) || S_ISCHR(found.st_mode))) return fd;
  close(fd);
  return -EACCES;
}

static int answer(int socket, int opened) {
  struct reply reply = {sizeof reply, COMMAND_OPEN, opened < 0 ? opened : 0};
  struct iovec data = {&reply, sizeof reply};
  struct msghdr message = {.msg_iov = &data, .msg_iovlen = 1};
  union rights control;
  if (opened >= 0) {
    memset(&control, 0, sizeof control);
    message.msg_control = control.bytes;
    message.msg_controllen = sizeof control.bytes;
    struct cmsghdr *header = CMSG_FIRSTHDR(&message);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(sizeof(int));
    memcpy(CMSG_DATA(header), &opened, sizeof opened);
  }
  return sendmsg(socket, &message, MSG_NOSIGNAL) == (ssize_t)sizeof reply ? 0 : -EPIPE;
}

int32_t ys_serve_bare(int32_t socket, const char *directory) {
  int root = open(directory, O_PATH | O_DIRECTORY | O_CLOEXEC);
  if (root < 0) return -errno;
  size_t prefix = strlen(directory);
  alignas(struct request) char bytes[LONGEST_MESSAGE + 1];
  struct request *request = (struct request *)bytes;
  for (;;) {
    ssize_t have = receive_at_least(socket, bytes, 0, sizeof *request);
    if (have <= 0) return (int32_t)have;
    if (request->command != COMMAND_OPEN || request->message_size > LONGEST_MESSAGE ||
        request->message_size != sizeof *request + request->filename_len)
      return -EPROTO;
    have = receive_at_least(socket, bytes, (size_t)have, request->message_size);
    if (have <= 0) return (int32_t)have;
    request->filename[request->filename_len] = 0;
    int within = strncmp(request->filename, directory, prefix) == 0 && request->filename[prefix] == '/';
    int opened = within ? open_beneath(root, request->filename + prefix + 1, request) : -EACCES;
    int sent = answer(socket, opened);
    if (opened >= 0) close(opened);
    if (sent < 0) return sent;
  }
}

int32_t ys_start_bare(int32_t socket, const char *directory) {
  pid_t parent = getpid();
  pid_t child = fork();
  if (child != 0) return child < 0 ? -errno : child;
  /* The other ends must be the parent's alone, or no server would ever see the end of its connection. */
  int here = dup2(socket, 3);
  if (here < 0 || syscall(SYS_close_range, 4, ~0U, 0) < 0) _exit(1);
  if (prctl(PR_SET_PDEATHSIG, SIGKILL) < 0 || getppid() != parent) _exit(1);
  _exit(ys_serve_bare(here, directory) < 0);
}
