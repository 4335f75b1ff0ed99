/* A program that opens files, for the tests of the preload library. It knows nothing of the library.
 *
 *   preload-probe WHAT DIRECTORY [MORE…]
 *
 * DIRECTORY holds a file `a` of six bytes. What each WHAT prints stands with the test that runs it. */
#include <errno.h>
#include <fcntl.h>
#include <dirent.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

int __open_2(const char *name, int flags);
int __open64_2(const char *name, int flags);
int __openat_2(int directory, const char *name, int flags);
int __openat64_2(int directory, const char *name, int flags);

static const char *directory;

static const char *in_directory(const char *name) {
  static __thread char joined[8192];
  snprintf(joined, sizeof joined, "%s/%s", directory, name);
  return joined;
}

static const char *error_name(int error) {
  const char *name = strerrorname_np(error);
  return name ? name : "?";
}

/* "LABEL rdwr,append cloexec size=6" or "LABEL errno ENOENT"; closes the descriptor. */
static void show(const char *label, int fd) {
  int error = errno;
  if (fd < 0) {
    printf("%s errno %s\n", label, error_name(error));
    return;
  }
  struct stat found;
  int flags = fcntl(fd, F_GETFL), access = flags & O_ACCMODE;
  fstat(fd, &found);
  printf("%s %s%s%s size=%lld\n", label, access == O_RDONLY ? "rdonly" : access == O_WRONLY ? "wronly" : "rdwr",
         flags & O_APPEND ? ",append" : "", fcntl(fd, F_GETFD) & FD_CLOEXEC ? " cloexec" : "", (long long)found.st_size);
  close(fd);
}

enum which { ALL, FILES };

/* How many descriptors are open, or those of them that are not sockets. */
static int count_descriptors(enum which which) {
  int count = 0;
  struct stat found;
  DIR *entries = opendir("/proc/self/fd");
  for (struct dirent *entry; (entry = readdir(entries));) {
    int is_socket = fstat(atoi(entry->d_name), &found) == 0 && S_ISSOCK(found.st_mode);
    count += which == ALL || !is_socket;
  }
  closedir(entries);
  return count;
}

/* The number of the library's socket, the only one there is. */
static int find_socket(struct stat *status) {
  for (int fd = 3; fd < 512; fd++) {
    if (fstat(fd, status) == 0 && S_ISSOCK(status->st_mode)) return fd;
  }
  return -1;
}

static void wait_for(const char *name) {
  while (access(in_directory(name), F_OK) < 0) usleep(1000);
}

static void functions(void) {
  const char *a = strdup(in_directory("a"));
  int here = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  show("open", open(a, O_RDONLY));
  show("open64", open64(a, O_RDWR | O_APPEND | O_CLOEXEC));
  show("openat", openat(here, "a", O_RDONLY | O_CLOEXEC));
  show("openat64", openat64(here, "./a", O_WRONLY));
  show("__open_2", __open_2(a, O_RDONLY));
  show("__open64_2", __open64_2(a, O_RDWR));
  show("__openat_2", __openat_2(here, "a", O_RDONLY));
  show("__openat64_2", __openat64_2(here, "a", O_RDONLY));
  show("creat", creat(in_directory("made"), 0640));
  show("creat64", creat64(in_directory("made64"), 0600));
  show("open creat", open(in_directory("new"), O_RDWR | O_CREAT | O_EXCL, 0604));
  FILE *stream = fopen(a, "r");
  show("fopen", stream ? dup(fileno(stream)) : -1);
  stream = freopen(a, "r+", stream);
  show("freopen", stream ? dup(fileno(stream)) : -1);
  stream = freopen64(a, "a", stream);
  show("freopen64", stream ? dup(fileno(stream)) : -1);
  if (stream) fclose(stream);
  stream = fopen64(a, "rbe");
  show("fopen64", stream ? dup(fileno(stream)) : -1);
  if (stream) fclose(stream);
  close(here);
}

/* MORE: names, absolute or relative to DIRECTORY, which is the working directory. */
static void names(char **more) {
  if (chdir(directory) < 0) exit(1);
  for (; *more; more++) show(*more, open(*more, O_RDONLY));
}

/* MORE: flags in hexadecimal, each for an open of `a` with mode 0600. */
static void flags(char **more) {
  for (; *more; more++) show(*more, open(in_directory("a"), (int)strtoul(*more, NULL, 16), 0600));
}

/* MORE: numbers. The errno of an open that the server answers with each. */
static void errors(char **more) {
  for (; *more; more++) {
    char name[32];
    snprintf(name, sizeof name, "@errno-%s", *more);
    errno = 0;
    int fd = open(in_directory(name), O_RDONLY);
    printf("%d\n", fd < 0 ? errno : -1);
  }
}

