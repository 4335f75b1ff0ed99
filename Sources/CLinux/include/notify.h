/* Answering system calls of another process: seccomp user notification (seccomp_unotify(2)), and what belongs to it.
 * Part of CLinux.h. */
#ifndef OPENHOOK_CLINUX_NOTIFY_H
#define OPENHOOK_CLINUX_NOTIFY_H

#include <stddef.h>
#include <stdint.h>

/* calls.c: the number that a system call has; OH_CALL_ABSENT if this architecture has no such call. */
enum { OH_CALL_ABSENT = -1, OH_CALL_UNKNOWN = -2 };
int32_t oh_call_number(const char *name);

/* seccomp.c */
enum { OH_FILTER_NEW_LISTENER = 1 << 3, OH_FILTER_WAIT_KILLABLE = 1 << 5 };
/* 0 if filters can notify (SECCOMP_GET_ACTION_AVAIL) and the kernel's messages fit into a slot of the journal
 * (SECCOMP_GET_NOTIF_SIZES); -EOPNOTSUPP, -E2BIG. */
int32_t oh_seccomp_can_notify(void);
/* 0 if seccomp(2) knows these OH_FILTER_ flags; -EINVAL. */
int32_t oh_seccomp_knows(uint32_t flags);
/* Installs a BPF program as a filter of the calling thread. With OH_FILTER_NEW_LISTENER: a descriptor. */
int32_t oh_seccomp_install(const void *program, size_t size, uint32_t flags);

struct oh_notification {
  uint64_t id;
  uint64_t arguments[6];
  uint32_t pid;   /* of the thread, as this process sees it; 0 if it does not */
  int32_t call;
};
/* SECCOMP_IOCTL_NOTIF_RECV, straight into a slot of the journal: there is no moment at which the kernel has handed the
 * notification over and the journal does not have it. The slot is cleared first. */
int32_t oh_notify_receive(int32_t listener, uint64_t slot, struct oh_notification *out);
/* What a slot holds: 1, or 0 if nothing. */
int32_t oh_notify_read_slot(uint64_t slot, struct oh_notification *out);
void oh_notify_clear_slot(uint64_t slot);
/* SECCOMP_IOCTL_NOTIF_ID_VALID: 0, or -ENOENT if the thread waits no more. */
int32_t oh_notify_check(int32_t listener, uint64_t id);
/* SECCOMP_IOCTL_NOTIF_SEND */
int32_t oh_notify_return(int32_t listener, uint64_t id, int64_t value);
int32_t oh_notify_fail(int32_t listener, uint64_t id, int32_t error);
/* SECCOMP_USER_NOTIF_FLAG_CONTINUE: the thread makes the call itself. */
int32_t oh_notify_continue(int32_t listener, uint64_t id);
/* SECCOMP_IOCTL_NOTIF_ADDFD with SECCOMP_ADDFD_FLAG_SEND: the call returns a new descriptor of the open file. */
int32_t oh_notify_hand_over(int32_t listener, uint64_t id, int32_t file, int32_t close_on_exec);
/* SECCOMP_IOCTL_NOTIF_ADDFD alone: the number of a new descriptor of the open file in the process that waits. The call goes on
 * waiting. */
int32_t oh_notify_add(int32_t listener, uint64_t id, int32_t file, int32_t close_on_exec);
/* SECCOMP_USER_NOTIF_FD_SYNC_WAKE_UP (Linux 6.6) */
int32_t oh_notify_wake_on_this_cpu(int32_t listener);

/* journal.c */
enum { OH_SLOT_SIZE = 256 };
/* memfd_create(2), empty. */
int32_t oh_memory_file(const char *name);
/* pread(2) */
int64_t oh_read_at(int32_t fd, void *bytes, size_t count, int64_t offset);
/* pwrite(2): all of it, or -EIO. */
int32_t oh_write_at(int32_t fd, const void *bytes, size_t count, int64_t offset);
/* memfd_create(2) of a size, sealed against any other. */
int32_t oh_shared_memory(const char *name, uint64_t size);
/* mmap(2), shared; *address is where. -EINVAL if the file is shorter than that. */
int32_t oh_map(int32_t fd, uint64_t size, uint64_t *address);
void oh_unmap(uint64_t address, uint64_t size);

/* target.c: another process's memory and descriptors. */
/* process_vm_readv(2): all of it, or -EFAULT. */
int32_t oh_target_read(int32_t pid, uint64_t address, void *bytes, size_t count);
/* pwrite(2) to an open /proc/pid/mem: all of it, or -EFAULT. */
int32_t oh_target_write(int32_t memory, uint64_t address, const void *bytes, size_t count);
/* A string and its length without the NUL: -ENAMETOOLONG if there is no NUL among the first `count` bytes, -EFAULT. */
int32_t oh_target_read_string(int32_t pid, uint64_t address, void *bytes, size_t count);
/* pidfd_getfd(2) of a thread's descriptor. */
int32_t oh_target_descriptor(int32_t pid, int32_t fd);
/* The kernel's own `struct stat` of an open object; its size, or -errno. newfstatat(2) */
int32_t oh_stat_bytes(int32_t fd, void *bytes, size_t count);
/* `struct statx` of an open object. statx(2) */
int32_t oh_statx_bytes(int32_t fd, uint32_t flags, uint32_t mask, void *bytes, size_t count);
int32_t oh_unlink_at(int32_t directory, const char *name);
/* renameat2(2) */
int32_t oh_rename_at(int32_t from_directory, const char *from, int32_t to_directory, const char *to, uint32_t flags);
/* connect(2), bind(2) with an address as the target gave it. */
int32_t oh_connect_address(int32_t fd, const void *address, size_t count);
int32_t oh_bind_address(int32_t fd, const void *address, size_t count);

#endif
