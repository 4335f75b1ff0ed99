/* Makes system calls that act by name, and says what came of them. To be run under a filter.
 *
 *   notify-probe COMMAND ARGUMENTS… [, COMMAND ARGUMENTS…]…
 *
 * Each command prints one line: `ok`, with what it found, or the name of the errno. Numbers are as strtol(3) reads them. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/io_uring.h>
#include <linux/netlink.h>
#include <linux/openat2.h>
#include <netinet/in.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <unistd.h>
#include <utime.h>

static char **words;
static const char *word(void) {
  if (!*words || strcmp(*words, ",") == 0) { fprintf(stderr, "notify-probe: too few arguments\n"); exit(64); }
  return *words++;
}
static long number(void) { return strtol(word(), NULL, 0); }

static void say(long result, const char *format, ...) {
  if (result < 0) {
    printf("%s\n", strerrorname_np(errno));
  } else {
    va_list rest;
    va_start(rest, format);
    printf("ok");
    vprintf(format, rest);
    printf("\n");
    va_end(rest);
  }
  fflush(stdout);
}

/* The beginning of an open file, if it can be read. */
static void say_contents(int fd) {
  char text[64] = "";
  if (fd >= 0 && pread(fd, text, sizeof text - 1, 0) > 0) say(fd, " %s", text);
  else say(fd, "");
}

static void do_open(void) {
  const char *name = word();
  int flags = (int)number();
  int fd = open(name, flags, 0644);
  say_contents(fd);
  if (fd >= 0) close(fd);
}
static void do_flags(void) {
  const char *name = word();
  int fd = open(name, (int)number(), 0644);
  say(fd, " %#o %d", fd < 0 ? 0 : fcntl(fd, F_GETFL) & ~O_LARGEFILE & ~0100000, fd < 0 ? 0 : fcntl(fd, F_GETFD));
}
static void do_openat(void) {
  int directory = open(word(), O_PATH | O_DIRECTORY);
  const char *name = word();
  int flags = (int)number();
  say_contents(directory < 0 ? -1 : openat(directory, name, flags));
}
static void do_openat2(void) {
  const char *name = word();
  struct open_how how = {.flags = (uint64_t)number(), .resolve = (uint64_t)number()};
  say_contents((int)syscall(SYS_openat2, AT_FDCWD, name, &how, sizeof how));
}
static void do_creat(void) { say(syscall(SYS_creat, word(), 0644), ""); }
static void do_chdir(void) { say(chdir(word()), ""); }

static void do_stat(void) {
  struct stat found = {0};
  long result = stat(word(), &found);
  say(result, " %lld %#o", (long long)found.st_size, found.st_mode);
}
static void do_lstat(void) {
  struct stat found = {0};
  long result = syscall(SYS_newfstatat, AT_FDCWD, word(), &found, AT_SYMLINK_NOFOLLOW);
  say(result, " %#o", found.st_mode & S_IFMT);
}
static void do_statx(void) {
  struct statx found = {0};
  long result = statx(AT_FDCWD, word(), 0, STATX_SIZE, &found);
  say(result, " %lld", (long long)found.stx_size);
}
static void do_badstat(void) { say(syscall(SYS_newfstatat, AT_FDCWD, word(), (void *)8, 0), ""); }
static void do_access(void) {
  const char *name = word();
  say(access(name, (int)number()), "");
}
static void do_readlink(void) {
  char target[4096] = "";
  const char *name = word();
  long count = readlink(name, target, (size_t)number());
  say(count, " %.*s", (int)(count < 0 ? 0 : count), target);
}
static void do_realpath(void) {
  char *found = realpath(word(), NULL);
  say(found ? 0 : -1, " %s", found ? found : "");
}
static void do_unlink(void) { say(unlink(word()), ""); }
static void do_rmdir(void) { say(rmdir(word()), ""); }
static void do_rename(void) {
  const char *from = word();
  say(rename(from, word()), "");
}
static void do_renameat2(void) {
  const char *from = word(), *to = word();
  say(syscall(SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, number()), "");
}
static void do_mkdir(void) { say(mkdir(word(), 0755), ""); }
static void do_truncate(void) { say(truncate(word(), 0), ""); }
static void do_chmod(void) { say(chmod(word(), 0666), ""); }
static void do_chown(void) { say(chown(word(), getuid(), getgid()), ""); }
static void do_utime(void) { say(utimes(word(), NULL), ""); }
static void do_link(void) {
  const char *from = word();
  say(link(from, word()), "");
}
static void do_linkfd(void) { /* a descriptor gets another name, by its entry in /proc */
  int fd = open(word(), O_RDWR);
  char entry[64];
  snprintf(entry, sizeof entry, "/proc/self/fd/%d", fd);
  say(linkat(AT_FDCWD, entry, AT_FDCWD, word(), AT_SYMLINK_FOLLOW), "");
}
static void do_symlink(void) {
  const char *target = word();
  say(symlink(target, word()), "");
}
static void do_mknod(void) { say(mknod(word(), S_IFREG | 0600, 0), ""); }
static void do_setxattr(void) { say(setxattr(word(), "user.x", "1", 1, 0), ""); }

