#define _GNU_SOURCE 1
#include "CLinux.h"
#include "result.h"
#include <grp.h>
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

int32_t oh_set_file_system_identity(uint32_t uid, uint32_t gid, const uint32_t *groups, size_t count) {
  /* The raw call changes this thread alone; glibc's setgroups(3) would change every thread. */
  if (syscall(SYS_setgroups, count, groups) < 0) return -errno;
  setfsgid(gid);
  setfsuid(uid);
  /* setfsuid(2) reports no error: ask for an impossible change, which returns the present value. */
  if ((uint32_t)setfsuid((uid_t)-1) != uid || (uint32_t)setfsgid((gid_t)-1) != gid) return -EPERM;
  return 0;
}
