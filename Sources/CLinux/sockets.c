#define _GNU_SOURCE 1
#include "CLinux.h"
#include "result.h"
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

/* Newer than Debian 12's headers. */
#ifndef SO_PASSPIDFD
#define SO_PASSPIDFD 76
#endif
#ifndef SO_PASSRIGHTS
#define SO_PASSRIGHTS 83
#endif

_Static_assert(OH_SOCKET_STREAM == SOCK_STREAM && OH_SOCKET_SEQPACKET == SOCK_SEQPACKET && OH_SOCKET_DATAGRAM == SOCK_DGRAM, "socket(2)");

int32_t oh_socketpair(int32_t type, int32_t out[2]) {
  return oh_result(socketpair(AF_UNIX, type | SOCK_CLOEXEC, 0, out));
}
int32_t oh_socket(int32_t type) { return oh_result(socket(AF_UNIX, type | SOCK_CLOEXEC, 0)); }

static int32_t make_address(struct sockaddr_un *address, socklen_t *length, const void *path, size_t count) {
  memset(address, 0, sizeof *address);
  address->sun_family = AF_UNIX;
  if (count == 0) return -EINVAL;
  if (count >= sizeof address->sun_path) return -ENAMETOOLONG;
  memcpy(address->sun_path, path, count);
  *length = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + count + (address->sun_path[0] ? 1 : 0));
  return 0;
}

int32_t oh_bind(int32_t fd, const void *path, size_t count) {
  struct sockaddr_un address;
  socklen_t length;
  int32_t made = make_address(&address, &length, path, count);
  return made < 0 ? made : oh_result(bind(fd, (struct sockaddr *)&address, length));
}

int32_t oh_connect(int32_t fd, const void *path, size_t count) {
  struct sockaddr_un address;
  socklen_t length;
  int32_t made = make_address(&address, &length, path, count);
  return made < 0 ? made : oh_result(connect(fd, (struct sockaddr *)&address, length));
}

int32_t oh_listen(int32_t fd, int32_t backlog) { return oh_result(listen(fd, backlog)); }
int32_t oh_accept(int32_t fd) { return oh_result(accept4(fd, NULL, NULL, SOCK_CLOEXEC)); }
int32_t oh_shutdown_reading(int32_t fd) { return oh_result(shutdown(fd, SHUT_RD)); }
int32_t oh_shutdown_writing(int32_t fd) { return oh_result(shutdown(fd, SHUT_WR)); }

static int32_t socket_int(int32_t fd, int option) {
  int value = 0;
  socklen_t length = sizeof value;
  if (getsockopt(fd, SOL_SOCKET, option, &value, &length) < 0) return -errno;
  return value;
}

int32_t oh_socket_type(int32_t fd) {
  int32_t domain = socket_int(fd, SO_DOMAIN);
  if (domain < 0) return domain;
  return domain == AF_UNIX ? socket_int(fd, SO_TYPE) : -EAFNOSUPPORT;
}

int32_t oh_socket_is_listening(int32_t fd) { return socket_int(fd, SO_ACCEPTCONN); }

static int32_t set_int(int32_t fd, int option, int value) {
  return oh_result(setsockopt(fd, SOL_SOCKET, option, &value, sizeof value));
}

int32_t oh_refuse_pidfds(int32_t fd) { return set_int(fd, SO_PASSPIDFD, 0); }
int32_t oh_set_pass_credentials(int32_t fd, int32_t on) { return set_int(fd, SO_PASSCRED, on); }
int32_t oh_set_pass_rights(int32_t fd, int32_t on) { return set_int(fd, SO_PASSRIGHTS, on); }

int32_t oh_set_send_timeout(int32_t fd, int64_t milliseconds) {
  struct timeval limit = {.tv_sec = milliseconds / 1000, .tv_usec = milliseconds % 1000 * 1000};
  return oh_result(setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit));
}

int32_t oh_peer_credentials(int32_t fd, struct oh_credentials *out) {
  struct ucred found;
  socklen_t length = sizeof found;
  if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &found, &length) < 0) return -errno;
  *out = (struct oh_credentials){.pid = found.pid, .uid = found.uid, .gid = found.gid, .present = 1};
  return 0;
}

int64_t oh_send(int32_t fd, const void *bytes, size_t count, int32_t passed, int32_t wait) {
  union { char bytes[CMSG_SPACE(sizeof(int))]; struct cmsghdr aligned; } control;
  struct iovec data = {.iov_base = (void *)bytes, .iov_len = count};
  struct msghdr message = {.msg_iov = &data, .msg_iovlen = 1};
  if (passed >= 0) {
    memset(&control, 0, sizeof control);
    message.msg_control = control.bytes;
    message.msg_controllen = sizeof control.bytes;
    struct cmsghdr *header = CMSG_FIRSTHDR(&message);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(sizeof(int));
    memcpy(CMSG_DATA(header), &passed, sizeof passed);
  }
  return oh_result64(syscall(SYS_sendmsg, fd, &message, MSG_NOSIGNAL | (wait ? 0 : MSG_DONTWAIT)));
}

int64_t oh_receive(int32_t fd, void *bytes, size_t count, uint32_t how, struct oh_received *out) {
  /* 253 is SCM_MAX_FD: with room for all of them the kernel never has to drop one that it has counted. */
  union { char bytes[CMSG_SPACE(sizeof(struct ucred)) + CMSG_SPACE(253 * sizeof(int))]; struct cmsghdr aligned; } control;
  struct iovec data = {.iov_base = bytes, .iov_len = count};
  struct msghdr message = {.msg_iov = &data, .msg_iovlen = 1, .msg_control = control.bytes, .msg_controllen = sizeof control.bytes};
  *out = (struct oh_received){.first = -1};
  int flags = MSG_CMSG_CLOEXEC;
  if (how & OH_RECEIVE_DONT_WAIT) flags |= MSG_DONTWAIT;
  if (how & OH_RECEIVE_PEEK) flags |= MSG_PEEK;
  ssize_t got = syscall(SYS_recvmsg, fd, &message, flags);
  if (got < 0) return -errno;
  out->control_truncated = (message.msg_flags & MSG_CTRUNC) != 0;
  out->data_truncated = (message.msg_flags & MSG_TRUNC) != 0;
  for (struct cmsghdr *header = CMSG_FIRSTHDR(&message); header; header = CMSG_NXTHDR(&message, header)) {
    if (header->cmsg_level != SOL_SOCKET) continue;
    if (header->cmsg_type == SCM_CREDENTIALS && header->cmsg_len == CMSG_LEN(sizeof(struct ucred))) {
      struct ucred sender;
      memcpy(&sender, CMSG_DATA(header), sizeof sender);
      out->credentials = (struct oh_credentials){.pid = sender.pid, .uid = sender.uid, .gid = sender.gid, .present = 1};
    } else if (header->cmsg_type == SCM_RIGHTS) {
      size_t rights = (header->cmsg_len - CMSG_LEN(0)) / sizeof(int);
      for (size_t i = 0; i < rights; i++) {
        int received;
        memcpy(&received, CMSG_DATA(header) + i * sizeof received, sizeof received);
        out->descriptors++;
        if ((how & OH_RECEIVE_KEEP_FIRST) && out->first < 0) out->first = received;
        else close(received);
      }
    }
  }
  return got;
}
