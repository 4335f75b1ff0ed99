#include "request.h"
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

enum { COMMAND_OPEN = 1, REQUEST_HEADER_SIZE = 18, REPLY_SIZE = 12, LARGEST_ERRNO = 4095 };

/* As many descriptors as one message can carry (SCM_MAX_FD), and what else a socket may be set to report (credentials,
 * a pidfd, a security label): with less room the kernel would drop the one descriptor that is wanted. */
enum { MOST_DESCRIPTORS = 253, OTHER_CONTROL_SIZE = 512 };

struct reply {
  unsigned char bytes[REPLY_SIZE];
  size_t length;
  int descriptor; /* the first that came, or -1; the others are closed at once */
  unsigned descriptors;
  int flags; /* MSG_CTRUNC, MSG_TRUNC */
};

/* For a socket that somebody has made non-blocking: waits, and says whether the call is to be made again. */
static bool is_worth_repeating(int descriptor, short events) {
  if (errno == EINTR) return true;
  if (errno != EAGAIN && errno != EWOULDBLOCK) return false;
  struct pollfd entry = {.fd = descriptor, .events = events};
  return poll(&entry, 1, -1) >= 0 || errno == EINTR;
}

static void put_header(unsigned char header[REQUEST_HEADER_SIZE], size_t name_length, int flags, mode_t mode) {
  uint32_t words[] = {(uint32_t)(REQUEST_HEADER_SIZE + name_length), COMMAND_OPEN, (uint32_t)flags, (uint32_t)mode};
  uint16_t length = (uint16_t)name_length;
  memcpy(header, words, sizeof words);
  memcpy(header + sizeof words, &length, sizeof length);
}

/* Sends all of it. The number of bytes that went out before an error, which errno then says. */
static size_t send_request(int descriptor, struct iovec parts[2]) {
  size_t total = 0;
  while (parts[0].iov_len + parts[1].iov_len > 0) {
    struct msghdr message = {.msg_iov = parts, .msg_iovlen = 2};
    ssize_t sent = sendmsg(descriptor, &message, MSG_NOSIGNAL);
    if (sent < 0 && is_worth_repeating(descriptor, POLLOUT)) continue;
    if (sent < 0) return total;
    total += (size_t)sent;
    for (size_t i = 0, left = (size_t)sent; i < 2; i++) {
      size_t taken = left < parts[i].iov_len ? left : parts[i].iov_len;
      parts[i].iov_base = (char *)parts[i].iov_base + taken;
      parts[i].iov_len -= taken;
      left -= taken;
    }
  }
  errno = 0;
  return total;
}

static void take_descriptors(struct reply *reply, struct msghdr *message) {
  for (struct cmsghdr *part = CMSG_FIRSTHDR(message); part != NULL; part = CMSG_NXTHDR(message, part)) {
    if (part->cmsg_level != SOL_SOCKET || part->cmsg_type != SCM_RIGHTS) continue;
    size_t count = (part->cmsg_len - CMSG_LEN(0)) / sizeof(int);
    for (size_t i = 0; i < count; i++) {
      int received;
      memcpy(&received, CMSG_DATA(part) + i * sizeof received, sizeof received);
      if (reply->descriptors++ == 0) reply->descriptor = received;
      else close(received);
    }
  }
}

/* Reads until the reply is whole, always with room for a descriptor: read(2) would discard it silently. If it returns
 * false, errno is the reason, and 0 at the end of the connection. */
static bool receive_reply(const struct connection *connection, struct reply *reply) {
  union {
    char bytes[CMSG_SPACE(MOST_DESCRIPTORS * sizeof(int)) + OTHER_CONTROL_SIZE];
    struct cmsghdr aligned;
  } control;
  *reply = (struct reply){.descriptor = -1};
  while (reply->length < REPLY_SIZE) {
    struct iovec rest = {.iov_base = reply->bytes + reply->length, .iov_len = REPLY_SIZE - reply->length};
    struct msghdr message = {
        .msg_iov = &rest, .msg_iovlen = 1, .msg_control = control.bytes, .msg_controllen = sizeof control.bytes};
    ssize_t received = recvmsg(connection->descriptor, &message, MSG_CMSG_CLOEXEC);
    if (received < 0 && is_worth_repeating(connection->descriptor, POLLIN)) continue;
    if (received == 0) errno = 0;
    if (received <= 0) return false;
    take_descriptors(reply, &message);
    reply->flags |= message.msg_flags;
    reply->length += (size_t)received;
    if (connection->type == SOCK_SEQPACKET) return true; /* a packet is a whole reply, or none */
  }
  return true;
}

/* Whether the process has room for another descriptor: one of the two reasons why the kernel withholds one. */
static int reason_to_withhold(const struct connection *connection, const struct reply *reply) {
  if (!(reply->flags & MSG_CTRUNC)) return 0;
  int copy = fcntl(connection->descriptor, F_DUPFD_CLOEXEC, 0);
  if (copy < 0) return EMFILE;
  close(copy);
  return EACCES;
}

static struct answer read_reply(const struct connection *connection, const struct reply *reply) {
  uint32_t size, command;
  int32_t result;
  memcpy(&size, reply->bytes, sizeof size);
  memcpy(&command, reply->bytes + 4, sizeof command);
  memcpy(&result, reply->bytes + 8, sizeof result);
  bool whole = reply->length == REPLY_SIZE && !(reply->flags & MSG_TRUNC) && size == REPLY_SIZE;
  if (whole && command == COMMAND_OPEN) {
    if (result == 0 && reply->descriptors == 1) return (struct answer){OUTCOME_GRANTED, reply->descriptor, 0};
    if (result == 0 && reply->descriptors == 0) {
      return (struct answer){OUTCOME_WITHHELD, -1, reason_to_withhold(connection, reply)};
    }
    if (result < 0 && result >= -LARGEST_ERRNO && reply->descriptors == 0) {
      return (struct answer){OUTCOME_REFUSED, -1, -result};
    }
  }
  if (reply->descriptor >= 0) close(reply->descriptor);
  return (struct answer){OUTCOME_MALFORMED, -1, 0};
}

struct answer request_open(const struct connection *connection, const struct absolute_name *name, int flags,
                           mode_t mode) {
  unsigned char header[REQUEST_HEADER_SIZE];
  put_header(header, name->length, flags, mode);
  struct iovec parts[2] = {{header, sizeof header}, {(char *)name->bytes, name->length}};
  size_t sent = send_request(connection->descriptor, parts);
  if (sent < sizeof header + name->length) {
    bool gone = sent == 0 && (errno == EPIPE || errno == ECONNRESET || errno == ENOTCONN);
    return (struct answer){gone ? OUTCOME_NOT_DELIVERED : OUTCOME_CLOSED, -1, errno};
  }
  struct reply reply;
  if (receive_reply(connection, &reply)) return read_reply(connection, &reply);
  int error = errno;
  if (reply.descriptor >= 0) close(reply.descriptor);
  return (struct answer){OUTCOME_CLOSED, -1, error};
}