/* Opens a name that another thread changes all the time. Says how often the file had `secret` in it. */
static char flipped[4096];
static const char *flips[2];
static atomic_int flips_on = 1;
static void *flip(void *unused) {
  size_t length = strlen(flips[0]);
  for (unsigned i = 0; atomic_load(&flips_on); i++) memcpy(flipped, flips[i & 1], length + 1);
  return unused;
}
static void do_flip(void) {
  flips[0] = word(), flips[1] = word();
  long count = number(), denied = 0, granted = 0, secret = 0;
  if (strlen(flips[0]) != strlen(flips[1])) { printf("names differ in length\n"); return; }
  strcpy(flipped, flips[0]);
  pthread_t thread;
  pthread_create(&thread, NULL, flip, NULL);
  for (long i = 0; i < count; i++) {
    int fd = open(flipped, O_RDWR);
    if (fd < 0) { denied++; continue; }
    char text[7] = "";
    if (read(fd, text, 6) == 6 && strcmp(text, "secret") == 0) secret++; else granted++;
    close(fd);
  }
  atomic_store(&flips_on, 0);
  pthread_join(thread, NULL);
  printf("%ld secret, %s granted, %s denied\n", secret, granted ? "some" : "none", denied ? "some" : "none");
}

static struct sockaddr_un address(const char *path) {
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  strncpy(address.sun_path, path, sizeof address.sun_path - 1);
  if (*path == '@') address.sun_path[0] = 0;
  return address;
}

static void submit(const struct io_uring_sqe *request) {
  struct io_uring_params parameters = {0};
  int ring = (int)syscall(SYS_io_uring_setup, 4, &parameters);
  if (ring < 0) { say(-1, ""); return; }
  char *entries = mmap(NULL, parameters.sq_off.array + parameters.sq_entries * 4, PROT_READ | PROT_WRITE, MAP_SHARED, ring, IORING_OFF_SQ_RING);
  char *completed = mmap(NULL, parameters.cq_off.cqes + parameters.cq_entries * sizeof(struct io_uring_cqe), PROT_READ | PROT_WRITE, MAP_SHARED, ring, IORING_OFF_CQ_RING);
  struct io_uring_sqe *requests = mmap(NULL, parameters.sq_entries * sizeof *requests, PROT_READ | PROT_WRITE, MAP_SHARED, ring, IORING_OFF_SQES);
  *requests = *request;
  ((uint32_t *)(entries + parameters.sq_off.array))[0] = 0;
  ++*(uint32_t *)(entries + parameters.sq_off.tail);
  if (syscall(SYS_io_uring_enter, ring, 1, 1, IORING_ENTER_GETEVENTS, NULL, 0) < 0) { say(-1, ""); return; }
  int result = ((struct io_uring_cqe *)(completed + parameters.cq_off.cqes))->res;
  errno = result < 0 ? -result : 0;
  say(result < 0 ? -1 : 0, "");
}
static void do_uring(void) {
  struct io_uring_sqe request = {
      .opcode = IORING_OP_OPENAT, .fd = AT_FDCWD, .addr = (uint64_t)(uintptr_t)word(), .open_flags = O_RDONLY};
  submit(&request);
}

/* A connection that no filter sees. */
static void do_uringconnect(void) {
  static struct sockaddr_un to;
  to = address(word());
  struct io_uring_sqe request = {
      .opcode = IORING_OP_CONNECT, .fd = socket(AF_UNIX, SOCK_STREAM, 0), .addr = (uint64_t)(uintptr_t)&to, .off = sizeof to};
  submit(&request);
}