/* MORE: name and mode in turn. What is read back, or written at, and what the stream says of itself. */
static void streams(char **more) {
  for (; more[0] && more[1]; more += 2) {
    FILE *stream = fopen(in_directory(more[0]), more[1]);
    if (!stream) {
      printf("%s errno %s\n", more[1], error_name(errno));
      continue;
    }
    char text[32] = "";
    if (strchr(more[1], 'r')) {
      if (!fgets(text, sizeof text, stream)) strcpy(text, "?");
      text[strcspn(text, "\n")] = '\0';
    } else {
      fputs("more", stream);
      fflush(stream);
    }
    printf("%s text=%s at=%ld %s", more[1], text, ftell(stream), fcntl(fileno(stream), F_GETFD) ? "cloexec " : "");
    show("fd", dup(fileno(stream)));
    fclose(stream);
  }
}

static void reopen(void) {
  int before = count_descriptors(ALL);
  FILE *stream = fopen(in_directory("log"), "w");
  int number = fileno(stream);
  fputs("first ", stream);
  stream = freopen(in_directory("log"), "a", stream);
  printf("same number %s\n", fileno(stream) == number ? "yes" : "no");
  fputs("second", stream);
  stream = freopen(in_directory("log"), "r", stream);
  char text[64] = "";
  printf("%s\n", fgets(text, sizeof text, stream));
  stream = freopen("/dev/null", "r", stream);
  printf("outside %s\n", stream && fgetc(stream) == EOF ? "empty" : "?");
  stream = freopen(in_directory("missing"), "r", stream);
  printf("missing %s\n", stream ? "?" : error_name(errno));
  printf("descriptors %+d\n", count_descriptors(ALL) - before);
}

static void *open_many(void *argument) {
  long failures = 0;
  (void)argument;
  for (int i = 0; i < 500; i++) {
    char text[8] = "";
    int fd = open(in_directory(i % 2 ? "b" : "a"), O_RDONLY | O_CLOEXEC);
    if (fd < 0 || read(fd, text, sizeof text) != 6 || strcmp(text, i % 2 ? "world\n" : "hello\n") != 0) failures++;
    close(fd);
  }
  return (void *)failures;
}

static void threads(void) {
  show("first", open(in_directory("a"), O_RDONLY)); /* the connection of the main thread stays */
  int before = count_descriptors(ALL);
  pthread_t all[8];
  for (int i = 0; i < 8; i++) pthread_create(&all[i], NULL, open_many, NULL);
  long failures = 0;
  for (int i = 0; i < 8; i++) {
    void *result;
    pthread_join(all[i], &result);
    failures += (long)result;
  }
  printf("failures %ld\ndescriptors %+d\n", failures, count_descriptors(ALL) - before);
}

/* As QEMU does it: fork, setsid, fork; the parents only exit. */
static void daemonize(void) {
  int done[2];
  if (pipe(done) < 0) exit(1);
  show("parent", open(in_directory("a"), O_RDONLY));
  fflush(stdout);
  if (fork() != 0) {
    char byte;
    close(done[1]);
    if (read(done[0], &byte, 1) == 1) _exit(0);
    _exit(1);
  }
  setsid();
  if (fork() != 0) _exit(0);
  show("daemon", open(in_directory("a"), O_RDONLY));
  show("daemon", open(in_directory("b"), O_RDWR));
  fflush(stdout);
  if (write(done[1], "", 1) != 1) _exit(1);
}

static void *open_late(void *label) {
  show(label, open(in_directory("@late"), O_RDONLY));
  return NULL;
}

/* A child is made while another thread of its parent waits for an answer; both get their own. */
static void fork_between(void) {
  pthread_t thread;
  pthread_create(&thread, NULL, open_late, "parent");
  wait_for("asked");
  pid_t child = fork();
  if (child == 0) {
    mkdir(in_directory("go"), 0700);
    show("child", open(in_directory("a"), O_RDONLY));
    fflush(stdout);
    _exit(0);
  }
  waitpid(child, NULL, 0);
  pthread_join(thread, NULL);
}

/* Whether a child of fork asks over its parent's connection. */
static void fork_apart(void) {
  struct stat parents, childs;
  show("parent", open(in_directory("a"), O_RDONLY));
  find_socket(&parents);
  pid_t child = fork();
  if (child == 0) {
    show("child", open(in_directory("a"), O_RDONLY));
    find_socket(&childs);
    puts(childs.st_ino == parents.st_ino ? "one connection" : "two connections");
    _exit(0);
  }
  waitpid(child, NULL, 0);
  show("parent", open(in_directory("b"), O_RDONLY));
}

