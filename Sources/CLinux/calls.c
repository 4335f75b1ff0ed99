#define _GNU_SOURCE 1
#include "CLinux.h"
#include <string.h>
#include <sys/syscall.h>

/* Calls that are newer than the headers may be. From 424 on every architecture has the same numbers. */
#ifndef SYS_fchmodat2
#define SYS_fchmodat2 452
#endif
#ifndef SYS_setxattrat
#define SYS_setxattrat 463
#endif
#ifndef SYS_removexattrat
#define SYS_removexattrat 466
#endif
#ifndef SYS_open_tree_attr
#define SYS_open_tree_attr 467
#endif
#ifndef SYS_file_setattr
#define SYS_file_setattr 469
#endif

#define CALL(name) {#name, SYS_##name}
/* Calls that only architectures have which are older than openat(2). */
#ifdef SYS_open
#define OLD(name) CALL(name)
#else
#define OLD(name) {#name, OH_CALL_ABSENT}
#endif

static const struct { const char *name; int32_t number; } calls[] = {
    OLD(open), OLD(creat), OLD(stat), OLD(lstat), OLD(access), OLD(readlink), OLD(unlink), OLD(rename),
    OLD(mkdir), OLD(rmdir), OLD(chmod), OLD(chown), OLD(lchown), OLD(utime), OLD(utimes), OLD(futimesat),
    OLD(link), OLD(symlink), OLD(mknod),
#ifdef SYS_renameat
    CALL(renameat),
#else
    {"renameat", OH_CALL_ABSENT},
#endif
#ifdef SYS_uselib
    CALL(uselib),
#else
    {"uselib", OH_CALL_ABSENT},
#endif
    CALL(openat), CALL(openat2), CALL(newfstatat), CALL(statx), CALL(faccessat), CALL(faccessat2), CALL(readlinkat),
    CALL(unlinkat), CALL(renameat2), CALL(mkdirat), CALL(truncate), CALL(fchmodat), CALL(fchmodat2), CALL(fchownat),
    CALL(utimensat), CALL(linkat), CALL(symlinkat), CALL(mknodat), CALL(setxattr), CALL(lsetxattr), CALL(setxattrat),
    CALL(removexattr), CALL(lremovexattr), CALL(removexattrat), CALL(file_setattr), CALL(connect), CALL(bind),
    CALL(open_by_handle_at), CALL(name_to_handle_at), CALL(mount), CALL(umount2), CALL(pivot_root), CALL(chroot),
    CALL(open_tree), CALL(open_tree_attr), CALL(move_mount), CALL(fsopen), CALL(fsconfig), CALL(fsmount), CALL(fspick),
    CALL(mount_setattr), CALL(ptrace), CALL(process_vm_readv), CALL(process_vm_writev), CALL(process_madvise),
    CALL(pidfd_getfd), CALL(bpf), CALL(userfaultfd), CALL(fanotify_init), CALL(acct), CALL(swapon), CALL(swapoff),
    CALL(quotactl), CALL(quotactl_fd), CALL(setns), CALL(unshare), CALL(clone), CALL(clone3), CALL(socket),
    CALL(socketpair), CALL(io_uring_setup), CALL(io_uring_enter), CALL(io_uring_register),
};

int32_t oh_call_number(const char *name) {
  for (size_t i = 0; i < sizeof calls / sizeof calls[0]; i++)
    if (strcmp(calls[i].name, name) == 0) return calls[i].number;
  return OH_CALL_UNKNOWN;
}