static void do_handle(void) {
  struct { struct file_handle handle; unsigned char room[128]; } named = {.handle = {.handle_bytes = 128}};
  int mount = 0;
  const char *name = word();
  if (name_to_handle_at(AT_FDCWD, name, &named.handle, &mount, 0) < 0) printf("%s ", strerrorname_np(errno));
  say(open_by_handle_at(AT_FDCWD, &named.handle, O_RDONLY), "");
}
static void do_reopen(void) {
  int fd = open(word(), O_RDONLY);
  if (fd < 0) { say(-1, ""); return; }
  char entry[64];
  snprintf(entry, sizeof entry, "/proc/self/fd/%d", fd);
  say(open(entry, O_RDWR), "");
}
static void do_ownroot(void) { /* by the number of this process */
  char name[4096];
  snprintf(name, sizeof name, "/proc/%d/root%s", getpid(), word());
  say_contents(open(name, O_RDONLY));
}
static void do_dlopen(void) { say(dlopen(word(), RTLD_NOW) ? 0 : -1, ""); }

static void do_child(void);
static void do_thread(void);
static void do_int80(void) {
#ifdef __x86_64__
  const char *name = word();
  char *low = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0);
  strcpy(low, name);
  long result;
  __asm__ volatile("int $0x80" : "=a"(result) : "a"(5), "b"(low), "c"(0), "d"(0) : "memory");
  errno = (int)-result;
  say(result, "");
#endif
}
static void do_x32(void) { say(syscall(SYS_openat | 0x40000000, AT_FDCWD, word(), O_RDONLY), ""); }

static void do_connect(void) {
  struct sockaddr_un to = address(word());
  int fd = socket(AF_UNIX, SOCK_STREAM, 0);
  say(connect(fd, (void *)&to, sizeof to), "");
}
static void do_bind(void) {
  struct sockaddr_un to = address(word());
  say(bind(socket(AF_UNIX, SOCK_STREAM, 0), (void *)&to, sizeof to), "");
}
/* The same with addresses that are no names. */
static struct sockaddr_in local(long port) {
  return (struct sockaddr_in){
      .sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
}
static void do_reach(void) { /* a TCP port of this machine */
  struct sockaddr_in to = local(number());
  say(connect(socket(AF_INET, SOCK_STREAM, 0), (void *)&to, sizeof to), "");
}
static void do_bindport(void) {
  struct sockaddr_in to = local(number());
  say(bind(socket(AF_INET, SOCK_STREAM, 0), (void *)&to, sizeof to), "");
}
static void do_connectlater(void) { /* a connection that the program does not wait for */
  struct sockaddr_in to = local(number());
  say(connect(socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0), (void *)&to, sizeof to), "");
}
static void do_netlink(void) { /* hears of all links, or speaks to those who do */
  struct sockaddr_nl to = {.nl_family = AF_NETLINK, .nl_groups = 1};
  say(connect(socket(AF_NETLINK, SOCK_RAW, NETLINK_ROUTE), (void *)&to, sizeof to), "");
}
static void do_datagram(void) { say(socket(AF_UNIX, SOCK_DGRAM, 0), ""); }
static void do_call(void) { /* a system call by number, with arguments that are none */
  long which = number();
  say(syscall(which, -1L, 0L, 0L, 0L, 0L, 0L), "");
}

/* Opens while a timer signals all the time. */
static void tick(int unused) { (void)unused; }
static void do_signals(void) {
  const char *name = word();
  long count = number(), failed = 0;
  struct sigaction action = {.sa_handler = tick, .sa_flags = (int)number()};
  sigaction(SIGALRM, &action, NULL);
  struct itimerval every = {{0, 5000}, {0, 5000}};
  setitimer(ITIMER_REAL, &every, NULL);
  long interrupted = 0;
  for (long i = 0; i < count; i++) {
    int fd = open(name, O_RDWR);
    if (fd >= 0) close(fd);
    else if (errno == EINTR) interrupted++;
    else failed++;
  }
  struct itimerval never = {{0, 0}, {0, 0}};
  setitimer(ITIMER_REAL, &never, NULL);
  printf("%ld EINTR, %ld other\n", interrupted, failed);
}

