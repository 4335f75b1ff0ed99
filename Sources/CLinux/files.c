#define _GNU_SOURCE 1
#include "CLinux.h"
#include "result.h"
#include <fcntl.h>
#include <linux/fs.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifndef STATX_MNT_ID
#define STATX_MNT_ID 0x1000U
#endif
#ifndef STATX_MNT_ID_UNIQUE /* Linux 6.8; Debian 12's headers are older */
#define STATX_MNT_ID_UNIQUE 0x4000U
#endif

int32_t oh_statx(int32_t dirfd, const char *path, uint32_t how, struct oh_stat *out) {
  struct statx found;
  int flags = AT_NO_AUTOMOUNT | (path[0] == 0 ? AT_EMPTY_PATH : 0);
  if (!(how & OH_STAT_FOLLOW)) flags |= AT_SYMLINK_NOFOLLOW;
  if (how & OH_STAT_DONT_SYNC) flags |= AT_STATX_DONT_SYNC;
  unsigned mount = (how & OH_STAT_REUSED_MOUNT_ID) ? STATX_MNT_ID : STATX_MNT_ID_UNIQUE | STATX_MNT_ID;
  if (syscall(SYS_statx, dirfd, path, flags, STATX_BASIC_STATS | mount, &found) < 0) return -errno;
  *out = (struct oh_stat){
      .ino = found.stx_ino, .size = found.stx_size,
      .changed = found.stx_ctime.tv_sec, .mount_id = found.stx_mnt_id,
      .dev_major = found.stx_dev_major, .dev_minor = found.stx_dev_minor,
      .rdev_major = found.stx_rdev_major, .rdev_minor = found.stx_rdev_minor,
      .mode = found.stx_mode, .nlink = found.stx_nlink, .uid = found.stx_uid, .gid = found.stx_gid,
      .mount_id_is_unique = (found.stx_mask & STATX_MNT_ID_UNIQUE) != 0,
      .is_mount_root = (found.stx_attributes & STATX_ATTR_MOUNT_ROOT) != 0,
  };
  return 0;
}

int32_t oh_openat(int32_t dirfd, const char *path, int32_t flags, uint32_t mode) {
  return oh_result(syscall(SYS_openat, dirfd, path, flags, mode));
}

int32_t oh_openat2(int32_t dirfd, const char *path, uint64_t flags, uint64_t mode, uint64_t resolve) {
  struct open_how how = {.flags = flags, .mode = mode, .resolve = resolve};
  return oh_result(syscall(SYS_openat2, dirfd, path, &how, sizeof how));
}

int64_t oh_readlinkat(int32_t dirfd, const char *path, void *bytes, size_t count) {
  return oh_result64(readlinkat(dirfd, path, bytes, count));
}

/* The decimal digits of fd, without printf's cost. */
static const char *digits(int32_t fd, char room[12]) {
  char *at = room + 11;
  *at = 0;
  do *--at = (char)('0' + fd % 10); while ((fd /= 10) > 0);
  return at;
}

int64_t oh_readlink_descriptor(int32_t procfd, int32_t fd, void *bytes, size_t count) {
  char room[12];
  if (fd < 0) return -EBADF;
  return oh_result64(readlinkat(procfd, digits(fd, room), bytes, count));
}

int32_t oh_reopen_descriptor(int32_t procfd, int32_t fd, int32_t flags) {
  char room[12];
  if (fd < 0) return -EBADF;
  return oh_result(syscall(SYS_openat, procfd, digits(fd, room), flags, 0));
}

int32_t oh_unlink(const char *path) { return oh_result(unlink(path)); }
int32_t oh_mkdir(const char *path, uint32_t mode) { return oh_result(mkdir(path, mode)); }
int32_t oh_remove_directory(const char *path) { return oh_result(rmdir(path)); }
int32_t oh_symlink(const char *target, const char *path) { return oh_result(symlink(target, path)); }
int32_t oh_chmod(const char *path, uint32_t mode) { return oh_result(chmod(path, mode)); }
int32_t oh_chown(const char *path, uint32_t uid, uint32_t gid) { return oh_result(lchown(path, uid, gid)); }
int32_t oh_set_socket_access(const char *path, uint32_t uid, uint32_t gid, uint32_t mode) {
  struct stat found;
  char entry[64];
  int fd = open(path, O_PATH | O_NOFOLLOW | O_CLOEXEC);
  if (fd < 0) return -errno;
  int error = 0;
  if (fstat(fd, &found) < 0) error = errno;
  else if (!S_ISSOCK(found.st_mode) || found.st_uid != geteuid()) error = ESTALE;
  snprintf(entry, sizeof entry, "/proc/self/fd/%d", fd);
  if (!error && (uid != ~0U || gid != ~0U) && fchownat(fd, "", uid, gid, AT_EMPTY_PATH) < 0) error = errno;
  if (!error && chmod(entry, mode) < 0) error = errno;
  close(fd);
  return -error;
}
int32_t oh_rename(const char *from, const char *to) { return oh_result(rename(from, to)); }
int32_t oh_link(const char *from, const char *to) { return oh_result(link(from, to)); }
int32_t oh_synchronize(int32_t fd) { return oh_result(fsync(fd)); }

_Static_assert(OH_INODE_CASE_FOLD == FS_CASEFOLD_FL, "ioctl_iflags(2)");

int64_t oh_inode_flags(int32_t fd) {
  /* The kernel writes an int, whatever the request's number says (ioctl_iflags(2)). */
  unsigned flags = 0;
  if (ioctl(fd, FS_IOC_GETFLAGS, &flags) < 0) return -errno;
  return flags;
}

int64_t oh_file_system_magic(int32_t fd) {
  struct statfs found;
  if (fstatfs(fd, &found) < 0) return -errno;
  return (int64_t)(uint32_t)found.f_type;
}

int64_t oh_directory_records(int32_t fd, void *bytes, size_t count) {
  return oh_result64(syscall(SYS_getdents64, fd, bytes, count));
}
