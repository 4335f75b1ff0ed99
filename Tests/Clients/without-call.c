/* Becomes another program, for which one system call, or one use of it, fails: an older kernel, as far as that program
 * can see.
 *
 *   without-call CALL ERRNO [INDEX VALUE]… -- PROGRAM ARGUMENTS…
 *
 * CALL is a number of <sys/syscall.h>. With INDEX and VALUE, only where that argument has that value. */
#define _GNU_SOURCE
#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

static struct sock_filter program[64];
static unsigned short length;

static void add(uint16_t code, uint32_t value, uint8_t yes, uint8_t no) {
  if (length == sizeof program / sizeof *program) exit(64);
  program[length++] = (struct sock_filter){code, yes, no, value};
}

/* Lets the call through unless the word at that offset has the value. */
static void require(size_t offset, uint32_t value) {
  add(BPF_LD | BPF_W | BPF_ABS, (uint32_t)offset, 0, 0);
  add(BPF_JMP | BPF_JEQ | BPF_K, value, 1, 0);
  add(BPF_RET | BPF_K, SECCOMP_RET_ALLOW, 0, 0);
}

int main(int argc, char **argv) {
  if (argc < 5) return 64;
  require(offsetof(struct seccomp_data, nr), (uint32_t)atol(argv[1]));
  int at = 3;
  for (; at + 1 < argc && strcmp(argv[at], "--") != 0; at += 2) {
    size_t index = (size_t)atol(argv[at]);
    require(offsetof(struct seccomp_data, args) + index * sizeof(uint64_t), (uint32_t)atol(argv[at + 1]));
  }
  add(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ((uint32_t)atol(argv[2]) & SECCOMP_RET_DATA), 0, 0);
  struct sock_fprog filter = {length, program};
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) || prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter)) {
    fprintf(stderr, "without-call: no filter: %s\n", strerror(errno));
    return 71;
  }
  if (at + 1 >= argc) return 64;
  execv(argv[at + 1], argv + at + 1);
  fprintf(stderr, "without-call: %s: %s\n", argv[at + 1], strerror(errno));
  return 127;
}
