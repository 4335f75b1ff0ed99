#define _GNU_SOURCE 1
#include "CYardstick.h"
#include "messages.h"
#include <errno.h>
#include <stdalign.h>
#include <string.h>
#include <unistd.h>

/* The result of one reply: a descriptor, or the server's -errno; *failed if there was no reply. */
static int32_t receive_answer(int socket, int32_t *failed) {
  struct reply reply;
  union rights control;
  struct iovec data = {&reply, sizeof reply};
  struct msghdr message = {.msg_iov = &data, .msg_iovlen = 1, .msg_control = control.bytes, .msg_controllen = sizeof control.bytes};
  ssize_t got = recvmsg(socket, &message, MSG_CMSG_CLOEXEC);
  *failed = 0;
  if (got != (ssize_t)sizeof reply) {
    *failed = got < 0 ? -errno : -ECONNRESET;
    return 0;
  }
  if (reply.result < 0) return reply.result;
  struct cmsghdr *header = CMSG_FIRSTHDR(&message);
  if (!header || header->cmsg_level != SOL_SOCKET || header->cmsg_type != SCM_RIGHTS) return -EPROTO;
  int fd;
  memcpy(&fd, CMSG_DATA(header), sizeof fd);
  return fd;
}

static size_t encode(struct request *request, const struct ys_request *asked) {
  size_t length = strlen(asked->name);
  *request = (struct request){
      .message_size = (uint32_t)(sizeof *request + length),
      .command = COMMAND_OPEN,
      .flags = asked->flags,
      .filename_len = (uint16_t)length,
  };
  memcpy(request->filename, asked->name, length);
  return sizeof *request + length;
}

int32_t ys_measure(int32_t socket, const struct ys_request *asked, uint64_t *nanoseconds, size_t count,
                   int32_t *answer) {
  alignas(struct request) char bytes[LONGEST_MESSAGE];
  if (strlen(asked->name) > sizeof bytes - sizeof(struct request)) return -ENAMETOOLONG;
  size_t size = encode((struct request *)bytes, asked);
  for (size_t i = 0; i < count; i++) {
    int64_t before = ys_now();
    if (send(socket, bytes, size, MSG_NOSIGNAL) != (ssize_t)size) return -ECONNRESET;
    int32_t failed;
    int32_t result = receive_answer(socket, &failed);
    nanoseconds[i] = (uint64_t)(ys_now() - before);
    if (failed < 0) return failed;
    *answer = result < 0 ? result : 0;
    if (result >= 0) close(result);
    if (*answer != asked->expected) return -EPROTO;
  }
  return 0;
}