/* Many threads open one name at once, again and again; says how often each errno came. */
static struct { const char *name; atomic_long left, timed_out, other; } crowd;
static void *crowding(void *unused) {
  while (atomic_fetch_sub(&crowd.left, 1) > 0) {
    int fd = open(crowd.name, O_RDWR);
    if (fd < 0 && errno == ETIMEDOUT) atomic_fetch_add(&crowd.timed_out, 1); else atomic_fetch_add(&crowd.other, 1);
  }
  return unused;
}
static void do_crowd(void) {
  crowd.name = word();
  atomic_store(&crowd.left, number());
  long threads = number();
  pthread_t ids[256];
  if (threads > 256) exit(64);
  for (long i = 0; i < threads; i++) pthread_create(&ids[i], NULL, crowding, NULL);
  for (long i = 0; i < threads; i++) pthread_join(ids[i], NULL);
  printf("%ld ETIMEDOUT, %ld other\n", atomic_load(&crowd.timed_out), atomic_load(&crowd.other));
}

/* Begins an open in another thread, and waits until that thread sleeps in it. */
static void *background(void *name) {
  int fd = open(name, O_RDWR);
  if (fd < 0) printf("background: %s\n", strerrorname_np(errno)); else printf("background: ok\n");
  fflush(stdout);
  return NULL;
}
static pthread_t background_thread;
static void do_background(void) {
  pthread_create(&background_thread, NULL, background, (void *)word());
  usleep(100000);
  printf("ok\n");
  fflush(stdout);
}
static void do_join(void) { pthread_join(background_thread, NULL); }

/* Waits for a line on standard input. */
static void do_await(void) {
  char byte;
  printf("waiting\n");
  fflush(stdout);
  do { if (read(0, &byte, 1) != 1) exit(0); } while (byte != '\n');
}

static const struct { const char *name; void (*run)(void); } commands[] = {
    {"open", do_open}, {"flags", do_flags}, {"openat", do_openat}, {"openat2", do_openat2}, {"creat", do_creat},
    {"chdir", do_chdir}, {"stat", do_stat}, {"lstat", do_lstat}, {"statx", do_statx}, {"badstat", do_badstat},
    {"access", do_access}, {"readlink", do_readlink}, {"realpath", do_realpath}, {"unlink", do_unlink},
    {"rmdir", do_rmdir}, {"rename", do_rename}, {"renameat2", do_renameat2}, {"mkdir", do_mkdir},
    {"truncate", do_truncate}, {"chmod", do_chmod}, {"chown", do_chown}, {"utime", do_utime}, {"link", do_link},
    {"linkfd", do_linkfd}, {"symlink", do_symlink}, {"mknod", do_mknod}, {"setxattr", do_setxattr}, {"flip", do_flip},
    {"uring", do_uring}, {"uringconnect", do_uringconnect}, {"ownroot", do_ownroot}, {"thread", do_thread}, {"handle", do_handle}, {"reopen", do_reopen}, {"dlopen", do_dlopen}, {"child", do_child},
    {"int80", do_int80}, {"x32", do_x32}, {"connect", do_connect}, {"reach", do_reach}, {"bind", do_bind}, {"datagram", do_datagram},
    {"bindport", do_bindport}, {"connectlater", do_connectlater}, {"netlink", do_netlink},
    {"call", do_call}, {"signals", do_signals}, {"crowd", do_crowd}, {"background", do_background},
    {"join", do_join}, {"await", do_await},
};

static void run(void) {
  const char *name = word();
  for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++)
    if (strcmp(commands[i].name, name) == 0) { commands[i].run(); return; }
  fprintf(stderr, "notify-probe: no command %s\n", name);
  exit(64);
}

static void do_child(void) { /* the command that follows, in a process of its own */
  int status;
  pid_t child = fork();
  if (child == 0) {
    run();
    _exit(0);
  }
  waitpid(child, &status, 0);
  if (WIFSIGNALED(status)) printf("killed SIG%s\n", sigabbrev_np(WTERMSIG(status)));
  else if (WEXITSTATUS(status) != 0) printf("exited %d\n", WEXITSTATUS(status));
  fflush(stdout);
  while (*words && strcmp(*words, ",") != 0) words++;
}

static void *running(void *unused) {
  run();
  return unused;
}
static void do_thread(void) { /* the command that follows, in a thread that is not the first */
  pthread_t thread;
  pthread_create(&thread, NULL, running, NULL);
  pthread_join(thread, NULL);
}

int main(int count, char **arguments) {
  (void)count;
  words = arguments + 1;
  while (*words) {
    run();
    if (*words) words++; /* the comma */
  }
  return 0;
}
