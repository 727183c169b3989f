// Shows the thread sanitizer what Swift's runtime orders but does not tell it: who resumes a continuation before the task
// waits for it releases that task (`swift_continuation_resume` says so), and the task that then goes on without having
// been suspended acquires it (`swift_continuation_await` does not say so). Loaded before a process under the sanitizer.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>

#define ASYNC __attribute__((swiftasynccall))
#define CONTEXT __attribute__((swift_async_context))

// The beginning of the runtime's ContinuationAsyncContext (Task.h).
typedef ASYNC void (*Resume)(CONTEXT void *);
struct Continuation {
    void *parent;
    Resume resume;
};

extern void *swift_task_getCurrent(void);
extern void __tsan_acquire(void *) __attribute__((weak));
static ASYNC void (*await_of_runtime)(struct Continuation *);

// What waiting continuations go on with. Its lock is one that the sanitizer cannot see: it would order all of them.
struct Waiting {
    struct Waiting *next;
    struct Continuation *continuation;
    Resume resume;
};
static struct Waiting *waiting[1024];
static atomic_flag lock = ATOMIC_FLAG_INIT;

static struct Waiting **bucket(const void *continuation) { return &waiting[((uintptr_t)continuation >> 4) % 1024]; }
static void enter(void) {
    while (atomic_flag_test_and_set_explicit(&lock, memory_order_acquire)) sched_yield();
}
static void leave(void) { atomic_flag_clear_explicit(&lock, memory_order_release); }

__attribute__((constructor)) static void find(void) {
    await_of_runtime = (ASYNC void (*)(struct Continuation *))dlsym(RTLD_NEXT, "swift_continuation_await");
}

static ASYNC void go_on(CONTEXT void *context) {
    enter();
    struct Waiting **place = bucket(context);
    while ((*place)->continuation != context) place = &(*place)->next;
    struct Waiting *mine = *place;
    *place = mine->next;
    leave();
    Resume resume = mine->resume;
    free(mine);
    __tsan_acquire(swift_task_getCurrent());
    __attribute__((musttail)) return resume(context);
}

ASYNC void swift_continuation_await(struct Continuation *continuation) {
    struct Waiting *mine = __tsan_acquire ? malloc(sizeof *mine) : NULL;
    if (mine) {
        *mine = (struct Waiting){.continuation = continuation, .resume = continuation->resume};
        enter();
        struct Waiting **place = bucket(continuation);
        mine->next = *place;
        *place = mine;
        leave();
        continuation->resume = go_on;
    }
    __attribute__((musttail)) return await_of_runtime(continuation);
}