/* A child dies while it waits for an answer on the connection that it shares with its parent. */
static void die_between(void) {
  pid_t child = fork();
  if (child == 0) {
    open_late("child");
    _exit(0);
  }
  wait_for("asked");
  kill(child, SIGKILL);
  waitpid(child, NULL, 0);
  mkdir(in_directory("go"), 0700);
  show("parent", open(in_directory("a"), O_RDONLY));
}

static volatile sig_atomic_t handled, handler_error;

static void on_signal(int number) {
  (void)number;
  int saved = errno;
  int fd = open(in_directory("a"), O_RDONLY);
  handler_error = fd < 0 ? errno : 0;
  handled++;
  errno = saved;
}

/* A signal that restarts nothing comes while an open waits; its handler opens too. */
static void interrupt(void) {
  struct sigaction action = {.sa_handler = on_signal};
  pthread_t thread;
  sigaction(SIGUSR1, &action, NULL);
  pthread_create(&thread, NULL, open_late, "waiting");
  wait_for("asked");
  for (int i = 0; i < 3; i++) {
    int before = handled;
    pthread_kill(thread, SIGUSR1);
    while (handled == before) usleep(1000);
  }
  mkdir(in_directory("go"), 0700);
  pthread_join(thread, NULL);
  printf("handler %s\n", error_name(handler_error));
  show("after", open(in_directory("a"), O_RDONLY));
}

/* A thread is cancelled while it waits: the connection must not be left in the middle of an exchange. */
static void cancel(void) {
  pthread_t thread;
  pthread_create(&thread, NULL, open_late, "cancelled");
  wait_for("asked");
  pthread_cancel(thread);
  mkdir(in_directory("go"), 0700);
  pthread_join(thread, NULL);
  show("after", open(in_directory("a"), O_RDONLY));
}

/* No number is free for the file. */
static void exhaust(void) {
  show("before", open(in_directory("a"), O_RDONLY));
  struct rlimit limit = {64, 64};
  setrlimit(RLIMIT_NOFILE, &limit);
  while (dup(STDIN_FILENO) >= 0) continue;
  show("exhausted", open(in_directory("a"), O_RDONLY));
  close(10);
  show("after", open(in_directory("a"), O_RDONLY));
}

/* The program closes the library's socket, and gets its number for a file of its own. */
static void steal(void) {
  show("before", open(in_directory("a"), O_RDONLY));
  struct stat status;
  FILE *other = tmpfile();
  int found = find_socket(&status);
  dup2(fileno(other), found);
  show("after", open(in_directory("a"), O_RDONLY));
  fstat(found, &status);
  printf("written to it %lld\n", (long long)status.st_size);
}

/* A program that closes 0 expects the next open to be 0. */
static void lowest(void) {
  close(STDIN_FILENO);
  printf("%d\n", open(in_directory("a"), O_RDONLY));
}

/* MORE: names. Each open and the files that it left behind; the library's own socket may come and go. */
static void odd(char **more) {
  for (; *more; more++) {
    int before = count_descriptors(FILES);
    show(*more, open(in_directory(*more), O_RDONLY));
    printf("files %+d\n", count_descriptors(FILES) - before);
  }
}

/* Standard error is a pipe without a reader. */
static void quiet(char **more) {
  int ends[2];
  if (pipe(ends) < 0 || close(ends[0]) < 0 || dup2(ends[1], STDERR_FILENO) < 0) exit(1);
  for (; *more; more++) show(*more, open(in_directory(*more), O_RDONLY));
}

int main(int argc, char **argv) {
  const struct { const char *name; void (*plain)(void); void (*with_more)(char **more); } all[] = {
      {"functions", functions, NULL}, {"names", NULL, names},         {"flags", NULL, flags},
      {"errors", NULL, errors},       {"streams", NULL, streams},     {"reopen", reopen, NULL},
      {"threads", threads, NULL},     {"daemonize", daemonize, NULL}, {"fork-between", fork_between, NULL},
      {"fork-apart", fork_apart, NULL},
      {"die-between", die_between, NULL}, {"interrupt", interrupt, NULL}, {"cancel", cancel, NULL},
      {"exhaust", exhaust, NULL},     {"steal", steal, NULL},         {"lowest", lowest, NULL},
      {"odd", NULL, odd},             {"quiet", NULL, quiet},
  };
  setvbuf(stdout, NULL, _IOLBF, 0);
  if (argc < 3) return 2;
  directory = argv[2];
  for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
    if (strcmp(all[i].name, argv[1]) != 0) continue;
    if (all[i].plain) all[i].plain();
    else all[i].with_more(argv + 3);
    return 0;
  }
  return 2;
}
