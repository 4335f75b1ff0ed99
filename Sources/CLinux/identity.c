#define _GNU_SOURCE 1
#include "CLinux.h"
#include "result.h"
#include <grp.h>
#include <linux/capability.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <sys/fsuid.h>
#include <sys/syscall.h>
#include <unistd.h>

int32_t oh_find_user(const char *name, uint32_t *uid, uint32_t *gid) {
  char room[16384];
  struct passwd entry, *found = NULL;
  int error = getpwnam_r(name, &entry, room, sizeof room, &found);
  if (error) return -error;
  if (!found) return -ENOENT;
  *uid = found->pw_uid;
  *gid = found->pw_gid;
  return 0;
}

int32_t oh_find_group(const char *name, uint32_t *gid) {
  char room[16384];
  struct group entry, *found = NULL;
  int error = getgrnam_r(name, &entry, room, sizeof room, &found);
  if (error) return -error;
  if (!found) return -ENOENT;
  *gid = found->gr_gid;
  return 0;
}

int32_t oh_groups_of_user(const char *name, uint32_t gid, uint32_t *out, size_t *count) {
  int room = (int)*count;
  int found = getgrouplist(name, gid, out, &room);
  *count = (size_t)room;
  return found < 0 ? -ERANGE : 0;
}

int32_t oh_own_groups(uint32_t *out, size_t *count) {
  int found = getgroups((int)*count, out);
  if (found < 0) return -errno;
  *count = (size_t)found;
  return 0;
}

uint32_t oh_effective_user(void) { return geteuid(); }
uint32_t oh_effective_group(void) { return getegid(); }

/* An impossible change returns the present value, and is none. */
uint32_t oh_file_system_user(void) { return (uint32_t)setfsuid((uid_t)-1); }
uint32_t oh_file_system_group(void) { return (uint32_t)setfsgid((gid_t)-1); }

int32_t oh_set_file_system_identity(uint32_t uid, uint32_t gid, const uint32_t *groups, size_t count) {
  /* The raw call changes this thread alone; glibc's setgroups(3) would change every thread. */
  if (syscall(SYS_setgroups, count, groups) < 0) return -errno;
  setfsgid(gid);
  setfsuid(uid);
  return oh_file_system_user() == uid && oh_file_system_group() == gid ? 0 : -EPERM; /* setfsuid(2) reports no error */
}

int32_t oh_assume_user(uint32_t uid, uint32_t gid, const uint32_t *groups, size_t count) {
  /* Not the C library's functions, which change every thread of the process. The way back to user 0 comes first, or
   * groups could not be changed any more. */
  if (uid == 0 && syscall(SYS_setresuid, -1, uid, -1) < 0) return -errno;
  if (syscall(SYS_setgroups, count, groups) < 0 || syscall(SYS_setresgid, -1, gid, -1) < 0) return -errno;
  if (uid != 0 && syscall(SYS_setresuid, -1, uid, -1) < 0) return -errno;
  return 0;
}

typedef struct __user_cap_data_struct capability_sets[_LINUX_CAPABILITY_U32S_3];
static const struct __user_cap_header_struct this_thread = {.version = _LINUX_CAPABILITY_VERSION_3, .pid = 0};

int32_t oh_effective_capabilities(uint64_t *out) {
  struct __user_cap_header_struct header = this_thread;
  capability_sets sets;
  if (syscall(SYS_capget, &header, sets) < 0) return -errno;
  *out = (uint64_t)sets[1].effective << 32 | sets[0].effective;
  return 0;
}

int32_t oh_set_effective_capabilities(uint64_t wanted) {
  struct __user_cap_header_struct header = this_thread;
  capability_sets sets;
  if (syscall(SYS_capget, &header, sets) < 0) return -errno;
  sets[0].effective = (uint32_t)wanted;
  sets[1].effective = (uint32_t)(wanted >> 32);
  return oh_result(syscall(SYS_capset, &header, sets));
}
