#define _GNU_SOURCE 1
#include "CLinux.h"
#include "result.h"
#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

int32_t oh_target_read(int32_t pid, uint64_t address, void *bytes, size_t count) {
  struct iovec here = {bytes, count}, there = {(void *)(uintptr_t)address, count};
  ssize_t got = process_vm_readv(pid, &here, 1, &there, 1, 0);
  if (got < 0) return -errno;
  return (size_t)got == count ? 0 : -EFAULT;
}

int32_t oh_target_write(int32_t memory, uint64_t address, const void *bytes, size_t count) {
  /* What is not there is EIO here, an address that no process has EINVAL, and memory of a process that has ended 0. */
  ssize_t put = pwrite(memory, bytes, count, (off_t)address);
  return put >= 0 && (size_t)put == count ? 0 : -EFAULT;
}

int32_t oh_target_read_string(int32_t pid, uint64_t address, void *bytes, size_t count) {
  /* A string may end just before a page that is not there. What is copied ends with a whole element, so each page (or
   * what stands for one: no system has smaller ones) is an element of its own. Most names end in the first 256 bytes. */
  enum { page = 4096 };
  size_t done = 0, step = 256;
  while (done < count) {
    size_t wanted = count - done < step ? count - done : step;
    size_t first = page - (size_t)((address + done) % page);
    if (first > wanted) first = wanted;
    struct iovec here = {(char *)bytes + done, wanted};
    struct iovec there[2] = {
        {(void *)(uintptr_t)(address + done), first}, {(void *)(uintptr_t)(address + done + first), wanted - first}};
    ssize_t got = process_vm_readv(pid, &here, 1, there, first < wanted ? 2 : 1, 0);
    if (got <= 0) return got < 0 ? -errno : -EFAULT;
    char *end = memchr((char *)bytes + done, 0, (size_t)got);
    if (end) return (int32_t)(end - (char *)bytes);
    done += (size_t)got;
    step = page;
  }
  return -ENAMETOOLONG;
}

int32_t oh_target_descriptor(int32_t pid, int32_t fd) {
  /* PIDFD_THREAD (Linux 6.9), for a thread that does not share the descriptors of its process's first. */
  int pidfd = (int)syscall(SYS_pidfd_open, pid, O_EXCL);
  if (pidfd < 0 && errno == EINVAL) pidfd = (int)syscall(SYS_pidfd_open, pid, 0);
  if (pidfd < 0) return -errno;
  int32_t got = oh_result(syscall(SYS_pidfd_getfd, pidfd, fd, 0));
  close(pidfd);
  return got;
}

int32_t oh_stat_bytes(int32_t fd, void *bytes, size_t count) {
  struct stat *found = bytes; /* the kernel's and the C library's are the same on 64-bit machines */
  if (count < sizeof *found) return -EINVAL;
  if (syscall(SYS_newfstatat, fd, "", found, AT_EMPTY_PATH | AT_NO_AUTOMOUNT) < 0) return -errno;
  return (int32_t)sizeof *found;
}

int32_t oh_statx_bytes(int32_t fd, uint32_t flags, uint32_t mask, void *bytes, size_t count) {
  if (count < sizeof(struct statx)) return -EINVAL;
  flags &= AT_STATX_SYNC_TYPE;
  if (syscall(SYS_statx, fd, "", flags | AT_EMPTY_PATH | AT_NO_AUTOMOUNT, mask, bytes) < 0) return -errno;
  return (int32_t)sizeof(struct statx);
}

int32_t oh_unlink_at(int32_t directory, const char *name) { return oh_result(unlinkat(directory, name, 0)); }

int32_t oh_rename_at(int32_t from_directory, const char *from, int32_t to_directory, const char *to, uint32_t flags) {
  return oh_result(syscall(SYS_renameat2, from_directory, from, to_directory, to, flags));
}

int32_t oh_connect_address(int32_t fd, const void *address, size_t count) {
  return oh_result(connect(fd, address, (socklen_t)count));
}
int32_t oh_bind_address(int32_t fd, const void *address, size_t count) {
  return oh_result(bind(fd, address, (socklen_t)count));
}
