#define _GNU_SOURCE 1
#include "CLinux.h"
#include "result.h"
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifndef SECCOMP_IOCTL_NOTIF_SET_FLAGS
#define SECCOMP_IOCTL_NOTIF_SET_FLAGS SECCOMP_IOW(4, __u64)
#endif

_Static_assert(sizeof(struct seccomp_notif) <= OH_SLOT_SIZE, "a slot holds a notification");
_Static_assert(OH_FILTER_NEW_LISTENER == SECCOMP_FILTER_FLAG_NEW_LISTENER, "");
_Static_assert(OH_FILTER_WAIT_KILLABLE == SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV, "");

static long seccomp(unsigned operation, unsigned flags, void *arguments) {
  return syscall(SYS_seccomp, operation, flags, arguments);
}

int32_t oh_seccomp_can_notify(void) {
  uint32_t action = SECCOMP_RET_USER_NOTIF;
  struct seccomp_notif_sizes sizes;
  if (seccomp(SECCOMP_GET_ACTION_AVAIL, 0, &action) < 0) return -EOPNOTSUPP;
  if (seccomp(SECCOMP_GET_NOTIF_SIZES, 0, &sizes) < 0) return -errno;
  /* A kernel whose messages have grown writes the fields that it has added, too. */
  return sizes.seccomp_notif > OH_SLOT_SIZE || sizes.seccomp_notif_resp > OH_SLOT_SIZE ? -E2BIG : 0;
}

int32_t oh_seccomp_knows(uint32_t flags) {
  /* Flags are looked at before the program, of which there is none. */
  if (seccomp(SECCOMP_SET_MODE_FILTER, flags, NULL) < 0 && errno == EFAULT) return 0;
  return -EINVAL;
}

int32_t oh_seccomp_install(const void *program, size_t size, uint32_t flags) {
  if (size == 0 || size % sizeof(struct sock_filter) || size / sizeof(struct sock_filter) > BPF_MAXINSNS) return -EINVAL;
  struct sock_fprog filter = {.len = (unsigned short)(size / sizeof(struct sock_filter)), .filter = (void *)program};
  return oh_result(seccomp(SECCOMP_SET_MODE_FILTER, flags, &filter));
}

int32_t oh_notify_read_slot(uint64_t slot, struct oh_notification *out) {
  struct seccomp_notif held;
  memcpy(&held, (void *)(uintptr_t)slot, sizeof held);
  out->id = held.id;
  out->pid = held.pid;
  out->call = held.data.nr;
  for (int i = 0; i < 6; i++) out->arguments[i] = held.data.args[i];
  return held.id != 0;
}

void oh_notify_clear_slot(uint64_t slot) { memset((void *)(uintptr_t)slot, 0, OH_SLOT_SIZE); }

int32_t oh_notify_receive(int32_t listener, uint64_t slot, struct oh_notification *out) {
  oh_notify_clear_slot(slot); /* or the kernel refuses it */
  if (ioctl(listener, SECCOMP_IOCTL_NOTIF_RECV, (void *)(uintptr_t)slot) < 0) return -errno;
  oh_notify_read_slot(slot, out);
  return 0;
}

int32_t oh_notify_check(int32_t listener, uint64_t id) {
  return oh_result(ioctl(listener, SECCOMP_IOCTL_NOTIF_ID_VALID, &id));
}

static int32_t respond(int32_t listener, uint64_t id, int64_t value, int32_t error, uint32_t flags) {
  /* As large as the kernel may think it is. */
  union { struct seccomp_notif_resp response; char room[OH_SLOT_SIZE]; } message;
  memset(&message, 0, sizeof message);
  message.response.id = id;
  message.response.val = value;
  message.response.error = error;
  message.response.flags = flags;
  return oh_result(ioctl(listener, SECCOMP_IOCTL_NOTIF_SEND, &message));
}

int32_t oh_notify_return(int32_t listener, uint64_t id, int64_t value) { return respond(listener, id, value, 0, 0); }
int32_t oh_notify_fail(int32_t listener, uint64_t id, int32_t error) { return respond(listener, id, 0, -error, 0); }
int32_t oh_notify_continue(int32_t listener, uint64_t id) {
  return respond(listener, id, 0, 0, SECCOMP_USER_NOTIF_FLAG_CONTINUE);
}

int32_t oh_notify_hand_over(int32_t listener, uint64_t id, int32_t file, int32_t close_on_exec) {
  struct seccomp_notif_addfd added = {
      .id = id, .flags = SECCOMP_ADDFD_FLAG_SEND, .srcfd = (uint32_t)file,
      .newfd_flags = close_on_exec ? 02000000 /* O_CLOEXEC */ : 0};
  return oh_result(ioctl(listener, SECCOMP_IOCTL_NOTIF_ADDFD, &added));
}

int32_t oh_notify_add(int32_t listener, uint64_t id, int32_t file, int32_t close_on_exec) {
  struct seccomp_notif_addfd added = {
      .id = id, .srcfd = (uint32_t)file, .newfd_flags = close_on_exec ? 02000000 /* O_CLOEXEC */ : 0};
  return oh_result(ioctl(listener, SECCOMP_IOCTL_NOTIF_ADDFD, &added));
}

int32_t oh_notify_wake_on_this_cpu(int32_t listener) {
  return oh_result(ioctl(listener, SECCOMP_IOCTL_NOTIF_SET_FLAGS, 1UL /* SECCOMP_USER_NOTIF_FD_SYNC_WAKE_UP */));
}
